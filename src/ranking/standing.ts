/** What every mode looks at and what it answers with: the numbers of one candidate, and where they put it. */
import type { Priority } from "../model/task.ts";

export interface RankInput<Id extends string = string> {
  readonly id: Id;
  readonly priority: Priority;
  /** Null where nobody knows; such tasks come last among equals. */
  readonly createdAt: number | null;
  /** Null where nobody has estimated. */
  readonly estimateMinutes: number | null;
  readonly quickWin: boolean;
  /** Place in the input, the last tie-break but the id. */
  readonly position: number;
  /** Open tasks behind hard edges. */
  readonly impact: { readonly direct: number; readonly transitive: number };
  /** The longest remaining path from this task on, its own effort included. */
  readonly tailMinutes: number;
  /**
   * How long the task has waited; null where ageing does not count. Only differences matter to the order, so a queue that must
   * not depend on the clock gives the age at a fixed instant.
   */
  readonly ageMs: number | null;
  /**
   * What goes before or after all others, whatever the mode: -2 has been promised a slot that another task gives up, -1 is a
   * retry that holds up the critical path, 1 failed for its surroundings, which have not recovered, 2 may not be started before an
   * earlier stage is over.
   */
  readonly tier?: -2 | -1 | 0 | 1 | 2;
}

export interface Weights {
  readonly priority: number;
  readonly blocker: number;
  readonly effort: number;
}

/** The highest values among the open tasks: what the balanced mode divides by, rounded up to powers of two. */
export interface Maxima {
  readonly transitive: number;
  readonly minutes: number;
}

/** The numbers that the modes go by beside those of the candidates. */
export interface Scale {
  readonly weights: Weights;
  readonly maxima: Maxima;
  /** What a week of waiting adds to a balanced score. */
  readonly ageing: number;
  /** Below this many minutes a task is a quick win without the label. */
  readonly quickWinBelow: number;
}

/** One candidate for people. */
interface Standing {
  /** Higher is better, and no order contradicts it. */
  readonly score: number;
  /** The numbers that the score comes from. */
  readonly parts: Readonly<Record<string, number>>;
}

/** How a mode ranks: by two numbers, of which the lower goes first; ties of the one go on to the other. */
export interface Ranking {
  readonly first: (input: RankInput, scale: Scale) => number;
  readonly second: (input: RankInput, scale: Scale) => number;
  readonly stand: (input: RankInput, scale: Scale) => Standing;
}

/** Of a mode that goes by one number. */
export function noSecond(): number {
  return 0;
}
