/**
 * The centre: a command and a state become events. Pure: time and configuration arrive in the context, refusals are
 * values, the same input gives the same events. A command whose id is already in the log decides nothing.
 */
import type { Command } from "../model/command.ts";
import type { Event } from "../model/event.ts";
import { decideCapacity } from "./decide-capacity.ts";
import { decideCockpit } from "./decide-cockpit.ts";
import { decideConfiguration } from "./decide-configure.ts";
import { decideCursor } from "./decide-cursor.ts";
import { decideLease, decideOutcomeReport, decideSettlement } from "./decide-effects.ts";
import { decideInstruction } from "./decide-instruct.ts";
import { decideObservation } from "./decide-observe.ts";
import { decideSchedule } from "./decide-schedule.ts";
import { decideClaim, decideRunReport, decideSessionReport } from "./decide-session.ts";
import { decideTick } from "./decide-tick.ts";
import { changeMode } from "./instruct-mode.ts";
import { brokenInvariants } from "./invariants.ts";
import type { Context } from "./context.ts";
import { openDecision, type Decision, type EventListener } from "./decision.ts";
import type { State } from "./state.ts";
import { begin, keep, takeBack } from "./transaction.ts";

/** Returns what happened, in order; `[]` when nothing changes. `state` is left as it is. Throws when an invariant would break. */
export function decide(state: State, command: Command, context: Context): readonly Event[] {
  const mark = begin(state);
  try {
    return play(state, { command, context });
  } finally {
    takeBack(state, mark);
  }
}

/**
 * Decides, and folds what happened into `state`; each event is told to `onEvent` when it is folded. Returns the events as `decide` does.
 * Where it throws, `state` is as it was.
 */
export function advance(
  state: State,
  told: { readonly command: Command; readonly context: Context },
  onEvent?: EventListener,
): readonly Event[] {
  const mark = begin(state);
  try {
    const events = play(state, told, onEvent);
    keep(state);
    return events;
  } catch (error) {
    takeBack(state, mark);
    throw error;
  }
}

function play(
  state: State,
  { command, context }: { readonly command: Command; readonly context: Context },
  onEvent?: EventListener,
): readonly Event[] {
  if (state.seen.has(command.id)) return [];
  const decision = openDecision(state, context, onEvent);
  dispatch(decision, command);
  const broken = brokenInvariants(state, decision.events);
  if (broken.length > 0) throw new Error(`${command.type} would break an invariant. ${broken.join(" ")}`);
  return decision.events;
}

function dispatch(decision: Decision, command: Command): void {
  switch (command.type) {
    case "Observe":
      return decideObservation(decision, command.observation);
    case "Instruct":
      return decideInstruction(decision, command);
    case "SwitchMode":
      return changeMode(decision, command.mode, command.by);
    case "ObserveCockpit":
      return decideCockpit(decision, command.cockpit);
    case "ClaimAssignment":
      return decideClaim(decision, command);
    case "ReportSession":
      return decideSessionReport(decision, command);
    case "ReportOutcome":
      return decideOutcomeReport(decision, command);
    case "ReportRun":
      return decideRunReport(decision, command);
    case "Configure":
      return decideConfiguration(decision, command);
    case "SettleEffects":
      return decideSettlement(decision, command);
    case "ReportCapacity":
      return decideCapacity(decision, command);
    case "MoveCursor":
      return decideCursor(decision, command);
    case "Tick":
      return decideTick(decision);
    case "Schedule":
      return decideSchedule(decision);
    case "LeaseEffects":
      return decideLease(decision, command);
  }
}
