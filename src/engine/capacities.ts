/**
 * Asks how many sessions agents run at once, where that varies: vendors for their limit (Sprites have one that an organisation may change),
 * and GitHub for who of the operators is available.
 */
import type { Command } from "../model/command.ts";
import type { Config } from "../model/config.ts";
import { toAgentId } from "../model/ids.ts";
import { foldLogin } from "../model/operator.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";

/**
 * What each agent may run, all asked at once. Never rejects: who does not answer now is asked the next time, and means what it said
 * last. An agent whose vendor is not asked from here, or not any more, has no limit.
 */
export async function askCapacities(parts: EngineParts, world: World, lane: Lane): Promise<readonly Command[]> {
  const { config } = lane.contextOf(await lane.stream.current());
  const asked = { parts, world, lane };
  const limits = config.agents.map((agent) => askVendor(asked, agent));
  const reports = await Promise.all([...limits, askOperators(asked, operatorsOf(config))]);
  return reports.flat();
}

/** The logins of all operators, each once, whatever its case. */
export function operatorsOf({ agents }: Config): readonly string[] {
  const logins = new Map<string, string>();
  for (const login of agents.flatMap(({ operators = [] }) => operators)) {
    if (!logins.has(foldLogin(login))) logins.set(foldLogin(login), login);
  }
  return [...logins.values()];
}

interface Asked {
  readonly parts: EngineParts;
  readonly world: World;
  readonly lane: Lane;
}

async function askVendor(
  { parts, world, lane }: Asked,
  { id, dispatch }: Config["agents"][number],
): Promise<readonly Command[]> {
  const agent = toAgentId(id);
  const ask = dispatch === "api" ? world.agents.find(agent)?.runningLimit : undefined;
  try {
    const limit = ask === undefined ? null : await ask();
    return [{ type: "ReportCapacity", id: lane.nextId("capacity"), agent, limit }];
  } catch (error) {
    const told = "The room at a vendor could not be asked for; what it said last counts, and it is asked again later.";
    parts.journal.warn(told, { agent: id, reason: reasonOf(error) });
    return [];
  }
}

async function askOperators({ parts, world, lane }: Asked, logins: readonly string[]): Promise<readonly Command[]> {
  if (logins.length === 0) return [];
  try {
    const operators = await world.tracker.findOperators(logins);
    return [{ type: "ReportOperators", id: lane.nextId("operators"), operators }];
  } catch (error) {
    const told = "GitHub could not be asked who is available; what it said last counts, and it is asked again later.";
    parts.journal.warn(told, { operators: logins.length, reason: reasonOf(error) });
    return [];
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
