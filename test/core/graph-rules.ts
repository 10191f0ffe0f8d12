/** What holds of the graph after every pass, found from the edges alone: who bears the name of a failed task, and who waits for itself. */
import type { State } from "../../src/state/state.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { Task } from "../../src/model/task.ts";

/** The sentences that are not true; `[]` when all is well. */
export function wrongInGraph(state: State): readonly string[] {
  const tasks = [...state.tasks.entries()].map(([, task]) => task);
  return tasks.flatMap((task) => [...wrongBlame(state, task), ...wrongCycle(state, task)]);
}

function wrongBlame(state: State, task: Task): readonly string[] {
  const failed = isOpen(task) ? failedBefore(state, task) : new Set<TaskId>();
  const { upstreamFailed } = task;
  if (upstreamFailed === null) return failed.size === 0 ? [] : [`${task.id} does not know that a blocker has failed`];
  return failed.has(upstreamFailed) ? [] : [`${task.id} bears the name of ${upstreamFailed}, which is not to blame`];
}

/** The failed tasks that it waits for over hard edges, with only open tasks between. */
function failedBefore(state: State, start: Task): ReadonlySet<TaskId> {
  const failed = new Set<TaskId>();
  const open = new Set([start]);
  for (const task of open) {
    for (const { on, kind } of task.blockedBy) {
      const blocker = kind === "hard" && !task.unblocked.includes(on) ? state.tasks.get(on) : undefined;
      if (blocker === undefined) continue;
      if (blocker.outcome === "failed") failed.add(on);
      else if (isOpen(blocker)) open.add(blocker);
    }
  }
  return failed;
}

function wrongCycle(state: State, { id, cycle }: Task): readonly string[] {
  const isInOne = before(state, id).has(id);
  if (cycle === null) return isInOne ? [`${id} does not know that it waits for itself`] : [];
  if (!isInOne) return [`${id} is said to wait for itself, and does not`];
  const isWayRound = cycle.every((each, place) => waitsFor(state, each).includes(cycle[place + 1] ?? id));
  return cycle[0] === id && isWayRound ? [] : [`the cycle of ${id} is none`];
}

/** What it waits for, directly or not. */
function before(state: State, start: TaskId): ReadonlySet<TaskId> {
  const found = new Set(waitsFor(state, start));
  for (const id of found) for (const on of waitsFor(state, id)) found.add(on);
  return found;
}

function waitsFor(state: State, id: TaskId): readonly TaskId[] {
  const task = state.tasks.get(id);
  if (task === undefined || !isOpen(task)) return [];
  return task.blockedBy.flatMap(({ on }) => (task.unblocked.includes(on) ? [] : [on]));
}

function isOpen(task: Task): boolean {
  return task.receipt === null && task.outcome === null;
}

/** The stages of these tasks and the earliest that is not over, by the definition: the longest chain, link by link. */
export function stagesOf(
  state: State,
  ids: readonly TaskId[],
): {
  readonly barrier: { readonly stage: number; readonly openCount: number } | null;
  readonly stages: readonly (number | null)[];
} {
  const tasks = [...state.tasks.entries()].map(([, task]) => task);
  const onTasks = (task: Task): readonly Task[] =>
    task.blockedBy.flatMap(({ on }) => (task.unblocked.includes(on) ? [] : (state.tasks.get(on) ?? [])));
  const inCircle = new Set(tasks.filter((task) => chainBefore(task, onTasks) === null));
  const links = (task: Task): readonly Task[] => (inCircle.has(task) && !isOpen(task) ? [] : onTasks(task));
  const stageOf = (task: Task | undefined): number | null => (task === undefined ? null : chainBefore(task, links));
  const work = tasks.filter((task) => isOpen(task) && !task.definition.isContainer);
  const open = work.flatMap((task) => stageOf(task) ?? []);
  const stage = Math.min(...open);
  const openCount = open.filter((each) => each === stage).length;
  return {
    barrier: open.length === 0 ? null : { stage, openCount },
    stages: ids.map((id) => stageOf(state.tasks.get(id))),
  };
}

/** One more than the longest chain before the task; null where it waits for itself, or for one that does. */
function chainBefore(task: Task, links: (task: Task) => readonly Task[], path: readonly Task[] = []): number | null {
  if (path.includes(task)) return null;
  let longest = 0;
  for (const blocker of links(task)) {
    const chain = chainBefore(blocker, links, [...path, task]);
    if (chain === null) return null;
    longest = Math.max(longest, chain);
  }
  return longest + 1;
}
