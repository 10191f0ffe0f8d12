/** How long to wait before the tracker is asked again, after it failed. */
import { TrackerUnavailable } from "../ports/tracker.ts";

/** When the tracker does not say how long. */
const pauseMs = 5_000;

export function pauseAfter(error: unknown): number {
  return error instanceof TrackerUnavailable ? error.retryAfterMs : pauseMs;
}
