/** How events of one attempt change the state: assigned, claimed, started, waiting, ended, and the pull request. */
import type { EventOf } from "../model/event.ts";
import { slotOf, type TaskId } from "../model/ids.ts";
import { pullNumberOf } from "../model/pull-url.ts";
import type { MergeAsked } from "../model/merge.ts";
import type { Assignment, Attempt, Task } from "../model/task.ts";
import { noteAnsweredReview, noteCriteria } from "./dossier.ts";
import { noteLateFailure, noteRework, noteSessionEnd, noteSessionStart } from "./figures.ts";
import { noteRefusal, noteStart, slotsOf } from "./health.ts";
import { attemptsKeptMax } from "../model/limits.ts";
import { ownTask, taskAt, type State } from "../state/state.ts";
import { copyAssignment } from "../state/task-record.ts";

export function foldTaskAssigned(state: State, event: EventOf<"TaskAssigned">): void {
  const number = state.numbering.find(event.task);
  const task = taskAt(state, number, event.task);
  state.fence = Math.max(state.fence, event.fence);
  if (event.reasons.starvedMs !== undefined) state.starvingFence = event.fence;
  state.occupied.set(event.worker, event.task);
  const slots = slotsOf(state, event.agent);
  slots.noteUse(state.at);
  slots.markBusy(slotOf(event.worker), true);
  state.unstartedCount += 1;
  if (task.retryAt !== null || task.escalated !== null) {
    const own = ownTask(state, event.task);
    own.retryAt = null;
    own.escalated = null;
  }
  const assignment = copyAssignment({
    agent: event.agent,
    worker: event.worker,
    attempt: event.attempt,
    fence: event.fence,
    phase: "claimed",
    assignedAt: state.at,
    timeoutMs: event.timeoutMs,
    expectedMs: event.expectedMs,
    usualMs: event.usualMs ?? null,
    waitedMs: task.readySince === null ? 0 : state.at - task.readySince,
    start: null,
    startedAt: null,
    heardAt: state.at,
    session: null,
    reasons: event.reasons,
    continues: event.continues,
    run: null,
    claimedBy: null,
    question: null,
    cancelReason: null,
    preemptedFor: null,
    handedTo: null,
    personAsked: false,
  });
  state.cells.setAssignment(number, assignment);
}

/** The live assignment; decide lets no event with an old fence into the log. */
function ownAssignment(state: State, id: TaskId): Assignment {
  const number = state.numbering.find(id);
  taskAt(state, number, id);
  return known(id, state.cells.ownAssignment(number));
}

function known(id: TaskId, assignment: Assignment | null): Assignment {
  if (assignment === null) throw new Error(`The log speaks of an assignment of task ${id}, which has none.`);
  return assignment;
}

export function foldRunDispatched(state: State, event: EventOf<"RunDispatched">): void {
  const assignment = ownAssignment(state, event.task);
  assignment.run = event.run;
  assignment.heardAt = state.at;
  if (assignment.phase === "claimed") assignment.phase = "dispatched";
}

export function foldAssignmentClaimed(state: State, event: EventOf<"AssignmentClaimed">): void {
  const assignment = ownAssignment(state, event.task);
  assignment.claimedBy = event.run;
  assignment.run = event.run;
  assignment.heardAt = state.at;
}

export function foldClaimReleased(state: State, event: EventOf<"ClaimReleased">): void {
  const assignment = ownAssignment(state, event.task);
  assignment.claimedBy = null;
  assignment.run = null;
}

export function foldSessionStarted(state: State, event: EventOf<"SessionStarted">): void {
  const assignment = ownAssignment(state, event.task);
  assignment.session = event.session;
  if (assignment.startedAt === null) state.unstartedCount -= 1;
  assignment.startedAt = event.startedAt ?? state.at;
  assignment.heardAt = state.at;
  if (assignment.phase !== "ending") assignment.phase = "running";
  forgetRefusals(state, event.task);
  noteCriteria(state, event.task, event.criteria ?? []);
  const { agent, waitedMs } = assignment;
  assignment.start = noteSessionStart(state, { task: event.task, agent, waitedMs });
  noteStart(state, agent);
}

/** A refused start has not fulfilled what a person asked for; this one has. */
function forgetRefusals(state: State, id: TaskId): void {
  const { refusals, refusedBy, escalated, assignTo } = taskAt(state, state.numbering.find(id), id);
  if (refusals === 0 && refusedBy === null && escalated === null && assignTo === null) return;
  const task = ownTask(state, id);
  task.refusals = 0;
  task.refusedBy = null;
  task.escalated = null;
  task.assignTo = null;
}

export function foldSessionRefused(state: State, event: EventOf<"SessionRefused">): void {
  const task = ownTask(state, event.task);
  if (task.assignment !== null && event.cause !== "text") {
    noteRefusal(state, task, task.assignment.agent);
    task.refusedBy = task.assignment.agent;
  }
  release(state, task);
  task.refusals += 1;
  task.retryAt = event.retryAt;
}

export function foldSessionWaiting(state: State, event: EventOf<"SessionWaiting">): void {
  ownTask(state, event.task).escalated = null;
  const assignment = ownAssignment(state, event.task);
  if (assignment.phase !== "ending") assignment.phase = "waiting";
  assignment.question = event.question;
  assignment.heardAt = state.at;
  if (event.isSilent === true) assignment.personAsked = true;
}

export function foldSessionContinued(state: State, event: EventOf<"SessionContinued">): void {
  ownTask(state, event.task).escalated = null;
  const assignment = ownAssignment(state, event.task);
  if (assignment.phase === "waiting") assignment.phase = "running";
  assignment.question = null;
  assignment.heardAt = state.at;
  assignment.personAsked = false;
  if (event.timeoutMs !== undefined) assignment.timeoutMs = event.timeoutMs;
}

export function foldSessionHeard(state: State, event: EventOf<"SessionHeard">): void {
  ownAssignment(state, event.task).heardAt = state.at;
}

export function foldCancelRequested(state: State, event: EventOf<"CancelRequested">): void {
  const assignment = ownAssignment(state, event.task);
  assignment.phase = "ending";
  assignment.cancelReason = event.reason;
  // What a person was asked before is another matter.
  assignment.personAsked = false;
  assignment.heardAt = state.at;
}

export function foldPersonAsked(state: State, event: EventOf<"PersonAsked">): void {
  ownAssignment(state, event.task).personAsked = true;
}

export function foldSessionEnded(state: State, event: EventOf<"SessionEnded">): void {
  const task = ownTask(state, event.task);
  const assignment = known(event.task, task.assignment);
  const attempt: Attempt = {
    attempt: assignment.attempt,
    fence: assignment.fence,
    agent: assignment.agent,
    worker: assignment.worker,
    session: assignment.session,
    startedAt: assignment.startedAt,
    endedAt: state.at,
    result: event.result,
    detail: event.detail,
    costUsd: event.costUsd,
    branch: event.branch,
  };
  task.attempts = withAttempt(task.attempts, attempt);
  state.hands.set(event.task, slotsOf(state, attempt.agent).handOf(attempt.agent, attempt.worker));
  noteSessionEnd(state, task, { attempt, start: assignment.start });
  // It was done before it could give way, so it did not.
  if (assignment.preemptedFor !== null && event.result !== "preempted") task.preemptions -= 1;
  task.escalated = null;
  task.pullDueAt = event.pullDueAt;
  task.vendorPull = event.pullUrl ?? task.vendorPull;
  if (event.pullUrl !== null && task.pull === null)
    adoptPull(state, task, { url: event.pullUrl, branch: event.branch });
  release(state, task);
}

/** The newest goes last, and the oldest falls off. */
function withAttempt(attempts: readonly Attempt[], attempt: Attempt): readonly Attempt[] {
  if (attempts.length === 0) return [attempt];
  return (attempts.length < attemptsKeptMax ? attempts : attempts.slice(1)).concat(attempt);
}

/** The pull request that the vendor names, not yet looked at: the first look at it says how it is. */
function adoptPull(state: State, task: Task, named: { readonly url: string; readonly branch: string | null }): void {
  const number = pullNumberOf(task.definition.url, named.url);
  if (number === null || number === task.discardedPull || state.pulls.has(number)) return;
  task.pull = {
    number,
    url: named.url,
    branch: named.branch ?? "",
    sha: "",
    updatedAt: 0,
    state: "open",
    checks: "pending",
    failedChecks: [],
    mergeable: "unknown",
  };
  state.pulls.set(number, task.id);
}

/** Frees the worker. The only place where a slot becomes free. */
function release(state: State, task: Task): void {
  if (task.assignment !== null) {
    if (task.assignment.startedAt === null) state.unstartedCount -= 1;
    state.occupied.delete(task.assignment.worker);
    const { handedTo = null } = task.assignment;
    if (handedTo !== null) task.assignTo = { agent: handedTo.agent, worker: handedTo.worker };
    const slots = slotsOf(state, task.assignment.agent);
    slots.noteUse(state.at);
    slots.markBusy(slotOf(task.assignment.worker), false);
  }
  task.assignment = null;
}

export function foldRetryScheduled(state: State, event: EventOf<"RetryScheduled">): void {
  const task = ownTask(state, event.task);
  if (event.counts) task.failuresInRow += 1;
  task.escalated = null;
  noteLateFailure(state, task, event.reason);
  noteRework(state, task, event.reason);
  if (event.answers !== null) task.answeredFailure = event.answers;
  if (event.answersReview !== undefined) noteAnsweredReview(task, event.answersReview);
  task.retryAt = event.retryAt;
  task.pullDueAt = null;
  // It goes back to its agent instead.
  if (task.mergeAsked !== null && task.mergeAsked.over === undefined) noteMergeOver(state, task.id, "withdrawn");
}

export function foldPullRequestLinked(state: State, event: EventOf<"PullRequestLinked">): void {
  foldPull(state, event);
}

export function foldPullRequestChanged(state: State, event: EventOf<"PullRequestChanged">): void {
  foldPull(state, event);
}

function foldPull(state: State, event: EventOf<"PullRequestLinked" | "PullRequestChanged">): void {
  const task = ownTask(state, event.task);
  const isNews = task.pull?.sha !== event.pull.sha || task.pull.number !== event.pull.number;
  if (task.pull !== null && task.pull.number !== event.pull.number) state.pulls.delete(task.pull.number);
  state.pulls.set(event.pull.number, event.task);
  task.pull = event.pull;
  if (isNews) task.pullDueAt = null;
}

export function foldMergeRequested(state: State, event: EventOf<"MergeRequested">): void {
  const { type: _type, task: id, ...asked } = event;
  const task = ownTask(state, id);
  task.mergeAsked = { ...asked, at: state.at };
  task.mergeWait = null;
}

/** It has its turn from now on, until it is merged or comes to nothing. */
export function foldBranchUpdateRequested(state: State, event: EventOf<"BranchUpdateRequested">): void {
  const { type: _type, task: id, ...asked } = event;
  const task = ownTask(state, id);
  task.mergeAsked = { ...asked, isBehind: true, at: state.at };
  task.mergeWait = null;
}

export function foldBranchUpdateFailed(state: State, { task: id, pull, sha }: EventOf<"BranchUpdateFailed">): void {
  const asked = state.tasks.get(id)?.mergeAsked ?? null;
  if (asked?.isBehind === true && asked.pull === pull && asked.sha === sha) noteMergeOver(state, id, "refused");
}

export function foldMergePutOff(state: State, { task, on, why, file }: EventOf<"MergePutOff">): void {
  ownTask(state, task).mergeWait = { on, why, file };
}

/** The commit is known from now on, so that another one is seen to be its answer. */
export function foldMergeReturned(state: State, { task: id, pull, sha }: EventOf<"MergeReturned">): void {
  const task = ownTask(state, id);
  if (task.pull?.number === pull) task.pull = { ...task.pull, sha };
  noteMergeOver(state, id, "returned");
}

/** It is on its way no more. */
export function noteMergeOver(state: State, id: TaskId, over: NonNullable<MergeAsked["over"]>): void {
  const task = state.tasks.own(id);
  if (task === undefined || task.mergeAsked === null) return;
  task.mergeAsked = { ...withoutFiles(task.mergeAsked), over };
  state.merging.delete(id);
}

/** Of a merge that is on its way no more nobody asks which files it changes. */
export function withoutFiles(asked: MergeAsked): MergeAsked {
  if (asked.files === undefined) return asked;
  const { files: _files, ...rest } = asked;
  return rest;
}

/** It gives way: counted apart from failures, and what it has done is gone on with. */
export function foldTaskPreempted(state: State, event: EventOf<"TaskPreempted">): void {
  ownTask(state, event.task).preemptions += 1;
  ownAssignment(state, event.task).preemptedFor = event.for;
  ownTask(state, event.for).promised = event.task;
  state.queue.touch(state.numbering.find(event.for));
}

/** Until the session is seen ended it stays where it is. */
export function foldTaskHandedOver(state: State, { task, agent, worker, by }: EventOf<"TaskHandedOver">): void {
  ownAssignment(state, task).handedTo = { agent, worker, by };
}
