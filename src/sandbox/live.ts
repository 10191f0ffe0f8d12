/** Runs a scenario over real HTTP, sped up: the same world, agents and people, with a page that shows the graph moving. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { EndedRun } from "./actions.ts";
import { createAppSide } from "./app-side.ts";
import type { Faults } from "./faults.ts";
import { startLiveServer, type LiveServer } from "./live-server.ts";
import { readLiveState } from "./live-state.ts";
import { renderEntry } from "./log-line.ts";
import type { Delivery } from "./records.ts";
import type { PlayJob, PlayRun, Replica, ReplicaParts, StartListeningApp } from "./replica.ts";
import { buildReport, isAllDone, type Outcome, type Report } from "./report.ts";
import { createScaledClock, createStopwatch, hurryBetween, type ScaledClock } from "./scaled-clock.ts";
import { readConfig, type Scenario } from "./scenario.ts";
import { createSeededChance, type SeededChance } from "./seeded-chance.ts";
import { createSimulation, type Simulation } from "./simulation.ts";
import { renderSummary } from "./summary.ts";
import type { Supervisor } from "./supervisor.ts";
import { createTurnstile } from "./turnstile.ts";
import { toVendorBaseUrls } from "./vendors.ts";

const lookMs = 250;
/** The App gets this, in real time, to finish what it writes after the last task. */
const afterglowMs = 1_500;
const deliveryTimeoutMs = 10_000;
const defaultSpeed = 60;
const idleCycleMs = 30_000;
const idleCyclesMax = 12;

export interface LiveOptions {
  readonly scenario: Scenario;
  readonly seed?: string | number;
  readonly faultsOverride?: Faults;
  /** Port of the embedded GitHub and the page; 0 takes a free one. */
  readonly port?: number;
  /** How much faster than a wall clock. */
  readonly speed?: number;
  /** The same while no run and no job is at work: hours of waiting pass in moments. For scenarios without the App, which always is. */
  readonly idleSpeed?: number;
  /** The real one: requests travel over real HTTP. */
  readonly fetch: Fetch;
  readonly startApp: StartListeningApp;
  readonly playJob: PlayJob;
  /** Needed where the scenario has runs of the Action. */
  readonly playRun?: PlayRun;
  /** How long machines of the Action take to come up, where that is not as in the field. */
  readonly machineWaitMs?: readonly [number, number];
  readonly journal: Journal;
  readonly files?: Readonly<Record<string, string>>;
  /** Called with the address of the page, before anything happens. */
  readonly onReady?: (url: string) => void;
  /** A readable line for each thing that happens. */
  readonly onLine?: (line: string) => void;
}

/** A live run. The page stays up after the end until `close`. */
export interface LiveRun {
  /** The live page. */
  readonly url: string;
  readonly finished: Promise<Report>;
  /** Runs of the Action that have ended so far. */
  readonly endedRuns: readonly EndedRun[];
  close(): Promise<void>;
}

/** An App that listens, as a replica: webhooks are posted to it. */
function overHttp({ startApp, fetch }: LiveOptions): (parts: ReplicaParts) => Promise<Replica> {
  return async (parts) => {
    const app = await startApp(parts);
    return {
      async receive(delivery: Delivery) {
        const signal = AbortSignal.timeout(deliveryTimeoutMs);
        const { headers, body } = delivery;
        const response = await fetch(app.webhookUrl, {
          method: "POST",
          headers: { ...headers },
          body,
          signal,
        });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`the App answered ${response.status}`);
      },
      stop: () => app.stop(),
    };
  };
}

interface Stage {
  readonly simulation: Simulation;
  readonly scenario: Scenario;
  readonly clock: ScaledClock;
  readonly supervisor: Supervisor;
  /** How late a run of the Action may be. */
  readonly latestMs: number;
}

/** Looks again and again until the run has an outcome. `isClosed` ends it as a timeout. */
async function watch({ simulation, scenario, clock, latestMs }: Stage, isClosed: () => boolean): Promise<Outcome> {
  const { timeline, observed, world } = simulation;
  const real = createScaledClock({ start: 0, speed: 1 });
  const longestPauseMs = readConfig(scenario.config)?.retry.backoff.max ?? 0;
  const quietMs = Math.max(idleCyclesMax * idleCycleMs, 1.5 * longestPauseMs) + idleCyclesMax * latestMs;
  let seen = "";
  let activeAt = clock.now();
  for (;;) {
    await real.sleep(lookMs, "look");
    if (isClosed() || timeline.elapsedMs() > scenario.until) return isAllDone(observed) ? "done" : "timeout";
    const { mutations, stateCommits } = world.counters;
    const activity = `${mutations}/${stateCommits}/${timeline.entries.length}/${simulation.inFlightCount}`;
    if (activity !== seen) activeAt = clock.now();
    seen = activity;
    if (simulation.people.pendingCount > 0) continue;
    if (isAllDone(observed)) {
      await real.sleep(afterglowMs, "afterglow");
      return "done";
    }
    if (simulation.inFlightCount === 0 && clock.now() - activeAt > quietMs) return "stuck";
  }
}

/** Starts a live run; resolves once the page is up and the App is being started. */
export async function runLive(options: LiveOptions): Promise<LiveRun> {
  const { scenario, onLine, speed = defaultSpeed } = options;
  const faults = options.faultsOverride ?? scenario.faults;
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-"));
  const server = await startLiveServer({ port: options.port ?? 0 });
  const clock = createScaledClock({ start: Date.parse(scenario.start), speed });
  const chance = createSeededChance(options.seed ?? scenario.seed);
  const simulation = await assemble({ options, faults, directory, server, clock, chance });
  const { timeline, world, observed } = simulation;
  options.onReady?.(server.url);
  if (onLine !== undefined) timeline.onEntry((entry) => onLine(renderEntry(entry)));
  const { supervisor, carrier } = createAppSide({
    simulation,
    clock,
    chance,
    faults,
    startReplica: overHttp(options),
    clockFor: () => clock.face(),
    deliveryTimeoutMs: deliveryTimeoutMs * speed,
  });
  let ended: Ended | null = null;
  let isClosed = false;
  const name = scenario.name ?? scenario.title ?? scenario.repository;
  server.show((cursor) => readLiveState({ name, observed, agents: simulation.agents(), cursor, ended }));
  await simulation.setUp();
  // Webhooks of the backlog being opened would come before the App listens; it reads everything at its start.
  world.onDelivery((delivery) => carrier.carry(delivery));
  if (scenario.runs.app) supervisor.start();

  const latestMs = faults.actions.delay?.[1] ?? 0;
  const finished = finish({ simulation, scenario, clock, supervisor, latestMs }, () => isClosed).then((report) => {
    ended = { report, summary: renderSummary(report) };
    return report;
  });
  // Whoever closes early may not be waiting for the report.
  finished.catch(() => undefined);
  return {
    url: server.url,
    finished,
    get endedRuns() {
      return simulation.endedRuns;
    },
    async close() {
      isClosed = true;
      await Promise.allSettled([finished]);
      await server.close();
      await world.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Ended {
  readonly report: Report;
  readonly summary: string;
}

/** Waits for the outcome, stops the App and the clock, and reports. */
async function finish(stage: Stage, isClosed: () => boolean): Promise<Report> {
  const elapsedMs = createStopwatch();
  const { simulation, supervisor, clock } = stage;
  try {
    const outcome = await watch(stage, isClosed);
    await supervisor.stop();
    return buildReport({
      observed: simulation.observed,
      outcome,
      virtualMs: simulation.timeline.elapsedMs(),
      wallMs: elapsedMs(),
      violations: simulation.judge.finish(outcome, []),
      api: simulation.world.counters,
      events: simulation.deliveryCount,
    });
  } finally {
    clock.stop();
  }
}

/** Who plays runs and jobs, with time at its own pace while they do. */
function pacedPlays(
  { playJob, playRun, idleSpeed, speed = defaultSpeed }: LiveOptions,
  clock: ScaledClock,
): Pick<LiveOptions, "playJob" | "playRun"> {
  if (idleSpeed === undefined) return { playJob, ...(playRun && { playRun }) };
  const paced = hurryBetween(clock, { speed, idleSpeed });
  return { playJob: paced(playJob), ...(playRun && { playRun: paced(playRun) }) };
}

/** The simulation behind the server: acts enter one after another there, requests of the program come as they come. */
async function assemble(ground: {
  readonly options: LiveOptions;
  readonly faults: Faults;
  readonly directory: string;
  readonly server: LiveServer;
  readonly clock: ScaledClock;
  readonly chance: SeededChance;
}): Promise<Simulation> {
  const { options, server, clock } = ground;
  const { playJob, playRun } = pacedPlays(options, clock);
  const turnstile = createTurnstile(async () => undefined);
  const simulation = await createSimulation({
    scenario: options.scenario,
    faults: ground.faults,
    clock,
    clockFor: () => clock.face(),
    chance: ground.chance,
    turnstile,
    transport: (request) => options.fetch(request),
    journal: options.journal,
    directory: ground.directory,
    htmlUrl: server.url,
    vendorBaseUrls: toVendorBaseUrls(server.url),
    files: options.files ?? {},
    playJob,
    ...(playRun === undefined ? {} : { playRun }),
    ...(options.machineWaitMs === undefined ? {} : { machineWaitMs: options.machineWaitMs }),
  });
  server.serve(async (request) => {
    const response = await turnstile.pass(() => simulation.handle(request));
    return response ?? new Response(null, { status: 503 });
  });
  return simulation;
}
