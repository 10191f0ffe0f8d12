/** Real time, at its own pace or sped up: the clock of live runs, and the stopwatch of headless ones. */
import type { ClockFace } from "./virtual-clock.ts";
import type { Clock } from "../ports/clock.ts";

export interface ScaledClock extends Clock {
  face(): ClockFace;
  /** From now on time runs this many times as fast as a wall clock; timers that are set keep their instants. */
  pace(speed: number): void;
  /** Cancels every timer that is still set, of all faces. */
  stop(): void;
}

/** The longest that the runtime can wait at once; longer waits are cut in pieces. */
const timeoutMsMax = 2_000_000_000;

/** How instants of this time lie on the wall clock. */
class Pace {
  #since: { readonly at: number; readonly realAt: number };
  #speed: number;

  constructor({ start, speed }: { readonly start: number; readonly speed: number }) {
    this.#since = { at: start, realAt: performance.now() };
    this.#speed = speed;
  }

  #exactly(realAt: number): number {
    return this.#since.at + (realAt - this.#since.realAt) * this.#speed;
  }

  now = (): number => Math.round(this.#exactly(performance.now()));

  realMsUntil(instant: number): number {
    return Math.max(0, (instant - this.now()) / this.#speed);
  }

  change(speed: number): void {
    const realAt = performance.now();
    this.#since = { at: this.#exactly(realAt), realAt };
    this.#speed = speed;
  }
}

interface Timer {
  readonly until: number;
  readonly action: () => void;
  readonly handle: NodeJS.Timeout;
}

/** The timers of one face. */
class Timers {
  readonly #pace: Pace;
  readonly #timers = new Map<object, Timer>();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  set(key: object, { until, action }: Pick<Timer, "until" | "action">): void {
    const realMs = this.#pace.realMsUntil(until);
    const fire = (): void => {
      if (realMs > timeoutMsMax) return this.set(key, { until, action });
      this.#timers.delete(key);
      action();
    };
    this.#timers.set(key, { until, action, handle: setTimeout(fire, Math.min(realMs, timeoutMsMax)) });
  }

  cancel(key: object): void {
    clearTimeout(this.#timers.get(key)?.handle);
    this.#timers.delete(key);
  }

  /** Sets all of them anew, after a change of the pace. */
  rearm(): void {
    for (const [key, timer] of this.#timers) {
      clearTimeout(timer.handle);
      this.set(key, timer);
    }
  }

  clear(): void {
    for (const { handle } of this.#timers.values()) clearTimeout(handle);
    this.#timers.clear();
  }
}

/**
 * Time that begins at `start` and runs `speed` times as fast as a wall clock. Speed 1 from now is real time.
 */
export function createScaledClock(options: { readonly start: number; readonly speed: number }): ScaledClock {
  const pace = new Pace(options);
  const { now } = pace;
  const faces = new Map<ClockFace, Timers>();

  function face(): ClockFace {
    const timers = new Timers(pace);
    let isStopped = false;
    function after(ms: number, _label: string, action: () => void): { cancel(): void } {
      const key = {};
      if (!isStopped) timers.set(key, { until: now() + Math.max(0, ms), action });
      return { cancel: () => timers.cancel(key) };
    }
    const made: ClockFace = {
      now,
      after,
      sleep: (ms, label) => new Promise((resolve) => void after(ms, label, resolve)),
      stop() {
        isStopped = true;
        timers.clear();
        faces.delete(made);
      },
    };
    faces.set(made, timers);
    return made;
  }

  const own = face();
  return {
    now: own.now,
    after: own.after,
    sleep: own.sleep,
    face,
    pace(speed) {
      pace.change(speed);
      for (const timers of faces.values()) timers.rearm();
    },
    stop() {
      for (const each of faces.keys()) each.stop();
    },
  };
}

/** Lets time run at `idleSpeed` but while one of the acts that it is given is under way; then at `speed`. */
export function hurryBetween(
  clock: Pick<ScaledClock, "pace">,
  { speed, idleSpeed }: { readonly speed: number; readonly idleSpeed: number },
): <Parts, Result>(act: (parts: Parts) => Promise<Result>) => (parts: Parts) => Promise<Result> {
  let busyCount = 0;
  clock.pace(idleSpeed);
  return (act) => async (parts) => {
    busyCount += 1;
    if (busyCount === 1) clock.pace(speed);
    try {
      return await act(parts);
    } finally {
      busyCount -= 1;
      if (busyCount === 0) clock.pace(idleSpeed);
    }
  };
}

/** Milliseconds since this call, of the wall clock. */
export function createStopwatch(): () => number {
  const started = performance.now();
  return () => Math.round(performance.now() - started);
}
