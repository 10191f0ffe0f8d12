/**
 * Events first, clock second. Webhooks make it fast; the cycle makes it right: it asks about everything in flight, with every
 * refresh also what is new and what is waited for outside, and reads everything at start, on a gap and every hour.
 */
import { watchedExternals } from "../core/externals.ts";
import { unaskedOperators } from "../state/operators.ts";
import type { State } from "../state/state.ts";
import { isStockDue } from "../core/stock.ts";
import type { Task } from "../model/task.ts";
import type { Timer } from "../ports/clock.ts";
import type { Hint, Poll } from "../ports/tracker.ts";
import { foldLogin } from "../model/operator.ts";
import type { External } from "../model/task.ts";
import { defaultConfig } from "../model/config.ts";
import { askCapacities, operatorsOf } from "./capacities.ts";
import { Hearing } from "./hearing.ts";
import type { Heartbeats } from "./heartbeats.ts";
import type { Lane } from "./lane.ts";
import type { Refreshes } from "./refreshes.ts";
import { pauseAfter } from "./outage.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Scout } from "./scout.ts";
import { isUnsettled, pullsInFlight } from "./pulls-in-flight.ts";
import { createAsking, type Asking } from "./sessions.ts";

/** A full read makes right what cursors cannot see. */
const fullReadMs = 60 * 60_000;
/** Conflicts arise when the base moves, which no webhook of the pull request tells. */
const pullsEveryCycles = 10;
/** A vendor's limit changes when somebody changes the plan, and people do not come and go from minute to minute. */
const capacitiesEveryCycles = 20;
/** A configuration that an older version took may still be in force, and it may say 0. */
const leastCycleMs = 1_000;
/** What is waited for outside is asked for by turns: a request each, which is free while nothing changed. */
const waitsPerRefresh = 30;

export class Cycle {
  readonly #parts: EngineParts;
  readonly #world: World;
  readonly #lane: Lane;
  readonly #scout: Scout;
  readonly #hearing: Hearing;
  readonly #asking: Asking;
  readonly #refreshes: Refreshes;
  #timer: Timer | null = null;
  #isStopped = false;
  #cycles = 0;
  #fullReadAt = 0;
  #refreshedAt = 0;
  /** The last wait that was asked for. */
  #askedWait = "";
  /** Logins of those for whom GitHub was asked last, when it answered. */
  #askedOperators: ReadonlySet<string> = new Set();

  constructor(
    parts: EngineParts,
    world: World,
    own: { readonly lane: Lane; readonly scout: Scout; readonly heartbeats: Heartbeats; readonly refreshes: Refreshes },
  ) {
    this.#parts = parts;
    this.#world = world;
    this.#lane = own.lane;
    this.#scout = own.scout;
    this.#refreshes = own.refreshes;
    this.#asking = createAsking(parts, world, own);
    this.#hearing = new Hearing(parts, world, { ...own, asking: this.#asking });
  }

  /** Takes what a webhook says; returns at once. */
  hear(hints: readonly Hint[]): void {
    void this.#hearing.hear(hints).catch((error: unknown) => this.#note(error));
  }

  /** The cockpit was written. */
  meetCockpit(node: string): void {
    this.#hearing.meetCockpit(node);
  }

  /** Reads what another copy has written, where it has. Rejects as the store does. */
  catchUp(): Promise<void> {
    return this.#hearing.catchUp(null);
  }

  /** Configuration, a full read, every session and run in flight. Resolves when all of it is decided; outages are waited out. */
  async takeStock(): Promise<void> {
    await this.#insist(() => this.#lane.refresh());
    await this.#insist(() => this.#hearing.configure());
    // Before there is work to hand out, so that nothing is started for somebody who is not there.
    await this.#insist(() => this.#askCapacities());
    await this.#insist(() => this.#readEverything());
    await this.#lookAtCockpits([]);
    await this.#insist(async () => this.#lane.submit(await this.#asking.ask({ isStart: true })));
  }

  schedule(): void {
    if (this.#isStopped) return;
    const state = this.#lane.stream.peek();
    const { every } = (state === null ? defaultConfig : this.#lane.contextOf(state).config).cycle;
    this.#timer = this.#parts.clock.after(Math.max(leastCycleMs, every), "cycle", () => {
      void this.#once()
        .catch((error: unknown) => this.#note(error))
        .finally(() => this.schedule());
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #once(): Promise<void> {
    this.#cycles += 1;
    const state = await this.#lane.stream.current();
    const { refresh, every } = this.#lane.contextOf(state).config.cycle;
    // Half a cycle of grace: a timer that fires a little early must not put the refresh off by a whole one.
    const isRefreshDue = this.#parts.clock.now() - this.#refreshedAt >= refresh - every / 2;
    const poll = isRefreshDue ? await this.#refresh() : null;
    if (poll?.stateMoved === true) await this.#hearing.catchUp(null);
    await this.#readAfterRestore();
    await this.#hearing.configureIfDue(poll?.configurationMoved === true);
    await this.#hearing.instruct(poll?.comments ?? []);
    await this.#lookAtCockpits(poll?.cockpits ?? []);
    this.#scout.want({ pulls: await this.#pullsInFlight() });
    this.#scout.admit(await this.#lane.stream.current());
    await this.#scout.idle();
    if (isRefreshDue) this.#logRefresh();
    await this.#lane.submit(await this.#asking.ask({ isStart: false }));
    if (this.#cycles % capacitiesEveryCycles === 0 || (await this.#hasNewOperators())) await this.#askCapacities();
  }

  /** A cockpit that cannot be read keeps nobody from working; it is looked at again with the next cycle. */
  async #lookAtCockpits(listed: NonNullable<Poll["cockpits"]>): Promise<void> {
    try {
      await this.#hearing.lookAtCockpits(listed);
    } catch (error) {
      if (!this.#isStopped) this.#parts.journal.warn("The cockpit could not be read.", { reason: messageOf(error) });
    }
  }

  /** What is new at the tracker, whatever webhooks said, and what became of that which tasks wait for outside. */
  async #refresh(): Promise<Poll> {
    const poll = await this.#world.tracker.poll();
    const now = this.#parts.clock.now();
    this.#refreshedAt = now;
    if (poll.wanted === null || now - this.#fullReadAt >= fullReadMs) await this.#readEverything();
    else this.#scout.want(poll.wanted);
    this.#scout.want({ waits: this.#waitsByTurns(await this.#lane.stream.current()) });
    return poll;
  }

  #waitsByTurns(state: State): readonly External[] {
    const watched = watchedExternals(state);
    const next = watched.findIndex(({ id }) => id > this.#askedWait);
    const start = next < 0 ? 0 : next;
    const asked = [...watched.slice(start), ...watched.slice(0, start)].slice(0, waitsPerRefresh);
    this.#askedWait = asked.at(-1)?.id ?? "";
    return asked;
  }

  /** One line where the backlog changed; a refresh that found nothing is only for whoever looks closely. */
  #logRefresh(): void {
    const { count, added, removed, changed } = this.#refreshes.note(this.#refreshedAt, this.#scout.takeTally());
    const line = `refresh: ${added} added, ${removed} removed, ${changed} changed`;
    const data = { refreshes: count, added, removed, changed };
    if (added + removed + changed > 0) this.#parts.journal.info(line, data);
    else this.#parts.journal.debug(line, data);
  }

  /** Nothing is started for operators of whom nothing was said yet: whom another configuration has brought, or an outage hidden. */
  async #hasNewOperators(): Promise<boolean> {
    const state = await this.#lane.stream.current();
    const unasked = unaskedOperators(state, this.#lane.contextOf(state).config);
    return unasked.some((login) => !this.#askedOperators.has(foldLogin(login)));
  }

  async #askCapacities(): Promise<void> {
    const reports = await askCapacities(this.#parts, this.#world, this.#lane);
    const state = await this.#lane.stream.current();
    // Who was asked for and is still not told of is asked for again in time, not at once.
    if (reports.some(({ type }) => type === "ReportOperators"))
      this.#askedOperators = new Set(operatorsOf(this.#lane.contextOf(state).config).map(foldLogin));
    await this.#lane.submit(reports);
  }

  async #readEverything(): Promise<void> {
    this.#fullReadAt = this.#parts.clock.now();
    this.#scout.want({ everything: true });
    await this.#scout.idle();
  }

  /** A state that was restored from a backup has not seen what this process has read. */
  async #readAfterRestore(): Promise<void> {
    const state = await this.#lane.stream.current();
    const { restoredAt = 0 } = state.watch;
    if (isStockDue(state) || restoredAt > this.#fullReadAt) await this.#readEverything();
  }

  async #pullsInFlight(): Promise<readonly number[]> {
    const state = await this.#lane.stream.current();
    const { config } = this.#lane.contextOf(state);
    return pullsInFlight(state, config, (pull) => this.#isWorthALook(pull));
  }

  /** Checks move without touching the issue: a pull request that waits for some is read every cycle, others by turns. */
  #isWorthALook(pull: NonNullable<Task["pull"]>): boolean {
    if (this.#cycles % pullsEveryCycles === 0) return true;
    const seen = this.#scout.lastSeen(pull.number);
    return seen === null || isUnsettled(seen) || seen.requiredChecks === "pending";
  }

  /** Runs `step` until it succeeds: an outage at start-up must not leave half the stock untaken. */
  async #insist(step: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        return await step();
      } catch (error) {
        const pauseMs = pauseAfter(error);
        this.#parts.journal.warn("Taking stock was interrupted; it goes on.", { reason: messageOf(error), pauseMs });
        await this.#parts.clock.sleep(pauseMs, "outage");
      }
    }
  }

  #note(error: unknown): void {
    if (this.#isStopped) return;
    this.#parts.journal.warn("A cycle was cut short; the next one makes it right.", { reason: messageOf(error) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
