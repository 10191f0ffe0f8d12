/** How fast tasks are completed: over one, four and 24 hours, against the target, with the trend. Pure reads of the state. */
import type { Context } from "./context.ts";
import type { State } from "./state.ts";

const hourMs = 60 * 60_000;
const dayHours = 24;
const trendHours = 4;
/** The last hour is faster or slower than the last four only if it differs by more than this share. */
const trendTolerance = 0.2;
/** Fewer completions in the last four hours say nothing of a trend. */
const trendSample = 5;

export interface Velocity {
  /** Tasks completed in the last hour. */
  readonly hour: number;
  /** Tasks completed an hour, over the last four and the last 24; hours without any count, so a young repository is slow. */
  readonly fourHours: number;
  readonly day: number;
  /** `alerts.velocity`, and whether the last hour reached it. */
  readonly target: number;
  readonly isOnTarget: boolean;
  /** The last hour against the last four: by more than a fifth, and from five completions on; else steady. */
  readonly trend: "accelerating" | "steady" | "decelerating";
}

/** Reads the completions of the last day once. */
export function velocityOf(state: State, { now, config }: Context): Velocity {
  let [hour, four, day] = [0, 0, 0];
  for (const { at } of state.completions.since(now - dayHours * hourMs)) {
    day += 1;
    if (at > now - trendHours * hourMs) four += 1;
    if (at > now - hourMs) hour += 1;
  }
  const target = config.alerts.velocity;
  return {
    hour,
    fourHours: four / trendHours,
    day: day / dayHours,
    target,
    isOnTarget: hour >= target,
    trend: trendOf(hour, four),
  };
}

function trendOf(hour: number, four: number): Velocity["trend"] {
  const usual = four / trendHours;
  if (four < trendSample || Math.abs(hour - usual) <= usual * trendTolerance) return "steady";
  return hour > usual ? "accelerating" : "decelerating";
}
