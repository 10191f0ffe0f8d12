/** Asks vendors how many sessions they run at once, where that varies: Sprites have a limit that an organisation may change. */
import type { Command } from "../model/command.ts";
import { toAgentId } from "../model/ids.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";

/**
 * What each agent may run, all asked at once. Never rejects: who does not answer now is asked the next time, and means what it said
 * last. An agent whose vendor is not asked from here, or not any more, has no limit.
 */
export async function askCapacities(parts: EngineParts, world: World, lane: Lane): Promise<readonly Command[]> {
  const { config } = lane.contextOf(await lane.stream.current());
  const reports = await Promise.all(
    config.agents.map(async ({ id, dispatch }): Promise<readonly Command[]> => {
      const agent = toAgentId(id);
      const ask = dispatch === "api" ? world.agents.find(agent)?.runningLimit : undefined;
      try {
        const limit = ask === undefined ? null : await ask();
        return [{ type: "ReportCapacity", id: lane.nextId("capacity"), agent, limit }];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const told =
          "The room at a vendor could not be asked for; what it said last counts, and it is asked again later.";
        parts.journal.warn(told, { agent: id, reason });
        return [];
      }
    }),
  );
  return reports.flat();
}
