/**
 * Two open issues that say the same are one piece of work: one of them goes on, the others are held until a person says which is meant, or
 * until that one ends. Judged after every command, by what it changed, so that no door can forget it.
 */
import type { EventType } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { firstOf, type Copy } from "../planning/duplicates.ts";
import type { Decision } from "./decision.ts";

/** What a task says, whether it is open, who may work on it and what it waits for: nothing else changes which of two goes on. */
const telling: ReadonlySet<EventType> = new Set<EventType>([
  "TaskTracked",
  "TaskRevised",
  "TaskUntracked",
  "TaskTrusted",
  "ApprovalRequired",
  "DependenciesChanged",
  "TaskCompleted",
  "ReceiptRevoked",
  "TaskFailed",
  "TaskCancelled",
  "TaskReopened",
]);

/** Judges the tasks that the events of the decision speak of, and those that are held for them. */
export function reviseDuplicates(decision: Decision): void {
  let ids: Set<TaskId> | null = null;
  for (const event of decision.events) {
    if (!telling.has(event.type) || !("task" in event) || event.task === null) continue;
    ids ??= new Set();
    ids.add(event.task);
  }
  if (ids !== null) revise(decision, ids);
}

/** Another configuration may compare otherwise, or not at all: every task once, which is once for each configuration. */
export function reviseAllDuplicates(decision: Decision): void {
  revise(decision, decision.state.tasks.keys());
}

function revise(decision: Decision, ids: Iterable<TaskId>): void {
  const { state, context } = decision;
  const by = context.config.ready.duplicates;
  let found: Set<number> | null = null;
  for (const id of ids) {
    const number = state.numbering.find(id);
    if (state.sameText.isAlone(state, number, by)) continue;
    found ??= new Set();
    // Itself, too, where it says nothing that is compared: it may have been held before.
    for (const own of [number, ...state.sameText.heldFor(state, number, by)]) {
      found.add(own);
      for (const like of state.sameText.likeOf(state, own, by)) found.add(like);
    }
  }
  if (found === null) return;
  const held = [...found].flatMap((number) => wantedFor(decision, number));
  for (const { task, of } of held.toSorted((one, other) => (one.task.id < other.task.id ? -1 : 1))) {
    if (of === null) decision.emit({ type: "DuplicateLifted", task: task.id });
    else decision.emit({ type: "DuplicateFound", task: task.id, of });
  }
}

interface Held {
  readonly task: Task;
  readonly of: TaskId | null;
}

/** What is to be said of the task; `[]` where it stands already. */
function wantedFor({ state, context }: Decision, number: number): readonly Held[] {
  const task = state.tasks.at(number);
  if (task === undefined) return [];
  const like = state.sameText.likeOf(state, number, context.config.ready.duplicates);
  const of =
    like.length < 2
      ? null
      : whomFor(
          task,
          like.flatMap((each) => state.tasks.at(each) ?? []),
        );
  return of === (task.duplicateOf ?? null) ? [] : [{ task, of }];
}

/** The task that goes on in its place; null where it goes on itself. */
function whomFor(task: Task, like: readonly Task[]): TaskId | null {
  const own = copyOf(task);
  const first = firstOf(like.map(copyOf));
  if (first === null || first.task.id === task.id || own.hasBegun || own.isMeant) return null;
  // Whoever made one wait for the other knows of both.
  return isBehind(task, first.task) || isBehind(first.task, task) ? null : first.task.id;
}

function isBehind(task: Task, other: Task): boolean {
  return task.blockedBy.some(({ on }) => on === other.id);
}

function copyOf(task: Task): Copy & { readonly task: Task } {
  const { definition, trust, pendingReason, waived } = task;
  return {
    task,
    number: definition.number,
    hasBegun: task.assignment !== null || task.attempts.length > 0 || task.pull !== null,
    isTrusted: trust !== null && pendingReason === null,
    isMeant: waived === definition.hash,
  };
}
