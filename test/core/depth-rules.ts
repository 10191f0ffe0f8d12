/** How many ready tasks could be started if workers were free, found by looking at each: what the core's count has to be. */
import type { Config } from "../../src/model/config.ts";
import { depthOf } from "../../src/core/queue-depth.ts";
import type { State } from "../../src/state/state.ts";
import type { TaskId } from "../../src/model/ids.ts";
import type { Task } from "../../src/model/task.ts";
import { stagesOf } from "./graph-rules.ts";

/** What is wrong with the count, where no task has two labels that limits count. */
export function wrongDepth(state: State, config: Config, now: number): readonly string[] {
  const found = depthOf(state, { now, config });
  const wanted = slowDepth(state, config);
  return found === wanted ? [] : [`${found} tasks could be started, and it is ${wanted}`];
}

function slowDepth(state: State, { strictStages, limits }: Config): number {
  const tasks = [...state.tasks.entries()].map(([, task]) => task);
  const inFlight = tasks.filter((task) => task.assignment !== null);
  let ready = tasks.filter((task) => state.ready.has(task.id));
  if (strictStages) ready = ready.filter((task) => isBeforeBarrier(state, task.id));
  for (const [label, limit] of Object.entries(limits.labels)) {
    const room = Math.max(0, limit - inFlight.filter((task) => hasLabel(task, label)).length);
    const [limited, free] = [
      ready.filter((task) => hasLabel(task, label)),
      ready.filter((task) => !hasLabel(task, label)),
    ];
    ready = [...free, ...limited.slice(0, room)];
  }
  return Math.min(ready.length, Math.max(0, (limits.inProgress ?? Number.POSITIVE_INFINITY) - inFlight.length));
}

function isBeforeBarrier(state: State, id: TaskId): boolean {
  const { barrier, stages } = stagesOf(state, [id]);
  return barrier === null || (stages[0] ?? 0) <= barrier.stage;
}

function hasLabel({ definition }: Task, label: string): boolean {
  return label === "quick-win" ? definition.quickWin : definition.labels.includes(label);
}
