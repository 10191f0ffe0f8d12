/** What is known of an agent from its attempts at a kind of task: how often they succeed, how soon, and how rarely work is sent back. */

/** Where nothing is known an agent is taken to do well in seven of ten. */
export const unknownHistory = 0.7;
/** What was assumed counts as much as this many attempts: one bad start does not condemn, twenty do. */
const assumedAttempts = 5;

export interface Past {
  readonly successes: number;
  readonly failures: number;
  /** The successes at tasks with an estimate, and the sum of their shares of the time, in hundredths: the estimate over what was taken, 100 at most. */
  readonly timed?: number;
  readonly timeliness?: number;
  /** How often work was sent back: by red checks, a validation, or a reviewer. */
  readonly reworks?: number;
}

/** How much each part counts; shares, of which those of parts that are not known yet are left out. */
export interface HistoryShares {
  readonly success: number;
  readonly time: number;
  readonly quality: number;
}

/**
 * The three parts, each smoothed: `(good + 5 × .7) / (all + 5)`, and weighted by `shares`. A first failure gives .58, five in a row
 * .35, twenty .14; null where there were no attempts, and where no share is left.
 */
export function historyOf(past: Past, shares: HistoryShares): number | null {
  const { successes, failures, timed = 0, timeliness = 0, reworks = 0 } = past;
  if (successes + failures === 0) return null;
  let sum = shares.success * smoothed(successes, successes + failures);
  let weight = shares.success;
  if (timed > 0) {
    sum += shares.time * smoothed(timeliness / 100, timed);
    weight += shares.time;
  }
  if (successes + reworks > 0) {
    sum += shares.quality * smoothed(successes, successes + reworks);
    weight += shares.quality;
  }
  return weight === 0 ? null : sum / weight;
}

function smoothed(good: number, all: number): number {
  return (good + assumedAttempts * unknownHistory) / (all + assumedAttempts);
}
