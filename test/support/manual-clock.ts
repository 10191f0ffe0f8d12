/** A clock that moves only by hand, or by itself to the end of every sleep (`isEager`), so that no test waits. */
import type { Clock, Timer } from "../../src/ports/clock.ts";

export interface ManualClock extends Clock {
  /** Moves time on and fires what is due, in order. */
  advance(ms: number): Promise<void>;
  /** Every sleep that was asked for, in order. */
  readonly sleeps: readonly { readonly ms: number; readonly label: string }[];
  /** Timers that have not fired. */
  readonly pendingCount: number;
}

interface Pending {
  readonly at: number;
  readonly action: () => void;
}

/** Starts at `now` (a fixed instant unless said otherwise). */
export function createManualClock(options: { readonly now?: number; readonly isEager?: boolean } = {}): ManualClock {
  let now = options.now ?? Date.UTC(2026, 0, 5, 9);
  const pending = new Set<Pending>();
  const sleeps: { ms: number; label: string }[] = [];

  function after(ms: number, _label: string, action: () => void): Timer {
    const timer = { at: now + ms, action };
    pending.add(timer);
    return { cancel: () => void pending.delete(timer) };
  }

  return {
    now: () => now,
    after,
    sleep(ms, label) {
      sleeps.push({ ms, label });
      if (options.isEager !== true) return new Promise((resolve) => void after(ms, label, resolve));
      now += ms;
      return Promise.resolve();
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...pending].filter((timer) => timer.at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        pending.delete(due);
        now = Math.max(now, due.at);
        due.action();
        await Promise.resolve();
      }
      now = until;
    },
    sleeps,
    get pendingCount() {
      return pending.size;
    },
  };
}
