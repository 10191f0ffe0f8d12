/** Ends and their consequences: an attempt that failed, a task that is done, failed or called off, and those who wait. */
import type { TaskId } from "../model/ids.ts";
import type { FailureReason, Receipt, Task } from "../model/task.ts";
import { describeUnticked, untickedOf } from "../planning/definition-of-done.ts";
import { doneWithoutCriteria } from "../planning/definition-of-ready.ts";
import { leaveCycles, reportCycles } from "./decide-cycles.ts";
import { agentsInService, judgeWorker } from "./decide-health.ts";
import { carryFailure, reviseUpstream, reviseWaiters } from "./decide-upstream.ts";
import type { Decision } from "./decision.ts";
import { endAtDesk } from "./desk.ts";
import { isFoundLater } from "../fold/health.ts";
import { isEnded } from "../state/readiness.ts";
import { determineRetryAction, type Failure, type RetryAction } from "./retry-policy.ts";
import { numbersOfWaiters, type State } from "../state/state.ts";

/**
 * The task did not get done by this attempt: it is tried again after a backoff, a person is asked, or it is given up with the
 * reason (retry-policy.ts). A worker whose good end turned out to be none is judged anew.
 */
export function failAttempt(decision: Decision, id: TaskId, failure: Failure): void {
  const { state, context } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  const agents = agentsInService(state, context, task);
  const action = determineRetryAction(task, failure, { config: context.config, agents });
  if (action.kind === "person") decision.emit({ type: "ManualReviewRequired", task: id, reason: action.reason });
  else if (action.kind === "give_up") failTask(decision, id, { reason: action.reason, cause: failure.reason });
  else {
    decision.emit({
      type: "RetryScheduled",
      task: id,
      reason: failure.reason,
      detail: failure.detail,
      retryAt: context.now + waitBefore(decision, action, failure.reason),
      answers: failure.answers ?? null,
      counts: action.counts,
      ...(action.plan === null ? {} : { plan: action.plan }),
      ...(failure.answersReview === undefined ? {} : { answersReview: failure.answersReview }),
    });
  }
  if (isFoundLater(failure.reason)) judgeWorker(decision, id);
}

/** The agent was lost, and nothing says that the task is to blame. */
const lost: ReadonlySet<FailureReason> = new Set<FailureReason>(["vendor_failed", "api_error", "timeout"]);

/** Waiting lets what was amiss pass; where another agent goes on in place of one that was lost, there is nothing to wait for. */
function waitBefore(
  decision: Decision,
  action: { readonly kind: RetryAction["kind"]; readonly failures: number },
  reason: FailureReason,
): number {
  if (action.kind === "other_agent" && lost.has(reason)) return 0;
  return backoffMs(decision, Math.max(1, action.failures));
}

/** Doubles from `initial` with every failure in a row, up to `max`. */
export function backoffMs(decision: Decision, failures: number): number {
  const { initial, max } = decision.context.config.retry.backoff;
  return Math.min(max, initial * 2 ** (failures - 1));
}

/** Given up, by a person or (with the `cause`) after the last attempt; those who need it fail with it. */
export function failTask(
  decision: Decision,
  id: TaskId,
  why: { readonly reason: string; readonly cause?: FailureReason },
): void {
  decision.emit({ type: "TaskFailed", task: id, ...why });
  endAtDesk(decision, id);
  leave(decision, id);
  carryFailure(decision, id);
}

/** Done, with the evidence. Those who wait become ready in the same decision; a parent may end with its last child. */
export function completeTask(decision: Decision, id: TaskId, receipt: Receipt): void {
  decision.emit({ type: "TaskCompleted", task: id, receipt: checkedReceipt(decision, id, receipt) });
  endAtDesk(decision, id);
  leave(decision, id);
  reviseWaiters(decision, id);
  completeParents(decision, id);
}

/** With a warning where criteria were asked for and nobody wrote or ticked any. It is done all the same: the receipt decides that. */
function checkedReceipt({ state, context }: Decision, id: TaskId, receipt: Receipt): Receipt {
  const task = state.tasks.get(id);
  if (task === undefined) return receipt;
  const { config } = context;
  const hasNone = config.ready.criteria && (task.definition.lacks ?? []).includes("criteria");
  // A person's own word needs no box; a container has the criteria of its pieces.
  const isMerge = receipt.kind === "merge" && !task.definition.isContainer;
  const unticked = isMerge ? untickedOf(task, config) : [];
  const doubts = [hasNone ? doneWithoutCriteria : "", unticked.length === 0 ? "" : describeUnticked(unticked)];
  const warning = [receipt.warning ?? "", ...doubts].filter((part) => part !== "").join(" ");
  return warning === "" ? receipt : { ...receipt, warning };
}

function completeParents(decision: Decision, child: TaskId): void {
  for (const number of numbersOfWaiters(decision.state, child)) {
    const parent = decision.state.tasks.at(number);
    if (parent !== undefined) completeContainer(decision, parent);
  }
}

/** A parent of sub-issues is done when every one of them, and everything else it waits for, is. */
export function completeContainer(decision: Decision, parent: Task): void {
  if (!parent.definition.isContainer || isEnded(parent) || parent.trust === null) return;
  // A piece that is still to be opened is one of them.
  if (parent.split === "opening") return;
  const hasChildren = parent.blockedBy.some((edge) => edge.source === "sub_issue");
  const isOpen = parent.blockedBy.some((edge) => !isDone(decision.state, edge.on));
  if (!hasChildren || isOpen) return;
  completeTask(decision, parent.id, {
    kind: "children",
    by: "orchestrate",
    at: decision.context.now,
    reference: "all sub-issues are completed",
    warning: null,
  });
}

function isDone(state: State, id: TaskId): boolean {
  const task = state.tasks.get(id);
  if (task !== undefined) return task.receipt !== null;
  return state.externals.get(id)?.state === "completed";
}

/** Called off by a person or by the issue itself. A live session is asked to end; its slot stays taken until it has. */
export function cancelTask(
  decision: Decision,
  id: TaskId,
  why: { readonly reason: string; readonly by: string },
): void {
  requestCancel(decision, id, { reason: "cancelled", by: why.by });
  decision.emit({ type: "TaskCancelled", task: id, reason: why.reason, by: why.by });
  endAtDesk(decision, id);
  leave(decision, id);
  reviseWaiters(decision, id);
}

export function requestCancel(
  decision: Decision,
  id: TaskId,
  why: { readonly reason: FailureReason; readonly by: string },
): void {
  const assignment = decision.state.tasks.get(id)?.assignment ?? null;
  if (assignment === null || assignment.cancelReason !== null) return;
  decision.emit({ type: "CancelRequested", task: id, fence: assignment.fence, ...why });
}

/** Back to work after an end: failures are forgiven, and those who failed with it return. */
export function reopenTask(decision: Decision, id: TaskId, by: string): void {
  decision.emit({ type: "TaskReopened", task: id, by });
  takeUpAgain(decision, id);
}

/** The same for a task that a person had declared done, and did not mean it: its issue, which we close for that, is opened again. */
export function reopenDeclared(decision: Decision, id: TaskId, by: string): void {
  decision.emit({ type: "TaskReopened", task: id, by, opensIssue: true });
  takeUpAgain(decision, id);
}

/** What it was taken to be done by is none: those who wait for it are blocked again. */
export function revokeReceipt(decision: Decision, id: TaskId, reason: string): void {
  decision.emit({ type: "ReceiptRevoked", task: id, reason });
  takeUpAgain(decision, id);
}

/** It has ended: whoever waited for it in a circle waits in none. */
function leave(decision: Decision, id: TaskId): void {
  const task = decision.state.tasks.get(id);
  if (task !== undefined) leaveCycles(decision, task);
}

/** It is open again, behind the blockers that it has. */
function takeUpAgain(decision: Decision, id: TaskId): void {
  reportCycles(decision, id);
  reviseUpstream(decision, id);
  reviseWaiters(decision, id);
}
