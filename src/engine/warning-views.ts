/** From the warnings of a state to what the views are told of them. */
import { openWarnings } from "../insight/metrics.ts";
import type { State } from "../state/state.ts";
import { taskOfWarning, type Warning } from "../model/warning.ts";
import type { WarningView } from "../views/alerts.ts";

/** Open warnings, oldest first. */
export function toOpenWarnings(state: State): readonly WarningView[] {
  return openWarnings(state).map((warning) => toView(state, warning, null));
}

/** The last that have passed, newest first. */
export function toPassedWarnings(state: State): readonly WarningView[] {
  return state.watch.passed.map((warning) => toView(state, warning, warning.until));
}

function toView(state: State, warning: Warning & { readonly since: number }, until: number | null): WarningView {
  const id = taskOfWarning(warning);
  const task = id === null ? undefined : state.tasks.get(id);
  return {
    warning,
    task:
      task === undefined
        ? null
        : { reference: `#${task.definition.number}`, url: task.definition.url, title: task.definition.title },
    since: warning.since,
    until,
  };
}
