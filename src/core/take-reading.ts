/** The readings that are kept: the figures of the hour, and beside them how much was blocked how long the oldest had waited, and how busy everybody was. */
import { defaultConfig } from "../model/config.ts";
import { configOf } from "../state/config-in-force.ts";
import { readingOf } from "../fold/figures.ts";
import { oldestLookMax } from "../model/limits.ts";
import { blockedCount, oldestReady } from "./queue-depth.ts";
import type { State } from "../state/state.ts";
import { hourAgo, useOfAgents, useTogether } from "./utilisation.ts";

/**
 * Takes a reading when the last one is long enough ago; at entries only, so that the same log gives the same readings. Work in proportion to
 * agents and to what is in flight, once in `metrics.every`.
 */
export function takeReading(state: State): void {
  const { at, readings } = state;
  const { every, keep } = (state.configuration?.config ?? defaultConfig).metrics;
  const { last } = readings;
  if (last !== undefined && at - last.at < every) return;
  const config = configOf(state, defaultConfig);
  const uses = useOfAgents(state, { now: at, config }, hourAgo(state, at));
  const utilisation = Math.round(useTogether(uses) * 10_000) / 10_000;
  readings.push({
    ...readingOf(state, at),
    blocked: blockedCount(state),
    utilisation,
    oldestWaitMinutes: oldestWaitMinutes(state),
  });
  readings.keepLast(keep);
}

/** Null where nothing is ready, or so much that it is not walked for this. */
function oldestWaitMinutes(state: State): number | null {
  if (state.ready.size > oldestLookMax) return null;
  const oldest = oldestReady(state, state.at);
  return oldest === null ? null : oldest.waitedMs / 60_000;
}
