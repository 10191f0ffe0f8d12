/**
 * One repository at work: hints come in, looks and passes follow, effects go out, and a cycle makes right whatever was
 * missed. Start-up takes stock before anything is scheduled.
 */
import type { Context } from "../model/context.ts";
import { nextEffectAt } from "../core/decide-effects.ts";
import { nextDueAt } from "../core/decide-tick.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import type { Entry } from "../model/event.ts";
import type { StreamId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { Task } from "../model/task.ts";
import type { Timer } from "../ports/clock.ts";
import type { FileChange } from "../ports/store.ts";
import type { Hint } from "../ports/tracker.ts";
import { Cycle } from "./cycle.ts";
import { Delivery } from "./deliver.ts";
import { Heartbeats } from "./heartbeats.ts";
import { Counters } from "./counters.ts";
import { Idle } from "./idle.ts";
import { Progress } from "./progress.ts";
import { Refreshes } from "./refreshes.ts";
import { Lane, type LaneHooks } from "./lane.ts";
import type { EngineParts, TemplateText, World } from "./parts.ts";
import type { Pass } from "./pass.ts";
import { createPassHooks, type PassHooks } from "./pass-hooks.ts";
import { Scout } from "./scout.ts";
import { Watchers } from "./watchers.ts";

/** The least time between two wake-ups: what is due within it goes together. */
const wakeGapMs = 1_000;
/** Timers end at 24 days: what is due later is asked for again by then. */
const wakeAheadMs = 24 * 60 * 60_000;

export class Repository implements LaneHooks {
  readonly lane: Lane;
  readonly heartbeats = new Heartbeats();
  readonly counters = new Counters();
  readonly watchers = new Watchers();
  readonly refreshes = new Refreshes();
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #hooks: PassHooks;
  readonly #delivery: Delivery;
  readonly #scout: Scout;
  readonly #cycle: Cycle;
  readonly #idle: Idle;
  readonly #progress: Progress;
  #hasTakenStock = false;
  #isStopped = false;
  #wake: Timer | null = null;

  constructor(parts: EngineParts, world: World) {
    this.#parts = parts;
    this.#world = world;
    this.lane = new Lane(parts, this);
    this.#idle = new Idle(parts.journal);
    this.#progress = new Progress(parts.journal);
    this.#delivery = new Delivery(parts, world, this.lane);
    this.#scout = new Scout(parts, world.tracker, this.lane);
    const { heartbeats, refreshes } = this;
    this.#cycle = new Cycle(parts, world, { lane: this.lane, scout: this.#scout, heartbeats, refreshes });
    this.#hooks = createPassHooks(parts, () => ({
      lane: this.lane,
      delivery: this.#delivery,
      scout: this.#scout,
      meetCockpit: (node) => this.#cycle.meetCockpit(node),
    }));
  }

  /** `owner/name`. */
  get name(): string {
    return this.#parts.repository;
  }

  /** `gh:<repository id>`. */
  get stream(): StreamId {
    return this.#parts.stream;
  }

  get defaultBranch(): string {
    return this.#parts.defaultBranch;
  }

  /** Reads what another copy of the program has written, where it has. Rejects as the store does. */
  catchUp(): Promise<void> {
    return this.#cycle.catchUp();
  }

  /** The task template of that name; null where there is none. Rejects with `TrackerUnavailable`. */
  async readTemplate(name: string): Promise<TemplateText | null> {
    const text = await this.#world.tracker.template(name);
    return text === null ? null : this.#world.parseTemplate(text);
  }

  /** What the vendor says of the live session of `task`, where the App asks vendors itself (`dispatch: api`); null where nobody can be asked. */
  async askVendor({ assignment }: Pick<Task, "assignment">): Promise<SessionReport | null> {
    const state = this.lane.stream.peek();
    if (assignment === null || assignment.session === null || state === null) return null;
    const agent = agentBehind(this.lane.contextOf(state).config, assignment);
    const system = agent?.dispatch === "api" ? this.#world.agents.find(assignment.agent, assignment.fence) : null;
    return system === null ? null : system.watch(assignment.session);
  }

  /** Takes what a webhook says; returns at once. */
  hear(hints: readonly Hint[]): void {
    if (!this.#isStopped) this.#cycle.hear(hints);
  }

  /** Loads the state, takes stock of everything in flight, then starts the cycle. */
  async start(): Promise<void> {
    await this.#cycle.takeStock();
    if (this.#isStopped) return;
    this.#hasTakenStock = true;
    await this.lane.submit([]);
    this.#cycle.schedule();
  }

  stop(): void {
    this.#quieten();
    this.#delivery.stop();
    this.lane.stop("it was asked to");
  }

  /**
   * Stops with nothing left behind, as far as the store can be reached: what it has done is written, and what it holds and has not begun is
   * given back, so that whoever comes next need not wait for its leases, or do it again. Takes as long as what is under way.
   */
  async part(): Promise<void> {
    this.#quieten();
    const state = this.lane.stream.peek();
    if (state !== null) {
      await this.#delivery.idle();
      this.#delivery.release(state);
      await this.lane.flush();
      if (this.#hasTakenStock) this.#progress.finish(state, this.lane.contextOf(state));
    }
    this.stop();
  }

  /** Nothing new begins. */
  #quieten(): void {
    this.#isStopped = true;
    this.#wake?.cancel();
    this.#cycle.stop();
    this.#scout.stop();
  }

  before(): readonly Command[] {
    return this.#hooks.before();
  }

  after(): readonly Command[] {
    return this.#hasTakenStock && !this.#isStopped ? this.#hooks.after() : [];
  }

  project(pass: Pass): readonly FileChange[] {
    return this.#hooks.project(pass);
  }

  summarise(entries: readonly Entry[], state: State): string {
    return this.#hooks.summarise(entries, state);
  }

  appended(entries: readonly Entry[], state: State): void {
    this.counters.note(entries, state);
    this.#idle.note(entries);
    this.#progress.note(entries);
    this.#hooks.appended(entries, state);
  }

  halted(): void {
    this.stop();
  }

  settled(state: State): void {
    if (this.#isStopped) return;
    this.watchers.note(state);
    this.#delivery.deliver(state);
    this.#wake?.cancel();
    if (!this.#hasTakenStock) return;
    this.#scout.admit(state);
    this.#idle.say(state, this.lane.contextOf(state));
    this.#progress.say(state, this.lane.contextOf(state));
    const dueAt = this.#nextWakeAt(state);
    if (dueAt === null) return;
    const waitMs = Math.min(dueAt - this.#parts.clock.now(), wakeAheadMs);
    this.#wake = this.#parts.clock.after(waitMs, "due", () => {
      void this.lane.submit([]).catch((error: unknown) => {
        this.#parts.journal.debug("A wake-up came too late.", { reason: String(error) });
      });
    });
  }

  #nextWakeAt(state: State): number | null {
    const at = nextWorkAt(state, this.lane.contextOf(state));
    return at === null ? null : Math.max(at, this.#parts.clock.now() + wakeGapMs);
  }
}

/** When the next thing is due that time alone brings, or an effect that nobody holds; null when there is none. */
export function nextWorkAt(state: State, context: Context): number | null {
  const times = [nextDueAt({ state, context }), nextEffectAt(state)].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}
