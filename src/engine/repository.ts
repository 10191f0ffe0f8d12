/**
 * One repository at work: hints come in, looks and passes follow, effects go out, and a cycle makes right whatever was
 * missed. Start-up takes stock before anything is scheduled.
 */
import { nextEffectAt } from "../core/decide-effects.ts";
import { nextDueAt } from "../core/decide-tick.ts";
import { allBrokenInvariants } from "../core/invariants.ts";
import type { State } from "../core/state.ts";
import type { Command } from "../model/command.ts";
import type { Entry } from "../model/event.ts";
import type { StreamId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Task } from "../model/task.ts";
import type { Timer } from "../ports/clock.ts";
import type { FileChange } from "../ports/store.ts";
import type { Hint } from "../ports/tracker.ts";
import { renderHeadline } from "../views/commit-summary.ts";
import { Cycle } from "./cycle.ts";
import { Delivery, leasedMax, leaseMs } from "./deliver.ts";
import { Heartbeats } from "./heartbeats.ts";
import { Idle } from "./idle.ts";
import { Lane, type LaneHooks } from "./lane.ts";
import { logEvents } from "./log-events.ts";
import { namesOf } from "./names.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Pass } from "./pass.ts";
import { createProjection, type Projection } from "./project.ts";
import { Scout } from "./scout.ts";

/** The least time between two wake-ups: what is due within it goes together. */
const wakeGapMs = 1_000;
/** Timers end at 24 days: what is due later is asked for again by then. */
const wakeAheadMs = 24 * 60 * 60_000;

export class Repository implements LaneHooks {
  readonly lane: Lane;
  readonly heartbeats = new Heartbeats();
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #projection: Projection = createProjection();
  readonly #delivery: Delivery;
  readonly #scout: Scout;
  readonly #cycle: Cycle;
  readonly #idle: Idle;
  #hasTakenStock = false;
  #isStopped = false;
  #wake: Timer | null = null;

  constructor(parts: EngineParts, world: World) {
    this.#parts = parts;
    this.#world = world;
    this.lane = new Lane(parts, this);
    this.#idle = new Idle(parts.journal);
    this.#delivery = new Delivery(parts, world, this.lane);
    this.#scout = new Scout(parts, world.tracker, this.lane);
    this.#cycle = new Cycle(parts, world, { lane: this.lane, scout: this.#scout, heartbeats: this.heartbeats });
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

  /** What the vendor says of the live session of `task`, where the App asks vendors itself (`dispatch: api`); null where nobody can be asked. */
  async askVendor({ assignment }: Pick<Task, "assignment">): Promise<SessionReport | null> {
    const state = this.lane.stream.peek();
    if (assignment === null || assignment.session === null || state === null) return null;
    const agent = this.lane.contextOf(state).config.agents.find((each) => each.id === assignment.agent);
    const system = agent?.dispatch === "api" ? this.#world.agents.find(assignment.agent) : null;
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
    this.#isStopped = true;
    this.#wake?.cancel();
    this.#delivery.stop();
    this.#cycle.stop();
    this.#scout.stop();
    this.lane.stop("it was asked to");
  }

  before(): readonly Command[] {
    const settled = this.#delivery.takeSettled();
    return settled.length === 0 ? [] : [{ type: "SettleEffects", id: this.lane.nextId("settle"), settled }];
  }

  after(): readonly Command[] {
    if (!this.#hasTakenStock || this.#isStopped) return [];
    const until = this.#parts.clock.now() + leaseMs;
    return [
      { type: "Tick", id: this.lane.nextId("tick") },
      { type: "Schedule", id: this.lane.nextId("schedule") },
      { type: "LeaseEffects", id: this.lane.nextId("lease"), owner: this.#parts.owner, until, limit: leasedMax },
    ];
  }

  project(pass: Pass): readonly FileChange[] {
    return this.#projection.files(pass, this.lane.contextOf(pass.state));
  }

  summarise(entries: readonly Entry[], state: State): string {
    return renderHeadline(
      entries.flatMap((entry) => entry.events),
      namesOf(state),
    );
  }

  appended(entries: readonly Entry[], state: State): void {
    this.#projection.landed();
    if (this.#parts.assertsEverything === true) assertInvariants(state);
    logEvents(this.#parts.journal, entries, state);
    const events = entries.flatMap((entry) => entry.events);
    this.#scout.count(entries);
    this.#idle.note(entries);
    this.#delivery.acknowledged(events.flatMap((event) => ("effect" in event ? [event.effect] : [])));
    for (const event of events) {
      const refused = event.type === "SessionRefused" ? state.tasks.get(event.task) : undefined;
      // The text may have changed since it was approved: a look tells, and asks for approval.
      if (refused !== undefined) this.#scout.want({ issues: [refused.definition.number] });
      if (event.type === "EffectSettled" && event.cockpit !== undefined) this.#cycle.meetCockpit(event.cockpit.node);
      // Its webhook may be lost, or come before we know that we asked for it.
      if (event.type === "EffectSettled" && event.issue !== undefined) this.#scout.want({ issues: [event.issue] });
    }
  }

  halted(): void {
    this.stop();
  }

  settled(state: State): void {
    if (this.#isStopped) return;
    this.#delivery.deliver(state);
    this.#wake?.cancel();
    if (!this.#hasTakenStock) return;
    this.#scout.admit(state);
    this.#idle.say(state, this.lane.contextOf(state));
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
    const times = [nextDueAt({ state, context: this.lane.contextOf(state) }), nextEffectAt(state)].filter(
      (at) => at !== null,
    );
    return times.length === 0 ? null : Math.max(Math.min(...times), this.#parts.clock.now() + wakeGapMs);
  }
}

/** A broken invariant stops everything, where stopping costs nobody anything. */
function assertInvariants(state: State): void {
  const broken = allBrokenInvariants(state);
  if (broken.length > 0) throw new Error(`Invariants are broken. ${broken.join(" ")}`);
}
