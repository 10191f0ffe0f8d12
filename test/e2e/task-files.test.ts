/** The task files on the state branch: one for each open task, where its status says, and none for what is done. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { agentWorkflowPath } from "../../src/model/agent-workflow.ts";
import { taskStatuses } from "../../src/model/task.ts";
import { givenE2e, type E2e } from "../support/e2e-world.ts";

async function filesOf(e2e: E2e, number: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const status of taskStatuses) {
    const text = await e2e.world.readFile("orchestrate/state", `tasks/${status}/${number}.md`);
    if (text !== null) found.push(status);
  }
  return found;
}

test("a job and the App both move the file of a task, and it never stands in two places", async () => {
  const e2e = await givenE2e(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 1 }] }
issues: [{ key: a, title: First }, { key: b, title: Second, blockedBy: [a] }]
agents: { jules: { duration: 5m } }
people: { merge: 1m }
`);
  await e2e.world.push({
    by: "maria",
    branch: "main",
    files: { [agentWorkflowPath]: readFileSync(agentWorkflowPath, "utf8") },
    message: "Add the agent workflow",
  });
  await e2e.startApp();
  await e2e.until("#1 has a session", () => e2e.sessions(1).length > 0, 3_600_000);
  await e2e.pass(60_000);
  expect(await filesOf(e2e, 1)).toEqual(["in_progress"]);
  expect(await filesOf(e2e, 2)).toEqual(["blocked"]);
  await e2e.untilDone([1]);
  await e2e.pass(120_000);
  expect(await filesOf(e2e, 1)).toEqual([]);
  await e2e.untilDone([2]);
  await e2e.pass(120_000);
  expect(await filesOf(e2e, 2)).toEqual([]);
});
