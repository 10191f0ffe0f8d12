/** What sessions and the runs that carry them report: claims, starts, questions, ends. An old fence changes nothing. */
import type { Command } from "../model/command.ts";
import { effectKey } from "../model/effect.ts";
import type { TaskId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { pullNumberOf } from "../model/pull-url.ts";
import { agentBehind } from "../model/registry.ts";
import type { Assignment, FailureReason, Task } from "../model/task.ts";
import { agentsInService, judgeVendor, judgeWorker } from "./decide-health.ts";
import { backoffMs, completeTask, failAttempt } from "./decide-outcome.ts";
import { isInterruption, returnInterrupted } from "./decide-preempt.ts";
import { fencedTask, type AssignedTask, type Decision } from "./decision.ts";
import { detailLengthMax, pullGraceMs, refusalBackoffMaxMs } from "../model/limits.ts";
import { isEnded } from "../state/readiness.ts";

type CommandOf<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/** Whether the run that was dispatched is the session itself, and no vendor has another one. */
export function isRunOf({ session, run }: Pick<Assignment, "session" | "run">): boolean {
  return session !== null && session.id === run;
}

/** The first run to come has (assignment, fence); another one is answered by no event and exits. A run that is the session is known before. */
export function decideClaim(decision: Decision, command: CommandOf<"ClaimAssignment">): void {
  const task = fencedTask(decision.state, command.task, command.fence);
  if (task === null || task.assignment.claimedBy !== null) return;
  if (isRunOf(task.assignment) && task.assignment.run !== command.run) return;
  const { task: id, fence, run } = command;
  decision.emit({ type: "AssignmentClaimed", task: id, fence, run });
  settleDispatch(decision, command);
  const agent = agentBehind(decision.context.config, task.assignment);
  // The answer to its dispatch may be lost; the run that claims is the one that works.
  if (agent?.type !== "workflow" || task.assignment.session !== null) return;
  decision.emit({ type: "SessionStarted", task: id, fence, session: { id: run, url: null } });
}

/** The run that has the claim was dispatched, whatever became of the answer to it: nobody has to write that down any more. */
function settleDispatch(decision: Decision, { task, fence }: CommandOf<"ClaimAssignment">): void {
  const [effect] = decision.state.outboxKeys.get(effectKey({ type: "StartSession", task, fence })) ?? [];
  if (effect !== undefined) decision.emit({ type: "EffectSettled", effect });
}

export function decideSessionReport(decision: Decision, command: CommandOf<"ReportSession">): void {
  const task = fencedTask(decision.state, command.task, command.fence);
  if (task === null) return;
  applyReport(decision, task, command.report);
}

/** Folds a vendor's word on the live session into the task. */
export function applyReport(decision: Decision, task: AssignedTask, report: SessionReport): void {
  const { assignment } = task;
  if (report.state === "unknown") return;
  const fence = { task: task.id, fence: assignment.fence };
  if (assignment.session === null && report.session !== null && report.state !== "not_found") {
    decision.emit({
      type: "SessionStarted",
      ...fence,
      session: report.session,
      ...startOf(decision, assignment, report),
    });
  }
  if (report.state === "waiting") {
    if (assignment.phase !== "waiting" && assignment.phase !== "ending") {
      decision.emit({
        type: "SessionWaiting",
        ...fence,
        question: bounded(report.question ?? "The agent asks for input."),
      });
    }
  } else if (report.state === "queued" || report.state === "running") {
    if (assignment.phase === "waiting") decision.emit({ type: "SessionContinued", ...fence });
  } else {
    endSession(decision, task.id, report);
  }
}

/** When a session began that is first heard of at its end: as long ago as it says it took, and not before it was assigned. */
function startOf(
  decision: Decision,
  { assignedAt }: Pick<Assignment, "assignedAt">,
  { durationMs }: SessionReport,
): { readonly startedAt?: number } {
  return durationMs === undefined ? {} : { startedAt: Math.max(assignedAt, decision.context.now - durationMs) };
}

export function bounded(text: string): string {
  return text.length <= detailLengthMax ? text : `${text.slice(0, detailLengthMax - 1)}…`;
}

/** The session was seen ended: the slot is free, and the attempt has a result. */
export function endSession(decision: Decision, id: TaskId, report: SessionReport): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || task.assignment === null) return;
  const { assignment } = task;
  const result = resultOf(report, assignment);
  const detail = bounded(detailOf(report, assignment, result));
  const isWaitingForPull = result === "success" && !isEnded(task);
  const agent = agentBehind(decision.context.config, assignment);
  decision.emit({
    type: "SessionEnded",
    task: id,
    fence: assignment.fence,
    result,
    detail,
    costUsd: report.costUsd ?? agent?.cost ?? 0,
    pullUrl: report.pullUrl,
    branch: report.branch,
    pullDueAt: isWaitingForPull ? pullDueAt(decision, task, report.pullUrl) : null,
  });
  // First who may get work now: what follows for the task depends on it.
  judgeWorker(decision, id);
  if (isInterruption(result)) returnInterrupted(decision, id, { reason: result, detail });
  else if (result !== "success") failAttempt(decision, id, { reason: result, detail, isHopeless: report.isHopeless });
  else if (decision.context.config.done === "reported") completeByReport(decision, id, assignment.agent);
}

/** An open pull request is news already, unless it still shows the failure that this attempt was to answer. */
function pullDueAt(decision: Decision, task: Task, pullUrl: string | null): number | null {
  const due = decision.context.now + pullGraceMs;
  const named = pullUrl === null ? null : pullNumberOf(task.definition.url, pullUrl);
  // One that another task has, or that was discarded, is not adopted: the session has brought nothing yet.
  const isNews = named !== null && (task.pull !== null || !decision.state.pulls.has(named));
  if (task.pull?.state !== "open") return isNews ? null : due;
  return task.answeredFailure?.startsWith(task.pull.sha) === true ? due : null;
}

function completeByReport(decision: Decision, id: TaskId, agent: string): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  completeTask(decision, id, {
    kind: "reported",
    by: agent,
    at: decision.context.now,
    reference: "session ended well",
    warning: null,
  });
}

/** A session that ended, not well, while it waited for a person's answer ended because nobody gave it. */
function resultOf(
  report: SessionReport,
  { cancelReason, phase }: Pick<Assignment, "cancelReason" | "phase">,
): "success" | FailureReason {
  if (report.state === "succeeded") return "success";
  if (cancelReason !== null) return cancelReason;
  if (report.failure !== undefined) return report.failure;
  if (phase === "waiting") return "needs_input";
  return report.state === "cancelled" ? "cancelled" : "vendor_failed";
}

/** What the attempt leaves behind in words: the vendor's where it has any, but a question that nobody answered, and who took it over, go first. */
function detailOf(
  report: SessionReport,
  { question, cancelReason, handedTo = null }: Assignment,
  result: string,
): string {
  if (result === "handed_over" && handedTo !== null)
    return `Handed over to ${handedTo.worker ?? handedTo.agent} by ${handedTo.by}.`;
  if (result === "needs_input" && report.failure === undefined)
    return `The agent asked, and nobody answered${question === null ? "." : `: ${question}`}`;
  return report.reason ?? describe(report.state, cancelReason);
}

function describe(state: SessionReport["state"], cancelReason: FailureReason | null): string {
  if (cancelReason === "timeout") return "The session ran into its timeout and was ended.";
  if (cancelReason === "preempted") return "The session gave way to more urgent work and was ended.";
  if (cancelReason === "stopped") return "The session was ended by the emergency stop.";
  if (cancelReason === "queued") return "The session was ended, because the task waits for something else first.";
  if (state === "cancelled") return "The session was cancelled.";
  if (state === "not_found") return "The vendor no longer knows the session.";
  return state === "succeeded" ? "The session ended well." : "The session failed at the vendor.";
}

export interface Refusal {
  readonly reason: string;
  readonly retryAfterMs: number | null;
  /** Whose doing it was: the vendor's, that of the run that was to start it, or that of whoever changed the text. */
  readonly cause: "vendor" | "run" | "text";
}

/**
 * A start that was none: no attempt is counted, the wait doubles with every refusal. Many of them pause the agent, and one task that is
 * refused as often reaches a person.
 */
export function refuseStart(decision: Decision, task: AssignedTask, refusal: Refusal): void {
  const { agent, fence } = task.assignment;
  const reason = bounded(refusal.reason);
  decision.emit({
    type: "SessionRefused",
    task: task.id,
    fence,
    reason,
    retryAt: decision.context.now + waitAfterRefusal(decision, task, refusal),
    cause: refusal.cause,
  });
  if (refusal.cause === "text") return;
  judgeVendor(decision, agent, { reason, retryAfterMs: refusal.retryAfterMs });
  tellOfRefusals(decision, task.id, `${agent}: ${reason}`);
}

/** Where another agent can take the task it waits ten minutes at most; else as long as an agent pauses at most. */
function waitAfterRefusal(decision: Decision, task: AssignedTask, { retryAfterMs }: Refusal): number {
  const { state, context } = decision;
  const wish = Math.max(backoffMs(decision, task.refusals + 1), retryAfterMs ?? 0);
  const others = agentsInService(state, context, task).filter((each) => each !== task.assignment.agent);
  const most = others.length > 0 ? refusalBackoffMaxMs : Math.max(refusalBackoffMaxMs, context.config.health.pauseMax);
  return Math.min(Math.max(wish, 1_000), most);
}

function tellOfRefusals(decision: Decision, id: TaskId, last: string): void {
  const { state, context } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || task.refusals < context.config.health.refusals) return;
  const told = bounded(
    `Nobody starts it: ${task.refusals} starts in a row were refused, and it is tried again. Look whether the keys and limits of the ` +
      `agents are in order, or ask for another agent with /orchestrate assign. The last refusal came from ${last}`,
  );
  decision.emit({ type: "TaskEscalated", task: id, reason: told });
}

/** The agent workflow's run. An ended one that never claimed started nothing; one that claimed may have. */
export function decideRunReport(decision: Decision, command: CommandOf<"ReportRun">): void {
  const task = fencedTask(decision.state, command.task, command.fence);
  if (task === null || task.assignment.run !== command.run) return;
  if (command.state !== "ended" && command.state !== "not_found") return;
  const { assignment } = task;
  if (isRunOf(assignment)) return applyReport(decision, task, reportOfRun(command));
  if (assignment.session === null && assignment.claimedBy === null) {
    refuseStart(decision, task, {
      reason: `Run ${command.run} of the agent workflow ended before it started a session.`,
      retryAfterMs: null,
      cause: "run",
    });
    return;
  }
  decision.emit({
    type: "ClaimReleased",
    task: task.id,
    fence: assignment.fence,
    reason: `Run ${command.run} of the agent workflow ended before its session did.`,
  });
}

/** How a run that is the session has ended, in the words of a session. */
function reportOfRun({ run, state, conclusion }: CommandOf<"ReportRun">): SessionReport {
  const nothing = { session: null, pullUrl: null, branch: null, question: null, costUsd: null };
  if (state === "not_found") return { ...nothing, state: "not_found", reason: `GitHub no longer knows run ${run}.` };
  if (conclusion === "success") return { ...nothing, state: "succeeded", reason: null };
  const reason = `Run ${run} ended with ${(conclusion ?? "no conclusion").replaceAll("_", " ")}.`;
  if (conclusion === "cancelled") return { ...nothing, state: "cancelled", reason };
  return { ...nothing, state: "failed", reason, ...(conclusion === "timed_out" ? { failure: "timeout" } : {}) };
}
