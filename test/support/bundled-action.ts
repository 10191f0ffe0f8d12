/**
 * The Action as a runner runs it, through a whole backlog: the one bundled file as a process of its own, with the event's file, inputs
 * and variables in its environment, over real HTTP. Where the embedded Actions take its machine away, the process is killed.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import config from "../../action/rolldown.config.ts";
import { playJob } from "../../src/embed.ts";
import type { EndedRun } from "../../src/sandbox/actions.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { runLive, type LiveOptions } from "../../src/sandbox/live.ts";
import type { JobParts } from "../../src/sandbox/replica.ts";
import type { Report } from "../../src/sandbox/report.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import { workflowFiles } from "../simulation/play.ts";

const fastClock = resolve(import.meta.dirname, "fast-clock.mjs");

/** A process that came to its end. */
export interface PlayedRun {
  readonly run: string;
  readonly event: string;
  /** The exit code; null where it was killed. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
  readonly summary: string;
  readonly outputs: string;
}

export interface PlayedBacklog {
  readonly report: Report;
  /** Processes that were over when the backlog was, killed ones among them. */
  readonly runs: readonly PlayedRun[];
  /** What the embedded Actions say of the same runs, and of those that no machine was spent on. */
  readonly ended: readonly EndedRun[];
}

export interface BacklogOptions extends Pick<LiveOptions, "scenario" | "idleSpeed"> {
  readonly bundle: Bundle;
  readonly speed: number;
  /** The App; without, there is none. */
  readonly startApp?: LiveOptions["startApp"];
  /** What the requests of a run to GitHub go through on their way. */
  readonly through?: (fetch: Fetch, run: string) => Fetch;
  /** Where given, jobs of the agent workflow are played by the bundled file, too, with these inputs and variables beside their own. */
  readonly jobs?: (job: JobParts) => { readonly inputs: Variables; readonly env: Variables };
}

type Variables = Readonly<Record<string, string>>;

/** The bundled file in a folder of its own. */
export interface Bundle {
  readonly file: string;
  readonly directory: string;
  remove(): Promise<void>;
}

/** Builds the file as `npm run bundle` does, but elsewhere. */
export async function makeBundle(): Promise<Bundle> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-bundle-"));
  const { output, ...input } = config;
  const file = join(directory, "index.js");
  const build = await rolldown({ ...input, logLevel: "silent" });
  await build.write({ ...output, file });
  await build.close();
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  return { file, directory, remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }) };
}

/** Plays the scenario to its end. Every process that it has started is over when this resolves. */
export async function playBundled(options: BacklogOptions): Promise<PlayedBacklog> {
  const { scenario, idleSpeed, speed, bundle, jobs, through = (fetch) => fetch } = options;
  const directory = await mkdtemp(join(bundle.directory, "backlog-"));
  const runs: PlayedRun[] = [];
  const machines: { readonly taken: AbortSignal; readonly over: Promise<unknown> }[] = [];
  const closing = new AbortController();
  async function play(parts: Step["parts"], more: Omit<Step, "parts">): Promise<"success" | "failure"> {
    const signal = AbortSignal.any([parts.signal, closing.signal]);
    const fetch = through(parts.fetch, parts.runId);
    const step = runStep({ bundle, directory, speed }, { ...more, parts: { ...parts, signal, fetch } });
    const noted = step.then((played) => void runs.push(played));
    machines.push({ taken: parts.signal, over: noted.catch(() => undefined) });
    return (await step).code === 0 ? "success" : "failure";
  }
  const live = await runLive({
    scenario,
    speed,
    ...(idleSpeed === undefined ? {} : { idleSpeed }),
    fetch: globalThis.fetch,
    playJob: jobs === undefined ? playJob : (job) => play(job, toJobStep(job, jobs(job))),
    playRun: (run) => play(run, { ...run, inputs: { budget: "5m", ...run.with }, env: {} }),
    machineWaitMs: [1_000, 2_000],
    journal: silentJournal,
    files: workflowFiles,
    startApp: options.startApp ?? (() => Promise.reject(new Error("There is no App here."))),
  });
  try {
    const report = await live.finished;
    await Promise.all(machines.flatMap(({ taken, over }) => (taken.aborted ? [over] : [])));
    return { report, runs: [...runs], ended: [...live.endedRuns] };
  } finally {
    closing.abort();
    await Promise.all(machines.map(({ over }) => over));
    await live.close();
  }
}

/** What a step of a workflow gets: its event, and what the workflow file gives to the action. */
interface Step {
  readonly event: string;
  readonly payload: unknown;
  readonly inputs: Variables;
  readonly env: Variables;
  readonly parts: Pick<JobParts, "runId" | "repository" | "token" | "clock" | "signal" | "fetch" | "baseUrl">;
}

/** The agent workflow's step, with the vendors where the sandbox has them. */
function toJobStep(job: JobParts, { inputs, env }: { inputs: Variables; env: Variables }): Omit<Step, "parts"> {
  const { name: _name, ...own } = job.inputs;
  const { JULES_API_KEY = "", CURSOR_API_KEY = "", SPRITES_TOKEN = "" } = job.env;
  const { jules, cursor, bifrost } = job.vendorBaseUrls;
  return {
    event: "workflow_dispatch",
    payload: { inputs: job.inputs },
    inputs: { ...own, ...inputs },
    env: {
      JULES_API_KEY,
      CURSOR_API_KEY,
      SPRITES_TOKEN,
      JULES_BASE_URL: jules,
      CURSOR_BASE_URL: cursor,
      SPRITES_BASE_URL: bifrost,
      ...env,
    },
  };
}

interface Machine {
  readonly bundle: Bundle;
  readonly directory: string;
  readonly speed: number;
}

/** One step of one job. */
async function runStep(
  { bundle, directory, speed }: Machine,
  { event, payload, inputs, env, parts }: Step,
): Promise<PlayedRun> {
  const at = (name: string): string => join(directory, `${name}-${parts.runId}`);
  await writeFile(at("event"), JSON.stringify(payload));
  for (const name of ["summary", "output"]) await writeFile(at(name), "");
  const given = Object.entries({ ...inputs, token: parts.token });
  const line = await openLine(parts);
  const child = spawn(process.execPath, ["--import", fastClock, bundle.file], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: line.apiUrl,
      GITHUB_SERVER_URL: new URL(parts.baseUrl).origin,
      GITHUB_REPOSITORY: parts.repository,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: at("event"),
      GITHUB_RUN_ID: parts.runId,
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_JOB: "orchestrate",
      GITHUB_OUTPUT: at("output"),
      GITHUB_STEP_SUMMARY: at("summary"),
      FAST_CLOCK_SPEED: String(speed),
      FAST_CLOCK_NOW: String(parts.clock.now()),
      FAST_CLOCK_AT: String(Date.now()),
    },
  });
  const { code, signal, log } = await watchToEnd(child, parts.signal);
  await line.close();
  const [summary, outputs] = await Promise.all([readFile(at("summary"), "utf8"), readFile(at("output"), "utf8")]);
  return { run: parts.runId, event, code, signal, log, summary, outputs };
}

/** A machine that is taken away leaves no time to tidy up. */
async function watchToEnd(
  child: ChildProcess,
  taken: AbortSignal,
): Promise<Pick<PlayedRun, "code" | "signal" | "log">> {
  const kill = (): void => void child.kill("SIGKILL");
  if (taken.aborted) kill();
  taken.addEventListener("abort", kill);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (log += text));
  return new Promise((done, fail) => {
    child.on("error", fail).on("close", (code, signal) => {
      taken.removeEventListener("abort", kill);
      done({ code, signal, log });
    });
  });
}

const hopByHop = new Set(["connection", "content-encoding", "content-length", "host", "transfer-encoding"]);

/** The line of one machine to GitHub: what the process sends goes through the run's own `fetch`, which counts it and can cut it off. */
async function openLine({ fetch, baseUrl }: Pick<JobParts, "fetch" | "baseUrl">): Promise<{
  readonly apiUrl: string;
  close(): Promise<void>;
}> {
  const github = new URL(baseUrl);
  const server = createServer((request, response) => {
    carry(request)
      .then(async (answer) => {
        const headers = [...answer.headers].filter(([name]) => !hopByHop.has(name));
        response.writeHead(answer.status, Object.fromEntries(headers));
        response.end(Buffer.from(await answer.arrayBuffer()));
      })
      .catch(() => response.destroy());
  });
  async function carry(request: IncomingMessage): Promise<Response> {
    const { method = "GET", url = "/" } = request;
    const headers = Object.entries(request.headersDistinct).flatMap(([name, values = []]) =>
      hopByHop.has(name) ? [] : values.map((value): [string, string] => [name, value]),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks).toString() };
    return fetch(`${github.origin}${url}`, { method, headers, ...body });
  }
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${github.pathname}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
    },
  };
}
