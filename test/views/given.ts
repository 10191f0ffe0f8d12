/** Views for tests, with defaults that say nothing, so that a test names only what it is about. */
import { toAgentId, toTaskId, toWorkerId } from "../../src/model/ids.ts";
import type {
  Assignment,
  AssignmentReasons,
  Attempt,
  PullRequest,
  Task,
  TaskDefinition,
} from "../../src/model/task.ts";
import type { EventNames } from "../../src/views/event-families.ts";
import type { BlockerView, TaskView } from "../../src/views/task-view.ts";

export const noon = Date.UTC(2026, 10, 21, 12);
export const jules = toAgentId("jules");

export function givenDefinition(fields: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    node: "I_12",
    number: 12,
    title: "Add a login page",
    url: "https://github.com/octo/web/issues/12",
    createdAt: noon,
    updatedAt: noon,
    hash: "ab".repeat(32),
    priority: 2,
    estimateMinutes: 90,
    learnedMinutes: null,
    labels: [],
    needs: [],
    prefers: [],
    quickWin: false,
    mode: null,
    milestone: null,
    milestoneSpan: null,
    pinnedAgent: null,
    heldByLabel: false,
    isContainer: false,
    problems: [],
    isOpen: true,
    ...fields,
  };
}

export function givenTask(fields: Partial<Task> = {}): Task {
  return {
    id: toTaskId(1, 1012),
    definition: givenDefinition(),
    trust: { by: "mona", hash: "ab".repeat(32), at: noon },
    pendingReason: null,
    blockedBy: [],
    unblocked: [],
    isHeld: false,
    priorityOverride: null,
    estimateOverride: null,
    modeOverride: null,
    assignTo: null,
    assignment: null,
    attempts: [],
    failuresInRow: 0,
    refusals: 0,
    refusedBy: null,
    preemptions: 0,
    promised: null,
    readySince: null,
    escalated: null,
    mergeAsked: null,
    retryAt: null,
    pull: null,
    vendorPull: null,
    discardedPull: null,
    answeredFailure: null,
    cycle: null,
    pullDueAt: null,
    receipt: null,
    outcome: null,
    outcomeReason: null,
    upstreamFailed: null,
    manualReview: null,
    surface: { comment: null, digest: null, labels: [] },
    answer: null,
    ...fields,
  };
}

export function givenReasons(fields: Partial<AssignmentReasons> = {}): AssignmentReasons {
  return {
    algorithm: "priority",
    score: 1,
    parts: {},
    rank: 1,
    readyCount: 1,
    rejected: [],
    rejectedCount: {},
    match: 0.9,
    matchParts: {},
    note: null,
    ...fields,
  };
}

export function givenAssignment(fields: Partial<Assignment> = {}): Assignment {
  return {
    agent: jules,
    worker: toWorkerId(jules, 1),
    attempt: 1,
    fence: 7,
    phase: "running",
    assignedAt: noon,
    timeoutMs: 45 * 60_000,
    expectedMs: 30 * 60_000,
    waitedMs: 0,
    start: null,
    startedAt: noon,
    heardAt: noon,
    session: { id: "sessions/31", url: "https://jules.google.com/session/31" },
    reasons: givenReasons(),
    continues: null,
    run: null,
    claimedBy: null,
    question: null,
    cancelReason: null,
    preemptedFor: null,
    personAsked: false,
    ...fields,
  };
}

export function givenAttempt(fields: Partial<Attempt> = {}): Attempt {
  return {
    attempt: 1,
    fence: 7,
    agent: jules,
    worker: toWorkerId(jules, 1),
    session: { id: "sessions/31", url: "https://jules.google.com/session/31" },
    startedAt: noon,
    endedAt: noon + 12 * 60_000,
    result: "checks_failed",
    detail: "lint is red",
    costUsd: 0.5,
    branch: null,
    ...fields,
  };
}

export function givenPull(fields: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 40,
    url: "https://github.com/octo/web/pull/40",
    branch: "orchestrate/12-login",
    sha: "c0ffee".repeat(6),
    updatedAt: noon,
    state: "open",
    checks: "success",
    failedChecks: [],
    mergeable: "yes",
    ...fields,
  };
}

export function givenBlocker(fields: Partial<BlockerView> = {}): BlockerView {
  return {
    reference: "#3",
    url: "https://github.com/octo/web/issues/3",
    title: "Set up the database",
    state: "in_progress",
    kind: "hard",
    isOpen: true,
    ...fields,
  };
}

export function givenView(fields: Partial<TaskView> = {}): TaskView {
  return {
    task: givenTask(),
    status: "ready",
    blockers: [],
    waiting: [],
    agentNames: { jules: "Jules" },
    ...fields,
  };
}

export const names: EventNames = {
  task: (id) => `#${id.split(":").at(-1) ?? ""}`,
};
