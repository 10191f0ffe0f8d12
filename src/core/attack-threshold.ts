/** The effort below which a task is a quick win, and how the momentum of attack mode moves it. */
import type { Config } from "../model/config.ts";
import type { Mode } from "../model/mode.ts";
import type { State } from "../state/state.ts";

const minuteMs = 60_000;

/** The threshold in force, minutes: what the momentum has made of it while attack mode is on, else the configuration's. */
export function thresholdMinutes(state: State, config: Config): number {
  return bounded(state.attack?.thresholdMinutes ?? config.attack.threshold / minuteMs, config);
}

/**
 * From the target on the threshold rises by `attack.raise`, below it falls by `attack.lower`, between `attack.min` and
 * `attack.max`: 15 minutes become 18, or 13.5. Takes minutes and completed tasks an hour, returns minutes.
 */
export function adjustEffortThreshold(threshold: number, velocity: number, config: Config): number {
  const { target, raise, lower } = config.attack;
  return bounded(threshold * (velocity >= target ? 1 + raise : 1 - lower), config);
}

/** To hundredths of a minute, so that no rounding of the machine is left in what people read. */
function bounded(minutes: number, config: Config): number {
  const { min, max } = config.attack;
  return Math.round(Math.min(max / minuteMs, Math.max(min / minuteMs, minutes)) * 100) / 100;
}

/** How many tasks one pass may start: in attack mode every idle worker is put to work at once. */
export function batchLimit(state: State, context: { readonly config: Config }): number {
  const mode: Mode = state.mode ?? context.config.mode;
  return mode === "attack" ? Number.POSITIVE_INFINITY : context.config.limits.batch;
}
