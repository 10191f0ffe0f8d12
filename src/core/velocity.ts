/** How fast tasks are completed: over three windows, against the target, with the trend. Pure reads of the state. */
import type { Context } from "./context.ts";
import type { State } from "./state.ts";

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
  /** The short window against the middle one: by more than a fifth, and from five completions on; else steady. */
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
  const rates = { short: anHour(short, windows.short), middle: anHour(middle, windows.middle) };
  return {
    ...rates,
    long: anHour(long, windows.long),
    windows: { short: minutes(windows.short), middle: minutes(windows.middle), long: minutes(windows.long) },
    target,
    isOnTarget: rates.short >= target,
    trend: middle < trendSample ? "steady" : trendOf(rates),
  };
}

function anHour(count: number, ms: number): number {
  return (count * hourMs) / ms;
}

function minutes(ms: number): number {
  return ms / 60_000;
}

function trendOf({ short, middle }: { readonly short: number; readonly middle: number }): Velocity["trend"] {
  if (Math.abs(short - middle) <= middle * trendTolerance) return "steady";
  return short > middle ? "accelerating" : "decelerating";
}
