/** What came of effects, until a pass takes it into the log: news at once, plain acknowledgements with the next pass. */
import type { EffectOutcome } from "../model/command.ts";
import type { EffectId } from "../model/ids.ts";
import type { Clock, Timer } from "../ports/clock.ts";

export interface Settled {
  readonly effect: EffectId;
  readonly outcome: EffectOutcome;
}

/** How long a plain acknowledgement waits for a pass to ride on: well within its lease. */
const plainDelayMs = 90_000;
/** Surfaces are leased longer (model/limits.ts), and wait with a pass that takes them (deferral.ts). */
const surfacedDelayMs = 2 * 60_000;

/** Nothing follows from it before the next pass. */
function isPlain({ kind }: EffectOutcome): boolean {
  return kind === "done" || kind === "dispatched";
}

export class Settlements {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #onNews: () => void;
  #settled: Settled[] = [];
  #flushing: { readonly at: number; readonly timer: Timer } | null = null;

  /** `onDue` is called when an outcome must go into the log now. */
  /** `onNews` is called when an outcome should be decided on now, and may be written with whatever comes next. */
  constructor(clock: Clock, onDue: () => void, onNews: () => void = onDue) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#onNews = onNews;
  }

  add(effect: EffectId, outcome: EffectOutcome): void {
    this.#settled.push({ effect, outcome });
    if (outcome.kind === "surfaced" || (outcome.kind === "shown" && !outcome.isNew)) this.#flushWithin(surfacedDelayMs);
    else if (isPlain(outcome)) this.#flushWithin(plainDelayMs);
    else if (outcome.kind === "collected") this.#onNews();
    else this.flush();
  }

  /** Adds an outcome for the next pass, without asking for one. */
  keep(effect: EffectId, outcome: EffectOutcome): void {
    this.#settled.push({ effect, outcome });
  }

  /** The effects whose outcome is not in the log yet. */
  waiting(): readonly EffectId[] {
    return this.#settled.map((each) => each.effect);
  }

  take(): readonly Settled[] {
    this.#flushing?.timer.cancel();
    this.#flushing = null;
    const taken = this.#settled;
    this.#settled = [];
    return taken;
  }

  stop(): void {
    this.#flushing?.timer.cancel();
  }

  #flushWithin(ms: number): void {
    const at = this.#clock.now() + ms;
    if (this.#flushing !== null && this.#flushing.at <= at) return;
    this.#flushing?.timer.cancel();
    this.#flushing = { at, timer: this.#clock.after(ms, "settle", () => this.flush()) };
  }

  /** Has everything written now. */
  flush(): void {
    this.#flushing?.timer.cancel();
    this.#flushing = null;
    if (this.#settled.length > 0) this.#onDue();
  }
}
