/** From the state after a run, and what the run has appended, to what its summary is told. */
import type { Context } from "../model/context.ts";
import { readyInOrder } from "../core/rank-ready.ts";
import { isEnded, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "../core/waiting.ts";
import type { Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { GraphTask } from "../views/graph-task.ts";
import type { RunView } from "../views/run-summary.ts";
import type { TaskView } from "../views/task-view.ts";
import { toOverview, toTaskView } from "./task-views.ts";

/** As many as a page shows. */
const waitingMax = 50;

const ends: ReadonlySet<Event["type"]> = new Set(["TaskCompleted", "TaskFailed", "TaskCancelled"]);

interface Ran {
  readonly state: State;
  readonly context: Context;
  /** What this run has appended. */
  readonly events: readonly Event[];
}

type Tasks = Pick<RunView, "overview" | "started" | "ended" | "waiting" | "waitingCount" | "graph">;

/** What the run did to the tasks, and how they stand after it. */
export function toRunView({ state, context, events }: Ran): Tasks {
  const waiting = waitingTasks(state, context);
  return {
    overview: toOverview(state, context),
    started: viewsOf({ state, context, events }, (event) => event.type === "TaskAssigned"),
    ended: viewsOf({ state, context, events }, (event) => ends.has(event.type)),
    waiting: waiting.slice(0, waitingMax).map((task) => toTaskView(state, task, context)),
    waitingCount: waiting.length,
    graph: toGraphTasks(state),
  };
}

/** The tasks of those events, each once, as they are now. */
function viewsOf({ state, context, events }: Ran, isWanted: (event: Event) => boolean): readonly TaskView[] {
  const ids = new Set<TaskId>();
  for (const event of events) if (isWanted(event) && "task" in event && event.task !== null) ids.add(event.task);
  return [...ids].flatMap((id) => {
    const task = state.tasks.get(id);
    return task === undefined ? [] : [toTaskView(state, task, context)];
  });
}

/** The best ready ones first, then the others as they came; none that runs, is under review or has ended. */
function waitingTasks(state: State, context: Context): readonly Task[] {
  const first = new Set<TaskId>();
  for (const { id } of readyInOrder(state, context)) {
    if (first.size >= waitingMax) break;
    first.add(id);
  }
  const rest = [...state.tasks.keys()].filter((id) => !first.has(id));
  return [...first, ...rest].flatMap((id) => {
    const task = state.tasks.get(id);
    const isWaiting =
      task !== undefined && !isEnded(task) && task.assignment === null && statusOf(state, task) !== "review";
    return isWaiting ? [task] : [];
  });
}

/** Every task with its edges, as the graph is drawn from. What a task waits for outside is not in it. */
export function toGraphTasks(state: State): readonly GraphTask[] {
  return [...state.tasks.entries()].map(([, task]) => ({
    reference: `#${task.definition.number}`,
    title: task.definition.title,
    status: statusOf(state, task),
    group: task.definition.milestone,
    blockedBy: task.blockedBy
      .filter(({ on }) => !task.unblocked.includes(on))
      .map(({ on, kind }) => ({ reference: referenceOf(state, on), kind })),
    isInCycle: task.cycle !== null,
  }));
}
