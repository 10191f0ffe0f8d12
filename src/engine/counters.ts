/** What this copy of the program has seen happen since it began: counts that only grow, for whoever scrapes them. */
import type { State } from "../state/state.ts";
import type { Entry, Event } from "../model/event.ts";

/** Upper bounds of how long tasks waited from ready to assigned, milliseconds; what took longer is in the last one only. */
export const waitBoundsMs = [1_000, 5_000, 30_000, 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, Infinity] as const;

type Name = "assignments" | "reassignments" | "conflicts" | "completions" | "failures" | "refusals" | "escalations";

export class Counters {
  readonly #counts: Record<Name, number> = {
    assignments: 0,
    reassignments: 0,
    conflicts: 0,
    completions: 0,
    failures: 0,
    refusals: 0,
    escalations: 0,
  };
  /** How many assignments waited no longer than each bound. */
  readonly #waits: number[] = waitBoundsMs.map(() => 0);
  #waitSumMs = 0;
  #waitCount = 0;

  /** What has landed in the log; `state` is that after it. */
  note(entries: readonly Entry[], state: State): void {
    for (const { events } of entries) for (const event of events) this.#noteEvent(event, state);
  }

  of(name: Name): number {
    return this.#counts[name];
  }

  /** How many assignments waited no longer than each of `waitBoundsMs`, with their sum. */
  get waits(): { readonly counts: readonly number[]; readonly sumMs: number; readonly count: number } {
    return { counts: this.#waits, sumMs: this.#waitSumMs, count: this.#waitCount };
  }

  #noteEvent(event: Event, state: State): void {
    switch (event.type) {
      case "TaskAssigned":
        return this.#noteAssignment(event, state);
      case "RetryScheduled":
        if (event.reason === "conflict") this.#counts.conflicts += 1;
        return;
      case "TaskCompleted":
        this.#counts.completions += 1;
        return;
      case "SessionEnded":
        if (event.result !== "success") this.#counts.failures += 1;
        return;
      case "SessionRefused":
        this.#counts.refusals += 1;
        return;
      case "TaskEscalated":
      case "ManualReviewRequired":
      case "PersonAsked":
        this.#counts.escalations += 1;
        return;
      default:
    }
  }

  #noteAssignment(event: Event & { readonly type: "TaskAssigned" }, state: State): void {
    this.#counts.assignments += 1;
    if (event.attempt > 1) this.#counts.reassignments += 1;
    const assignment = state.tasks.get(event.task)?.assignment ?? null;
    // It may be over already, in the same pass.
    if (assignment === null || assignment.fence !== event.fence) return;
    const { waitedMs } = assignment;
    this.#waitSumMs += waitedMs;
    this.#waitCount += 1;
    for (const [at, bound] of waitBoundsMs.entries())
      if (waitedMs <= bound) this.#waits[at] = (this.#waits[at] ?? 0) + 1;
  }
}
