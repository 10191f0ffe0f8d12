/** Work submitted over HTTP to the App on a real port, on the embedded GitHub: from the request to the merged pull request. */
import { readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { playJob, startListeningApp } from "../../src/embed.ts";
import { agentWorkflowPath } from "../../src/model/agent-workflow.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { runLive, type LiveRun } from "../../src/sandbox/live.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const open: LiveRun[] = [];

afterEach(async () => {
  for (const run of open.splice(0)) await run.close();
});

const token = "0123456789abcdef0123456789abcdef";

// The issues of the scenario keep the run from being over before what is submitted.
const scenario = parseScenario(`
repository: acme/shop
config:
  retry: { backoff: { max: 2h } }
  agents: [{ id: cursor, type: cursor, capacity: 2, dispatch: api }]
issues: [{ key: a, title: First }, { key: b, title: Second, blockedBy: [a] }]
agents: { cursor: { duration: 20s } }
people: { merge: 5s }
until: 5h
`);

test("a submitted task is one issue that an agent works on until it is merged, although the request comes twice", async () => {
  let url = "";
  const run = await runLive({
    scenario,
    // A request waits twenty seconds of this for its issue.
    speed: 10,
    fetch: globalThis.fetch,
    async startApp(parts) {
      const app = await startListeningApp({ ...parts, httpToken: token });
      url = app.url;
      return app;
    },
    playJob,
    journal: silentJournal,
    files: { [agentWorkflowPath]: await readFile(agentWorkflowPath, "utf8") },
  });
  open.push(run);
  const ask = async (path: string, init: RequestInit = {}): Promise<Readonly<Record<string, unknown>>> => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": "one",
    };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  };
  await expect.poll(() => url, { timeout: 5_000 }).not.toBe("");
  // The App finds its repository in a moment of its own.
  await expect.poll(async () => (await ask("/orchestrator/status"))["assignedTasks"], { timeout: 10_000 }).toBe(1);
  const body = JSON.stringify({ title: "Fix the login", body: "It fails.", priority: "high", by: "wanda" });
  const submit = () => ask("/api/orchestrator/tasks", { method: "POST", body });
  const answers = [await submit(), await submit()];
  const number = Number(answers[0]?.["number"]);
  const standing = { number, title: "Fix the login", assignment: { agent: "cursor" } };
  expect(answers).toMatchObject([standing, standing]);
  await expect
    .poll(async () => (await ask(`/orchestrator/explain?task=${number}`))["status"], { timeout: 30_000 })
    .toBe("completed");
}, 60_000);
