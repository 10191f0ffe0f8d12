/** Reads what checks and reviewers said of a pull request that is tried again, and makes of it what the next attempt is told. */
import { composeFeedback } from "../core/compose-feedback.ts";
import { feedbackChecksMax } from "../core/limits.ts";
import type { EffectOutcome } from "../model/command.ts";
import { TrackerUnavailable, type Tracker } from "../ports/tracker.ts";

/** Never rejects. Only what is bounded and without secrets comes back; what was read is dropped here. */
export async function collectFeedback(tracker: Pick<Tracker, "readFailures">, pull: number): Promise<EffectOutcome> {
  try {
    const facts = await tracker.readFailures(pull, feedbackChecksMax);
    return { kind: "collected", feedback: facts === null ? null : composeFeedback(facts) };
  } catch (error) {
    const retryAfterMs = error instanceof TrackerUnavailable ? error.retryAfterMs : 5_000;
    return { kind: "delayed", reason: error instanceof Error ? error.message : String(error), retryAfterMs };
  }
}
