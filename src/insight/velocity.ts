/** How fast tasks are completed: over three windows, against the target, with the trend. Pure reads of the state. */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";

const hourMs = 60 * 60_000;
/** The short window is faster or slower than the middle one only if it differs by more than this share. */
const trendTolerance = 0.2;
/** Fewer completions in the middle window say nothing of a trend. */
const trendSample = 5;

export interface Velocity {
  /** Tasks completed an hour, over each of the windows of `metrics.velocity`; hours without any count, so a young repository is slow. */
  readonly short: number;
  readonly middle: number;
  readonly long: number;
  /** How long the windows are, minutes. */
  readonly windows: { readonly short: number; readonly middle: number; readonly long: number };
  /** `alerts.velocity`, and whether the short window reached it. */
  readonly target: number;
  readonly isOnTarget: boolean;
  /**
   * The short window against the middle one, both only as far as the history reaches: by more than a fifth, and from five completions
   * on; else steady.
   */
  readonly trend: "accelerating" | "steady" | "decelerating";
}

/** Reads the completions of the long window once. */
export function velocityOf(state: State, { now, config }: Context): Velocity {
  const windows = config.metrics.velocity;
  let [short, middle, long] = [0, 0, 0];
  for (const { at } of state.completions.since(now - windows.long)) {
    long += 1;
    if (at > now - windows.middle) middle += 1;
    if (at > now - windows.short) short += 1;
  }
  const { velocity: target } = config.alerts;
  const shortRate = anHour(short, windows.short);
  return {
    short: shortRate,
    middle: anHour(middle, windows.middle),
    long: anHour(long, windows.long),
    windows: { short: minutes(windows.short), middle: minutes(windows.middle), long: minutes(windows.long) },
    target,
    isOnTarget: shortRate >= target,
    trend: middle < trendSample ? "steady" : trendOf(windows, { short, middle }, historyOf(state, now)),
  };
}

function anHour(count: number, ms: number): number {
  return (count * hourMs) / ms;
}

function minutes(ms: number): number {
  return ms / 60_000;
}

interface Spans {
  readonly short: number;
  readonly middle: number;
}

/** Of hours that were before anything nothing can be said: a repository that is two hours old is not faster than it was before. */
function trendOf(windows: Spans, counts: Spans, history: number): Velocity["trend"] {
  if (history <= windows.short) return "steady";
  const short = anHour(counts.short, windows.short);
  const middle = anHour(counts.middle, Math.min(windows.middle, history));
  if (Math.abs(short - middle) <= middle * trendTolerance) return "steady";
  return short > middle ? "accelerating" : "decelerating";
}

/** For how long there has been anything: since the oldest of the readings and completions that are kept, milliseconds. */
function historyOf({ readings, completions }: State, now: number): number {
  return now - Math.min(readings.oldest?.at ?? now, completions.oldest?.at ?? now);
}
