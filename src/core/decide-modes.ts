/**
 * Modes that time brings: the rules of `schedule`, and the phases of milestones. A switch is an event, and counts from the next
 * decision of the same pass. What a person chooses while a rule is in force stands until that rule ends.
 */
import type { Config } from "../model/config.ts";
import type { Mode } from "../model/mode.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import type { MilestoneSpan } from "../state/records.ts";
import type { State } from "../state/state.ts";

export function decideModes(decision: Decision): void {
  decideRule(decision);
  decidePhases(decision);
}

/** Begins the rule that is in force now, or goes back to what was before the one that no longer is. */
function decideRule(decision: Decision): void {
  const { state, context } = decision;
  if (context.schedule === undefined) return;
  const { rule } = context.schedule;
  if (rule?.key === state.rule?.key) return;
  if (rule !== null) decision.emit({ type: "ModeChanged", mode: rule.mode, by: "schedule", rule: rule.key });
  else if (state.rule !== null)
    decision.emit({ type: "ModeChanged", mode: state.rule.before, by: "schedule", rule: null });
}

/** In proportion to the milestones that have a due date, whatever the number of tasks; nothing where no phases are configured. */
function decidePhases(decision: Decision): void {
  const { state, context } = decision;
  const { phases } = context.config;
  if (phases === undefined && state.milestoneModes.size === 0) return;
  const titles = new Set([...state.milestoneModes.keys(), ...(phases === undefined ? [] : state.milestones.keys())]);
  for (const milestone of [...titles].toSorted()) {
    const { mode, reason } = wantedFor(state, milestone, context);
    if ((state.milestoneModes.get(milestone) ?? null) !== mode) {
      decision.emit({ type: "MilestoneModeChanged", milestone, mode, reason });
    }
  }
}

function wantedFor(
  state: State,
  milestone: string,
  { now, config }: Context,
): { readonly mode: Mode | null; readonly reason: string } {
  if (config.phases === undefined) return { mode: null, reason: "phases are no longer configured" };
  const span = state.milestones.get(milestone);
  if (span === undefined) return { mode: null, reason: "it has no due date any more" };
  const { phase } = phaseAt(span, config.phases, now);
  return { mode: config.phases[phase], reason: phaseWords[phase] };
}

type Phases = NonNullable<Config["phases"]>;
type Phase = "early" | "middle" | "late";

const phaseWords: Readonly<Record<Phase, string>> = {
  early: "it is in its early phase",
  middle: "it is in its middle phase",
  late: "it is near its due date",
};

/** The phase of a milestone, and when the next one begins; null when it is the last. */
function phaseAt(
  { from, to }: MilestoneSpan,
  { middleFrom, lateFrom }: Phases,
  now: number,
): { readonly phase: Phase; readonly until: number | null } {
  const middleAt = Math.ceil(from + (to - from) * middleFrom);
  const lateAt = Math.ceil(from + (to - from) * lateFrom);
  if (now >= lateAt) return { phase: "late", until: null };
  return now >= middleAt ? { phase: "middle", until: lateAt } : { phase: "early", until: middleAt };
}

/** When the next rule begins or ends, or the next phase begins; null when nothing is to come. */
export function modesDueAt(state: State, { now, config, schedule }: Context): number | null {
  let next = schedule?.nextAt ?? null;
  if (config.phases === undefined) return next;
  for (const [, span] of state.milestones.entries()) {
    const { until } = phaseAt(span, config.phases, now);
    if (until !== null && (next === null || until < next)) next = until;
  }
  return next;
}
