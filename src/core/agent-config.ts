/** What the configuration says of one agent. */
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";

/** Undefined where the configuration does not name it, or does so no more. */
export function agentConfigOf(config: Config, id: string | undefined): AgentConfig | undefined {
  for (const agent of config.agents) if (agent.id === id) return agent;
  return undefined;
}
