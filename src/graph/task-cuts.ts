/** Which dependencies between tasks to cut so that no cycle is left: the proposal to a person, in their ids. */
import { cheapestCut } from "./cheapest-cut.ts";
import { cycles } from "./cycles.ts";
import { topologicalOrder } from "./order.ts";
import type { TaskGraph } from "./task-graph.ts";

export interface TaskCut<Id extends string> {
  /** In each, `blocker` would no longer block `blocked`; by their places among the tasks. */
  readonly edges: readonly { readonly blocker: Id; readonly blocked: Id }[];
  readonly cost: number;
  /** Whether it is known that nothing is cheaper; always so for cycles among up to 14 tasks. */
  readonly isCheapest: boolean;
}

/**
 * For each of `analyseTasks(graph).cycles`, in that order, the cheapest cut of the whole knot around it. `costOf` says what
 * it costs to cut an edge: 0 or more, and Infinity for one that must stay. Null where a cycle has only such edges.
 */
export function cheapestTaskCuts<Id extends string>(
  graph: TaskGraph<Id>,
  costOf: (blocker: Id, blocked: Id) => number,
): readonly (TaskCut<Id> | null)[] {
  const idOf = (node: number): Id => graph.ids[node] as Id;
  return cycles(graph.all, topologicalOrder(graph.all)).map(({ members }) => {
    const cut = cheapestCut(graph.all, members, (from, to) => costOf(idOf(from), idOf(to)));
    return cut && { ...cut, edges: cut.edges.map(([from, to]) => ({ blocker: idOf(from), blocked: idOf(to) })) };
  });
}
