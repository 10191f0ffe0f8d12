/** How the attempts of late have ended: what the warning of failures and the health of the system both go by. */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";

/** The last so many are enough to know the rate. */
const sampleMax = 1_000;

export interface RecentAttempts {
  readonly ended: number;
  readonly failed: number;
}

/**
 * The attempts that ended in the last `alerts.failureWindow`, of the last thousand. What says nothing of the worker is not counted; an
 * attempt whose pull request turned red has failed.
 */
export function recentAttempts(
  { ends }: Pick<State, "ends">,
  { now, config }: Pick<Context, "now" | "config">,
): RecentAttempts {
  let [ended, failed, seen] = [0, 0, 0];
  for (const end of ends.since(now - config.alerts.failureWindow)) {
    seen += 1;
    if (seen > sampleMax) break;
    if (end.isGood !== null && !end.isSecondThought) ended += 1;
    if (end.isGood === false) failed += 1;
  }
  return { ended, failed };
}
