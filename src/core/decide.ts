/**
 * The centre: a command and a state become events. Pure: time and configuration arrive in the context, refusals are
 * values, the same input gives the same events. A command whose id is already in the log decides nothing.
 */
import type { Command } from "../model/command.ts";
import type { Event } from "../model/event.ts";
import { decideCapacity } from "./decide-capacity.ts";
import { decideTaskClaim } from "./decide-claim-task.ts";
import { decideCockpit } from "./decide-cockpit.ts";
import { decideConfiguration } from "./decide-configure.ts";
import { decideCursor } from "./decide-cursor.ts";
import { reviseDuplicates } from "./decide-duplicates.ts";
import { decideLease, decideOutcomeReport, decideSettlement } from "./decide-effects.ts";
import { decideInstruction } from "./decide-instruct.ts";
import { decideAside, decideLetter } from "./decide-letters.ts";
import { decideObservation } from "./decide-observe.ts";
import { decideOperators } from "./decide-operators.ts";
import { decideRegistration, decideRemoval, decideRevision } from "./decide-registry.ts";
import { decideSchedule } from "./decide-schedule.ts";
import { decideClaim, decideRunReport, decideSessionReport } from "./decide-session.ts";
import { decideSubmission } from "./decide-submissions.ts";
import { decideStock } from "./stock.ts";
import { decideTick } from "./decide-tick.ts";
import { decideHeartbeat } from "./desk.ts";
import { isKept } from "../model/ids.ts";
import { changeMode } from "./instruct-mode.ts";
import { decideAssignmentRequest } from "./instruct-task.ts";
import { brokenInvariants } from "./invariants.ts";
import { decideResolution } from "./resolve-conflict.ts";
import type { Context } from "../model/context.ts";
import { openDecision, type Decision, type EventListener } from "./decision.ts";
import type { State } from "../state/state.ts";
import { begin, keep, takeBack } from "../state/transaction.ts";

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
  if (isKept(command.id) && state.seen.has(command.id)) return [];
  const decision = openDecision(state, context, onEvent);
  dispatch(decision, command);
  reviseDuplicates(decision);
  const broken = brokenInvariants(state, decision.events);
  if (broken.length > 0) throw new Error(`${command.type} would break an invariant. ${broken.join(" ")}`);
  return decision.events;
}

type Deciders = {
  readonly [Type in Command["type"]]: (decision: Decision, command: Extract<Command, { readonly type: Type }>) => void;
};

const deciders: Deciders = {
  TakeStock: decideStock,
  Observe: (decision, { observation }) => decideObservation(decision, observation),
  Instruct: decideInstruction,
  SwitchMode: (decision, { mode, by }) => changeMode(decision, mode, by),
  RequestAssignment: decideAssignmentRequest,
  ResolveConflict: decideResolution,
  NoteAside: decideAside,
  HandleLetter: decideLetter,
  SubmitTask: decideSubmission,
  ObserveCockpit: (decision, { cockpit }) => decideCockpit(decision, cockpit),
  ClaimTask: decideTaskClaim,
  HearAgent: decideHeartbeat,
  ClaimAssignment: decideClaim,
  ReportSession: decideSessionReport,
  ReportOutcome: decideOutcomeReport,
  ReportRun: decideRunReport,
  Configure: decideConfiguration,
  SettleEffects: decideSettlement,
  ReportCapacity: decideCapacity,
  ReportOperators: decideOperators,
  RegisterAgent: decideRegistration,
  ReviseAgent: decideRevision,
  RemoveAgent: decideRemoval,
  MoveCursor: decideCursor,
  Tick: decideTick,
  Schedule: decideSchedule,
  LeaseEffects: decideLease,
};

/** One lookup by a key that the type ties to its decider; the compiler cannot follow the correlation. */
function dispatch(decision: Decision, command: Command): void {
  (deciders[command.type] as (decision: Decision, command: Command) => void)(decision, command);
}
