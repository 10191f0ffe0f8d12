/** How events change what ranks the work: the mode, attack mode with its threshold, and the modes of milestones. */
import { defaultConfig } from "../model/config.ts";
import type { EventOf } from "../model/event.ts";
import type { Mode } from "../model/mode.ts";
import type { TaskDefinition } from "../model/task.ts";
import type { TimeRule } from "../state/records.ts";
import type { State } from "../state/state.ts";

/** The mode in force by the log alone: a person's or a rule's, else that of the configuration. */
export function modeByLog(state: State): Mode {
  return state.mode ?? state.configuration?.config.mode ?? defaultConfig.mode;
}

export function foldModeChanged(state: State, event: EventOf<"ModeChanged">): void {
  const before = modeBefore(state, event);
  const restoredBy = noteRule(state, event);
  state.mode = event.mode;
  state.modeBy = event.mode === null ? null : (restoredBy ?? event.by);
  reviseAttack(state, { before, by: event.by });
}

/** What attack mode goes back to when it begins with this event: never to the mode of a rule that is over by then. */
function modeBefore(state: State, event: EventOf<"ModeChanged">): Mode | null {
  return event.rule === undefined || state.rule === null ? state.mode : modeBeforeRule(state.rule);
}

function modeBeforeRule({ before, attackBefore }: TimeRule): Mode | null {
  return before === "attack" ? (attackBefore ?? null) : before;
}

/** A rule that follows another one goes back to what was before the first. Returns who set what the end of a rule restores. */
function noteRule(state: State, event: EventOf<"ModeChanged">): string | null {
  const { rule } = event;
  if (rule === undefined) {
    noteEndOfAttack(state, event);
    return null;
  }
  const known = state.rule;
  const { mode: before, modeBy: beforeBy } = state;
  if (rule === null) state.rule = null;
  else if (known !== null) state.rule = { ...known, key: rule };
  else state.rule = { key: rule, before, beforeBy, attackBefore: state.attack?.before ?? null };
  return rule === null ? (known?.beforeBy ?? null) : null;
}

/** Attack mode that has switched itself off while a rule is in force has nothing to come back to when the rule ends. */
function noteEndOfAttack(state: State, { by }: EventOf<"ModeChanged">): void {
  if (by !== "orchestrate" || state.rule?.before !== "attack") return;
  state.rule = { ...state.rule, before: modeBeforeRule(state.rule), beforeBy: null };
}

/** Attack mode is on while it is the mode in force, whatever brought it. */
export function reviseAttack(state: State, change: { readonly before: Mode | null; readonly by: string }): void {
  if (modeByLog(state) !== "attack") state.attack = null;
  else if (state.attack === null) {
    const { threshold } = (state.configuration?.config ?? defaultConfig).attack;
    const { by } = change;
    // Its end must be one: attack mode never goes back to itself.
    const before = change.before === "attack" ? null : change.before;
    state.attack = { since: state.at, before, by, thresholdMinutes: threshold / 60_000, adjustedAt: state.at };
  }
}

export function foldMilestoneModeChanged(state: State, event: EventOf<"MilestoneModeChanged">): void {
  if (event.mode === null) state.milestoneModes.delete(event.milestone);
  else state.milestoneModes.set(event.milestone, event.mode);
}

/** The issue that was read last knows the due date of its milestone best. */
export function noteMilestone(state: State, { milestone, milestoneSpan }: TaskDefinition): void {
  if (milestone === null) return;
  if (milestoneSpan === null) state.milestones.delete(milestone);
  else state.milestones.set(milestone, milestoneSpan);
}

export function foldAttackThresholdChanged(state: State, event: EventOf<"AttackThresholdChanged">): void {
  if (state.attack === null) return;
  state.attack = { ...state.attack, thresholdMinutes: event.minutes, adjustedAt: state.at };
}
