/** How events about a task and its place in the graph change the state. */
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import { dateOfWait } from "../model/external-wait.ts";
import type { Dependency, External } from "../model/task.ts";
import { forgetLastCommand } from "./command.ts";
import { noteMilestone } from "./mode.ts";
import { endSwarm } from "./swarm.ts";
import { ownTask, type State } from "../state/state.ts";
import { compactDefinition, newTask } from "../state/task-record.ts";

export function foldTaskTracked(state: State, event: EventOf<"TaskTracked">): void {
  // Its blockers or dependents may have named it before: each id is kept once.
  const id = state.numbering.keyOf(state.numbering.number(event.task));
  state.tasks.set(id, newTask(id, event.definition));
  state.numbers.set(event.definition.number, id);
  state.externals.delete(event.task);
  noteMilestone(state, event.definition);
}

export function foldTaskRevised(state: State, event: EventOf<"TaskRevised">): void {
  const task = ownTask(state, event.task);
  if (task.definition.number !== event.definition.number) {
    state.numbers.delete(task.definition.number);
    state.numbers.set(event.definition.number, event.task);
  }
  if (event.definition.isOpen && !task.definition.isOpen) task.isReopening = false;
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
  state.blockers.delete(event.task);
  state.watched.delete(event.task);
  state.hands.delete(event.task);
  state.dossiers.delete(event.task);
  endSwarm(state, event.task);
  state.splits.delete(event.task);
  forgetLastCommand(state, event.task, null);
  state.ready.delete(event.task);
  state.kinds.touch(state.numbering.find(event.task));
  state.backingOff.delete(event.task);
  state.failed.delete(event.task);
  state.active.delete(event.task);
  state.merging.delete(event.task);
}

export function foldTaskTrusted(state: State, event: EventOf<"TaskTrusted">): void {
  const task = ownTask(state, event.task);
  // The same text is the same string: one less of sixty-four characters a task.
  const hash = event.hash === task.definition.hash ? task.definition.hash : event.hash;
  task.trust = { by: event.by, hash, at: state.at };
  task.pendingReason = null;
  if (event.isWaiver !== true) return;
  task.waived = hash;
  task.duplicateOf = null;
}

export function foldDuplicateFound(state: State, event: EventOf<"DuplicateFound">): void {
  ownTask(state, event.task).duplicateOf = event.of;
}

export function foldDuplicateLifted(state: State, event: EventOf<"DuplicateLifted">): void {
  ownTask(state, event.task).duplicateOf = null;
}

export function foldApprovalRequired(state: State, event: EventOf<"ApprovalRequired">): void {
  const task = ownTask(state, event.task);
  task.pendingReason = event.reason;
  // Whoever approves it then approves all of it.
  task.waived = null;
}

export function foldDependenciesChanged(state: State, event: EventOf<"DependenciesChanged">): void {
  const task = ownTask(state, event.task);
  for (const { on } of task.blockedBy) {
    state.unsettled.push(on);
    if (!event.blockedBy.some((wanted) => wanted.on === on)) unlink(state, on, task.id);
  }
  const waiter = state.numbering.number(task.id);
  const blockers = event.blockedBy.map(({ on }) => state.numbering.number(on));
  for (const blocker of blockers) link(state, blocker, waiter);
  state.blockers.setAt(waiter, blockers.length > 0 ? blockers : undefined);
  task.blockedBy = event.blockedBy.map((edge, at) => keptEdge(edge, state.numbering.keyOf(blockers[at] as number)));
}

/** The edge as it is kept: the id of a blocker is there once, while a log writes it again with each edge. */
function keptEdge({ kind, source, partial }: Dependency, on: TaskId): Dependency {
  return partial === undefined ? { on, kind, source } : { on, kind, source, partial };
}

function link(state: State, on: number, waiter: number): void {
  const waiters = state.dependents.at(on);
  if (waiters === undefined) state.dependents.setAt(on, [waiter]);
  else if (!waiters.includes(waiter)) state.dependents.setAt(on, insertSorted(state, waiters, waiter));
}

/** Sorted by id, as after a snapshot: consequences follow in the same order on every machine. */
function insertSorted(state: State, waiters: readonly number[], waiter: number): readonly number[] {
  const { numbering } = state;
  const id = numbering.keyOf(waiter);
  const place = waiters.findIndex((each) => numbering.keyOf(each) > id);
  return place === -1 ? waiters.concat(waiter) : waiters.toSpliced(place, 0, waiter);
}

function unlink(state: State, on: TaskId, waiter: TaskId): void {
  const own = state.numbering.find(waiter);
  const waiters = (state.dependents.get(on) ?? []).filter((number) => number !== own);
  if (waiters.length > 0) state.dependents.set(on, waiters);
  else state.dependents.delete(on);
}

export function foldDependencyWaived(state: State, event: EventOf<"DependencyWaived">): void {
  const task = ownTask(state, event.task);
  task.unblocked = [...task.unblocked.filter((id) => id !== event.on), event.on];
  state.unsettled.push(event.on);
}

export function foldDependencyRestored(state: State, event: EventOf<"DependencyRestored">): void {
  const task = ownTask(state, event.task);
  task.unblocked = task.unblocked.filter((id) => id !== event.on);
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
  const task = ownTask(state, event.task);
  task.escalated = event.reason;
  task.escalatedBy = event.by ?? null;
}

export function foldEscalationLifted(state: State, event: EventOf<"EscalationLifted">): void {
  ownTask(state, event.task).escalated = null;
}

export function foldAssignmentRequested(state: State, event: EventOf<"AssignmentRequested">): void {
  ownTask(state, event.task).assignTo = { agent: event.agent, worker: event.worker };
}

export function foldAssignmentWithdrawn(state: State, event: EventOf<"AssignmentWithdrawn">): void {
  ownTask(state, event.task).assignTo = null;
}
