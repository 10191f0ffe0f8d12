/**
 * What an empty configuration means for a plan. The same numbers are in the schema of the configuration, which is not loaded for
 * a plan because that alone takes as long as planning a thousand tasks; a test holds the two together.
 */
import type { MatchingPolicy } from "../matching/fit.ts";
import type { Mode } from "../model/mode.ts";
import type { Weights } from "../ranking/rank.ts";

export const defaultMode: Mode = "balanced";

export const defaultWeights: Weights = { priority: 0.4, blocker: 0.3, effort: 0.3 };

/** Points of an `estimate:<points>` label to milliseconds. */
export const defaultEstimateScale: Readonly<Record<string, number>> = { 1: 900_000, 2: 2_700_000, 3: 7_200_000 };

export const defaultMatching: MatchingPolicy = {
  weights: { capability: 0.4, load: 0.3, history: 0.2, cohesion: 0.1 },
  bar: 0.7,
  waitMax: 600_000,
};

/** How many work at once in a comparison of the modes when the backlog names no agents. */
export const defaultCapacity = 3;
