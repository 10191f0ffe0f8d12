/** How events change what ranks the work: the mode, attack mode with its threshold, and the modes of milestones. */
import type { EventOf } from "../model/event.ts";
import type { State } from "./state.ts";

/** Where attack mode begins, and what it returns to below (requirement: 15 minutes). */
const firstThresholdMinutes = 15;

export function foldModeChanged(state: State, event: EventOf<"ModeChanged">): void {
  if (event.mode !== "attack") state.attack = null;
  else if (state.attack === null) {
    const thresholdMinutes = (state.configuration?.config.attack.threshold ?? firstThresholdMinutes * 60_000) / 60_000;
    state.attack = { since: state.at, before: state.mode, by: event.by, thresholdMinutes, adjustedAt: state.at };
  }
  state.mode = event.mode;
  state.modeBy = event.by;
}

export function foldMilestoneModeChanged(state: State, event: EventOf<"MilestoneModeChanged">): void {
  if (event.mode === null) state.milestoneModes.delete(event.milestone);
  else state.milestoneModes.set(event.milestone, event.mode);
}

export function foldAttackThresholdChanged(state: State, event: EventOf<"AttackThresholdChanged">): void {
  if (state.attack === null) return;
  state.attack.thresholdMinutes = event.minutes;
  state.attack.adjustedAt = state.at;
}
