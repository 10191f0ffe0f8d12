/** One readable line for each event, for logs, the live page and `replay`. Plain text: nothing in it reaches a terminal. */
import type { Event } from "../model/event.ts";
import { type EventIn, type EventNames, isInFamily } from "./event-families.ts";
import { renderAttemptEvent } from "./log-line-attempt.ts";
import { renderCockpitEvent } from "./log-line-cockpit.ts";
import { renderHealthEvent } from "./log-line-health.ts";
import { renderModeEvent } from "./log-line-mode.ts";
import { renderRegistryEvent } from "./log-line-registry.ts";
import { renderSplitEvent } from "./log-line-split.ts";
import { renderWarningEvent } from "./log-line-warnings.ts";
import { toPlainLine } from "./markdown.ts";
import { count, describeInstant, describeMinutes, describePriority, toShortSha } from "./words.ts";

/** 300: a line that wraps three times in a terminal is no longer a line. */
const lineMax = 300;

/** One line without control characters, at most 300 long: `#12 is assigned to jules/1 (attempt 1, rank 1 of 4)`. */
export function renderEventLine(event: Event, names: EventNames): string {
  return toPlainLine(describeEvent(event, names), lineMax);
}

function describeEvent(event: Event, names: EventNames): string {
  if (isInFamily(event, "whole")) return renderWholeEvent(event, names);
  if (isInFamily(event, "health")) return renderHealthEvent(event);
  if (isInFamily(event, "registry")) return renderRegistryEvent(event);
  if (isInFamily(event, "mode")) return renderModeEvent(event);
  if (isInFamily(event, "cockpit")) return renderCockpitEvent(event);
  if (isInFamily(event, "warning")) return renderWarningEvent(event, names);
  const task = names.task(event.type === "ExternalObserved" ? event.external.id : event.task);
  if (isInFamily(event, "split")) return renderSplitEvent(event, task);
  if (isInFamily(event, "outcome")) return renderOutcomeEvent(event, task, names);
  return isInFamily(event, "graph") ? renderGraphEvent(event, task, names) : renderAttemptEvent(event, task, names);
}

function renderGraphEvent(event: EventIn<"graph">, task: string, names: EventNames): string {
  switch (event.type) {
    case "TaskTracked":
      return `${task} is tracked: ${event.definition.title}`;
    case "TaskRevised":
      return `${task} was revised: ${event.definition.title}`;
    case "TaskUntracked":
      return `${task} is no longer tracked: ${event.reason}`;
    case "TaskTrusted":
      return `${task} may be worked on, says ${event.by}`;
    case "ApprovalRequired":
      return `${task} needs approval: ${event.reason}`;
    case "DuplicateFound":
      return `${task} says the same as ${names.task(event.of)} and is held`;
    case "DuplicateLifted":
      return `${task} is no longer held as a duplicate`;
    case "DependenciesChanged":
      return describeDependencies(
        event.blockedBy.map((edge) => names.task(edge.on)),
        task,
      );
    case "DependencyWaived":
      return `${task} no longer waits for ${names.task(event.on)}, says ${event.by}`;
    case "DependencyRestored":
      return `${task} waits for ${names.task(event.on)} again, says ${event.by}`;
    case "CycleReported":
      return event.cycle === null
        ? `${task} is no longer in a dependency cycle`
        : `${task} is in a dependency cycle: ${event.cycle.map((id) => names.task(id)).join(" → ")}`;
    case "ExternalObserved":
      return `${event.external.reference} is ${event.external.state.replaceAll("_", " ")}`;
    case "PriorityOverridden":
      return event.priority === null
        ? `${task} has its own priority again, says ${event.by}`
        : `${task} has ${describePriority(event.priority)}, says ${event.by}`;
    case "EstimateOverridden":
      return event.minutes === null
        ? `${task} has its own estimate again, says ${event.by}`
        : `${task} is estimated at ${describeMinutes(event.minutes)}, says ${event.by}`;
    case "TaskHeld":
      return `${task} is on hold, says ${event.by}`;
    case "TaskResumed":
      return `${task} is off hold, says ${event.by}`;
    case "AssignmentRequested":
      return `${task} is asked for ${event.worker ?? event.agent}, says ${event.by}`;
    case "AssignmentWithdrawn":
      return `${task} is asked for nobody in particular, says ${event.by}`;
    case "SwarmCalled":
      return event.workers === 0
        ? `The swarm of ${task} is called off, says ${event.by}`
        : `A swarm of ${event.workers} goes to the sub-issues of ${task}, says ${event.by}`;
  }
}

function describeDependencies(blockers: readonly string[], task: string): string {
  return blockers.length === 0 ? `${task} depends on nothing` : `${task} depends on ${blockers.join(", ")}`;
}

function renderOutcomeEvent(event: EventIn<"outcome">, task: string, names: EventNames): string {
  switch (event.type) {
    case "TaskCompleted": {
      const { kind, by, reference, warning } = event.receipt;
      return `${task} is completed (${kind} by ${by}: ${reference})${warning === null ? "" : `; warning: ${warning}`}`;
    }
    case "ReceiptRevoked":
      return `${task} is no longer completed: ${event.reason}`;
    case "TaskFailed":
      return `${task} failed: ${event.reason}`;
    case "TaskCancelled":
      return `${task} was cancelled by ${event.by}: ${event.reason}`;
    case "TaskReopened":
      return `${task} was reopened by ${event.by}`;
    case "ManualReviewRequired":
      return `${task} needs a person: ${event.reason}`;
    case "ConflictDetected":
      return `${task}: a ${event.kind} conflict: ${event.detail}`;
    case "ConflictPassed":
      return `${task}: the ${event.kind} conflict has passed`;
    case "ConflictResolved": {
      const why = event.reason === null ? "" : `: ${event.reason}`;
      return `${task}: the ${event.kind} conflict is resolved with ${event.resolution}, says ${event.by}${why}`;
    }
    case "TaskEscalated":
      return `${task}: a person is told: ${event.reason}`;
    case "EscalationLifted":
      return `${task}: what a person was told of it is no longer so`;
    case "UpstreamFailed":
      return `${task} stops because ${names.task(event.upstream)} failed`;
    case "UpstreamRecovered":
      return `${task} goes on: what it needs is no longer failed`;
  }
}

function renderWholeEvent(event: EventIn<"whole">, names: EventNames): string {
  switch (event.type) {
    case "PatternMatched":
      return `pattern ${event.pattern} has seen enough merged tasks: its issue is asked for (series ${event.series})`;
    case "TaskSubmitted":
      return `${event.submission.by} submits a task, and its issue is asked for: ${event.submission.title}`;
    case "CursorMoved":
      return `everything is read up to ${describeInstant(event.cursor.issues)}`;
    case "StockTaken":
      return "everything was looked at after the restore: work may begin again";
    case "OrchestrationPaused":
      return `paused by ${event.by}: nothing new is started`;
    case "OrchestrationResumed":
      return `resumed by ${event.by}`;
    case "WorkerDisabled":
      return `worker ${event.worker} is disabled, says ${event.by}`;
    case "WorkerEnabled":
      return `worker ${event.worker} is enabled, says ${event.by}`;
    case "ConfigurationAccepted":
      return `configuration ${toShortSha(event.sha)} is in force`;
    case "ConfigurationRejected":
      return `configuration ${toShortSha(event.sha)} is refused: ${event.problems.join("; ")}`;
    case "IssueSetAside":
      return `#${event.number} is set aside: ${event.reason}`;
    case "CommandSetAside":
      return `${event.command}${event.task === null ? "" : ` of ${names.task(event.task)}`} could not be decided and is set aside: ${event.reason}`;
    case "LetterRetried":
      return `dead letter ${event.letter} is tried again, says ${event.by}`;
    case "LetterClosed":
      return `dead letter ${event.letter} is ${event.by === null ? "over" : `dropped, says ${event.by}`}`;
    case "ProgressTold":
      return `how far the work is, is sent: ${event.progress.completed} completed and ${event.progress.failed} failed since ${describeInstant(event.progress.since)}`;
    case "CommandAnswered":
      return `command${event.task === null ? "" : ` on ${names.task(event.task)}`} answered with ${event.reaction}`;
    case "EffectsLeased":
      return `${count(event.effects.length, "effect")} taken by ${event.owner} until ${describeInstant(event.until)}`;
    case "EffectSettled":
      return `effect ${event.effect} is done${describeThere(event)}`;
    case "EffectDelayed":
      return `effect ${event.effect} waits until ${describeInstant(event.notBefore)}: ${event.reason}`;
    case "EffectDropped":
      return `effect ${event.effect} is given up: ${event.reason}`;
  }
}

function describeThere({ issue, cockpit }: Extract<EventIn<"whole">, { readonly type: "EffectSettled" }>): string {
  if (cockpit !== undefined) return `: the cockpit is #${cockpit.issue}`;
  return issue === undefined ? "" : `: #${issue} is there`;
}
