/** Edges: what an issue waits for now, and the far ends that are not tasks here. */
import type { TaskId } from "../model/ids.ts";
import type { IssueFacts } from "../model/observation.ts";
import type { Dependency, Task } from "../model/task.ts";
import { isCycleOver, reportCycles } from "./decide-cycles.ts";
import { isBlameOver, reviseUpstream } from "./decide-upstream.ts";
import { blockersOf, defineDependencies, isSameEdges } from "./define-task.ts";
import type { Decision } from "./decision.ts";
import { emitExternal } from "./externals.ts";

export function decideDependencies(decision: Decision, facts: IssueFacts): void {
  const task = decision.state.tasks.get(facts.id);
  if (task === undefined) return;
  const edges = defineDependencies(facts, task, task.trust?.hash === facts.hash);
  for (const blocker of blockersOf(facts)) {
    const isEdge = edges.some((edge) => edge.on === blocker.id);
    if (!isEdge || decision.state.tasks.has(blocker.id)) continue;
    const { id, reference, url, state, waitsFor } = blocker;
    emitExternal(decision, { id, reference, url, state, ...(waitsFor === undefined ? {} : { waitsFor }) });
  }
  if (!isSameEdges(edges, task.blockedBy)) changeDependencies(decision, facts.id, edges);
  else mend(decision, task);
}

/** What a log of an older version may say of the task, and is no longer so. */
function mend(decision: Decision, task: Task): void {
  if (isCycleOver(decision.state, task.id)) reportCycles(decision, task.id);
  if (isBlameOver(decision.state, task)) reviseUpstream(decision, task.id);
}

/** Sets the edges of a task and follows up: cycles that came or went, failures upstream. */
export function changeDependencies(decision: Decision, id: TaskId, blockedBy: readonly Dependency[]): void {
  decision.emit({ type: "DependenciesChanged", task: id, blockedBy });
  reportCycles(decision, id);
  reviseUpstream(decision, id);
}
