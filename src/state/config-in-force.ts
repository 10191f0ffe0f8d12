/**
 * The configuration in force: the last good file, with the agents that were registered beside it. The only place where the two are put
 * together; where nothing was registered it is the file's own.
 */
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { mostSlotsOf, type ConfigInForce, type Registry } from "../model/registry.ts";
import type { State } from "./state.ts";

/** By the file and the registry, neither of which is ever mutated: every decision between two changes has the same. */
const composed = new WeakMap<Config, WeakMap<Registry, ConfigInForce>>();
/** What was put together can be a fallback again: the file that it was made of. */
const files = new WeakMap<Config, Config>();

/** With `fallback` for the file where none was read yet. */
export function configOf(state: Pick<State, "configuration" | "registry">, fallback: Config): ConfigInForce {
  const file = fileOf(state, fallback);
  return state.registry === null ? file : withRegistry(file, state.registry);
}

/** What the file says alone. */
export function fileOf({ configuration }: Pick<State, "configuration">, fallback: Config): Config {
  return configuration?.config ?? files.get(fallback) ?? fallback;
}

function withRegistry(file: Config, registry: Registry): ConfigInForce {
  let known = composed.get(file);
  if (known === undefined) {
    known = new WeakMap();
    composed.set(file, known);
  }
  let config = known.get(registry);
  if (config === undefined) {
    config = compose(file, registry);
    known.set(registry, config);
    files.set(config, file);
  }
  return config;
}

/** Of two agents with one id the file's counts. */
function compose(file: Config, { agents, leaving, capacities }: Registry): ConfigInForce {
  const ofFile = new Set(file.agents.map(({ id }) => id));
  // What an earlier version noted of an agent that is in force again says nothing of which sessions were meant.
  const gone = leaving.filter(({ id, lastFence }) => lastFence !== undefined || !ofFile.has(id));
  const slots = new Map(capacities.map(({ agent, capacity }) => [agent, capacity]));
  return {
    ...file,
    agents: [...file.agents.map((agent) => resize(agent, slots)), ...agents.filter(({ id }) => !ofFile.has(id))],
    ...(gone.length > 0 && { leaving: gone }),
  };
}

function resize(agent: AgentConfig, slots: ReadonlyMap<string, number>): AgentConfig {
  const capacity = slots.get(agent.id);
  return capacity === undefined ? agent : { ...agent, capacity: Math.min(capacity, mostSlotsOf(agent)) };
}
