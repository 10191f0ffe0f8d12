/**
 * One run of a repository that nobody serves: catch up with the tracker, decide, do everything that is due, and leave nothing in
 * memory that matters. Where the next run has to go on is in the log, so that one that is cut off costs time and nothing else.
 */
import type { Context } from "../model/context.ts";
import { watchedExternals } from "../core/externals.ts";
import type { State } from "../state/state.ts";
import { isStockDue } from "../core/stock.ts";
import type { Command } from "../model/command.ts";
import type { Cursor } from "../model/cursor.ts";
import type { Entry, Event } from "../model/event.ts";
import { TrackerUnavailable, type CaughtUp, type HeardComment, type Hint } from "../ports/tracker.ts";
import { askCapacities } from "./capacities.ts";
import { Delivery } from "./deliver.ts";
import { Hearing } from "./hearing.ts";
import { Heartbeats } from "./heartbeats.ts";
import { toCommentCommand } from "./instruct.ts";
import { Lane, type LaneHooks } from "./lane.ts";
import { pauseAfter } from "./outage.ts";
import type { Pass } from "./pass.ts";
import { createPassHooks } from "./pass-hooks.ts";
import type { EngineParts, World } from "./parts.ts";
import { isUnsettled, pullsInFlight } from "./pulls-in-flight.ts";
import { nextWorkAt } from "./repository.ts";
import { Scout } from "./scout.ts";
import { createAsking, type Asking } from "./sessions.ts";

/** What came of a run. */
export interface RunResult {
  readonly state: State;
  readonly context: Context;
  /** What this run has appended, in order. */
  readonly events: readonly Event[];
  /** False: its time was up before everything that is due was done; the next run goes on. */
  readonly isComplete: boolean;
  /** When the next thing is due that time alone brings; null when there is none. */
  readonly nextDueAt: number | null;
  /** When a run or the App last wrote, before this one; null when nobody ever did. */
  readonly lastWrittenAt: number | null;
}

export interface RunOptions {
  /** Where the event that caused the run says to look; whatever it leaves out is found by the cursor. */
  readonly hints: readonly Hint[];
  /** After this long nothing new is begun; a run that has nothing to do ends long before. */
  readonly budgetMs: number;
  /** Told where the state will be, for whoever must know the configuration in force. */
  readonly onState?: (state: () => State | null) => void;
}

/** A full read makes right what cursors cannot see: hourly while there is work, and now and then while there is none. */
const wholeEveryMs = 60 * 60_000;
const wholeAtRestMs = 6 * wholeEveryMs;
/** Runs that find nothing ask one of two feeds, by turns of this length: no schedule in round minutes keeps step with it. */
const turnMs = 7 * 60_000;
/** What is waited for outside, a request each. */
const waitsAsked = 30;
/** After its time a run gets so long to write down what it has done. */
const closingMs = 30_000;
/** So much of what has decided nothing, or of such an age, is worth a commit that says that it was read. */
const rereadMax = 20;
const rereadMs = 15 * 60_000;
/** A machine is billed by the minute: what falls due within the first is waited for, what comes later is the next run's. */
const patienceMs = 45_000;
/** What is due within it goes together. */
const gapMs = 1_000;

/**
 * Makes one run. Rejects when the state could not be read, or an outage lasts longer than the budget before anything was
 * decided; then nothing is lost, and the next run begins anew.
 */
export function runOnce(parts: EngineParts, world: World, how: RunOptions): Promise<RunResult> {
  return new OneRun(parts, world, how).run();
}

class OneRun implements LaneHooks {
  readonly lane: Lane;
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #how: RunOptions;
  readonly #patientUntil: number;
  readonly #delivery: Delivery;
  readonly #scout: Scout;
  readonly #asking: Asking;
  readonly #hearing: Hearing;
  readonly #hooks: ReturnType<typeof createPassHooks>;
  readonly #events: Event[] = [];
  #phase: "looking" | "working" | "closing" = "looking";
  #lastWrittenAt: number | null = null;
  /** Everything up to here is decided. It rides on the next append; alone it is written only when it `matters`. */
  #readUpTo: { readonly cursor: Cursor; readonly wholeAt: number; readonly matters: boolean } | null = null;

  constructor(parts: EngineParts, world: World, how: RunOptions) {
    this.#parts = parts;
    this.#world = world;
    this.#how = how;
    this.#patientUntil = parts.clock.now() + Math.min(how.budgetMs, patienceMs);
    this.lane = new Lane(parts, this);
    how.onState?.(() => this.lane.stream.peek());
    this.#delivery = new Delivery(parts, world, this.lane);
    this.#scout = new Scout(parts, world.tracker, this.lane);
    this.#asking = createAsking(parts, world, { lane: this.lane, heartbeats: new Heartbeats() });
    this.#hearing = new Hearing(parts, world, { lane: this.lane, scout: this.#scout, asking: this.#asking });
    this.#hooks = createPassHooks(parts, () => ({
      lane: this.lane,
      delivery: this.#delivery,
      scout: this.#scout,
      meetCockpit: (node) => this.#hearing.meetCockpit(node),
    }));
  }

  async run(): Promise<RunResult> {
    try {
      const isComplete = await this.#within(this.#how.budgetMs, this.#work());
      await this.#within(closingMs, this.#close());
      const state = await this.lane.stream.current();
      const context = this.lane.contextOf(state);
      const nextDueAt = nextWorkAt(state, context);
      return { state, context, events: this.#events, isComplete, nextDueAt, lastWrittenAt: this.#lastWrittenAt };
    } finally {
      this.#scout.stop();
      this.#delivery.stop();
      this.lane.stop("its run has ended");
    }
  }

  before(): readonly Command[] {
    const settled = this.#hooks.before();
    return settled.length === 0 ? [] : [...settled, ...this.#moveCursor()];
  }

  after(): readonly Command[] {
    return this.#phase === "working" ? this.#hooks.after() : [];
  }

  project: LaneHooks["project"] = (pass) => this.#hooks.project(pass);
  summarise: LaneHooks["summarise"] = (entries, state) => this.#hooks.summarise(entries, state);

  appended(entries: readonly Entry[], state: State): void {
    for (const entry of entries) this.#events.push(...entry.events);
    this.#hooks.appended(entries, state);
  }

  settled(state: State): void {
    if (this.#phase === "working") this.#delivery.deliver(state);
  }

  /**
   * What a look has found goes with what is decided on all of them, but for what later looks go by: which issues are tasks, the
   * configuration, and what people have commanded.
   */
  canWait({ entries }: Pass): boolean {
    const isFound = (entry: Entry): boolean =>
      entry.command === "Observe" && entry.events.every(({ type }) => type !== "TaskTracked");
    return this.#phase === "looking" && entries.every(isFound);
  }

  halted(): void {
    this.#scout.stop();
    this.#delivery.stop();
  }

  /** True when the work came to its end in time. What fails before its time is up fails the run. */
  async #within(ms: number, work: Promise<void>): Promise<boolean> {
    let isDone = false;
    const done = work.then(() => {
      isDone = true;
    });
    const timeUp = new Promise<void>((resolve) => {
      const timer = this.#parts.clock.after(ms, "run", resolve);
      void done.finally(() => timer.cancel()).catch(() => undefined);
    });
    await Promise.race([done, timeUp]);
    return isDone;
  }

  async #work(): Promise<void> {
    await this.lane.refresh();
    const state = await this.lane.stream.current();
    this.#lastWrittenAt = state.version === 0 ? null : state.at;
    await this.#insist(() => this.#look(state));
    if (this.#phase !== "looking") return;
    this.#phase = "working";
    await this.#act();
  }

  /** An outage is waited out, as long as there is time: what was heard already decides nothing the second time. */
  async #insist(step: () => Promise<void>): Promise<void> {
    while (this.#phase !== "closing") {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof TrackerUnavailable)) throw error;
        const pauseMs = pauseAfter(error);
        this.#parts.journal.warn("The look was interrupted; it is tried again.", { reason: error.message, pauseMs });
        await this.#parts.clock.sleep(pauseMs, "outage");
      }
    }
  }

  /** Everything that happened since the last run, and everything in flight. */
  async #look(before: State): Promise<void> {
    const { cursor: from, wholeAt: wholeBefore } = before.watch.readUpTo ?? { cursor: null, wholeAt: 0 };
    const startedAt = this.#parts.clock.now();
    const caughtUp = await this.#catchUp(from);
    const isWhole = caughtUp.wanted === null || isStockDue(before) || this.#isWholeDue(before, wholeBefore);
    if (before.configuration === null || isWhole) await this.#hearing.configure();
    this.#scout.want(isWhole ? { everything: true } : (caughtUp.wanted ?? {}));
    // A push to the state branch is what this run has just read.
    await this.#hearing.hear(this.#how.hints.filter((hint) => hint.kind !== "state"));
    await this.#scout.idle();
    await this.#hearing.instruct(await this.#unheard(caughtUp.comments));
    const isCockpitHeard = await this.#lookAtCockpit(caughtUp.cockpits, isWhole);
    await this.#lookAfterWork();
    // What nobody could look at is found again from the same place.
    if (!isCockpitHeard) return;
    const wholeAt = isWhole ? startedAt : wholeBefore;
    this.#readUpTo = { cursor: caughtUp.cursor, wholeAt, matters: isWhole || this.#isMuch(caughtUp, before) };
  }

  /** A cockpit that cannot be read keeps nobody from working. */
  async #lookAtCockpit(listed: CaughtUp["cockpits"], isWhole: boolean): Promise<boolean> {
    try {
      if (isWhole) await this.#hearing.lookAtCockpit();
      else await this.#hearing.lookAtListed(listed);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.journal.warn("The cockpit could not be read; the next run looks again.", { reason });
      return false;
    }
  }

  /** A run without a hint asks the feeds by turns; an event is nearly always about issues and pull requests. */
  #catchUp(from: Cursor | null): Promise<CaughtUp> {
    const isEventsTurn = this.#how.hints.length === 0 && Math.floor(this.#parts.clock.now() / turnMs) % 2 === 1;
    return this.#world.tracker.catchUp(from, isEventsTurn ? "events" : "issues");
  }

  #isWholeDue(state: State, wholeAt: number): boolean {
    const everyMs = state.openCount > 0 ? wholeEveryMs : wholeAtRestMs;
    return this.#parts.clock.now() - wholeAt >= everyMs;
  }

  /** Comments close to the cursor are read twice. */
  async #unheard(comments: readonly HeardComment[]): Promise<readonly HeardComment[]> {
    const state = await this.lane.stream.current();
    return comments.filter(({ databaseId }) => !state.seen.has(toCommentCommand(databaseId)));
  }

  /** What no cursor shows: checks, what tasks wait for outside, sessions and runs. */
  async #lookAfterWork(): Promise<void> {
    const state = await this.lane.stream.current();
    const { config } = this.lane.contextOf(state);
    const pulls = pullsInFlight(
      state,
      config,
      (pull) => this.#scout.lastSeen(pull.number) === null && isUnsettled(pull),
    );
    this.#scout.want({ pulls, waits: this.#waitsByTurns(state) });
    await this.#scout.idle();
    await this.lane.submit(await this.#asking.ask({ isStart: false }));
    await this.lane.submit(await askCapacities(this.#parts, this.#world, this.lane));
  }

  #waitsByTurns(state: State): ReturnType<typeof watchedExternals> {
    const watched = watchedExternals(state);
    if (watched.length <= waitsAsked) return watched;
    const start = (Math.floor(this.#parts.clock.now() / turnMs) * waitsAsked) % watched.length;
    return [...watched.slice(start), ...watched.slice(0, start)].slice(0, waitsAsked);
  }

  /** Passes and effects, until nothing is due any more that could be done in time. */
  async #act(): Promise<void> {
    while (this.#phase === "working") {
      const passedAt = this.#parts.clock.now();
      await this.lane.submit([]);
      await this.#delivery.idle();
      await this.#scout.idle();
      const state = await this.lane.stream.current();
      if (this.#delivery.hurry(state)) continue;
      // News of it is written at once; what is only to be written down goes with what closes the run.
      if (this.#delivery.hasSettled) {
        await this.lane.submit([]);
        continue;
      }
      const dueAt = nextWorkAt(state, this.lane.contextOf(state));
      // What is overdue after a pass waits for something else than time.
      if (dueAt === null || dueAt > this.#patientUntil || dueAt <= passedAt) return;
      await this.#parts.clock.sleep(Math.max(gapMs, dueAt - this.#parts.clock.now()), "due");
    }
  }

  /** Nothing of this process survives: what could wait for company is written, and what was not begun is given back. */
  async #close(): Promise<void> {
    if (this.lane.stream.peek() === null)
      throw new Error("The state could not be read in time: GitHub does not answer.");
    this.#phase = "closing";
    this.#scout.stop();
    await this.#delivery.idle();
    this.#delivery.release(await this.lane.stream.current());
    if (this.#readUpTo?.matters === true) await this.lane.submit(this.#moveCursor());
    await this.lane.flush();
  }

  /** News that decided nothing is read again by the next run: that is cheaper than a commit, unless it goes on for long. */
  #isMuch({ wanted, comments, cockpits }: CaughtUp, before: State): boolean {
    const count = comments.length + cockpits.length + (wanted?.issues.length ?? 0) + (wanted?.pulls.length ?? 0);
    return count > rereadMax || (count > 0 && this.#parts.clock.now() - before.at > rereadMs);
  }

  #moveCursor(): readonly Command[] {
    if (this.#readUpTo === null) return [];
    const { cursor, wholeAt } = this.#readUpTo;
    return [{ type: "MoveCursor", id: this.lane.nextId("cursor"), cursor, wholeAt }];
  }
}
