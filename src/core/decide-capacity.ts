/**
 * What a vendor says of its room: it bounds the slots of an agent, those that attack mode has added with them, and gives them back
 * when there is room again.
 */
import type { Command } from "../model/command.ts";
import { agentConfigOf } from "./agent-config.ts";
import type { Decision } from "./decision.ts";
import { raisedTo } from "../state/records.ts";

/**
 * `limit` sessions may run at once, as the vendor says now; null where there is nobody to ask, which bounds nothing. Below the slots
 * of the agent it is their number, at least one; once it is not, they are what they were without it. Running sessions go on.
 */
export function decideCapacity(
  decision: Decision,
  command: Extract<Command, { readonly type: "ReportCapacity" }>,
): void {
  const agent = agentConfigOf(decision.context.config, command.agent);
  if (agent === undefined) return;
  const record = decision.state.agents.get(command.agent);
  const raised = raisedTo(record);
  const wanted = raised ?? agent.capacity;
  const limit = Math.max(1, command.limit ?? Infinity);
  const capacity = limit < wanted ? limit : raised;
  if (capacity === (record?.capacity ?? null)) return;
  const reason =
    capacity === raised
      ? "its vendor has room again"
      : `its vendor runs ${limit === 1 ? "one session" : `${limit} sessions`} at once`;
  const kept = raised === null ? {} : { raisedTo: raised };
  decision.emit({ type: "CapacityChanged", agent: command.agent, capacity, reason, ...kept });
}
