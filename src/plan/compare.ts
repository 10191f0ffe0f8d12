/**
 * What each mode makes of the same backlog: list scheduling, in which a free slot takes the best task that can be started, and
 * a task takes as long as it was estimated. Slots are all alike, and work that is under way begins anew.
 */
import { modes, type Mode } from "../model/mode.ts";
import type { Comparison, ModeFigures } from "../model/plan.ts";
import type { Ranked } from "../ranking/rank.ts";
import { defaultCapacity } from "./defaults.ts";
import { NumberHeap } from "../graph/number-heap.ts";
import type { Backlog } from "./input.ts";
import { createRelease, orderOfWork } from "./order.ts";
import { rankWork, ranksOf, surveyWork, type OpenWork } from "./work.ts";

const nobody: ReadonlySet<string> = new Set();

/**
 * Works through everything that can be reached, once in each mode. The same backlog gives the same figures. Tasks that are `underWay` have
 * their slots already: they go before all others, in every mode.
 */
export function compareModes(backlog: Backlog, underWay: ReadonlySet<string> = nobody): Comparison {
  const work = surveyWork(backlog);
  const capacity = backlog.agents.reduce((sum, agent) => sum + agent.capacity, 0) || defaultCapacity;
  const ranks = modes.map((mode) => ({ mode, ranks: ranksOf(work, underWayFirst(rankWork(work, mode), underWay)) }));
  const reached = orderOfWork(work.graph.all, ranks[0]?.ranks ?? new Int32Array(0), work.isDead);
  const workMinutes = reached.reduce((sum, node) => sum + (work.graph.minutes[node] as number), 0);
  const criticalPathMinutes = work.reachable.criticalPath.minutes;
  const lowerBoundMinutes = Math.max(criticalPathMinutes, workMinutes / capacity);
  return {
    tasks: reached.length,
    capacity,
    workMinutes,
    criticalPathMinutes,
    lowerBoundMinutes,
    modes: ranks.map((each) =>
      toFigures(each.mode, { work, run: playWork(work, each.ranks, capacity), lowerBoundMinutes }),
    ),
  };
}

function underWayFirst(ranking: readonly Ranked[], underWay: ReadonlySet<string>): readonly Ranked[] {
  if (underWay.size === 0) return ranking;
  return [...ranking.filter(({ id }) => underWay.has(id)), ...ranking.filter(({ id }) => !underWay.has(id))];
}

interface Run {
  /** Minutes since the start; -1 for what was never reached. */
  readonly startableAt: Float64Array;
  readonly doneAt: Float64Array;
}

/** At each instant everything that ends then is done before anything new is taken. */
function playWork({ graph, isDead }: OpenWork, ranks: Int32Array, capacity: number): Run {
  const startableAt = new Float64Array(graph.all.count).fill(-1);
  const doneAt = new Float64Array(graph.all.count).fill(-1);
  const startable = new NumberHeap((a, b) => (ranks[a] as number) < (ranks[b] as number));
  const running = new NumberHeap((a, b) => (doneAt[a] as number) < (doneAt[b] as number));
  let now = 0;
  const release = createRelease(graph.all, isDead, (node) => {
    startableAt[node] = now;
    startable.push(node);
  });
  for (;;) {
    while (running.size < capacity) {
      const node = startable.pop();
      if (node === undefined) break;
      doneAt[node] = now + (graph.minutes[node] as number);
      running.push(node);
    }
    const next = running.peek();
    if (next === undefined) return { startableAt, doneAt };
    now = doneAt[next] as number;
    while (running.size > 0 && doneAt[running.peek() as number] === now) release(running.pop() as number);
  }
}

interface Played {
  readonly work: OpenWork;
  readonly run: Run;
  readonly lowerBoundMinutes: number;
}

function toFigures(mode: Mode, { work, run, lowerBoundMinutes }: Played): ModeFigures {
  const { predecessorStart } = work.graph.all;
  const reached = work.tasks.flatMap((_, node) => ((run.doneAt[node] as number) < 0 ? [] : [node]));
  const waiting = reached.filter((node) => (predecessorStart[node + 1] as number) > (predecessorStart[node] as number));
  const makespanMinutes = reached.reduce((latest, node) => Math.max(latest, run.doneAt[node] as number), 0);
  return {
    mode,
    makespanMinutes,
    ratio: lowerBoundMinutes === 0 ? 1 : makespanMinutes / lowerBoundMinutes,
    meanUnblockedMinutes: mean(waiting.map((node) => run.startableAt[node] as number)),
    meanCompletedMinutes: mean(reached.map((node) => run.doneAt[node] as number)),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
