/**
 * Looks where hints point, one look at a time, so that an older look is never decided after a newer one. What could not
 * be read stays wanted: an outage costs time, not facts.
 */
import type { Observation, PullFacts } from "../model/observation.ts";
import type { Tracker, Wanted } from "../ports/tracker.ts";
import { pauseAfter } from "./outage.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts } from "./parts.ts";
import type { State } from "../core/state.ts";

/** Issues decided in one command: a commit stays small, and one bad issue sets aside few others on its way. */
const issuesPerCommand = 40;

export class Scout {
  readonly #parts: EngineParts;
  readonly #tracker: Tracker;
  readonly #lane: Lane;
  readonly #issues = new Set<number>();
  readonly #pulls = new Set<number>();
  readonly #commits = new Set<string>();
  readonly #seen = new Map<number, PullFacts>();
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
    for (const number of wanted.issues ?? []) this.#issues.add(number);
    for (const number of wanted.pulls ?? []) this.#pulls.add(number);
    for (const sha of wanted.commits ?? []) this.#commits.add(sha);
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

  stop(): void {
    this.#isStopped = true;
  }

  #hasWants(): boolean {
    return this.#everything || this.#issues.size + this.#pulls.size + this.#commits.size > 0;
  }

  async #run(): Promise<void> {
    while (this.#hasWants() && !this.#isStopped) await this.#look();
    this.#running = null;
  }

  async #look(): Promise<void> {
    let wanted: Wanted | null = null;
    try {
      wanted = this.#take(await this.#lane.stream.current());
      await this.#decide(await this.#tracker.look(wanted));
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
      issues: [...this.#issues],
      pulls: [...this.#pulls],
      commits: [...this.#commits],
      tracked: [],
    });
    this.#everything = false;
    for (const wants of [this.#issues, this.#pulls, this.#commits]) wants.clear();
    return wanted;
  }

  async #decide(observation: Observation): Promise<void> {
    for (const unreadable of observation.unreadable) {
      this.#parts.journal.warn("An issue could not be read and was set aside.", { ...unreadable });
    }
    for (const pull of observation.pulls) {
      if (pull.state === "open") this.#seen.set(pull.number, pull);
      else this.#seen.delete(pull.number);
    }
    await this.#lane.submit(
      chunked(observation).map((part) => ({
        type: "Observe" as const,
        id: this.#lane.nextId("observe"),
        observation: part,
      })),
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A look at an issue looks at its pull request too, so that a merge is recognised as one, and a look at a pull request at
 * its issue, so that the merge and the closing are one entry; a full read names all tasks.
 */
function withLinked(state: State, wanted: Wanted): Wanted {
  const byNumber = new Set(wanted.issues);
  const pulls = new Set(wanted.pulls);
  const tracked: Wanted["tracked"][number][] = [];
  for (const [id, task] of state.tasks.entries()) {
    const { number, node } = task.definition;
    if (wanted.everything) tracked.push({ id, number, node });
    if (task.pull?.state !== "open") continue;
    if (pulls.has(task.pull.number)) byNumber.add(number);
    else if (wanted.everything || byNumber.has(number)) pulls.add(task.pull.number);
  }
  return { ...wanted, issues: [...byNumber], pulls: [...pulls], tracked };
}

/** Pull requests go with the first chunk: they must be decided before a closed issue of any chunk is. */
function chunked(observation: Observation): readonly Observation[] {
  if (observation.issues.length <= issuesPerCommand) return [observation];
  const chunks: Observation[] = [];
  for (let start = 0; start < observation.issues.length; start += issuesPerCommand) {
    const issues = observation.issues.slice(start, start + issuesPerCommand);
    chunks.push({ isComplete: false, issues, pulls: [], gone: [], unreadable: [] });
  }
  return [{ ...observation, issues: [] }, ...chunks, { ...observation, issues: [], gone: [], unreadable: [] }];
}
