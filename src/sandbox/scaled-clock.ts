/** Real time, at its own pace or sped up: the clock of live runs, and the stopwatch of headless ones. */
import type { ClockFace } from "./virtual-clock.ts";
import type { Clock } from "../ports/clock.ts";

export interface ScaledClock extends Clock {
  face(): ClockFace;
  /** Cancels every timer that is still set, of all faces. */
  stop(): void;
}

/** The longest that the runtime can wait at once; longer waits are cut in pieces. */
const timeoutMsMax = 2_000_000_000;

/**
 * Time that begins at `start` and runs `speed` times as fast as a wall clock. Speed 1 from now is real time.
 */
export function createScaledClock(options: { readonly start: number; readonly speed: number }): ScaledClock {
  const realStart = performance.now();
  const faces = new Set<ClockFace>();
  const now = (): number => Math.round(options.start + (performance.now() - realStart) * options.speed);

  function face(): ClockFace {
    const timers = new Map<object, NodeJS.Timeout>();
    let isStopped = false;
    function wait(key: object, until: number, action: () => void): void {
      const realMs = Math.max(0, (until - now()) / options.speed);
      const handle = setTimeout(
        () => {
          if (realMs > timeoutMsMax) return wait(key, until, action);
          timers.delete(key);
          action();
        },
        Math.min(realMs, timeoutMsMax),
      );
      timers.set(key, handle);
    }
    function after(ms: number, _label: string, action: () => void): { cancel(): void } {
      const key = {};
      if (!isStopped) wait(key, now() + Math.max(0, ms), action);
      return {
        cancel: () => {
          clearTimeout(timers.get(key));
          timers.delete(key);
        },
      };
    }
    const made: ClockFace = {
      now,
      after,
      sleep: (ms, label) => new Promise((resolve) => void after(ms, label, resolve)),
      stop() {
        isStopped = true;
        for (const handle of timers.values()) clearTimeout(handle);
        timers.clear();
      },
    };
    faces.add(made);
    return made;
  }

  const own = face();
  return {
    now: own.now,
    after: own.after,
    sleep: own.sleep,
    face,
    stop() {
      for (const each of faces) each.stop();
    },
  };
}

/** Milliseconds since this call, of the wall clock. */
export function createStopwatch(): () => number {
  const started = performance.now();
  return () => Math.round(performance.now() - started);
}
