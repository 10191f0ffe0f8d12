/** Edges: what an issue waits for now, the far ends that are not tasks here, and cycles, which only a person may cut. */
import type { TaskId } from "../model/ids.ts";
import type { IssueFacts } from "../model/observation.ts";
import type { Dependency } from "../model/task.ts";
import { isBlameOver, reviseUpstream } from "./decide-upstream.ts";
import { blockersOf, defineDependencies, isSameEdges } from "./define-task.ts";
import type { Decision } from "./decision.ts";
import { emitExternal } from "./externals.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";

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
  else if (isBlameOver(decision.state, task)) reviseUpstream(decision, facts.id);
}

/** Sets the edges of a task and follows up: cycles that came or went, failures upstream. */
export function changeDependencies(decision: Decision, id: TaskId, blockedBy: readonly Dependency[]): void {
  decision.emit({ type: "DependenciesChanged", task: id, blockedBy });
  reportCycles(decision, id);
  reviseUpstream(decision, id);
}

/** A cycle through `id` is told on each of its tasks; one that is no more is taken back from each. */
export function reportCycles(decision: Decision, id: TaskId): void {
  const before = decision.state.tasks.get(id)?.cycle ?? null;
  const cycle = findCycle(decision.state, id);
  for (const member of new Set([...(before ?? []), ...(cycle ?? [])])) {
    const task = decision.state.tasks.get(member);
    if (task === undefined) continue;
    const own = member === id ? cycle : findCycle(decision.state, member);
    if ((own === null) !== (task.cycle === null)) decision.emit({ type: "CycleReported", task: member, cycle: own });
  }
}

/** A way from `start` along its blockers back to itself, shortest first; null when there is none. */
export function findCycle(state: State, start: TaskId): readonly TaskId[] | null {
  // Where nobody waits for it no way leads back: most tasks are told so without a search.
  if (!state.dependents.has(start)) return null;
  const cameFrom = new Map<TaskId, TaskId>();
  const queue: TaskId[] = [start];
  for (let head = 0; head < queue.length; head += 1) {
    const current = queue[head] as TaskId;
    for (const next of blockersLeft(state, current)) {
      if (next === start) return pathTo(cameFrom, start, current);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, current);
      queue.push(next);
    }
  }
  return null;
}

function blockersLeft(state: State, id: TaskId): readonly TaskId[] {
  const task = state.tasks.get(id);
  if (task === undefined || isEnded(task)) return [];
  return task.blockedBy.filter((edge) => !task.unblocked.includes(edge.on)).map((edge) => edge.on);
}

function pathTo(cameFrom: ReadonlyMap<TaskId, TaskId>, start: TaskId, end: TaskId): readonly TaskId[] {
  const path: TaskId[] = [];
  for (let at: TaskId | undefined = end; at !== undefined && at !== start; at = cameFrom.get(at)) path.unshift(at);
  return [start, ...path];
}
