/** What is known of an agent from its attempts at a kind of task. */

/** Where nothing is known an agent is taken to do well in seven of ten. */
export const unknownHistory = 0.7;
/** What was assumed counts as much as this many attempts: one bad start does not condemn, twenty do. */
const assumedAttempts = 5;

/**
 * The learned share of good attempts, 0 to 1, smoothed: `(successes + 5 × .7) / (successes + failures + 5)`. A first failure
 * gives .58, five in a row .35, twenty .14; null where there were no attempts.
 */
export function historyOf({
  successes,
  failures,
}: {
  readonly successes: number;
  readonly failures: number;
}): number | null {
  const attempts = successes + failures;
  if (attempts === 0) return null;
  return (successes + assumedAttempts * unknownHistory) / (attempts + assumedAttempts);
}
