/** Who could ever do what a task asks for, by the configuration alone: not whether anybody is free, or well, or has a quota left. */
import { capabilityOf, foldCase } from "../matching/capability.ts";
import type { Wish } from "../matching/fit.ts";
import { agentRejection } from "../matching/rejection.ts";
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { askedOf } from "./dead-ends.ts";
import { toMicros } from "../fold/figures.ts";

/** An agent that may and can, and how well. */
export interface AbleAgent {
  readonly config: AgentConfig;
  /** 0 to 1. */
  readonly capability: number;
}

export interface Ability {
  /** In the order of the configuration. */
  readonly agents: readonly AbleAgent[];
  /** What keeps it from those that may not or cannot: how many agents a reason. */
  readonly lack: Readonly<Record<string, number>>;
}

/** Remembers what it has found: a thousand tasks mostly ask for the same. */
export class Able {
  /** Whether the first session of a task may cost what some agent costs. */
  readonly isAnybodyAffordable: boolean;
  readonly #config: Config;
  readonly #known = new Map<string, Ability>();

  constructor(config: Config) {
    this.#config = config;
    this.isAnybodyAffordable = config.agents.some(({ cost }) => cost <= config.limits.costPerTask);
  }

  /** Who could do what is asked for, and what keeps it from the others. */
  for(wish: Wish): Ability {
    const asked = askedOf(wish);
    const known = this.#known.get(asked);
    if (known !== undefined) return known;
    const ability = survey(this.#config, wish);
    this.#known.set(asked, ability);
    return ability;
  }
}

function survey({ agents, limits }: Config, wish: Wish): Ability {
  const folded = foldCase({ ...wish, prefers: [] });
  const able: AbleAgent[] = [];
  const lack: Record<string, number> = {};
  for (const config of agents) {
    const isTooDear = config.cost > 0 && toMicros((wish.costUsd ?? 0) + config.cost) > toMicros(limits.costPerTask);
    const costCap = isTooDear ? ("cap_cost_per_task" as const) : null;
    const member = { agent: toAgentId(config.id), paused: null, quotaLeft: null, capacity: 1, costCap };
    const capability = capabilityOf(config, folded);
    const code = agentRejection(wish, member, capability);
    if (code !== null) lack[code] = (lack[code] ?? 0) + 1;
    else if (capability !== null) able.push({ config, capability });
  }
  return { agents: able, lack };
}
