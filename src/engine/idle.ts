/** Says in the log why a cycle has started nothing, task by task; once, and again when the reasons are others. */
import { whyIdle } from "../core/why-idle.ts";
import type { Context } from "../core/context.ts";
import type { State } from "../core/state.ts";
import type { Entry } from "../model/event.ts";
import type { Journal } from "../ports/journal.ts";

/** Tasks that one line names. */
const namedMax = 20;

export class Idle {
  readonly #journal: Journal;
  #said = "";
  #saidAt = Number.NEGATIVE_INFINITY;
  #hasStarted = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Something was started since: what was said is old. */
  note(entries: readonly Entry[]): void {
    this.#hasStarted ||= entries.some((entry) => entry.events.some((event) => event.type === "TaskAssigned"));
  }

  /** After a pass; at most once a cycle. */
  say(state: State, context: Context): void {
    if (context.now - this.#saidAt < context.config.cycle.every) return;
    this.#saidAt = context.now;
    const hasStarted = this.#hasStarted;
    this.#hasStarted = false;
    if (hasStarted || state.openCount === 0) return;
    const { tasks, more } = whyIdle(state, context, namedMax);
    const words = tasks.map(({ number, codes }) => `#${number} ${codes.join(", ")}`);
    const said = words.join("; ");
    if (said === this.#said || said === "") return;
    this.#said = said;
    this.#journal.info("Nothing was started in this cycle.", { waiting: said, more });
  }
}
