/**
 * What the webhook is told of: warnings as they are raised and pass, and tasks that a person is asked for. What it was told of is
 * kept, so that it hears of the end of that and of nothing else.
 */
import { isAsSevere, type Alert } from "../model/alert.ts";
import type { Effect } from "../model/effect.ts";
import type { Event, EventOf, EventType } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { taskOfWarning, warningKey, type Warning } from "../model/warning.ts";
import type { State } from "../state/state.ts";

/** With these a task comes to need a person, or needs one for another reason. */
const asking: ReadonlySet<EventType> = new Set<EventType>([
  "TaskEscalated",
  "ManualReviewRequired",
  "ReceiptRevoked",
  "PersonAsked",
  "TaskFailed",
]);

/** What is sent because of `event`, which the state has been folded with; nothing where nothing is to be sent at all. */
export function alertsAfter(state: State, event: Event): readonly Effect[] {
  if (notifyOf(state) === undefined) return [];
  switch (event.type) {
    case "WarningRaised":
      return raised(state, event.warning).map(toEffect);
    case "WarningCleared":
      return passed(state, event).map(toEffect);
    case "ConfigurationAccepted":
      return [...state.warnings.entries()]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .flatMap(([key, warning]) => (isTold(state, key) ? [] : raised(state, warning)))
        .map(toEffect);
    default:
      return "task" in event && event.task !== null ? ofTask(state, event.type, event.task).map(toEffect) : [];
  }
}

/** Why a person is asked for; null where none is. An end takes back what was said before it, and not what is found after it. */
export function personReason({ outcome, outcomeReason, escalated, manualReview, assignment }: Task): string | null {
  const asked = assignment?.personAsked === true ? "Its session can neither be asked nor ended from here." : null;
  const failed = outcome === "failed" ? (outcomeReason ?? "It failed.") : null;
  return escalated ?? manualReview ?? asked ?? failed;
}

/** Whether what the alert says is still so: one that comes late must not tell what has passed. */
export function isStillSo(state: State, alert: Pick<Alert, "code" | "subject">): boolean {
  const task = alert.code === "needs_person" ? taskOfWarning(alert) : null;
  if (task === null) return state.warnings.has(warningKey(alert));
  const known = state.tasks.get(task);
  return known !== undefined && personReason(known) !== null;
}

/** Whether the effect must not be sent once more: what it tells has passed, or is so again. */
export function isOutdated(state: State, effect: Effect): boolean {
  return effect.type === "SendAlert" && isStillSo(state, effect.alert) !== (effect.alert.state === "raised");
}

/** That it cannot be told is told elsewhere. */
function raised(state: State, warning: Warning): readonly Alert[] {
  const key = warningKey(warning);
  const bound = notifyOf(state)?.severity ?? "critical";
  if (warning.code === "alerts_unsent" || !(isAsSevere(warning.severity, bound) || isTold(state, key))) return [];
  const { code, subject, severity, detail, suggestion } = warning;
  const since = state.warnings.get(key)?.since ?? state.watch.told?.[key] ?? state.at;
  return [{ code, subject, severity, detail, suggestion, state: "raised", since, at: state.at }];
}

function passed(state: State, { code, subject }: EventOf<"WarningCleared">): readonly Alert[] {
  const key = warningKey({ code, subject });
  const last = state.watch.passed.find((each) => warningKey(each) === key);
  if (!isTold(state, key) || last === undefined) return [];
  const { subject: about, severity, detail, since } = last;
  return [{ code, subject: about, severity, detail, suggestion: "", state: "cleared", since, at: state.at }];
}

function ofTask(state: State, type: EventType, id: TaskId): readonly Alert[] {
  if (!asking.has(type) && state.watch.told === undefined) return [];
  const about = { code: "needs_person", subject: id, severity: "critical", suggestion: "" } as const;
  const key = warningKey(about);
  const task = state.tasks.get(id);
  const reason = task === undefined ? null : personReason(task);
  if (reason !== null) return asking.has(type) ? raised(state, { ...about, detail: reason }) : [];
  const since = state.watch.told?.[key];
  if (since === undefined) return [];
  return [{ ...about, detail: "No person is asked for any more.", state: "cleared", since, at: state.at }];
}

function isTold(state: State, key: string): boolean {
  return state.watch.told?.[key] !== undefined;
}

function notifyOf(state: State) {
  return state.configuration?.config.alerts.notify;
}

function toEffect(alert: Alert): Effect {
  return { type: "SendAlert", alert };
}
