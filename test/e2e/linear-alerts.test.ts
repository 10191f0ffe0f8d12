/** Warnings on their way to Linear: the whole App on the embedded GitHub and the embedded Linear. */
// Loaded before a run: in the middle of one it would take real time.
import "@linear/sdk";
import { expect, test } from "vitest";
import type { LinearComment } from "../../src/sandbox/linear-store.ts";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

/** More ready issues than `alerts.queueDepth`, and one slow worker. */
function scenario(alerts: string, linear = "{ issues: [ENG-1, ENG-2] }"): string {
  const issues = Array.from({ length: 5 }, (_, index) => `{ key: i${index}, title: "Issue ${index}" }`);
  return `
repository: acme/shop
config:
  agents: [{ id: jules, type: jules, capacity: 1, dispatch: api }]
  alerts: ${alerts}
issues: [${issues.join(", ")}]
agents: { jules: { duration: 30m } }
people: { merge: never }
linear: ${linear}
`;
}

const alerts = "{ linear: ENG-1, queueDepth: 3, fullFor: 7d, utilisation: 0 }";

function notices({ simulation }: E2e, identifier = "ENG-1"): readonly LinearComment[] {
  const { store } = simulation.linear;
  const issue = store.findIssue(identifier);
  return issue === null ? [] : store.commentsOf(issue);
}

function untilNotice(e2e: E2e, words: RegExp, identifier?: string): Promise<void> {
  return e2e.until(
    `Linear says ${String(words)}`,
    () => notices(e2e, identifier).some(({ body }) => words.test(body)),
    30 * minute,
  );
}

async function finishTwo(e2e: E2e): Promise<void> {
  for (const number of [3, 4]) await e2e.command(number, "/orchestrate complete");
}

test("a warning is raised and passes in one comment at Linear, which is edited only when something has changed", async () => {
  const e2e = await givenE2e(scenario(alerts));
  await e2e.startApp();
  await untilNotice(e2e, /1 warning open/);
  const [raised] = notices(e2e);
  expect(raised?.body).toMatch(/^\*\*Orchestrate, acme\/shop: 1 warning open\.\*\*/);
  expect(raised?.body).toMatch(/many tasks wait\*\* \(warning, since 2026-01-05 08:0\d UTC\): .* Add workers/);
  await e2e.pass(10 * minute);
  expect(notices(e2e).map(({ edits }) => edits)).toEqual([0]);
  const asked = e2e.simulation.linear.asked.length;
  await finishTwo(e2e);
  await untilNotice(e2e, /all clear/);
  expect(notices(e2e).map(({ id, edits }) => [id === raised?.id, edits])).toEqual([[true, 1]]);
  expect(notices(e2e)[0]?.body).toMatch(/\*\*Passed\*\*\n\n\* ✅ \*\*many tasks wait\*\*/);
  expect(e2e.simulation.linear.asked.slice(asked)).toEqual(["issue", "issue", "commentUpdate"]);
  expect(
    e2e.world
      .issues()
      .flatMap((issue) => issue.comments.map(({ body }) => body))
      .join("\n"),
  ).not.toMatch(/orchestrate:alerts/);
});

test("a copy that dies between the comment and its acknowledgement leaves one comment", async () => {
  const e2e = await givenE2e(scenario(alerts));
  let deaths = 0;
  const first = await e2e.startApp((parts) => ({
    ...parts,
    fetch: async (input, init) => {
      const response = await parts.fetch(input, init);
      if (!JSON.stringify(init?.body ?? "").includes("commentCreate")) return response;
      deaths += 1;
      return new Promise(() => undefined);
    },
  }));
  await e2e.until("the comment is made and nobody has heard", () => deaths > 0, 10 * minute);
  await first.stop();
  expect(notices(e2e)).toHaveLength(1);
  await e2e.startApp();
  await e2e.pass(20 * minute);
  expect(notices(e2e).map(({ edits }) => edits)).toEqual([0]);
  await finishTwo(e2e);
  await untilNotice(e2e, /all clear/);
  expect(notices(e2e)).toHaveLength(1);
});

test("without a key that is said once, in the log and on GitHub, and GitHub has its warnings", async () => {
  const e2e = await givenE2e(scenario("{ issue: 1, linear: ENG-1, queueDepth: 3, fullFor: 7d, utilisation: 0 }", "{}"));
  await e2e.startApp();
  const said = (): string => e2e.issue(1).comments.find(({ body }) => body.includes("orchestrate:alerts"))?.body ?? "";
  await e2e.until("GitHub says both", () => said().includes("2 warnings open"), 30 * minute);
  expect(said()).toContain("many tasks wait");
  expect(said()).toMatch(/warnings do not reach Linear.*LINEAR\\_API\\_KEY is not set where Orchestrate runs/);
  await finishTwo(e2e);
  await e2e.until("GitHub says what has passed", () => said().includes("**Passed**"), 30 * minute);
  expect(e2e.journal.filter(({ level, text }) => level === "warn" && text.includes("LINEAR_API_KEY"))).toHaveLength(1);
  expect(e2e.journal.filter(({ text }) => text.includes("is given up"))).toHaveLength(1);
});

test("a Linear that refuses holds nothing up, is told on GitHub, and is well again with the next news", async () => {
  const e2e = await givenE2e(scenario("{ issue: 1, linear: ENG-404, queueDepth: 3, fullFor: 7d, utilisation: 0 }"));
  await e2e.startApp();
  const said = (): string => e2e.issue(1).comments.find(({ body }) => body.includes("orchestrate:alerts"))?.body ?? "";
  await e2e.until("GitHub says both", () => said().includes("2 warnings open"), 30 * minute);
  expect(said()).toContain("There is no such issue");
  e2e.simulation.linear.store.addIssue("ENG-404");
  await finishTwo(e2e);
  await untilNotice(e2e, /all clear/, "ENG-404");
  await e2e.until("GitHub has heard", () => said().includes("all clear"), 10 * minute);
});

test("another issue in the configuration gets a comment of its own", async () => {
  const e2e = await givenE2e(scenario(alerts));
  await e2e.startApp();
  await untilNotice(e2e, /1 warning open/);
  await e2e.configure(
    "agents: [{ id: jules, type: jules, dispatch: api }]\nalerts: { linear: ENG-2, queueDepth: 3, fullFor: 7d, utilisation: 0 }\n",
  );
  await untilNotice(e2e, /1 warning open/, "ENG-2");
  expect(notices(e2e)).toHaveLength(1);
});

test("an outage of Linear delays its comment, and no other work", async () => {
  const e2e = await givenE2e(scenario("{ issue: 1, linear: ENG-1, queueDepth: 3, fullFor: 7d, utilisation: 0 }"));
  let isDown = true;
  await e2e.startApp((parts) => ({
    ...parts,
    fetch: (input, init) =>
      isDown && (input instanceof Request ? input.url : input.toString()).includes("linear")
        ? Promise.reject(new TypeError("fetch failed"))
        : parts.fetch(input, init),
  }));
  await e2e.until(
    "GitHub has the warning",
    () => e2e.issue(1).comments.some(({ body }) => body.includes("many tasks wait")),
    10 * minute,
  );
  await e2e.pass(30 * minute);
  expect(notices(e2e)).toEqual([]);
  expect(e2e.isLogged(/waits until .*Linear could not be reached: fetch failed/)).toBe(true);
  isDown = false;
  await untilNotice(e2e, /1 warning open/);
});
