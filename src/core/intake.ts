/**
 * What is let in. Selected issues become tasks while there is room; beyond `limits.queue`, or with the process over
 * `limits.memory`, they stay outside, a warning says so, and they come in by themselves when there is room again.
 */
import type { Config } from "../model/config.ts";
import type { Warning } from "../model/warning.ts";
import { clear, raise } from "./decide-warnings.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import type { State } from "../state/state.ts";

export type Refusal = "queue_full" | "memory";

const refusals: readonly Refusal[] = ["queue_full", "memory"];

/** Why no further issue is let in now; null while there is room. What is a task already stays one. `coming`: issues on their way. */
export function refusalNow(state: State, context: Context, coming = 0): Refusal | null {
  if (state.openCount + coming >= context.config.limits.queue) return "queue_full";
  return context.isMemoryFull === true ? "memory" : null;
}

/** After a look `count` selected issues are outside. With none the matter is over; else it is told once, with how many they were. */
export function decideOutside(decision: Decision, count: number): void {
  const refusal = count === 0 ? null : refusalNow(decision.state, decision.context);
  // Those outside come in with the next look; until then nothing is over.
  if (count > 0 && refusal === null) return;
  for (const code of refusals) {
    if (code !== refusal) {
      clear(decision, code, "all");
      continue;
    }
    const issues = count === 1 ? "1 selected issue was" : `${count} selected issues were`;
    raise(decision, warningOf(code, decision.context, `${issues} not taken in`));
  }
}

function warningOf(code: Refusal, context: Context, who: string): Warning {
  const rest = "Those outside are taken in by themselves as tasks end, the oldest issue first";
  const warning = { code, subject: "all", detail: `${limitReached(code, context)}: ${who}.` } as const;
  return code === "queue_full"
    ? { ...warning, suggestion: `${rest}; raise \`limits.queue\` to take in more at once.`, severity: "warning" }
    : {
        ...warning,
        suggestion: `${rest}; give the process more memory and raise \`limits.memory\` to take in more at once.`,
        severity: "critical",
      };
}

/** What whoever brings new work is told. */
export function describeFull(refusal: Refusal, context: Context): string {
  return `${limitReached(refusal, context)}.`;
}

function limitReached(code: Refusal, { config }: Context): string {
  return code === "queue_full"
    ? `The queue is full at its limit of ${config.limits.queue} (limits.queue)`
    : `The process is over ${config.limits.memory} MB (limits.memory)`;
}

/** What whoever asks on an issue outside is told. */
export function describeRefusal(state: State, context: Context): string {
  const refusal = refusalNow(state, context);
  const why = refusal === null ? "There was no room for it until now" : limitReached(refusal, context);
  return `This issue is selected and not a task yet. ${why}: it is taken in by itself as soon as there is room, the oldest issue first.`;
}

/** What whoever asks on an issue that nobody has selected is told. */
export function describeUnselected({ select, trust }: Config): string {
  const labels = select.labels.map((label) => `\`${label.replaceAll("`", "")}\``).join(" or ");
  return `This issue is not a task. An open issue becomes one when somebody with ${trust} permission puts the label ${labels} on it, or writes \`/orchestrate approve\`; \`select.labels\` in \`.github/orchestrate.yml\` says which labels count.`;
}
