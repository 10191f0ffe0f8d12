/** Which edges of a dependency cycle to take out, at the least cost: what a machine read goes before what a person said. */
import { cheapestCut } from "../graph/cheapest-cut.ts";
import { buildGraph } from "../graph/graph.ts";
import type { TaskId } from "../model/ids.ts";
import type { Dependency } from "../model/task.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";

/** `task` waits for `on`. */
export interface ProposedCut {
  readonly task: TaskId;
  readonly on: TaskId;
}

/** A soft edge is the least that is lost; one that a person made by command is proposed only where every edge is one. */
const costs: Readonly<Record<Dependency["source"], number>> = { body: 2, native: 5, sub_issue: 5, command: 1_000 };
const softCost = 1;

/**
 * The edges among the tasks of `cycle` without which they wait for each other no more; `[]` when they do not. Nothing is cut
 * here: a person says so with `/orchestrate unblock`. The same for every task of the cycle, wherever it begins.
 */
export function proposeCut(state: State, cycle: readonly TaskId[]): readonly ProposedCut[] {
  const members = cycle.toSorted((a, b) => numberOf(state, a) - numberOf(state, b) || (a < b ? -1 : 1));
  const places = new Map(members.map((id, place) => [id, place]));
  const edges: number[] = [];
  const costOf = new Map<string, number>();
  for (const [place, id] of members.entries()) {
    const task = state.tasks.get(id);
    if (task === undefined || isEnded(task)) continue;
    for (const edge of task.blockedBy) {
      const from = places.get(edge.on);
      if (from === undefined || task.unblocked.includes(edge.on)) continue;
      edges.push(from, place);
      const cost = edge.source !== "command" && edge.kind === "soft" ? softCost : costs[edge.source];
      costOf.set(`${from} ${place}`, cost);
    }
  }
  const everyone = members.map((_, place) => place);
  const cut = cheapestCut(buildGraph(members.length, edges), everyone, (from, to) => costOf.get(`${from} ${to}`) ?? 0);
  return (cut?.edges ?? []).flatMap(([from, to]) => {
    const [on, task] = [members[from], members[to]];
    return on === undefined || task === undefined ? [] : [{ task, on }];
  });
}

function numberOf(state: State, id: TaskId): number {
  return state.tasks.get(id)?.definition.number ?? 0;
}
