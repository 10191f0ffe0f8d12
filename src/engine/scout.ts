/**
 * Looks where hints point, one look at a time, so that an older look is never decided after a newer one. What could not
 * be read stays wanted: an outage costs time, not facts.
 */
import type { Entry } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Observation, PullFacts } from "../model/observation.ts";
import type { External } from "../model/task.ts";
import type { Tracker, Wanted } from "../ports/tracker.ts";
import { withLinked } from "./linked.ts";
import { Outside } from "./outside.ts";
import { pauseAfter } from "./outage.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts } from "./parts.ts";
import type { State } from "../state/state.ts";
import { isStockDue } from "../core/stock.ts";

/** Issues decided in one command: a commit stays small, and one bad issue sets aside few others on its way. */
const issuesPerCommand = 40;

/** What looks have changed in the backlog. */
export interface Tally {
  added: number;
  removed: number;
  changed: number;
}

export class Scout {
  readonly #parts: EngineParts;
  readonly #tracker: Tracker;
  readonly #lane: Lane;
  readonly #issues = new Set<number>();
  readonly #pulls = new Set<number>();
  readonly #commits = new Set<string>();
  readonly #waits = new Map<TaskId, External>();
  readonly #seen = new Map<number, PullFacts>();
  readonly #outside = new Outside();
  #tally: Tally = { added: 0, removed: 0, changed: 0 };
  #everything = false;
  #isStopped = false;
  #running: Promise<void> | null = null;

  constructor(parts: EngineParts, tracker: Tracker, lane: Lane) {
    this.#parts = parts;
    this.#tracker = tracker;
    this.#lane = lane;
  }

  /** Wants a look; returns at once. */
  want(wanted: Partial<Wanted>): void {
    this.#everything ||= wanted.everything === true;
    addAll(this.#issues, wanted.issues);
    addAll(this.#pulls, wanted.pulls);
    addAll(this.#commits, wanted.commits);
    for (const external of wanted.waits ?? []) this.#waits.set(external.id, external);
    if (this.#running === null && this.#hasWants() && !this.#isStopped) this.#running = this.#run();
  }

  /** Resolves when nothing is wanted any more. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** How an open pull request was when it was last looked at; null when this process never did. */
  lastSeen(pull: number): PullFacts | null {
    return this.#seen.get(pull) ?? null;
  }

  /** Whether the issue is selected and was not taken in, for want of room. */
  isOutside(issue: number): boolean {
    return this.#outside.has(issue);
  }

  /** Wants the issues outside that there is room for in `state`. */
  admit(state: State): void {
    // A look that is under way takes them along, or ends with a pass that asks again.
    if (this.#running !== null) return;
    this.want({ issues: this.#outside.admissible(state, this.#lane.contextOf(state)) });
  }

  /** Counts what looks that have landed changed. */
  count(entries: readonly Entry[]): void {
    for (const { command, events } of entries) {
      if (command !== "Observe") continue;
      for (const { type } of events) {
        if (type === "TaskTracked") this.#tally.added += 1;
        if (type === "TaskUntracked") this.#tally.removed += 1;
        if (type === "TaskRevised") this.#tally.changed += 1;
      }
    }
  }

  /** What has been counted since the last call. */
  takeTally(): Tally {
    const tally = this.#tally;
    this.#tally = { added: 0, removed: 0, changed: 0 };
    return tally;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #hasWants(): boolean {
    const wants = [this.#issues, this.#pulls, this.#commits, this.#waits];
    return this.#everything || wants.some((each) => each.size > 0);
  }

  async #run(): Promise<void> {
    while (this.#hasWants() && !this.#isStopped) await this.#look();
    this.#running = null;
  }

  async #look(): Promise<void> {
    let wanted: Wanted | null = null;
    try {
      const state = await this.#lane.stream.current();
      const { restoredAt } = state.watch;
      wanted = this.#take(state);
      const observation = await this.#tracker.look(wanted);
      await this.#decide(observation, observation.isComplete && isStockDue(state) ? restoredAt : undefined);
    } catch (error) {
      if (wanted !== null) this.want(wanted);
      const retryAfterMs = pauseAfter(error);
      this.#parts.journal.warn("A look at the tracker failed; it is tried again.", {
        reason: messageOf(error),
        retryAfterMs,
      });
      await this.#parts.clock.sleep(retryAfterMs, "outage");
    }
  }

  #take(state: State): Wanted {
    const wanted = withLinked(state, {
      everything: this.#everything,
      // Those outside come first: what is new must not take their room.
      issues: [...this.#issues, ...this.#outside.admissible(state, this.#lane.contextOf(state))],
      pulls: [...this.#pulls],
      commits: [...this.#commits],
      tracked: [],
      waits: [...this.#waits.values()],
    });
    this.#everything = false;
    for (const wants of [this.#issues, this.#pulls, this.#commits, this.#waits]) wants.clear();
    return wanted;
  }

  /** `restoredAt`: everything was looked at for the state that was restored then, which nobody had done before. */
  async #decide(observation: Observation, restoredAt: number | undefined): Promise<void> {
    for (const unreadable of observation.unreadable) {
      this.#parts.journal.warn("An issue could not be read and was set aside.", { ...unreadable });
    }
    for (const pull of observation.pulls) {
      if (pull.state === "open") this.#seen.set(pull.number, pull);
      else this.#seen.delete(pull.number);
    }
    const looks = chunked(observation).map((part) => {
      return { type: "Observe" as const, id: this.#lane.nextId("observe"), observation: part };
    });
    const stock =
      restoredAt === undefined ? [] : [{ type: "TakeStock" as const, id: this.#lane.nextId("stock"), restoredAt }];
    await this.#lane.submit([...looks, ...stock]);
    const outside = this.#outside.note(observation, await this.#lane.stream.current());
    if (outside === null) return;
    const told = { ...noNews, outside };
    await this.#lane.submit([{ type: "Observe", id: this.#lane.nextId("observe"), observation: told }]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function addAll<Item>(set: Set<Item>, items: readonly Item[] = []): void {
  for (const item of items) set.add(item);
}

const noNews: Observation = { isComplete: false, issues: [], pulls: [], gone: [], unreadable: [] };

/**
 * Pull requests go with the first chunk: they must be decided before a closed issue of any chunk is. The oldest issues come
 * first, as they would in one command.
 */
function chunked(observation: Observation): readonly Observation[] {
  if (observation.issues.length <= issuesPerCommand) return [observation];
  const chunks: Observation[] = [];
  const sorted = observation.issues.toSorted((a, b) => a.number - b.number);
  for (let start = 0; start < sorted.length; start += issuesPerCommand) {
    const issues = sorted.slice(start, start + issuesPerCommand);
    chunks.push({ ...noNews, issues });
  }
  const { isComplete, pulls } = observation;
  return [{ ...observation, issues: [] }, ...chunks, { ...noNews, isComplete, pulls }];
}
