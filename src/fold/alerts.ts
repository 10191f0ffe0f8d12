/** How what is sent to the webhook changes the state: what it was told of, and what has happened since the last summary. */
import type { Alert } from "../model/alert.ts";
import type { Config } from "../model/config.ts";
import type { EventOf } from "../model/event.ts";
import { warningKey } from "../model/warning.ts";
import type { ProgressCount } from "../state/records.ts";
import type { State } from "../state/state.ts";

/** As soon as it is to be sent: a receiver that is away for long is told by the dead letters. */
export function noteTold(state: State, alert: Alert): void {
  const { told = {}, ...watch } = state.watch;
  const { [warningKey(alert)]: since, ...others } = told;
  const now = alert.state === "raised" ? { ...others, [warningKey(alert)]: since ?? alert.since } : others;
  state.watch = Object.keys(now).length === 0 ? watch : { ...watch, told: now };
}

/** Sending begins or ends with the file that says so. */
export function foldNotifySwitch(state: State, { alerts: { notify } }: Config): void {
  const { told, progress, ...watch } = state.watch;
  if (told === undefined && progress === undefined && notify?.progress !== true) return;
  const count = notify?.progress === true ? (progress ?? countFrom(state.at)) : undefined;
  state.watch = {
    ...watch,
    ...(notify !== undefined && told !== undefined && { told }),
    ...(count !== undefined && { progress: count }),
  };
}

export function foldProgressTold(state: State, { progress }: EventOf<"ProgressTold">): void {
  state.watch = { ...state.watch, progress: countFrom(progress.at) };
}

/** Counted only where summaries are sent. */
export function noteProgress(state: State, what: "started" | "completed" | "failed"): void {
  const { progress } = state.watch;
  if (progress === undefined) return;
  const counted = { ...progress, firstAt: progress.firstAt ?? state.at, [what]: progress[what] + 1 };
  state.watch = { ...state.watch, progress: counted };
}

function countFrom(since: number): ProgressCount {
  return { since, firstAt: null, started: 0, completed: 0, failed: 0 };
}
