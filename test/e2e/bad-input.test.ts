/** Bad input at the real doors: whoever can act on it is told, and nothing else is lost. */
import { generateKeyPairSync } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

afterEach(() => void vi.useRealTimers());

const agents = "[{ id: jules, type: jules, capacity: 2, dispatch: api }]";
const quick = "agents: { jules: { duration: 1m } }\npeople: { merge: 5s }\n";

function backlog(issues: string, config = `{ mode: priority, agents: ${agents} }`): string {
  return `repository: acme/shop\nconfig: ${config}\nissues: ${issues}\n${quick}`;
}

const twoIssues = backlog("[{ key: a, title: First }, { key: b, title: Second, blockedBy: [a] }]");

/** The check runs of the App on a commit. */
function verdicts(e2e: E2e, sha: string): readonly { readonly conclusion: string | null; readonly summary: string }[] {
  return e2e.world
    .checks(sha)
    .filter((run) => run.app.slug === "orchestrate")
    .map((run) => ({ conclusion: run.conclusion, summary: run.output.summary ?? "" }));
}

test("a malformed configuration is reported on its commit with line and path, and the last good one stays in force", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  const sha = await e2e.configure("mode: priority\nagents:\n  - { id: jules, type: jules\n");
  await e2e.until("the commit is judged", () => verdicts(e2e, sha).length > 0);
  expect(verdicts(e2e, sha)).toEqual([
    { conclusion: "failure", summary: expect.stringMatching(/\.github\/orchestrate\.yml[^]*line \d+/) },
  ]);
  expect(verdicts(e2e, sha)[0]?.summary).toContain("last good configuration stays in force");
  await e2e.untilDone([1, 2]);
  expect(e2e.sessions(2)).toHaveLength(1);
});

test("a configuration with an unknown mode is reported at its line, and once it is corrected the work begins", async () => {
  const e2e = await givenE2e(backlog("[{ key: a, title: First }]", `"mode: fastest\\nagents: ${agents}\\n"`));
  const head = e2e.deliveries.findLast((delivery) => delivery.event === "push");
  const bad = String(JSON.parse(head?.body ?? "{}").after);
  await e2e.startApp();
  await e2e.until("the commit is judged", () => verdicts(e2e, bad).length > 0);
  expect(verdicts(e2e, bad)).toEqual([
    { conclusion: "failure", summary: expect.stringMatching(/line 1\b[^]*mode[^]*balanced/) },
  ]);
  await e2e.pass(2 * minute);
  expect(e2e.sessions(1)).toHaveLength(0);
  const good = await e2e.configure(`mode: effort\nagents: ${agents}\n`);
  await e2e.untilDone([1]);
  expect(verdicts(e2e, good).map(({ conclusion }) => conclusion)).toEqual(["success"]);
});

test("a label with an unknown mode is told on the issue, and the issue is worked on all the same", async () => {
  const e2e = await givenE2e(backlog('[{ key: a, title: First, labels: ["mode:fastest"] }]'));
  await e2e.startApp();
  await e2e.untilSaid(1, /mode:fastest/);
  await e2e.untilSaid(1, /mode:fastest is not a mode.*The modes are priority, blocker/);
  await e2e.untilDone([1]);
  expect(e2e.sessions(1)).toHaveLength(1);
});

test("a slash command with an unknown mode is answered with the modes, and the mode stays", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  expect(await e2e.command(1, "/orchestrate mode fastest")).toBe("confused");
  await e2e.untilSaid(1, /> `fastest` is not a mode.*priority, blocker, effort, balanced, critical or attack/);
  expect(e2e.isLogged(/mode is /)).toBe(false);
  await e2e.untilDone([1, 2]);
});

test("a negative capacity is reported with its path and line, and the capacity in force stays", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  const sha = await e2e.configure(
    "mode: priority\nagents:\n  - id: jules\n    type: jules\n    dispatch: api\n    capacity: -2\n",
  );
  await e2e.until("the commit is judged", () => verdicts(e2e, sha).length > 0);
  expect(verdicts(e2e, sha)).toEqual([
    { conclusion: "failure", summary: expect.stringMatching(/line 6\b[^]*agents.*capacity/) },
  ]);
  await e2e.untilDone([1, 2]);
});

test("each issue of a cycle is told of it, other work goes on, and cutting one edge sets it free", async () => {
  const e2e = await givenE2e(
    backlog(
      "[{ key: a, title: A, body: 'Blocked by #3' }, { key: b, title: B, blockedBy: [a] }, { key: c, title: C, blockedBy: [b] }, { key: d, title: D }]",
    ),
  );
  await e2e.startApp();
  await e2e.untilDone([4]);
  for (const number of [1, 2, 3]) {
    expect(e2e.sticky(number), `The comment on #${number}`).toContain("dependency cycle: ");
    for (const member of ["#1", "#2", "#3"]) expect(e2e.sticky(number)).toContain(member);
    await e2e.untilSaid(number, /\/orchestrate unblock/);
    expect(e2e.sessions(number)).toHaveLength(0);
  }
  expect(await e2e.command(1, "/orchestrate unblock #3")).toBe("+1");
  await e2e.untilDone([1, 2, 3]);
});

test("a dependency on an issue that does not exist is told on the issue, which waits alone until somebody waives it", async () => {
  const e2e = await givenE2e(backlog("[{ key: a, title: A, body: 'Blocked by #999' }, { key: b, title: B }]"));
  await e2e.startApp();
  await e2e.untilDone([2]);
  await e2e.untilSaid(1, /It cannot start: #999 does not exist.*\/orchestrate unblock/);
  expect(e2e.sessions(1)).toHaveLength(0);
  expect(await e2e.command(1, "/orchestrate unblock #999")).toBe("+1");
  await e2e.untilDone([1]);
});

test("a dependency on an issue of another repository that cannot be seen is told on the issue, and it waits alone", async () => {
  const e2e = await givenE2e(
    backlog("[{ key: a, title: A, body: 'Depends on elsewhere/secret#5' }, { key: b, title: B }]"),
  );
  await e2e.startApp();
  await e2e.untilDone([2]);
  await e2e.untilSaid(
    1,
    /It cannot start: `elsewhere\/secret#5` does not exist or cannot be seen.*\/orchestrate unblock/,
  );
  expect(e2e.sessions(1)).toHaveLength(0);
  expect(await e2e.command(1, "/orchestrate unblock elsewhere/secret#5")).toBe("+1");
  await e2e.untilDone([1]);
});

test("a need that no agent meets is told on the issue, until the configuration names somebody who meets it", async () => {
  const only = (capabilities: string) =>
    `[{ id: jules, type: jules, capacity: 1, dispatch: api, capabilities: ${capabilities} }]`;
  const e2e = await givenE2e(
    backlog(
      '[{ key: a, title: A, labels: ["needs:rust"] }, { key: b, title: B }]',
      `{ mode: priority, agents: ${only("{ go: 1 }")} }`,
    ).replace("duration: 1m", "duration: 20m"),
  );
  await e2e.startApp();
  await e2e.untilSaid(1, /No agent of the configuration can do what it needs \(rust\)/);
  await e2e.until("the one worker has a task", () => e2e.sessions(2).length === 1);
  await e2e.configure(`mode: priority\nagents: ${only("{ go: 1, rust: 1 }")}\n`);
  await e2e.untilSaid(1, /^(?![^]*No agent of the configuration)[^]*The next free worker takes it/);
  expect(e2e.sessions(1)).toHaveLength(0);
  await e2e.untilDone([1, 2]);
});

/** Written in the text: GitHub itself forgets a native edge with the issue, but nobody takes it out of a text. */
const gone = "[{ key: a, title: A }, { key: b, title: B, body: 'Blocked by #a' }, { key: c, title: C }]";

test.each(["deleted", "transferred"] as const)(
  "an issue %s mid-flight ends its task, the one that waits for it is told, and the rest is done",
  async (how) => {
    const e2e = await givenE2e(backlog(gone));
    await e2e.startApp();
    await e2e.until("the session of #1 runs", () => e2e.sessions(1).length === 1);
    if (how === "deleted") await e2e.world.deleteIssue({ by: "ann", number: 1 });
    else await e2e.world.transferIssue({ by: "ann", number: 1, to: "acme/archive" });
    await e2e.until("the task ends", () => e2e.isLogged(new RegExp(`#1 was cancelled by .*The issue was ${how}`)));
    await e2e.untilDone([3]);
    await e2e.untilSaid(2, /It cannot start: .*#1/);
    expect(e2e.sessions(2)).toHaveLength(0);
    expect(await e2e.command(2, "/orchestrate unblock #1")).toBe("+1");
    await e2e.untilDone([2]);
    expect(e2e.sessions(1)).toHaveLength(1);
  },
);

test("a slash command of a stranger is refused with the permission it needs, and changes nothing", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  for (const verb of ["cancel", "mode attack", "complete", "pause"]) {
    expect([verb, await e2e.command(1, `/orchestrate ${verb}`, "stranger")]).toEqual([verb, "-1"]);
    await e2e.untilSaid(1, /needs write permission on this repository; you have/);
  }
  expect(e2e.isLogged(/was cancelled|mode is|is completed \(command|paused by/)).toBe(false);
  await e2e.untilDone([1, 2]);
  expect(e2e.sessions(1)).toHaveLength(1);
});

test("a comment of one megabyte is read no further than its first line, and the App goes on", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  const comment = await e2e.say(1, `/orchestrate hold\n${"x".repeat(65_000)}`);
  const delivery = e2e.deliveries.findLast((each) => each.event === "issue_comment");
  const payload = JSON.parse(delivery?.body ?? "{}");
  const filler = "\n<b>*_`@everyone`_*</b>".repeat(50_000);
  await e2e.post({
    event: "issue_comment",
    payload: { ...payload, comment: { ...payload.comment, body: `/orchestrate hold${filler}` } },
  });
  await e2e.until("the command is acknowledged", () => comment.reactions.length > 0);
  expect(comment.reactions.map((each) => each.content)).toEqual(["+1"]);
  const unbroken = await e2e.say(1, `/orchestrate ${"y".repeat(60_000)}`);
  const second = JSON.parse(e2e.deliveries.findLast((each) => each.event === "issue_comment")?.body ?? "{}");
  await e2e.post({
    event: "issue_comment",
    payload: { ...second, comment: { ...second.comment, body: `/orchestrate ${"y".repeat(1_048_576)}` } },
  });
  await e2e.until(
    "the other is answered",
    () => unbroken.reactions.length > 0 && e2e.sticky(1).includes("is not a command"),
  );
  expect(unbroken.reactions.map((each) => each.content)).toEqual(["confused"]);
  expect(e2e.sticky(1).length).toBeLessThan(5_000);
  expect(await e2e.command(1, "/orchestrate resume #1")).toBe("+1");
  await e2e.untilDone([1, 2]);
});

test("a webhook without a signature or with a wrong one is refused, and nothing happens", async () => {
  const e2e = await givenE2e(twoIssues);
  await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  await e2e.pass(20_000);
  const before = { ...e2e.world.counters };
  const { repository, installation } = JSON.parse(e2e.deliveries.at(-1)?.body ?? "{}");
  const forged = {
    action: "created",
    issue: { number: 1, id: e2e.issue(1).id },
    comment: {
      id: 99,
      node_id: "IC_forged",
      body: "/orchestrate cancel",
      user: { login: "maria", id: e2e.world.user("maria").id, type: "User" },
    },
    sender: { login: "maria", id: e2e.world.user("maria").id },
    repository,
    installation,
  };
  for (const signature of ["", "sha256=", `sha256=${"0".repeat(64)}`, `sha1=${"0".repeat(40)}`]) {
    await expect(e2e.post({ event: "issue_comment", payload: forged, signature })).rejects.toThrow(/signature/i);
  }
  expect(e2e.world.counters.mutations).toBe(before.mutations);
  expect(e2e.world.counters.stateCommits).toBe(before.stateCommits);
  expect(e2e.isLogged(/was cancelled|answered with/)).toBe(false);
  await e2e.untilDone([1, 2]);
});

test("a key that was revoked while the App runs is told to the operator, and with a good key all goes on where it was", async () => {
  // Octokit forgives a token of less than five seconds by the wall's clock a refusal, and waits in real time.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const e2e = await givenE2e(twoIssues);
  let isRevoked = false;
  const old = await e2e.startApp((parts) => ({
    ...parts,
    fetch: async (input, init) => {
      const { hostname } = new URL(input instanceof Request ? input.url : String(input));
      if (!isRevoked || hostname !== "github.test") return parts.fetch(input, init);
      return Response.json({ message: "Bad credentials" }, { status: 401 });
    },
  }));
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  isRevoked = true;
  vi.setSystemTime(Date.now() + minute);
  await e2e.until(
    "the operator is told",
    () => e2e.isLogged(/the key was revoked or expired.*Set a current private key/),
    10 * minute,
  );
  await e2e.pass(5 * minute);
  await old.stop();
  await e2e.startApp();
  await e2e.untilDone([1, 2]);
  expect(e2e.sessions(1)).toHaveLength(1);
  expect(e2e.sessions(2)).toHaveLength(1);
});

test("an App whose key GitHub refuses from the start says which key to renew, and writes nothing", async () => {
  const e2e = await givenE2e(twoIssues);
  e2e.world.revokeApp();
  await e2e.startApp();
  await e2e.pass(3 * minute);
  const line = e2e.journal.find(({ level }) => level === "error");
  expect(line?.text).toMatch(/refuses the App's key: it has expired, was revoked.*PRIVATE_KEY/);
  expect(e2e.world.counters).toMatchObject({ mutations: 0, stateCommits: 0 });
});

test("a copy with a key that GitHub refuses harms nobody, and one with a good key does the work", async () => {
  const e2e = await givenE2e(twoIssues);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const bad = await e2e.startApp((parts) => ({ ...parts, privateKey: pem }));
  await e2e.until("the operator is told", () => e2e.isLogged(/PRIVATE_KEY/));
  await bad.stop();
  await e2e.startApp();
  await e2e.untilDone([1, 2]);
  expect(e2e.sessions(2)).toHaveLength(1);
});

test("a key that GitHub refuses is told to the operator once a minute, however many webhooks come", async () => {
  const e2e = await givenE2e(twoIssues);
  e2e.world.revokeApp();
  await e2e.startApp();
  await e2e.pass(3 * minute);
  expect(e2e.journal.filter(({ text }) => text.includes("PRIVATE_KEY")).length).toBeLessThanOrEqual(4);
});

const stateBranch = "orchestrate/state";

test("a state branch that a newer version wrote is refused with what to do about it, and nothing is written", async () => {
  const e2e = await givenE2e(twoIssues);
  const files = {
    "state/schema.json": `${JSON.stringify({ version: 99 })}\n`,
    "state/log.future": "what a newer version writes\n",
  };
  await e2e.world.push({ by: "ann", branch: stateBranch, files, message: "A newer version" });
  await e2e.startApp();
  await e2e.pass(10 * minute);
  const refusals = e2e.journal.filter(({ level, text }) => level === "error" && text.includes("schema version 99"));
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.text).toMatch(/Update Orchestrate .* nothing is (?:read or )?written/);
  expect(e2e.world.counters).toMatchObject({ mutations: 0, stateCommits: 0 });
  expect(await e2e.world.readFile(stateBranch, "state/schema.json")).toBe(files["state/schema.json"]);
  expect(e2e.sessions(1)).toHaveLength(0);
});

test("an App that refused a newer version's state is silent from then on and asks GitHub for nothing", async () => {
  const e2e = await givenE2e(twoIssues);
  const files = { "state/schema.json": '{"version":99}\n' };
  await e2e.world.push({ by: "ann", branch: stateBranch, files, message: "A newer version" });
  await e2e.startApp();
  await e2e.until("the operator is told", () => e2e.isLogged(/schema version 99/));
  await e2e.pass(minute);
  const before = { lines: e2e.journal.length, points: e2e.world.counters.graphqlPoints };
  await e2e.pass(3 * minute);
  expect({ lines: e2e.journal.length, points: e2e.world.counters.graphqlPoints }).toEqual(before);
});

test("an App that meets a newer version's state while it runs stops writing, and nothing is lost once the versions agree", async () => {
  const e2e = await givenE2e(twoIssues);
  const old = await e2e.startApp();
  await e2e.until("the first session runs", () => e2e.sessions(1).length === 1);
  await e2e.pass(20_000);
  const schema = (await e2e.world.readFile(stateBranch, "state/schema.json")) ?? "";
  expect(schema).not.toBe("");
  await e2e.world.push({
    by: "ann",
    branch: stateBranch,
    files: { "state/schema.json": '{"version":99}\n' },
    message: "A newer version",
  });
  await e2e.until("the operator is told", () => e2e.isLogged(/schema version 99.*Update Orchestrate/));
  const before = { ...e2e.world.counters };
  await e2e.pass(10 * minute);
  expect(e2e.world.counters.stateCommits).toBe(before.stateCommits);
  await old.stop();
  await e2e.world.push({
    by: "ann",
    branch: stateBranch,
    files: { "state/schema.json": schema },
    message: "Back again",
  });
  await e2e.startApp();
  await e2e.untilDone([1, 2]);
  expect(e2e.sessions(1)).toHaveLength(1);
});
