/** How events about everything change the state: pause, configuration, answers and the outbox. */
import { completeConfig } from "../model/config.ts";
import { effectKey, type Effect, type RecordedEffect } from "../model/effect.ts";
import type { Entry, EventOf } from "../model/event.ts";
import type { EffectId } from "../model/ids.ts";
import { noteLastCommand } from "./command.ts";
import { noteMergeOver } from "./attempt.ts";
import { foldCockpitSwitch, foldCockpitWritten } from "./cockpit.ts";
import { noteDone, noteGivenUp } from "./letters.ts";
import { reviseAttack } from "./mode.ts";
import { notePieceRefused } from "./splits.ts";
import { noteSubmissionEnd } from "./submissions.ts";
import type { State } from "../state/state.ts";

export function foldOrchestrationPaused(state: State): void {
  state.isPaused = true;
}

export function foldOrchestrationResumed(state: State): void {
  state.isPaused = false;
}

export function foldConfigurationAccepted(state: State, event: EventOf<"ConfigurationAccepted">): void {
  const config = completeConfig(event.config);
  foldCockpitSwitch(state, config);
  state.configuration = { sha: event.sha, config };
  state.rejectedConfiguration = null;
  reviseAttack(state, { before: state.mode, by: "configuration" });
}

export function foldConfigurationRejected(state: State, event: EventOf<"ConfigurationRejected">): void {
  state.rejectedConfiguration = { sha: event.sha, problems: event.problems };
}

export function foldCommandAnswered(state: State, event: EventOf<"CommandAnswered">): void {
  noteLastCommand(state, event.kept);
  if (event.task === null || event.answer === null || event.comment === null) return;
  const task = state.tasks.own(event.task);
  if (task !== undefined) task.answer = event.answer;
}

/** Records an effect, or brings a waiting one forward when it is named again. */
export function foldRecordedEffect(state: State, recorded: Entry["effects"][number]): void {
  const waiting = state.outbox.own(recorded.id);
  if (waiting !== undefined) {
    waiting.notBefore = Math.min(waiting.notBefore, recorded.notBefore);
    return;
  }
  const key = effectKey(recorded.effect);
  state.effectCount += 1;
  state.outbox.set(recorded.id, { ...recorded, attempts: 0, lease: null });
  state.outboxKeys.set(key, [...(state.outboxKeys.get(key) ?? []), recorded.id]);
}

export function foldEffectsLeased(state: State, event: EventOf<"EffectsLeased">): void {
  for (const id of event.effects) {
    const effect = state.outbox.own(id);
    if (effect === undefined) continue;
    effect.lease = { owner: event.owner, until: event.until };
    effect.attempts += 1;
  }
}

export function foldEffectSettled(state: State, event: EventOf<"EffectSettled">): void {
  const recorded = state.outbox.get(event.effect);
  if (recorded !== undefined && recorded.effect.type === "UpdateIssue" && event.surface !== undefined) {
    const task = state.tasks.own(recorded.effect.task);
    if (task !== undefined) task.surface = event.surface;
  }
  if (recorded !== undefined) noteDone(state, recorded);
  if (event.issue !== undefined) noteIssue(state, recorded?.effect, event.issue);
  if (event.isWithdrawn === true) noteMergeEnd(state, recorded, "withdrawn");
  if (event.cockpit !== undefined) foldCockpitWritten(state, event.cockpit);
  removeEffect(state, event.effect);
}

/** The issue that was asked for is there. */
function noteIssue(state: State, effect: Effect | undefined, issue: number): void {
  if (effect?.type === "OpenIssue") noteSubmissionEnd(state, effect.submission, { issue });
  const pattern = effect?.type === "CreateIssue" ? state.patterns.own(effect.pattern) : undefined;
  if (pattern !== undefined) pattern.issue = issue;
}

/** Of the commit that the effect speaks of, not of a newer one; how it ended before stays. */
function noteMergeEnd(state: State, recorded: RecordedEffect | undefined, over: "refused" | "withdrawn"): void {
  if (recorded?.effect.type !== "MergePull" && recorded?.effect.type !== "UpdateBranch") return;
  const { type, task, sha } = recorded.effect;
  const asked = state.tasks.get(task)?.mergeAsked ?? null;
  if (asked === null || asked.sha !== sha || asked.over !== undefined) return;
  if ((asked.isBehind === true) === (type === "UpdateBranch")) noteMergeOver(state, task, over);
}

export function foldEffectDropped(state: State, event: EventOf<"EffectDropped">): void {
  const recorded = state.outbox.get(event.effect);
  noteMergeEnd(state, recorded, "refused");
  noteGivenUp(state, recorded, event.reason);
  if (recorded?.effect.type === "OpenIssue") {
    noteSubmissionEnd(state, recorded.effect.submission, { refusal: event.reason });
  }
  if (recorded?.effect.type === "OpenPiece") notePieceRefused(state, recorded.effect.task, recorded.effect.piece);
  removeEffect(state, event.effect);
}

export function foldEffectDelayed(state: State, event: EventOf<"EffectDelayed">): void {
  const effect = state.outbox.own(event.effect);
  if (effect === undefined) return;
  effect.lease = null;
  effect.notBefore = event.notBefore;
}

function removeEffect(state: State, id: EffectId): void {
  const recorded = state.outbox.get(id);
  if (recorded === undefined) return;
  state.outbox.delete(id);
  const key = effectKey(recorded.effect);
  const rest = (state.outboxKeys.get(key) ?? []).filter((other) => other !== id);
  if (rest.length > 0) state.outboxKeys.set(key, rest);
  else state.outboxKeys.delete(key);
}
