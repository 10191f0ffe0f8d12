/** The outbox: which effects are due for whom, and what came of those that were performed. */
import type { Command, EffectOutcome } from "../model/command.ts";
import { byRecording, effectKey, type EffectType, type RecordedEffect } from "../model/effect.ts";
import type { EffectId } from "../model/ids.ts";
import { settleFeedback } from "./decide-feedback.ts";
import { tellRefusedMerge } from "./decide-merge.ts";
import { notePieceOpened, tellRefusedPiece } from "./decide-split.ts";
import { applyReport, bounded, isRunOf, refuseStart } from "./decide-session.ts";
import { clear, raise } from "./decide-warnings.ts";
import { fencedTask, type AssignedTask, type Decision } from "./decision.ts";
import { effectBackoffMaxMs, feedbackTriesMax, leaseAheadMs, surfaceLeaseExtraMs } from "../model/limits.ts";
import type { State } from "../state/state.ts";

type CommandOf<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/** Effects that are due soon and that nobody holds. Of those with one key only the first: they follow each other. */
export function dueEffects(state: State, now: number, limit: number): readonly EffectId[] {
  const due: RecordedEffect[] = [];
  for (const [, recorded] of state.outbox.entries()) if (isDue(state, recorded, now)) due.push(recorded);
  return due
    .toSorted(byRecording)
    .slice(0, limit)
    .map((recorded) => recorded.id);
}

function isDue(state: State, recorded: RecordedEffect, now: number): boolean {
  if (recorded.notBefore > now + leaseAheadMs) return false;
  if (recorded.lease !== null && recorded.lease.until > now) return false;
  return state.outboxKeys.get(effectKey(recorded.effect))?.[0] === recorded.id;
}

/** When the next effect that nobody holds becomes due; null when none waits. */
export function nextEffectAt(state: State): number | null {
  let next: number | null = null;
  for (const [id, recorded] of state.outbox.entries()) {
    if (state.outboxKeys.get(effectKey(recorded.effect))?.[0] !== id) continue;
    const at = Math.max(recorded.notBefore, recorded.lease?.until ?? 0);
    if (next === null || at < next) next = at;
  }
  return next;
}

export function decideLease(decision: Decision, command: CommandOf<"LeaseEffects">): void {
  const effects = dueEffects(decision.state, decision.context.now, command.limit);
  const surfaces = effects.filter((id) => isPatient(decision.state, id));
  const acts = effects.filter((id) => !isPatient(decision.state, id));
  const until = command.until + leaseAheadMs;
  if (acts.length > 0) decision.emit({ type: "EffectsLeased", effects: acts, owner: command.owner, until });
  if (surfaces.length === 0) return;
  decision.emit({ type: "EffectsLeased", effects: surfaces, owner: command.owner, until: until + surfaceLeaseExtraMs });
}

const patient: ReadonlySet<EffectType> = new Set<EffectType>([
  "UpdateIssue",
  "UpdateAlerts",
  "UpdateLinearAlerts",
  "UpdateCockpit",
  "AcknowledgeComment",
]);

/** What only shows the state may wait; what starts or ends a session may not. */
function isPatient(state: State, id: EffectId): boolean {
  const type = state.outbox.get(id)?.effect.type;
  return type !== undefined && patient.has(type);
}

/** First what is off the outbox, then the news of sessions: what was performed by now cannot show that news any more. */
export function decideSettlement(decision: Decision, command: CommandOf<"SettleEffects">): void {
  const news: { readonly recorded: RecordedEffect; readonly outcome: SessionOutcome }[] = [];
  for (const { effect, outcome } of command.settled) {
    const recorded = decision.state.outbox.get(effect);
    if (recorded === undefined) continue;
    if (settle(decision, recorded, outcome)) news.push({ recorded, outcome });
  }
  for (const { recorded, outcome } of news) settleSession(decision, recorded, outcome);
}

/** Returns whether the outcome may be news of a session. */
function settle(decision: Decision, recorded: RecordedEffect, outcome: EffectOutcome): outcome is SessionOutcome {
  switch (outcome.kind) {
    case "delayed":
      if (isGivenUp(recorded))
        decision.emit({ type: "EffectDropped", effect: recorded.id, reason: bounded(outcome.reason) });
      else delay(decision, recorded, outcome);
      return false;
    case "collected":
      decision.emit({ type: "EffectSettled", effect: recorded.id });
      settleFeedback(decision, recorded, outcome.feedback);
      return false;
    case "dropped":
      decision.emit({ type: "EffectDropped", effect: recorded.id, reason: bounded(outcome.reason) });
      if (recorded.effect.type === "MergePull" || recorded.effect.type === "UpdateBranch") {
        tellRefusedMerge(decision, recorded.effect.task, bounded(outcome.reason));
      }
      if (recorded.effect.type === "OpenPiece") tellRefusedPiece(decision, recorded.effect, bounded(outcome.reason));
      if (recorded.effect.type === "UpdateLinearAlerts") tellUnwritten(decision, bounded(outcome.reason));
      return false;
    case "kept":
      decision.emit({ type: "EffectSettled", effect: recorded.id });
      clear(decision, "linear_unwritten", "all");
      return false;
    case "withdrawn":
      decision.emit({ type: "EffectSettled", effect: recorded.id, isWithdrawn: true });
      return false;
    case "created":
      decision.emit({ type: "EffectSettled", effect: recorded.id, issue: outcome.number });
      if (recorded.effect.type === "OpenPiece")
        notePieceOpened(decision, recorded.effect, { issue: outcome.number, id: outcome.id });
      return false;
    case "surfaced":
      decision.emit({ type: "EffectSettled", effect: recorded.id, surface: outcome.surface });
      return false;
    case "shown":
      decision.emit({ type: "EffectSettled", effect: recorded.id, cockpit: outcome.cockpit });
      return false;
    default:
      decision.emit({ type: "EffectSettled", effect: recorded.id });
      return true;
  }
}

/** Where Linear cannot be written to, the other places say so. */
function tellUnwritten(decision: Decision, detail: string): void {
  raise(decision, {
    code: "linear_unwritten",
    subject: "all",
    detail,
    suggestion: "It is tried again with the next warning.",
    severity: "warning",
  });
}

/** The next attempt waits for its feedback, but not for ever. */
function isGivenUp({ effect, attempts }: RecordedEffect): boolean {
  return effect.type === "CollectFeedback" && attempts >= feedbackTriesMax;
}

function delay(
  decision: Decision,
  recorded: RecordedEffect,
  outcome: EffectOutcome & { readonly kind: "delayed" },
): void {
  const backoff = Math.min(effectBackoffMaxMs, 1_000 * 2 ** Math.min(recorded.attempts, 10));
  decision.emit({
    type: "EffectDelayed",
    effect: recorded.id,
    reason: bounded(outcome.reason),
    notBefore: decision.context.now + Math.max(backoff, outcome.retryAfterMs),
  });
}

type SessionOutcome = Exclude<
  EffectOutcome,
  { readonly kind: "delayed" | "dropped" | "surfaced" | "created" | "kept" | "shown" | "collected" | "withdrawn" }
>;

const ofEffectAlone: ReadonlySet<EffectOutcome["kind"]> = new Set([
  "delayed",
  "dropped",
  "surfaced",
  "created",
  "kept",
  "shown",
  "collected",
  "withdrawn",
]);

function isOfSession(outcome: EffectOutcome): outcome is SessionOutcome {
  return !ofEffectAlone.has(outcome.kind);
}

/** Outcomes that speak of a session count only for the live fence; the session of an older one is nobody's. */
function settleSession(decision: Decision, recorded: RecordedEffect, outcome: SessionOutcome): void {
  const { effect } = recorded;
  if (outcome.kind === "done" || !("fence" in effect)) return;
  const task = fencedTask(decision.state, effect.task, effect.fence);
  if (task === null) return;
  // The dispatch of another run was refused while one that holds the claim may be starting the session.
  if (outcome.kind === "refused" && task.assignment.claimedBy !== null) return;
  settleFenced(decision, task, outcome);
}

/** The word of the run that holds the claim. */
export function decideOutcomeReport(decision: Decision, command: CommandOf<"ReportOutcome">): void {
  const task = fencedTask(decision.state, command.task, command.fence);
  const { outcome } = command;
  if (task === null || outcome.kind === "done" || !isOfSession(outcome)) return;
  settleFenced(decision, task, outcome);
}

function settleFenced(
  decision: Decision,
  task: AssignedTask,
  outcome: Exclude<SessionOutcome, { kind: "done" }>,
): void {
  const fence = { task: task.id, fence: task.assignment.fence };
  switch (outcome.kind) {
    case "started":
      if (task.assignment.session === null) noteStart(decision, task, outcome);
      return;
    case "dispatched":
      return noteDispatch(decision, task, outcome);
    case "refused":
      // A refused watch says nothing about the session; only a start that never was frees the slot.
      if (task.assignment.session === null) refuseStart(decision, task, { ...outcome, cause: "vendor" });
      return;
    case "ended":
      return applyReport(decision, task, outcome.report);
    case "cannot_cancel":
      if (!task.assignment.personAsked)
        decision.emit({ type: "PersonAsked", ...fence, reason: bounded(outcome.reason) });
      return;
    case "changed_text":
      return refuseStart(decision, task, {
        reason: "The text of the issue changed after it was approved: nothing was started.",
        retryAfterMs: null,
        cause: "text",
      });
  }
}

function noteStart(
  decision: Decision,
  { id, assignment }: AssignedTask,
  { session, criteria }: EffectOutcome & { readonly kind: "started" },
): void {
  const started = { type: "SessionStarted", task: id, fence: assignment.fence, session } as const;
  decision.emit(criteria === undefined ? started : { ...started, criteria });
}

/** Where the run is the session, a run that has claimed the assignment stays the session, whichever was dispatched beside it. */
function noteDispatch(
  decision: Decision,
  task: AssignedTask,
  outcome: EffectOutcome & { readonly kind: "dispatched" },
): void {
  const { assignment } = task;
  const fence = { task: task.id, fence: assignment.fence };
  if (outcome.session === undefined) return decision.emit({ type: "RunDispatched", ...fence, run: outcome.run });
  if (isRunOf(assignment)) return;
  const run = assignment.claimedBy ?? outcome.run;
  decision.emit({ type: "RunDispatched", ...fence, run });
  const session = run === outcome.run ? outcome.session : { id: run, url: null };
  decision.emit({ type: "SessionStarted", ...fence, session });
}
