/** The log lines of warnings: raised, and passed. */
import { taskOfWarning } from "../model/warning.ts";
import type { EventIn } from "./event-families.ts";
import type { EventNames } from "./event-families.ts";
import { warningWords } from "./warning-words.ts";

/** The line, not yet cleaned: `warning about #12: a task takes too long. It has been with jules/1 for 95 minutes …`. */
export function renderWarningEvent(event: EventIn<"warning">, names: EventNames): string {
  switch (event.type) {
    case "WarningRaised": {
      const { severity, code, detail, suggestion } = event.warning;
      return `${severity}${about(event.warning, names)}: ${warningWords[code]}. ${detail} ${suggestion}`;
    }
    case "WarningCleared":
      return `passed${about(event, names)}: ${warningWords[event.code]}`;
  }
}

function about(warning: { readonly subject: string }, names: EventNames): string {
  const task = taskOfWarning(warning);
  if (task !== null) return ` about ${names.task(task)}`;
  return warning.subject === "all" ? "" : ` about ${warning.subject}`;
}
