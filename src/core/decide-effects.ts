/** The outbox: which effects are due for whom, and what came of those that were performed. */
import type { Command, EffectOutcome } from "../model/command.ts";
import { byRecording, effectKey, type Effect, type EffectType, type RecordedEffect } from "../model/effect.ts";
import type { EffectId } from "../model/ids.ts";
import { settleFeedback } from "./decide-feedback.ts";
import { tellRefusedMerge } from "./decide-merge.ts";
import { notePieceOpened, tellRefusedPiece } from "./decide-split.ts";
import { applyReport, bounded, isRunOf, refuseStart } from "./decide-session.ts";
import { clear, raise } from "./decide-warnings.ts";
import { fencedTask, type AssignedTask, type Decision } from "./decision.ts";
import {
  effectBackoffMaxMs,
  feedbackTriesMax,
  leaseAheadMs,
  messagePatienceMs,
  messagesLeasedMax,
  messageTriesMin,
  surfaceLeaseExtraMs,
} from "../model/limits.ts";
import type { State } from "../state/state.ts";

type CommandOf<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/**
 * Effects that are due soon and that nobody holds. Of those with one key only the first: they follow each other. Messages come last, and so
 * many of them only that no more than a few are under way.
 */
export function dueEffects(state: State, now: number, limit: number): readonly EffectId[] {
  const due: RecordedEffect[] = [];
  let room = messagesLeasedMax;
  for (const [, recorded] of state.outbox.entries()) {
    if (isDue(state, recorded, now)) due.push(recorded);
    else if (isMessage(recorded.effect) && recorded.lease !== null && recorded.lease.until > now) room -= 1;
  }
  const inOrder = due.toSorted(byRecording);
  const messages = inOrder.filter(({ effect }) => isMessage(effect)).slice(0, Math.max(0, room));
  return [...inOrder.filter(({ effect }) => !isMessage(effect)), ...messages].slice(0, limit).map(({ id }) => id);
}

function isMessage({ type }: Effect): boolean {
  return type === "SendAlert" || type === "SendProgress";
}

function isDue(state: State, recorded: RecordedEffect, now: number): boolean {
  if (recorded.notBefore > now + leaseAheadMs) return false;
  if (recorded.lease !== null && recorded.lease.until > now) return false;
  return state.outboxKeys.get(effectKey(recorded.effect))?.[0] === recorded.id;
}

/** When the next effect that nobody holds becomes due; null when none waits. Messages for which there is no room wait for the end of others. */
export function nextEffectAt(state: State): number | null {
  let [next, nextMessage, underWay] = [Infinity, Infinity, 0];
  for (const [id, recorded] of state.outbox.entries()) {
    const { effect, lease } = recorded;
    if (state.outboxKeys.get(effectKey(effect))?.[0] !== id) continue;
    const at = Math.max(recorded.notBefore, lease?.until ?? 0);
    if (isMessage(effect) && lease === null) nextMessage = Math.min(nextMessage, at);
    else next = Math.min(next, at);
    if (isMessage(effect) && lease !== null) underWay += 1;
  }
  const first = underWay < messagesLeasedMax ? Math.min(next, nextMessage) : next;
  return first === Infinity ? null : first;
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
      if (isGivenUp(decision, recorded)) drop(decision, recorded, bounded(outcome.reason));
      else delay(decision, recorded, outcome);
      return false;
    case "collected":
      decision.emit({ type: "EffectSettled", effect: recorded.id });
      settleFeedback(decision, recorded, outcome.feedback);
      return false;
    case "dropped":
      drop(decision, recorded, bounded(outcome.reason));
      return false;
    case "kept":
      decision.emit({ type: "EffectSettled", effect: recorded.id });
      clear(decision, isMessage(recorded.effect) ? "alerts_unsent" : "linear_unwritten", "all");
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

function drop(decision: Decision, { id, effect }: RecordedEffect, reason: string): void {
  decision.emit({ type: "EffectDropped", effect: id, reason });
  if (effect.type === "MergePull" || effect.type === "UpdateBranch") tellRefusedMerge(decision, effect.task, reason);
  if (effect.type === "OpenPiece") tellRefusedPiece(decision, effect, reason);
  if (effect.type === "UpdateLinearAlerts") tellUnwritten(decision, "linear_unwritten", reason);
  if (isMessage(effect)) tellUnwritten(decision, "alerts_unsent", reason);
}

/** Where Linear or the webhook cannot be written to, the other places say so. */
function tellUnwritten(decision: Decision, code: "linear_unwritten" | "alerts_unsent", detail: string): void {
  const suggestion =
    code === "linear_unwritten"
      ? "It is tried again with the next warning."
      : "It passes with the next alert that gets through; `orchestrate dlq` lists what did not.";
  raise(decision, { code, subject: "all", detail, suggestion, severity: "warning" });
}

/** The next attempt waits for its feedback, but not for ever; a receiver that is known to be away is asked once for each message. */
function isGivenUp({ state, context }: Decision, { effect, attempts, notBefore }: RecordedEffect): boolean {
  if (effect.type === "CollectFeedback") return attempts >= feedbackTriesMax;
  const at = sentAt(effect);
  // Before its time it was not tried: whoever held it has given it back.
  if (at === null || context.now < notBefore) return false;
  if (state.warnings.has("alerts_unsent:all")) return true;
  return attempts >= messageTriesMin && context.now >= at + messagePatienceMs;
}

/** When what the message says was found; null for what is no message. */
function sentAt(effect: Effect): number | null {
  if (effect.type === "SendAlert") return effect.alert.at;
  return effect.type === "SendProgress" ? effect.progress.at : null;
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
