/** `orchestrate start` as an operator runs it: the process itself, against the embedded GitHub, asked over real HTTP. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { playJob } from "../../src/embed.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { runLive } from "../../src/sandbox/live.ts";
import type { ReplicaParts } from "../../src/sandbox/replica.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const cli = resolve(import.meta.dirname, "../../src/cli.ts");
const token = "Zk3vQ8rT1xWm5pLs9aYc2nBd7hGf4jKe";

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  /** Everything that it has written so far. */
  output(): string;
  /** Resolves when it has written this; rejects when it ends without. */
  until(words: string): Promise<void>;
}

/** In a folder of its own, where no `.env` and no key lies about. */
async function start(env: Readonly<Record<string, string>>): Promise<Started> {
  const cwd = await mkdtemp(join(tmpdir(), "orchestrate-start-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const args = ["--import", import.meta.resolve("tsx"), cli, "start", "--json"];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const seen = new EventTarget();
  let output = "";
  const hear = (text: string): void => {
    output += text;
    seen.dispatchEvent(new Event("more"));
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const ended = new Promise<number | null>((done, fail) => void child.on("error", fail).on("close", done));
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    ended,
    output: () => output,
    until: (words) =>
      new Promise((done, fail) => {
        const look = (): void => void (output.includes(words) && done());
        seen.addEventListener("more", look);
        void ended.then(() => fail(new Error(`It ended before it said "${words}":\n${output}`)));
        look();
      }),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", () => done()));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => void server.close(done));
  return port;
}

/** What an operator sets for an App on this GitHub. */
function environmentOf(parts: ReplicaParts, port: number): Readonly<Record<string, string>> {
  return {
    APP_ID: String(parts.appId),
    PRIVATE_KEY: parts.privateKey,
    WEBHOOK_SECRET: parts.webhookSecret,
    GHE_HOST: new URL(parts.baseUrl).host,
    GHE_PROTOCOL: "http",
    HOST: "127.0.0.1",
    PORT: String(port),
    ORCHESTRATE_HTTP_TOKEN: token,
  };
}

test("the routes answer beside the webhooks of the same port, and the token is in no line of the log", async () => {
  const scenario = parseScenario(`
repository: acme/shop
start: ${new Date().toISOString()}
config: { mode: priority }
issues: [{ key: a, title: First }, { key: b, title: Second, blockedBy: [a] }]
`);
  let started: Started | null = null;
  let secret = "";
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const webhookUrl = `${url}/api/github/webhooks`;
  const run = await runLive({
    scenario,
    speed: 1,
    fetch: globalThis.fetch,
    playJob,
    journal: silentJournal,
    async startApp(parts) {
      secret = parts.webhookSecret;
      started = await start(environmentOf(parts, port));
      await started.until("Listening on");
      const { child, ended } = started;
      return {
        webhookUrl,
        async stop() {
          child.kill("SIGTERM");
          await ended;
        },
      };
    },
  });
  onTestFinished(() => run.close());
  await expect.poll(() => started?.output() ?? "", { timeout: 40_000 }).toContain("#2 depends on #1");
  const app = started as unknown as Started;

  const authorization = `Bearer ${token}`;
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, json: await response.json().catch(() => null) };
  };
  const build = expect.stringMatching(/^[0-9a-f]{40}$/);
  expect(await ask("/healthz")).toEqual({
    status: 200,
    json: { status: "ok", build, uptimeSeconds: expect.any(Number) },
  });
  const followed = await fetch(`${url}/orchestrator/events?after=0`, { headers: { authorization } });
  expect(followed.headers.get("content-type")).toBe("text/event-stream");
  // All of it, when the App has ended it: a connection that breaks off is an error.
  const told = followed.text();
  const headers = { authorization, "content-type": "application/json", "idempotency-key": "once" };
  const switched = await ask("/orchestrator/mode", { method: "POST", headers, body: '{"mode":"effort"}' });
  expect(switched).toMatchObject({ status: 200, json: { repository: "acme/shop", mode: "effort" } });
  expect(await ask("/orchestrator/status?repository=acme/shop", { headers: { authorization } })).toMatchObject({
    status: 200,
    json: { mode: "effort", setBy: "http:token", readyQueueLength: 1, blockedQueueLength: 1, assignedTasks: 0 },
  });
  expect(await ask("/orchestrator/status", { headers: { authorization: "Bearer wrong" } })).toMatchObject({
    status: 401,
    json: { title: "Unauthorized" },
  });
  expect(await ask("/nothing")).toMatchObject({ status: 404, json: { title: "Not Found", status: 404 } });
  expect((await ask("/ping")).status).toBe(200);
  const lines = app
    .output()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  expect(lines.length).toBeGreaterThan(5);
  // A key that stands twice in a line is lost to most programs that read it.
  expect(lines.filter((line) => JSON.stringify(JSON.parse(line)) !== line)).toEqual([]);

  const body = JSON.stringify({ action: "opened" });
  const post = (signature: string) =>
    fetch(webhookUrl, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": "issues",
        "x-github-delivery": "d-1",
        "x-hub-signature-256": `sha256=${signature}`,
      },
      body,
    });
  expect((await post(createHmac("sha256", secret).update(body).digest("hex"))).status).toBe(200);
  expect((await post("0".repeat(64))).status).toBe(400);

  app.child.kill("SIGTERM");
  expect(await app.ended).toBe(0);
  const followedLines = (await told).matchAll(/"line":"(?<line>[^"]*)"/g);
  expect([...followedLines].map(({ groups }) => groups?.["line"])).toEqual(
    expect.arrayContaining(["#2 depends on #1", "mode is effort, says http:token"]),
  );
  expect(app.output()).toContain("mode is effort, says http:token");
  expect(app.output()).toContain("/orchestrator/mode");
  expect(app.output()).not.toContain(token);
  expect(app.output()).not.toContain("Bearer");
}, 60_000);

test.each([
  ["is too short", "x".repeat(31)],
  ["has a space", `${"x".repeat(20)} ${"y".repeat(20)}`],
])("a token that %s ends the start with one sentence that does not repeat it", async (_what, bad) => {
  const app = await start({ ORCHESTRATE_HTTP_TOKEN: bad });
  expect(await app.ended).toBe(1);
  expect(app.output()).toMatch(/^orchestrate: ORCHESTRATE_HTTP_TOKEN must have at least 32 characters.*\n$/);
  expect(app.output()).not.toContain(bad);
});

test("an address for alerts that may not be used ends the start with one sentence that does not repeat it", async () => {
  const app = await start({ ORCHESTRATE_ALERT_WEBHOOK: "http://hooks.example/sesame" });
  expect(await app.ended).toBe(1);
  expect(app.output()).toBe(
    "orchestrate: ORCHESTRATE_ALERT_WEBHOOK does not begin with https://. Only an address of this very machine goes without TLS.\n",
  );
});
