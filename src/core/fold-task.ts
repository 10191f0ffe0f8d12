/** How events about a task and its place in the graph change the state. */
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import { dateOfWait } from "../model/external-wait.ts";
import type { Dependency, External, Task, TaskDefinition } from "../model/task.ts";
import { noteMilestone } from "./fold-mode.ts";
import { ownTask, type State } from "./state.ts";

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
export function compactDefinition(definition: TaskDefinition): TaskDefinition {
  const { labels, needs, prefers, problems } = definition;
  return {
    ...definition,
    labels: shared(labels),
    needs: shared(needs),
    prefers: shared(prefers),
    problems: shared(problems),
  };
}

function newTask(id: TaskId, definition: TaskDefinition): Task {
  return {
    id,
    definition,
    trust: null,
    pendingReason: null,
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
    promised: null,
    readySince: null,
    escalated: null,
    retryAt: null,
    pull: null,
    vendorPull: null,
    discardedPull: null,
    mergeAsked: null,
    answeredFailure: null,
    cycle: null,
    pullDueAt: null,
    receipt: null,
    outcome: null,
    outcomeReason: null,
    upstreamFailed: null,
    manualReview: null,
    surface: noSurface,
    answer: null,
  };
}

export function foldTaskTracked(state: State, event: EventOf<"TaskTracked">): void {
  state.tasks.set(event.task, newTask(event.task, compactDefinition(event.definition)));
  state.numbers.set(event.definition.number, event.task);
  state.externals.delete(event.task);
  noteMilestone(state, event.definition);
}

export function foldTaskRevised(state: State, event: EventOf<"TaskRevised">): void {
  const task = ownTask(state, event.task);
  if (task.definition.number !== event.definition.number) {
    state.numbers.delete(task.definition.number);
    state.numbers.set(event.definition.number, event.task);
  }
  task.definition = compactDefinition(event.definition);
  noteMilestone(state, event.definition);
}

export function foldTaskUntracked(state: State, event: EventOf<"TaskUntracked">): void {
  const task = ownTask(state, event.task);
  for (const dependency of task.blockedBy) {
    unlink(state, dependency.on, event.task);
    state.unsettled.push(dependency.on);
  }
  if (task.cycle !== null) state.cyclicCount -= 1;
  state.numbers.delete(task.definition.number);
  if (task.pull !== null) state.pulls.delete(task.pull.number);
  if (task.discardedPull !== null) state.pulls.delete(task.discardedPull);
  state.tasks.delete(event.task);
  state.dossiers.delete(event.task);
  state.ready.delete(event.task);
  state.backingOff.delete(event.task);
  state.active.delete(event.task);
  state.merging.delete(event.task);
}

export function foldTaskTrusted(state: State, event: EventOf<"TaskTrusted">): void {
  const task = ownTask(state, event.task);
  // The same text is the same string: one less of sixty-four characters a task.
  const hash = event.hash === task.definition.hash ? task.definition.hash : event.hash;
  task.trust = { by: event.by, hash, at: state.at };
  task.pendingReason = null;
}

export function foldApprovalRequired(state: State, event: EventOf<"ApprovalRequired">): void {
  ownTask(state, event.task).pendingReason = event.reason;
}

export function foldDependenciesChanged(state: State, event: EventOf<"DependenciesChanged">): void {
  const task = ownTask(state, event.task);
  const wanted = new Set(event.blockedBy.map((dependency) => dependency.on));
  for (const dependency of task.blockedBy) {
    state.unsettled.push(dependency.on);
    if (!wanted.has(dependency.on)) unlink(state, dependency.on, task.id);
  }
  const blockedBy = event.blockedBy.map((dependency) => withKnownId(state, dependency));
  for (const dependency of blockedBy) link(state, dependency, task.id);
  task.blockedBy = blockedBy;
}

/** The id of a blocker that is tracked is kept once: in a log it is written again with each edge. */
function withKnownId(state: State, dependency: Dependency): Dependency {
  const blocker = state.tasks.get(dependency.on);
  return blocker === undefined ? dependency : { ...dependency, on: blocker.id };
}

function link(state: State, dependency: Dependency, waiter: TaskId): void {
  const waiters = state.dependents.get(dependency.on);
  if (waiters === undefined) state.dependents.set(dependency.on, [waiter]);
  else if (!waiters.includes(waiter)) state.dependents.set(dependency.on, insertSorted(waiters, waiter));
}

/** Sorted, as after a snapshot: consequences follow in the same order on every machine. */
function insertSorted(ids: readonly TaskId[], id: TaskId): readonly TaskId[] {
  const place = ids.findIndex((each) => each > id);
  return place === -1 ? ids.concat(id) : ids.toSpliced(place, 0, id);
}

function unlink(state: State, on: TaskId, waiter: TaskId): void {
  const waiters = (state.dependents.get(on) ?? []).filter((id) => id !== waiter);
  if (waiters.length > 0) state.dependents.set(on, waiters);
  else state.dependents.delete(on);
}

export function foldDependencyWaived(state: State, event: EventOf<"DependencyWaived">): void {
  const task = ownTask(state, event.task);
  task.unblocked = [...task.unblocked.filter((id) => id !== event.on), event.on];
  state.unsettled.push(event.on);
}

export function foldCycleReported(state: State, event: EventOf<"CycleReported">): void {
  const task = ownTask(state, event.task);
  state.cyclicCount += (event.cycle === null ? 0 : 1) - (task.cycle === null ? 0 : 1);
  task.cycle = event.cycle;
}

export function foldExternalObserved(state: State, event: EventOf<"ExternalObserved">): void {
  state.externals.set(event.external.id, event.external);
  indexDate(state, event.external);
}

/** A date that has not come is waited for by the clock. */
export function indexDate(state: State, external: External): void {
  if (external.waitsFor !== "date") return;
  const at = external.state === "open" ? dateOfWait(external.id) : null;
  if (at === null) state.dates.delete(external.id);
  else state.dates.set(external.id, at);
}

export function foldPriorityOverridden(state: State, event: EventOf<"PriorityOverridden">): void {
  ownTask(state, event.task).priorityOverride = event.priority;
}

export function foldEstimateOverridden(state: State, event: EventOf<"EstimateOverridden">): void {
  ownTask(state, event.task).estimateOverride = event.minutes;
}

export function foldTaskHeld(state: State, event: EventOf<"TaskHeld">): void {
  ownTask(state, event.task).isHeld = true;
}

export function foldTaskResumed(state: State, event: EventOf<"TaskResumed">): void {
  ownTask(state, event.task).isHeld = false;
}

/** Told once, so that it is not told again; a start, an end or a retry makes it new. */
export function foldTaskEscalated(state: State, event: EventOf<"TaskEscalated">): void {
  ownTask(state, event.task).escalated = event.reason;
}

export function foldEscalationLifted(state: State, event: EventOf<"EscalationLifted">): void {
  ownTask(state, event.task).escalated = null;
}

export function foldAssignmentRequested(state: State, event: EventOf<"AssignmentRequested">): void {
  ownTask(state, event.task).assignTo = { agent: event.agent, worker: event.worker };
}
