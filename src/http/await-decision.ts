/** How long whoever asked is kept waiting for a decision: the lane itself waits out every outage. */
import type { Watched } from "../engine/watchers.ts";
import type { Clock } from "../ports/clock.ts";
import { StoreUnavailable } from "../ports/store.ts";
import { Problem } from "./problem.ts";

/** Longer than a write takes, shorter than clients and proxies wait. */
const patienceMs = 20_000;

/** Resolves with `decided`; rejects with a 503 when it takes too long, after which it still counts. `what` begins the sentence. */
export function awaitDecision(
  decided: Promise<void>,
  { clock, what }: { readonly clock: Clock; readonly what: string },
): Promise<void> {
  const detail = `The state cannot be written now. ${what} is not lost: it counts as soon as it can be written. To send it again is harmless.`;
  return patienceFor(decided, { clock, detail });
}

/** Resolves with what was read; rejects with a 503 when that takes too long, or the store is out of reach. */
export async function awaitReading<Read>(read: Promise<Read>, clock: Clock): Promise<Read> {
  const detail = "The state cannot be read now, and nothing was changed. Send it again.";
  try {
    return await patienceFor(read, { clock, detail });
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    throw new Problem(503, detail, { "retry-after": "30" });
  }
}

function patienceFor<Result>(
  promise: Promise<Result>,
  { clock, detail }: { readonly clock: Clock; readonly detail: string },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(patienceMs, "answer", () => {
      reject(new Problem(503, detail, { "retry-after": "30" }));
    });
    void promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** Resolves with what is waited for, or with null when that takes too long. */
export function waitFor<Found>({ found, stop }: Watched<Found>, clock: Clock): Promise<Found | null> {
  return new Promise((resolve) => {
    const timer = clock.after(patienceMs, "answer", () => {
      stop();
      resolve(null);
    });
    void found.then(resolve).finally(() => timer.cancel());
  });
}
