/** How warnings and patterns change the state. */
import type { EventOf } from "../model/event.ts";
import { warningKey } from "../model/warning.ts";
import type { State } from "../state/state.ts";

/** Warnings that have passed and are still shown. */
const passedKept = 10;

export function foldWarningRaised(state: State, event: EventOf<"WarningRaised">): void {
  const key = warningKey(event.warning);
  const since = state.warnings.get(key)?.since ?? state.at;
  state.warnings.set(key, { ...event.warning, since });
  if (event.warning.code === "scaling") state.watch = { ...state.watch, recommendedAt: state.at };
}

export function foldWarningCleared(state: State, event: EventOf<"WarningCleared">): void {
  const key = warningKey(event);
  const open = state.warnings.get(key);
  if (open === undefined) return;
  state.warnings.delete(key);
  const passed = [{ ...open, until: state.at }, ...state.watch.passed].slice(0, passedKept);
  state.watch = { ...state.watch, passed };
}

export function foldPatternMatched(state: State, event: EventOf<"PatternMatched">): void {
  state.patterns.set(event.pattern, { merged: 0, series: event.series });
}
