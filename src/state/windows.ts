/**
 * How far back the figures reach: the windows of the configuration that is in the log, so that the same log forgets the same. What has
 * been forgotten stays so when a window becomes longer.
 */
import { defaultConfig, type Config } from "../model/config.ts";
import type { State } from "./state.ts";

/** Readings are of an hour, whatever else is configured. */
const hourMs = 60 * 60_000;

/** How long each kind of record is kept, milliseconds: as long as the longest window that looks at it. */
export interface Kept {
  readonly starts: number;
  readonly ends: number;
  readonly completions: number;
}

function configInLog(state: State): Config {
  return state.configuration?.config ?? defaultConfig;
}

/** How long a day of the caps is. */
export function dayOf(state: State): number {
  return configInLog(state).limits.day;
}

const known = new WeakMap<Config, Kept>();

export function keptBy(state: State): Kept {
  const config = configInLog(state);
  let kept = known.get(config);
  if (kept === undefined) {
    const { limits, metrics, alerts, attack } = config;
    kept = {
      starts: Math.max(hourMs, limits.day),
      ends: Math.max(hourMs, alerts.failureWindow),
      completions: Math.max(hourMs, metrics.velocity.long, attack.momentum.within),
    };
    known.set(config, kept);
  }
  return kept;
}

/** `24 hours`, `90 minutes`, `3 days`. */
export function windowWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes % (24 * 60) === 0 && minutes > 24 * 60) return `${minutes / (24 * 60)} days`;
  if (minutes % 60 === 0) return minutes === 60 ? "hour" : `${minutes / 60} hours`;
  return minutes === 1 ? "minute" : `${minutes} minutes`;
}
