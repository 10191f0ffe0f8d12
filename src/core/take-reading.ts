/** The readings that are kept: the figures of the hour, and beside them how much was blocked and how busy everybody was. */
import { defaultConfig } from "../model/config.ts";
import { configOf } from "./config-in-force.ts";
import { readingOf } from "./fold-figures.ts";
import { blockedCount } from "./queue-depth.ts";
import type { State } from "./state.ts";
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
  readings.push({ ...readingOf(state, at), blocked: blockedCount(state), utilisation });
  readings.keepLast(keep);
}
