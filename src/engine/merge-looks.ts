/** Which pull requests are looked at again at once, because what kept them from being merged by us may be gone. */
import { mergesAtAll } from "../core/decide-merge.ts";
import type { State } from "../state/state.ts";
import type { Config } from "../model/config.ts";
import { effectKey } from "../model/effect.ts";
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";

/** What a look may find changed by these events. */
interface Change {
  /** Everything may be merged again. */
  readonly isOpenAgain: boolean;
  /** Merges of these are over, or they wait for something else by now. */
  readonly moved: ReadonlySet<TaskId>;
  /** Merges may be done or given up that are named by their effects alone. */
  readonly isSettled: boolean;
}

/** Numbers; `[]` where nobody merges but people. */
export function pullsToLookAt(state: State, events: readonly Event[], config: Config): readonly number[] {
  if (!mergesAtAll(state, config)) return [];
  const change: Change = {
    isOpenAgain: events.some(({ type }) => type === "ConfigurationAccepted" || type === "OrchestrationResumed"),
    moved: new Set(events.flatMap(movedBy)),
    isSettled: events.some(({ type }) => type === "EffectSettled"),
  };
  if (change.moved.size === 0 && !change.isOpenAgain && !change.isSettled) return [];
  const numbers: number[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task?.pull?.state === "open" && isWorthALook(state, task, change)) numbers.push(task.pull.number);
  }
  return numbers;
}

function movedBy(event: Event): readonly TaskId[] {
  switch (event.type) {
    // Another merge may go on: this one has landed, or has come to nothing.
    case "TaskCompleted":
    case "TaskFailed":
    case "TaskCancelled":
    case "RetryScheduled":
    case "ManualReviewRequired":
    case "TaskEscalated":
    case "TaskUntracked":
    // Its own merge may go on.
    case "TaskResumed":
    case "TaskTrusted":
    case "DependencyWaived":
    case "DependenciesChanged":
      return [event.task];
    default:
      return [];
  }
}

/** Its merge was put off for one of these, it is one of them, or it was merged just now and nobody has seen that yet. */
function isWorthALook(state: State, task: Task, { isOpenAgain, moved, isSettled }: Change): boolean {
  const wait = task.mergeWait ?? null;
  if (isOpenAgain || moved.has(task.id)) return true;
  if (isSettled && isMergedUnseen(state, task)) return true;
  if (wait === null) return false;
  return (
    moved.has(wait.on) || (isSettled && (wait.why === "overlap" || wait.why === "turn") && !state.merging.has(wait.on))
  );
}

/** Asked for, and asked for no more, without having come to nothing: what we do ourselves starts no run that would see it. */
function isMergedUnseen(state: State, { id, mergeAsked }: Task): boolean {
  if (mergeAsked === null || mergeAsked.way !== undefined || mergeAsked.isBehind === true || !state.merging.has(id))
    return false;
  const { pull, sha } = mergeAsked;
  return !state.outboxKeys.has(effectKey({ type: "MergePull", task: id, pull, sha }));
}
