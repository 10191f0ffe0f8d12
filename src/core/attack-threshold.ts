/** The effort below which a task is a quick win: attack mode moves it with the momentum, otherwise the configuration says it. */
import type { Config } from "../model/config.ts";
import type { State } from "./state.ts";

/** Minutes. */
export function thresholdMinutes(state: State, config: Config): number {
  return state.attack?.thresholdMinutes ?? config.attack.threshold / 60_000;
}
