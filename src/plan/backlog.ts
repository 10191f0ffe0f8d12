/** The plan of a backlog: the order of all open work in one mode, what waits and for what, and who takes what first. */
import type { Plan } from "../model/plan.ts";
import { cheapestTaskCuts } from "../graph/task-cuts.ts";
import { assignReady } from "./assign.ts";
import type { Backlog } from "./input.ts";
import { orderOfWork } from "./order.ts";
import { rankWork, ranksOf, surveyWork, type OpenWork } from "./work.ts";

/** Plans the backlog in its mode. The same backlog gives the same plan; nothing in it is ever an error. */
export function planBacklog(backlog: Backlog): Plan {
  const { mode } = backlog;
  const work = surveyWork(backlog);
  const { tasks, graph, whole, reachable } = work;
  const ranking = rankWork(work, mode);
  const order = orderOfWork(graph.all, ranksOf(work, ranking), work.isDead);
  const scores = new Map(ranking.map(({ id, score }) => [id, score]));
  const startable = new Map(tasks.filter(work.isReady).map((task) => [task.id, task]));
  const ready = ranking.filter(({ id }) => startable.has(id));
  return {
    mode,
    order: Array.from(order, (node) => graph.ids[node] as string),
    ready: ready.map(({ id }) => id),
    blocked: work.blocked,
    stages: reachable.stages,
    criticalPath: reachable.criticalPath,
    impact: new Map(work.inputs.map(({ id, impact }) => [id, impact])),
    impactError: whole.impactCertainty.isExact ? null : whole.impactCertainty.relativeError,
    scores: new Map(tasks.map(({ id }) => [id, scores.get(id) ?? 0])),
    cycles: whole.cycles,
    cuts: proposeCuts(work),
    assignments: assignReady(backlog, ready, startable),
  };
}

const softCost = 1;
const hardCost = 2;

function proposeCuts({ graph, tasks, whole }: OpenWork): Plan["cuts"] {
  if (whole.cycles.length === 0) return [];
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const costOf = (blocker: string, blocked: string): number =>
    byId.get(blocked)?.blockedBy.some(({ on, kind }) => on === blocker && kind === "hard") === true
      ? hardCost
      : softCost;
  return cheapestTaskCuts(graph, costOf).map((cut) => cut?.edges ?? []);
}
