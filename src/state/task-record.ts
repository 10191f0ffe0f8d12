/**
 * The one shape of a task as the state holds it, and of its assignment. Every record, new, copied or read from a snapshot, is made in the
 * same place with the same fields in the same order, those that most events change first: the engine then knows one shape only, which
 * halves what reading a field costs.
 */
import type { TaskId } from "../model/ids.ts";
import type { Assignment, Task, TaskDefinition } from "../model/task.ts";

/** Shared by all who have nothing: a hundred thousand empty lists are ten megabytes. */
const none: readonly never[] = [];
const noSurface: Task["surface"] = { comment: null, digest: null, labels: none };

function shared<Item>(list: readonly Item[]): readonly Item[] {
  return list.length === 0 ? none : list;
}

/**
 * The definition as it is kept: a copy takes half the memory of what JSON gave, and empty lists are shared. That is 40 MB at a
 * hundred thousand tasks.
 */
export function compactDefinition(from: TaskDefinition): TaskDefinition {
  return {
    number: from.number,
    createdAt: from.createdAt,
    estimateMinutes: from.estimateMinutes,
    learnedMinutes: from.learnedMinutes ?? null,
    quickWin: from.quickWin,
    mode: from.mode,
    milestone: from.milestone,
    labels: shared(from.labels),
    needs: shared(from.needs),
    prefers: shared(from.prefers),
    pinnedAgent: from.pinnedAgent,
    heldByLabel: from.heldByLabel,
    isContainer: from.isContainer,
    priority: from.priority,
    isOpen: from.isOpen,
    milestoneSpan: from.milestoneSpan ?? null,
    updatedAt: from.updatedAt,
    problems: shared(from.problems),
    lacks: shared(from.lacks ?? none),
    unticked: shared(from.unticked ?? none),
    node: from.node,
    title: from.title,
    url: from.url,
    hash: from.hash,
  };
}

const blank: Omit<Task, "id" | "definition"> = {
  trust: null,
  pendingReason: null,
  waived: null,
  duplicateOf: null,
  blockedBy: none,
  unblocked: none,
  isHeld: false,
  priorityOverride: null,
  estimateOverride: null,
  modeOverride: null,
  assignTo: null,
  assignment: null,
  attempts: none,
  failuresInRow: 0,
  refusals: 0,
  refusedBy: null,
  preemptions: 0,
  isRebalanced: false,
  promised: null,
  readySince: null,
  escalated: null,
  retryAt: null,
  pull: null,
  vendorPull: null,
  discardedPull: null,
  mergeAsked: null,
  mergeWait: null,
  answeredFailure: null,
  answeredReview: null,
  escalatedBy: null,
  split: null,
  cycle: null,
  pullDueAt: null,
  receipt: null,
  isReopening: false,
  outcome: null,
  outcomeReason: null,
  upstreamFailed: null,
  manualReview: null,
  surface: noSurface,
  answer: null,
};

export function newTask(id: TaskId, definition: TaskDefinition): Task {
  return recordOf(id, compactDefinition(definition), blank);
}

/** A task as a snapshot says it, which leaves out what its version did not know. */
export function readTask(task: Task): Task {
  const assignment = task.assignment === null ? null : copyAssignment(task.assignment);
  return recordOf(task.id, compactDefinition(task.definition), { ...blank, ...task, assignment });
}

/** A copy of what an owner of the task may mutate: all of it but the assignment; see task-cells.ts. */
export function copyTask(task: Task): Task {
  return recordOf(task.id, task.definition, task);
}

function recordOf(id: TaskId, definition: TaskDefinition, from: Omit<Task, "id" | "definition">): Task {
  return {
    id,
    definition,
    assignment: from.assignment,
    attempts: from.attempts,
    readySince: from.readySince,
    retryAt: from.retryAt,
    escalated: from.escalated,
    receipt: from.receipt,
    isReopening: from.isReopening ?? false,
    outcome: from.outcome,
    pullDueAt: from.pullDueAt,
    pull: from.pull,
    blockedBy: from.blockedBy,
    promised: from.promised,
    refusedBy: from.refusedBy,
    failuresInRow: from.failuresInRow,
    assignTo: from.assignTo,
    modeOverride: from.modeOverride,
    estimateOverride: from.estimateOverride,
    trust: from.trust,
    pendingReason: from.pendingReason,
    waived: from.waived ?? null,
    duplicateOf: from.duplicateOf ?? null,
    isHeld: from.isHeld,
    manualReview: from.manualReview,
    upstreamFailed: from.upstreamFailed,
    unblocked: from.unblocked,
    mergeAsked: from.mergeAsked,
    refusals: from.refusals,
    priorityOverride: from.priorityOverride,
    preemptions: from.preemptions,
    isRebalanced: from.isRebalanced ?? false,
    vendorPull: from.vendorPull,
    outcomeReason: from.outcomeReason,
    mergeWait: from.mergeWait ?? null,
    discardedPull: from.discardedPull,
    answeredFailure: from.answeredFailure,
    answeredReview: from.answeredReview ?? null,
    escalatedBy: from.escalatedBy ?? null,
    split: from.split ?? null,
    cycle: from.cycle,
    surface: from.surface,
    answer: from.answer,
  };
}

/** A record of its own with the same fields. */
export function copyAssignment(from: Assignment): Assignment {
  return {
    agent: from.agent,
    worker: from.worker,
    attempt: from.attempt,
    fence: from.fence,
    phase: from.phase,
    assignedAt: from.assignedAt,
    timeoutMs: from.timeoutMs,
    expectedMs: from.expectedMs,
    usualMs: from.usualMs ?? null,
    waitedMs: from.waitedMs,
    start: from.start,
    startedAt: from.startedAt,
    heardAt: from.heardAt,
    session: from.session,
    reasons: from.reasons,
    continues: from.continues,
    run: from.run,
    claimedBy: from.claimedBy,
    question: from.question,
    cancelReason: from.cancelReason,
    preemptedFor: from.preemptedFor,
    handedTo: from.handedTo ?? null,
    personAsked: from.personAsked,
  };
}
