/** Says in the log, every so often while work is open, how far it is: what runs, what is ready, what is blocked, what was done since. */
import type { Context } from "../model/context.ts";
import { metricsOf } from "../insight/metrics.ts";
import { queueDepthOf } from "../core/queue-depth.ts";
import type { State } from "../state/state.ts";
import type { Entry, Event } from "../model/event.ts";
import type { Journal } from "../ports/journal.ts";

export class Progress {
  readonly #journal: Journal;
  #saidAt: number | null = null;
  #completed = 0;
  #failed = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What has landed in the log. */
  note(entries: readonly Entry[]): void {
    for (const { events } of entries) {
      this.#completed += countOf(events, "TaskCompleted");
      this.#failed += countOf(events, "TaskFailed");
    }
  }

  /** After a pass; every `metrics.summary`, the first time that long after the first pass. */
  say(state: State, context: Context): void {
    this.#saidAt ??= context.now;
    const { summary } = context.config.metrics;
    if (context.now - this.#saidAt < summary) return;
    this.#tell(state, context, {});
  }

  /** The process stops: how far the work is, with the figures of the last hour. */
  finish(state: State, context: Context): void {
    const { throughput, durationMinutes, waitMinutes, costUsd, utilisation } = metricsOf(state, context);
    this.#tell(state, context, { throughput, durationMinutes, waitMinutes, costUsd, utilisation: utilisation.total });
  }

  #tell(state: State, context: Context, figures: Readonly<Record<string, number | null>>): void {
    const [completed, failed] = [this.#completed, this.#failed];
    this.#saidAt = context.now;
    this.#completed = 0;
    this.#failed = 0;
    if (state.openCount === 0 && completed + failed === 0) return;
    const { ready, heldBack, blocked } = queueDepthOf(state, context);
    const active = state.occupied.size;
    const held = heldBack === 0 ? "" : ` (${heldBack} held back)`;
    const line = `Progress: ${active} active, ${ready} ready${held}, ${blocked} blocked; ${completed} completed and ${failed} failed since the last summary.`;
    this.#journal.info(line, {
      active,
      ready,
      heldBack,
      blocked,
      open: state.openCount,
      completed,
      failed,
      ...figures,
    });
  }
}

function countOf(events: readonly Event[], type: Event["type"]): number {
  return events.filter((event) => event.type === type).length;
}
