/** How long whoever asked is kept waiting for a decision: the lane itself waits out every outage. */
import type { Clock } from "../ports/clock.ts";
import { Problem } from "./problem.ts";

/** Longer than a write takes, shorter than clients and proxies wait. */
const patienceMs = 20_000;

/** Resolves with `decided`; rejects with a 503 when it takes too long, after which it still counts. `what` begins the sentence. */
export function patienceFor(
  decided: Promise<void>,
  { clock, what }: { readonly clock: Clock; readonly what: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(patienceMs, "answer", () => {
      const detail = `The state cannot be written now. ${what} is not lost: it counts as soon as it can be written. To send it again is harmless.`;
      reject(new Problem(503, detail, { "retry-after": "30" }));
    });
    void decided.then(resolve, reject).finally(() => timer.cancel());
  });
}
