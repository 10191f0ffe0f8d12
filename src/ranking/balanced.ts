/**
 * The mode `balanced`: priority, blocking impact and effort, weighted (40/30/30 unless configured) and normalised to 0 to 1,
 * and a little for age, so that nothing waits for ever. Age counts the same for all, so it never reorders two waiting tasks.
 */
import { unestimatedMinutes } from "../graph/task-graph.ts";
import type { Maxima, RankInput, Scale, Standing } from "./standing.ts";

const weekMs = 7 * 24 * 60 * 60_000;
/** A week of waiting is worth this much: eight weeks lift a task without priority to a fresh urgent one. */
export const ageingPerWeek = 0.05;

/** What an age adds to a balanced score. */
export function ageShare(ageMs: number, perWeek: number): number {
  return (perWeek * ageMs) / weekMs;
}

export function standInBalance(input: RankInput, scale: Scale): Standing {
  const { weights } = scale;
  // All weights at zero leave only age and the tie-breaks.
  const total = weights.priority + weights.blocker + weights.effort || 1;
  const minutes = input.estimateMinutes ?? unestimatedMinutes;
  const parts = {
    priority: (weights.priority / total) * ((5 - input.priority) / 4),
    blocker: (weights.blocker / total) * share(input.impact.transitive, scale.maxima.transitive),
    effort: (weights.effort / total) * (1 - share(minutes, scale.maxima.minutes)),
    ...(input.ageMs === null ? {} : { age: ageShare(input.ageMs, scale.ageing) }),
  };
  // Rounded, so that what the arithmetic leaves behind does not decide between equals.
  const score = Math.round((parts.priority + parts.blocker + parts.effort + (parts.age ?? 0)) * 1e12) / 1e12;
  return { keys: [-score], score, parts };
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

/** Of the maximum rounded up to a power of two, so that one completion rarely re-ranks everything. */
function share(value: number, maximum: number): number {
  return Math.min(1, value / 2 ** Math.ceil(Math.log2(Math.max(1, maximum))));
}
