/** The App on a real port against the embedded GitHub on another: the main job over nothing but HTTP. */
import { afterEach, expect, test } from "vitest";
import type { Journal } from "../../src/ports/journal.ts";
import { playJob, startListeningApp } from "../../src/embed.ts";
import { agentWorkflowPath } from "../../src/model/agent-workflow.ts";
import { readFile } from "node:fs/promises";
import { runLive, type LiveRun } from "../../src/sandbox/live.ts";
import type { ListeningApp, ReplicaParts } from "../../src/sandbox/replica.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const open: LiveRun[] = [];

afterEach(async () => {
  for (const run of open.splice(0)) await run.close();
});

const scenario = parseScenario(`
repository: acme/shop
config:
  mode: priority
  # A run counts as stuck only after a quiet that outlasts this: a loaded machine is not a stuck App.
  retry: { backoff: { max: 2h } }
  agents:
    - { id: jules, type: jules, capacity: 1, dispatch: workflow }
    - { id: cursor, type: cursor, capacity: 1, dispatch: api }
issues:
  - { key: a, title: First, priority: urgent }
  - { key: b, title: Second }
  - { key: c, title: Third, blockedBy: [a, b] }
agents:
  jules: { duration: 1m }
  cursor: { duration: 1m }
people: { merge: 30s }
until: 5h
`);

test("a backlog of three issues becomes three merged pull requests over real HTTP, and an unsigned webhook is refused", async () => {
  const apps: ListeningApp[] = [];
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const journal: Journal = { debug: note, info: note, warn: note, error: note };
  async function startApp(parts: ReplicaParts): Promise<ListeningApp> {
    const app = await startListeningApp(parts);
    apps.push(app);
    return app;
  }
  const run = await runLive({
    scenario,
    speed: 120,
    fetch: globalThis.fetch,
    startApp,
    playJob,
    journal,
    files: { [agentWorkflowPath]: await readFile(agentWorkflowPath, "utf8") },
  });
  open.push(run);
  await expect.poll(() => apps.length, { timeout: 5_000 }).toBe(1);
  const headers = { "content-type": "application/json", "x-github-event": "issues", "x-github-delivery": "forged" };
  const refused = await fetch(apps[0]?.webhookUrl ?? "", { method: "POST", headers, body: '{"action":"labeled"}' });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  const report = await run.finished;
  expect(report, `The journal ends:\n${lines.slice(-30).join("\n")}`).toMatchObject({
    outcome: "done",
    violations: [],
  });
  expect(report.timeline.filter(({ action }) => action === "merged").map(({ detail }) => detail["task"])).toHaveLength(
    3,
  );
  expect(report.timeline.findLast(({ action }) => action === "merged")?.detail["task"]).toBe("c");
  expect(Object.values(report.tasks).map(({ status, attempts }) => [status, attempts.length])).toEqual([
    ["completed", 1],
    ["completed", 1],
    ["completed", 1],
  ]);
}, 25_000);
