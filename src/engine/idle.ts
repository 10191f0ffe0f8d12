/** Says in the log why a cycle has started nothing: every reason, with its tasks; once, and again when the reasons are others. */
import { whyIdle, type Idleness } from "../insight/why-idle.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { Entry } from "../model/event.ts";
import type { Journal } from "../ports/journal.ts";

/** Tasks that are looked at for one line: as many as the queue holds where nobody has set `limits.queue`. */
const tasksMax = 1_000;
/** Tasks that are named for one reason, and reasons, so that a line stays one that a person can read. */
const namedMax = 5;
const reasonsMax = 40;

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
    const { tasks, more } = whyIdle(state, context, tasksMax);
    const said = describe(tasks);
    if (said === this.#said || said === "") return;
    this.#said = said;
    this.#journal.info("Nothing was started in this cycle.", { waiting: said, more });
  }
}

/** `#2, #7 at_capacity; #3 blocked`: the reasons in the order of the best task that has each. */
function describe(tasks: Idleness["tasks"]): string {
  const byReason = new Map<string, number[]>();
  for (const { number, codes } of tasks) {
    const reason = codes.join(", ");
    const numbers = byReason.get(reason);
    if (numbers === undefined) byReason.set(reason, [number]);
    else numbers.push(number);
  }
  const groups = [...byReason].map(([reason, numbers]) => `${nameSome(numbers)} ${reason}`);
  const left = groups.length - reasonsMax;
  return [...groups.slice(0, reasonsMax), ...(left > 0 ? [`${left} other reasons`] : [])].join("; ");
}

function nameSome(numbers: readonly number[]): string {
  const named = numbers.slice(0, namedMax).map((number) => `#${number}`);
  const left = numbers.length - named.length;
  return left === 0 ? named.join(", ") : `${named.join(", ")} and ${left} more`;
}
