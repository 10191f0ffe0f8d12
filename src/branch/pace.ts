/**
 * The store's own pace: one thing at a time, a gap between commits, and silence while a rate limit lasts. GitHub asks for
 * a second between writes; keeping to it is what keeps the secondary limits away.
 */
import type { Clock } from "../ports/clock.ts";
import { StoreUnavailable } from "../ports/store.ts";

/** Runs actions one after another, in the order in which they came. A failed one does not stop those behind it. */
export interface Queue {
  run<Result>(action: () => Promise<Result>): Promise<Result>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(action) {
      const result = last.then(action);
      // The failure belongs to the caller of `run`; the queue only waits for the end.
      last = result.then(
        () => null,
        () => null,
      );
      return result;
    },
  };
}

export interface Pace {
  /** Resolves when the gap after the last commit is over. */
  untilFree(): Promise<void>;
  /** A commit was asked for just now, whatever came of it. */
  committed(): void;
  /** GitHub wants to be left alone for so long. */
  silence(ms: number): void;
  /** Throws `StoreUnavailable` while GitHub wants to be left alone. */
  assertMayAsk(): void;
}

/**
 * A pace on `clock` of one commit every `minGapMs`, counted from the end of each. One may follow at once after a rest, so
 * that a decision does not wait behind a mere acknowledgement.
 */
export function createPace(clock: Clock, minGapMs: number): Pace {
  /** When the commits so far are paid for. */
  let paidAt = Number.NEGATIVE_INFINITY;
  let silentUntil = Number.NEGATIVE_INFINITY;
  return {
    async untilFree() {
      const waitMs = paidAt - minGapMs - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs, "pace");
    },
    committed() {
      paidAt = Math.max(paidAt, clock.now()) + minGapMs;
    },
    silence(ms) {
      silentUntil = Math.max(silentUntil, clock.now() + ms);
    },
    assertMayAsk() {
      const leftMs = silentUntil - clock.now();
      if (leftMs <= 0) return;
      throw new StoreUnavailable("GitHub's rate limit still lasts: the state branch is left alone until it is over.", {
        retryAfterMs: leftMs,
      });
    },
  };
}
