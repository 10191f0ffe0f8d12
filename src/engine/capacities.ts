/** Asks vendors how many sessions they run at once, where that varies: Sprites have a limit that an organisation may change. */
import type { Command } from "../model/command.ts";
import { toAgentId } from "../model/ids.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";

/** One command for each agent whose vendor says. Never rejects; who cannot be asked now is asked the next time. */
export async function askCapacities(parts: EngineParts, world: World, lane: Lane): Promise<readonly Command[]> {
  const { config } = lane.contextOf(await lane.stream.current());
  const reports: Command[] = [];
  for (const { id, dispatch } of config.agents) {
    const agent = toAgentId(id);
    const ask = dispatch === "api" ? world.agents.find(agent)?.runningLimit : undefined;
    if (ask === undefined) continue;
    try {
      const limit = await ask();
      if (limit !== null) reports.push({ type: "ReportCapacity", id: lane.nextId("capacity"), agent, limit });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      parts.journal.warn("The room at a vendor could not be asked for; it is asked again later.", {
        agent: id,
        reason,
      });
    }
  }
  return reports;
}
