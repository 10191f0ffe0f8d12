/** Two pull requests that conflict, seen and resolved over HTTP: the real App behind a port, real git, real requests. */
import { expect, test } from "vitest";
import { startServer, type AskApp } from "../support/e2e-server.ts";
import { givenE2e, hour, minute, type E2e } from "../support/e2e-world.ts";

const list = "/api/orchestrator/conflicts?repository=acme/shop";
const resolve = "/api/orchestrator/conflicts/resolve";

/** Whoever conflicts is not sent back by itself before half an hour is over. */
const scenario = `
repository: acme/shop
config:
  mode: priority
  retry: { backoff: { initial: 30m, max: 30m } }
  agents:
    - { id: cursor, type: cursor, capacity: 2, dispatch: api }
    - { id: jules, type: jules, capacity: 1, dispatch: api }
issues:
  - { key: total, title: Fix the total, labels: ["agent:cursor"], files: [src/shop.ts, src/total.ts] }
  - { key: tax, title: Add the tax, labels: ["agent:cursor"], files: [src/shop.ts, src/tax.ts] }
  - { key: last, title: Something else, labels: ["agent:jules"] }
agents: { cursor: { duration: 5m }, jules: { duration: 20m } }
people: { merge: never }
`;

function pullOf(e2e: E2e, number: number): number {
  const prefix = `orchestrate/${number}-`;
  const found = e2e.world.issues().filter((issue) => issue.pull?.headBranch.startsWith(prefix) === true);
  expect(found.length, `pull requests of #${number}`).toBeLessThanOrEqual(1);
  return found[0]?.number ?? 0;
}

function merge(e2e: E2e, number: number): Promise<unknown> {
  return e2e.drive(e2e.world.mergePull({ by: "ann", number: pullOf(e2e, number) }));
}

/** #1 is merged, and the pull request of #2 conflicts with it since. */
async function conflicting(yaml = scenario): Promise<{ readonly e2e: E2e; readonly ask: AskApp; readonly id: string }> {
  const e2e = await givenE2e(yaml);
  const ask = await startServer(e2e);
  await e2e.until("both are in review", () => [1, 2].every((each) => e2e.labels(each).includes("status:review")));
  expect((await ask(list)).json).toMatchObject({ count: 0, conflicts: [] });
  await merge(e2e, 1);
  await e2e.until("#1 is done", () => e2e.issue(1).state === "closed");
  await e2e.pass(2 * minute);
  const { json } = await ask(list);
  expect(json).toMatchObject({
    count: 1,
    conflicts: [
      { kind: "merge", reference: "#2", files: ["src/shop.ts"], resolutions: ["reassign", "queue", "escalate"] },
    ],
  });
  return { e2e, ask, id: json.conflicts[0].id };
}

function workers(e2e: E2e, number: number): readonly string[] {
  return e2e.sessions(number).map(({ worker }) => worker.split("/")[0] ?? "");
}

/** The conflict is over, and people merge what is left. */
async function expectToEnd(e2e: E2e, ask: AskApp, number = 2): Promise<void> {
  await e2e.until("it can be merged", () => e2e.labels(number).includes("status:review"));
  await e2e.pass(2 * minute);
  expect((await ask(list)).json.conflicts).toEqual([]);
  await merge(e2e, number);
  await e2e.untilDone([number]);
}

const soon = scenario.replace("initial: 30m, max: 30m", "initial: 1m, max: 1m");

test.each([
  ["at once, where nobody is at it", scenario, ["cursor", "jules"]],
  ["once the session that is at it has ended, as the same attempt", soon, ["cursor", "cursor", "jules"]],
])(
  "`reassign` gives the pull request to another agent %s, which resolves the conflict on its branch",
  async (_, yaml, at) => {
    const { e2e, ask, id } = await conflicting(yaml);
    const { status, json } = await ask(resolve, { conflict: id, resolution: "reassign", agent: "jules", by: "wanda" });
    expect({ status, json }).toMatchObject({ status: 200, json: { number: 2, askedFor: "jules" } });
    await e2e.until("jules is at it", () => workers(e2e, 2).at(-1) === "jules", hour);
    await expectToEnd(e2e, ask);
    expect(workers(e2e, 2)).toEqual(at);
    expect(e2e.isLogged(/#2 is assigned to jules\/1 \(attempt 2/)).toBe(true);
  },
);

test("`queue` lets it wait until another task has ended, and then it goes on by itself and is merged", async () => {
  const { e2e, ask, id } = await conflicting(soon);
  expect((await ask(resolve, { conflict: id, resolution: "queue" })).json).toMatchObject({
    status: 409,
    detail: expect.stringMatching(/Say with after which task/),
  });
  const { status, json } = await ask(resolve, { conflict: id, resolution: "queue", after: 3, by: "wanda" });
  expect({ status, json }).toMatchObject({ status: 200, json: { number: 2, blockers: [{ reference: "#3" }] } });
  const before = workers(e2e, 2).length;
  await e2e.until("#3 is in review", () => e2e.labels(3).includes("status:review"));
  await e2e.pass(hour);
  expect(workers(e2e, 2)).toHaveLength(before);
  await merge(e2e, 3);
  await e2e.until("it goes on", () => workers(e2e, 2).length === before + 1, hour);
  await expectToEnd(e2e, ask);
});

test("`escalate` asks a person on the issue, and no agent is started before somebody says so", async () => {
  const { e2e, ask, id } = await conflicting();
  const wish = { conflict: id, resolution: "escalate", by: "wanda", reason: "Which of the two sums is right?" };
  const { status, json } = await ask(resolve, wish);
  expect({ status, json }).toMatchObject({ status: 200, json: { number: 2, status: "manual_review" } });
  await e2e.untilSaid(2, /Which of the two sums is right\?/);
  expect(e2e.labels(2)).toContain("status:manual_review");
  await e2e.pass(2 * hour);
  expect(workers(e2e, 2)).toEqual(["cursor"]);
  expect((await ask(list)).json).toMatchObject({ count: 1 });
  expect(await e2e.command(2, "/orchestrate retry")).toBe("+1");
  await expectToEnd(e2e, ask);
  expect(workers(e2e, 2)).toEqual(["cursor", "cursor"]);
});
