/** The agents of the configuration in force that this process holds keys for. One adapter serves all agents alike. */
import type { AgentConfig, AgentType, VendorType } from "../model/config-agent.ts";
import type { AgentId } from "../model/ids.ts";
import { agentBehind, type ConfigInForce } from "../model/registry.ts";
import { vendorAccounts, vendorLogins } from "../model/vendors.ts";
import type { Agent, Agents } from "../ports/agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import { createBifrost, spritesBaseUrl } from "./bifrost.ts";
import { createCursor, cursorBaseUrl } from "./cursor.ts";
import { createJules, julesBaseUrl } from "./jules.ts";

export interface AgentsOptions {
  /** Read at every `find`, so that a new configuration counts at once. */
  readonly config: () => ConfigInForce;
  /** By type of agent: JULES_API_KEY, CURSOR_API_KEY, SPRITES_TOKEN (bifrost). Empty is the same as missing. */
  readonly keys: Readonly<Partial<Record<AgentType, string | undefined>>>;
  /** In place of the vendors' own; for the sandbox and for proxies. */
  readonly baseUrls?: Readonly<Partial<Record<AgentType, string | undefined>>>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly journal: Journal;
}

const defaultBaseUrls: Readonly<Record<VendorType, string>> = {
  jules: julesBaseUrl,
  cursor: cursorBaseUrl,
  bifrost: spritesBaseUrl,
};

/** The registry. `find` gives null for an agent that is not configured, or whose key this process does not hold. */
export function createAgents(options: AgentsOptions): Agents {
  const adapters = new Map<string, Agent>();

  function find(id: AgentId, fence = Infinity): Agent | null {
    const agent = agentBehind(options.config(), { agent: id, fence });
    // A workflow of the repository's own has no vendor: its run is asked for at GitHub.
    // One that takes its work itself has none either.
    if (agent === undefined || agent.type === "workflow" || agent.type === "pull") return null;
    const key = options.keys[agent.type];
    if (key === undefined || key === "") return null;
    const name = JSON.stringify([agent.type, agent.model, agent.command]);
    const known = adapters.get(name);
    if (known !== undefined) return known;
    const made = createAdapter(options, { ...agent, type: agent.type }, key);
    adapters.set(name, made);
    return made;
  }

  return { find };
}

function createAdapter(options: AgentsOptions, agent: AgentConfig & { readonly type: VendorType }, key: string): Agent {
  const { fetch, clock, journal } = options;
  const baseUrl = options.baseUrls?.[agent.type] ?? defaultBaseUrls[agent.type];
  const vendor = { fetch, clock, journal, key, baseUrl };
  switch (agent.type) {
    case "jules":
      return createJules(vendor);
    case "cursor":
      return createCursor({ ...vendor, model: agent.model ?? null });
    case "bifrost":
      return createBifrost({ ...vendor, command: agent.command ?? null });
  }
}

/** Who authors the pull requests of a type of agent: judge by the account number, show the login. */
export function vendorBots(type: AgentType): {
  readonly accounts: readonly number[];
  readonly logins: readonly string[];
} {
  return { accounts: vendorAccounts[type], logins: vendorLogins[type] };
}
