/**
 * The Action as a runner runs it: the one bundled file as a process of its own, with the event's file, inputs and variables in its
 * environment, over real HTTP, through a whole backlog without the App.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { expect, onTestFinished, test } from "vitest";
import { playJob } from "../../src/embed.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { runLive } from "../../src/sandbox/live.ts";
import type { RunParts } from "../../src/sandbox/replica.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { shortcomings, flawless, workflowFiles } from "../simulation/play.ts";

const speed = 60;
const fastClock = resolve(import.meta.dirname, "../support/fast-clock.mjs");

interface PlayedRun {
  readonly event: string;
  readonly code: number | null;
  readonly log: string;
  readonly summary: string;
  readonly outputs: string;
}

/** Builds the file as `npm run bundle` does, but elsewhere. */
async function bundleInto(directory: string): Promise<string> {
  const config = new URL("../../action/rolldown.config.js", import.meta.url);
  const { default: bundling } = (await import(config.href)) as {
    readonly default: { readonly output: Readonly<Record<string, unknown>> };
  };
  const { output, ...input } = bundling;
  const file = join(directory, "index.js");
  const build = await rolldown({ ...input, logLevel: "silent" } as Parameters<typeof rolldown>[0]);
  await build.write({ ...output, file } as Parameters<typeof build.write>[0]);
  await build.close();
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  return file;
}

/** One step of one job. */
async function runStep(bundle: string, directory: string, parts: RunParts): Promise<PlayedRun> {
  const at = (name: string): string => join(directory, `${name}-${parts.runId}`);
  await writeFile(at("event"), JSON.stringify(parts.payload));
  for (const name of ["summary", "output"]) await writeFile(at(name), "");
  const inputs = Object.entries(parts.with).map(([name, value]): [string, string] => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const child = spawn(process.execPath, ["--import", fastClock, bundle], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      ...Object.fromEntries(inputs),
      INPUT_TOKEN: parts.token,
      INPUT_BUDGET: "5m",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: parts.baseUrl,
      GITHUB_SERVER_URL: new URL(parts.baseUrl).origin,
      GITHUB_REPOSITORY: parts.repository,
      GITHUB_EVENT_NAME: parts.event,
      GITHUB_EVENT_PATH: at("event"),
      GITHUB_RUN_ID: parts.runId,
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_JOB: "orchestrate",
      GITHUB_OUTPUT: at("output"),
      GITHUB_STEP_SUMMARY: at("summary"),
      FAST_CLOCK_SPEED: String(speed),
      FAST_CLOCK_NOW: String(parts.clock.now()),
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const code = await new Promise<number | null>((done, fail) => void child.on("error", fail).on("close", done));
  const [summary, outputs] = await Promise.all([readFile(at("summary"), "utf8"), readFile(at("output"), "utf8")]);
  return { event: parts.event, code, log, summary, outputs };
}

test("the bundled file gets a whole backlog done, run by run, with the job's token alone", async () => {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-bundle-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const bundle = await bundleInto(directory);
  const scenario = parseScenario(`
repository: acme/shop
runs: { app: false, action: true }
config: { agents: [{ id: jules, type: jules, capacity: 2 }] }
issues:
  - { key: a, title: "First $(touch /tmp/x) \`id\` \${{ github.token }}" }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third, blockedBy: [a] }
agents: { jules: { duration: [30s, 60s] } }
people: { merge: [10s, 20s] }
start: "2026-01-05T08:06:00Z"
until: 4h
`);
  const runs: PlayedRun[] = [];
  const run = await runLive({
    scenario,
    speed,
    fetch: globalThis.fetch,
    playJob,
    async playRun(parts) {
      const played = await runStep(bundle, directory, parts);
      runs.push(played);
      return played.code === 0 ? "success" : "failure";
    },
    machineWaitMs: [1_000, 2_000],
    journal: silentJournal,
    files: workflowFiles,
    startApp: () => Promise.reject(new Error("There is no App here.")),
  });
  onTestFinished(() => run.close());
  const report = await run.finished;

  expect(runs.filter(({ code }) => code !== 0)).toEqual([]);
  expect(shortcomings(report)).toEqual(flawless);
  expect(runs.some(({ outputs }) => outputs.includes("started"))).toBe(true);
  expect(runs[0]?.summary).toContain("mermaid");
  expect(new Set(runs.map(({ event }) => event))).toContain("schedule");
  const said = runs.flatMap(({ log, summary, outputs }) => [log, summary, outputs].join("\n").split("\n"));
  expect(said.filter((line) => line.includes("ghs_job") && !line.startsWith("::add-mask::"))).toEqual([]);
}, 90_000);
