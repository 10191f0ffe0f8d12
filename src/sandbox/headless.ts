/** Runs a scenario in virtual time, as fast as it can: fires timer after timer until it is done, stuck, or out of time. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { VendorType } from "../model/config-agent.ts";
import type { Journal } from "../ports/journal.ts";
import { createAppSide } from "./app-side.ts";
import type { Carrier } from "./carrier.ts";
import type { Faults } from "./faults.ts";
import type { AuditParts, PlayJob, PlayRun, StartReplica } from "./replica.ts";
import type { TimelineEntry } from "./records.ts";
import { buildReport, isAllDone, type Outcome, type Report } from "./report.ts";
import { createStopwatch } from "./scaled-clock.ts";
import { readConfig, type Scenario } from "./scenario.ts";
import { createSeededChance, type SeededChance } from "./seeded-chance.ts";
import { createSimulation, type Simulation } from "./simulation.ts";
import type { Supervisor } from "./supervisor.ts";
import { createTurnstile } from "./turnstile.ts";
import {
  createVirtualClock,
  immediate,
  pause,
  settle,
  type ClockFace,
  type PendingTimer,
  type VirtualClock,
} from "./virtual-clock.ts";

/** Idle cycles in a row, a replica, after which nothing will come any more. */
const idleCyclesMax = 12;
/** The same after the last task: the App gets these to finish what it writes. */
const idleCyclesDone = 2;
/** A run that is done ends this long after, whatever still hangs on. */
const afterglowMs = 30 * 60_000;
/** Quiet must last longer than the longest wait for a retry, which the App may keep in its state instead of a timer. */
const quietMarginMs = 5 * 60_000;
/** Timers at one instant: more means that somebody waits in circles. */
const timersAtOnceMax = 100_000;
/** Timers of the App that go on for ever and mean nothing. */
const idleLabels = new Set(["cycle", "full-read"]);
/** What happens to an App at rest as well, and brings no task further. */
const weather = new Set<TimelineEntry["action"]>(["crash", "restart", "webhook_dropped"]);
/** Milliseconds that the platform may take over a last promise before something is wrong. */
const realWaitsMax = 2_000;
const replicaPrefix = "replica-";

/** What a request that got no answer waits for. */
const startLabels = new Set(["request timeout"]);

function isOfApp(timer: PendingTimer): boolean {
  return timer.owner.startsWith(replicaPrefix);
}

/** The vendors' real hosts, answered by the embedded ones. */
export const vendorBaseUrls: Readonly<Record<VendorType, string>> = {
  jules: "https://jules.googleapis.com/v1alpha",
  cursor: "https://api.cursor.com",
  bifrost: "https://api.sprites.dev",
};

export const silentJournal: Journal = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What a last look at the App's state finds, after everything has stopped. */
export interface Audit {
  /** Where the state differs from a fresh observation; each becomes a violation. */
  readonly problems: readonly string[];
  /** Events in the log. */
  readonly events: number;
}

export interface HeadlessOptions {
  readonly scenario: Scenario;
  /** Instead of the scenario's own. */
  readonly seed?: string | number;
  readonly faultsOverride?: Faults;
  readonly startReplica: StartReplica;
  readonly playJob: PlayJob;
  /** Needed where the scenario has runs of the Action. */
  readonly playRun?: PlayRun;
  /** The last look, over a network without faults. */
  readonly auditFinal?: (parts: AuditParts) => Promise<Audit>;
  readonly journal?: Journal;
  /** Other files of the default branch, such as the agent workflow. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A run in virtual time. */
class HeadlessRun {
  readonly #scenario: Scenario;
  readonly #clock: VirtualClock;
  readonly #simulation: Simulation;
  readonly #supervisor: Supervisor;
  readonly #carrier: Carrier;
  readonly #openCount: () => number;
  readonly #quietMs: number;
  /** What came last is seen by a run that may be as late as this, and cancelled before the next one. */
  readonly #seenMs: number;
  /** Who looks by the clock: replicas of the App, and the schedule of the Action. */
  readonly #cyclistCount: number;
  #activity = "";
  #sightings = 0;
  #isDone = false;
  #activeAt = 0;
  #idleCycles = 0;
  #firedAtOnce = 0;

  constructor(parts: {
    readonly scenario: Scenario;
    readonly clock: VirtualClock;
    readonly simulation: Simulation;
    readonly supervisor: Supervisor;
    readonly carrier: Carrier;
    readonly cyclistCount: number;
    /** How late a run of the Action may be. */
    readonly latestMs: number;
    readonly openCount: () => number;
  }) {
    this.#scenario = parts.scenario;
    this.#clock = parts.clock;
    this.#simulation = parts.simulation;
    this.#supervisor = parts.supervisor;
    this.#carrier = parts.carrier;
    this.#cyclistCount = parts.cyclistCount;
    this.#openCount = parts.openCount;
    this.#quietMs = longestBackoffMs(parts.scenario) + quietMarginMs + idleCyclesMax * parts.latestMs;
    this.#seenMs = 2 * parts.latestMs;
    parts.simulation.timeline.onEntry((entry) => {
      if (!weather.has(entry.action)) this.#sightings += 1;
    });
  }

  /** Lets time pass until the run has an outcome. */
  async play(): Promise<Outcome> {
    const { timeline } = this.#simulation;
    const end = timeline.start + this.#scenario.until;
    if (this.#scenario.runs.app) this.#supervisor.start();
    for (;;) {
      await settle({ openCount: this.#openCount });
      await this.#awaitStart();
      this.#look();
      const outcome = this.#outcome();
      if (outcome !== null) return outcome;
      const nextAt = this.#clock.nextAt;
      if (nextAt === null) return this.#isDone ? "done" : "stuck";
      if (nextAt > end) {
        this.#clock.moveTo(end);
        return this.#isDone ? "done" : "timeout";
      }
      this.#fire();
    }
  }

  /** Lets time pass until a promise has settled, for the stop and the last look. */
  async drive<Result>(promise: Promise<Result>): Promise<Result> {
    let isSettled = false;
    const watched = promise.finally(() => {
      isSettled = true;
    });
    let waits = 0;
    watched.catch(() => undefined);
    for (;;) {
      await settle({ openCount: this.#openCount });
      if (isSettled) return watched;
      if (this.#clock.fireNext() !== null) continue;
      // No timer and no request, yet not settled: the platform itself is at it (a module, a stream), for real milliseconds.
      if ((waits += 1) > realWaitsMax) throw new Error("The last look at the state never came to an end.");
      await pause();
    }
  }

  /**
   * A copy that starts, and waits for neither request nor timer, waits for the platform (a module is being loaded):
   * time must not go on without it, or the first run in a process would differ from the second.
   */
  async #awaitStart(): Promise<void> {
    for (let waits = 0; waits < realWaitsMax && this.#supervisor.startingCount > 0; waits += 1) {
      const waitsInTime = this.#clock.pending().some((timer) => startLabels.has(timer.label) || isOfApp(timer));
      if (waitsInTime) return;
      await pause();
      await settle({ openCount: this.#openCount });
    }
  }

  #fire(): void {
    const before = this.#clock.now();
    const fired = this.#clock.fireNext();
    if (fired === null) return;
    this.#firedAtOnce = this.#clock.now() === before ? this.#firedAtOnce + 1 : 0;
    if (this.#firedAtOnce > timersAtOnceMax) {
      throw new Error(
        `Time stands still: "${fired.label}" of ${fired.owner} fires again and again at the same instant.`,
      );
    }
    if ((fired.label === "cycle" && isOfApp(fired)) || fired.label === "schedule") this.#idleCycles += 1;
  }

  /** Notes whether anything was written or seen since the last look. */
  #look(): void {
    const { world, inFlightCount } = this.#simulation;
    const { mutations, stateCommits } = world.counters;
    const activity = `${mutations}/${stateCommits}/${this.#sightings}/${inFlightCount}`;
    if (activity === this.#activity) return;
    this.#activity = activity;
    this.#activeAt = this.#clock.now();
    this.#idleCycles = 0;
    this.#isDone = isAllDone(this.#simulation.observed);
  }

  #outcome(): Outcome | null {
    if (this.#simulation.people.pendingCount > 0) return null;
    const quietMs = this.#clock.now() - this.#activeAt;
    const isAtRest = this.#isAtRest();
    if (this.#isDone) {
      const hasRested = isAtRest && this.#idleCycles >= idleCyclesDone * this.#cyclistCount;
      return (hasRested && quietMs >= this.#seenMs) || quietMs > afterglowMs + this.#seenMs ? "done" : null;
    }
    const isQuiet = this.#idleCycles >= idleCyclesMax * this.#cyclistCount && quietMs >= this.#quietMs;
    return isQuiet && isAtRest ? "stuck" : null;
  }

  /** Nothing is in flight, and the App waits for nothing but its cycle. */
  #isAtRest(): boolean {
    if (this.#simulation.inFlightCount + this.#carrier.openCount + this.#supervisor.restartCount > 0) return false;
    return this.#clock.pending().every((timer) => !isOfApp(timer) || idleLabels.has(timer.label));
  }
}

function longestBackoffMs(scenario: Scenario): number {
  const later = scenario.events.flatMap((event) => (event.act.kind === "config" ? [event.act.text] : []));
  return Math.max(0, ...[scenario.config, ...later].map((text) => readConfig(text)?.retry.backoff.max ?? 0));
}

/**
 * Plays a scenario to its end in virtual time and reports. The same scenario and seed give the same report but for
 * `wallMs`. Rejects when the scenario cannot be set up, or when the program under test waits in circles.
 */
export async function runHeadless(options: HeadlessOptions): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-"));
  try {
    return await playIn(directory, options);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function playIn(directory: string, options: HeadlessOptions): Promise<Report> {
  const elapsedMs = createStopwatch();
  const { scenario, journal = silentJournal } = options;
  const faults = options.faultsOverride ?? scenario.faults;
  const clock = createVirtualClock(Date.parse(scenario.start));
  const chance = createSeededChance(options.seed ?? scenario.seed);
  const turnstile = createTurnstile(rest);
  const simulation = await createSimulation({
    scenario,
    faults,
    clock,
    clockFor: (owner) => clock.face(owner),
    chance,
    turnstile,
    journal,
    directory,
    htmlUrl: "https://github.test",
    vendorBaseUrls,
    files: options.files ?? {},
    playJob: options.playJob,
    ...(options.playRun === undefined ? {} : { playRun: options.playRun }),
  });
  const { world, timeline } = simulation;
  const clockFor = (owner: string): ClockFace => clock.face(owner);
  const { startReplica } = options;
  const { supervisor, carrier } = createAppSide({ simulation, clock, chance, faults, startReplica, clockFor });
  world.onDelivery((delivery) => carrier.carry(delivery));
  const openCount = (): number => turnstile.openCount + world.openCount;
  const run = new HeadlessRun({
    scenario,
    clock,
    simulation,
    supervisor,
    carrier,
    cyclistCount: (scenario.runs.app ? faults.replicas : 0) + (scenario.runs.action ? 1 : 0),
    latestMs: faults.actions.delay?.[1] ?? 0,
    openCount,
  });
  try {
    await simulation.setUp();
    const outcome = await run.play();
    const virtualMs = timeline.elapsedMs();
    const api = { ...world.counters };
    await run.drive(Promise.race([supervisor.stop(), clock.sleep(60_000, "stop")]));
    const audit = await lookLast(options, run, { simulation, clock, chance });
    return buildReport({
      observed: simulation.observed,
      outcome,
      virtualMs,
      wallMs: elapsedMs(),
      violations: simulation.judge.finish(outcome, audit.problems),
      api,
      events: audit.events,
    });
  } finally {
    await world.close();
  }
}

/** What an act sets in motion gets some rounds of the event loop before the next act. */
async function rest(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await immediate();
}

async function lookLast(
  options: HeadlessOptions,
  run: HeadlessRun,
  ground: { readonly simulation: Simulation; readonly clock: VirtualClock; readonly chance: SeededChance },
): Promise<Audit> {
  if (options.auditFinal === undefined) return { problems: [], events: ground.simulation.deliveryCount };
  const chance = ground.chance.fork("audit");
  const parts = ground.simulation.partsFor({
    owner: "audit",
    clock: ground.clock.face("audit"),
    chance,
    caller: null,
  });
  const token = options.scenario.runs.app ? null : ground.simulation.world.jobToken(0);
  return run.drive(options.auditFinal({ ...parts, token }));
}
