/**
 * The mode `balanced`: priority, blocking impact and effort, weighted (40/30/30 unless configured) and normalised to 0 to 1,
 * and a little for age, so that nothing waits for ever. Age counts the same for all, so it never reorders two waiting tasks.
 */
import { unestimatedMinutes } from "../graph/task-graph.ts";
import { noSecond, type Maxima, type RankInput, type Ranking, type Scale } from "./standing.ts";

const weekMs = 7 * 24 * 60 * 60_000;
/** A week of waiting is worth this much: eight weeks lift a task without priority to a fresh urgent one. */
export const ageingPerWeek = 0.05;

/** What an age adds to a balanced score. */
export function ageShare(ageMs: number, perWeek: number): number {
  return (perWeek * ageMs) / weekMs;
}

export const balanced: Ranking = {
  first: (input, scale) => -scoreOf(partsOf(input, scale)),
  second: noSecond,
  stand(input, scale) {
    const parts = partsOf(input, scale);
    return { score: scoreOf(parts), parts };
  },
};

/** A type alias, because an interface is no record of numbers. */
type Parts = {
  readonly priority: number;
  readonly blocker: number;
  readonly effort: number;
  readonly age?: number;
};

function partsOf(input: RankInput, { weights, maxima, ageing }: Scale): Parts {
  // All weights at zero leave only age and the tie-breaks.
  const total = weights.priority + weights.blocker + weights.effort || 1;
  const minutes = input.estimateMinutes ?? unestimatedMinutes;
  const priority = (weights.priority / total) * ((5 - input.priority) / 4);
  const blocker = (weights.blocker / total) * Math.min(1, input.impact.transitive / maxima.transitive);
  const effort = (weights.effort / total) * (1 - Math.min(1, minutes / maxima.minutes));
  if (input.ageMs === null) return { priority, blocker, effort };
  return { priority, blocker, effort, age: ageShare(input.ageMs, ageing) };
}

/** Rounded, so that what the arithmetic leaves behind does not decide between equals. */
function scoreOf(parts: Parts): number {
  return Math.round((parts.priority + parts.blocker + parts.effort + (parts.age ?? 0)) * 1e12) / 1e12;
}

/** The highest values among the candidates; give the open tasks, not just the ready ones, where they are at hand. */
export function maximaOf(inputs: readonly RankInput[]): Maxima {
  let transitive = 0;
  let minutes = 0;
  for (const input of inputs) {
    transitive = Math.max(transitive, input.impact.transitive);
    minutes = Math.max(minutes, input.estimateMinutes ?? unestimatedMinutes);
  }
  return { transitive, minutes };
}

/** Rounded up to powers of two, so that one completion rarely re-ranks everything. */
export function roundMaxima({ transitive, minutes }: Maxima): Maxima {
  return { transitive: roundUp(transitive), minutes: roundUp(minutes) };
}

function roundUp(maximum: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, maximum)));
}
