/** What of a state is no collection: it is noted as a whole while a decision may be taken back. */
import type { State } from "./state.ts";

export type Values = Pick<
  State,
  | "version"
  | "eventCount"
  | "at"
  | "fence"
  | "starvingFence"
  | "effectCount"
  | "mode"
  | "modeBy"
  | "attack"
  | "rule"
  | "isPaused"
  | "configuration"
  | "rejectedConfiguration"
  | "registry"
  | "cockpit"
  | "costMicros"
  | "watch"
  | "unsettled"
  | "unstartedCount"
  | "openCount"
  | "cyclicCount"
>;

export function initialValues(): Values {
  return {
    version: 0,
    eventCount: 0,
    at: 0,
    fence: 0,
    starvingFence: 0,
    effectCount: 0,
    mode: null,
    modeBy: null,
    attack: null,
    rule: null,
    isPaused: false,
    configuration: null,
    rejectedConfiguration: null,
    registry: null,
    cockpit: null,
    costMicros: 0,
    watch: { tickedAt: 0, fullSince: null, passed: [] },
    unsettled: [],
    unstartedCount: 0,
    openCount: 0,
    cyclicCount: 0,
  };
}

/** Writes them into `into`, which nobody mutates from then on: `attack` and `watch` are replaced, never changed. */
export function copyValues(state: State, into: Values = initialValues()): Values {
  into.version = state.version;
  into.eventCount = state.eventCount;
  into.at = state.at;
  into.fence = state.fence;
  into.starvingFence = state.starvingFence;
  into.effectCount = state.effectCount;
  into.mode = state.mode;
  into.modeBy = state.modeBy;
  into.attack = state.attack;
  into.rule = state.rule;
  into.isPaused = state.isPaused;
  into.configuration = state.configuration;
  into.rejectedConfiguration = state.rejectedConfiguration;
  into.registry = state.registry;
  into.cockpit = state.cockpit;
  into.costMicros = state.costMicros;
  into.watch = state.watch;
  into.unsettled = state.unsettled.length === 0 ? [] : state.unsettled.slice();
  into.unstartedCount = state.unstartedCount;
  into.openCount = state.openCount;
  into.cyclicCount = state.cyclicCount;
  return into;
}
