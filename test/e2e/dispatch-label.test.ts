/** Agents that are started by a label, on the embedded GitHub: the vendor hears the label, and tells nobody but GitHub what came of it. */
import { expect, test } from "vitest";
import { givenE2e, hour, minute } from "../support/e2e-world.ts";

function scenario(outcomes: string): string {
  return `
repository: acme/shop
config:
  mode: priority
  retry: { backoff: { initial: 30s, max: 30s } }
  agents: [{ id: jules, type: jules, capacity: 1, dispatch: label, label: jules-please, timeout: 45m }]
issues: [{ key: total, title: Fix the total }]
agents: { jules: { duration: 5m, outcomes: ${outcomes} } }
people: { merge: 1m }
`;
}

test("a label starts the vendor, which opens a pull request in its own name, and the merge of that completes the task", async () => {
  const e2e = await givenE2e(scenario("{ success: 1 }"));
  await e2e.startApp();
  await e2e.untilDone([1]);
  const [pull] = e2e.world.issues().flatMap((issue) => (issue.pull === null ? [] : [issue]));
  expect(pull?.author.login).toBe("google-labs-jules[bot]");
  expect(pull?.pull?.headBranch).toMatch(/^jules\/1-/);
  expect(e2e.simulation.sessions()).toHaveLength(1);
  expect(e2e.simulation.sessions()[0]?.prompt).not.toContain("orchestrate");
});

test("a red pull request is answered by the same label, put on anew: the vendor hears it and goes on with that pull request", async () => {
  const e2e = await givenE2e(scenario("{ checks_fail: 1 }"));
  await e2e.startApp();
  await e2e.until("there is a second attempt", () => e2e.sessions(1).length === 2);
  const heard = e2e.timeline
    .filter(({ detail }) => detail["label"] === "jules-please")
    .map(({ detail }) => detail["added"]);
  expect(heard).toEqual([true, false, true]);
  await e2e.until("it has pushed once more", () => e2e.timeline.some(({ action }) => action === "pr_updated"));
  expect(e2e.world.issues().filter(({ pull }) => pull !== null)).toHaveLength(1);
  expect(e2e.simulation.judge.finish("done", [])).toEqual([]);
});

test("a session that falls silent keeps its slot until the person who was asked says that it has ended", async () => {
  const e2e = await givenE2e(scenario("{ timeout: 1 }"));
  await e2e.startApp();
  // By then its vendor has ended it, which nobody here can see.
  await e2e.pass(2 * hour + 5 * minute);
  expect(e2e.sticky(1)).toContain("Please end its session, then write `/orchestrate retry`");
  expect(e2e.sessions(1)).toHaveLength(1);
  expect(await e2e.command(1, "/orchestrate retry")).toBe("+1");
  await e2e.until("it is tried again", () => e2e.sessions(1).length === 2, 10 * minute);
  expect(e2e.simulation.judge.finish("done", [])).toEqual([]);
});
