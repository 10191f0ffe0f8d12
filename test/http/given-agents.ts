/** What the log says of agents, in a few words each. */
import type { Event } from "../../src/model/event.ts";
import type { Routes } from "./given.ts";

const kinds: ReadonlySet<Event["type"]> = new Set<Event["type"]>([
  "AgentRegistered",
  "AgentRevised",
  "AgentRemoved",
  "CapacityOverridden",
]);

export function isAgentEvent({ type }: Event): boolean {
  return kinds.has(type);
}

/** The events of the first repository that are wanted: the type, and whom each is about. */
export async function seen(it: Routes, isWanted: (event: Event) => boolean): Promise<readonly string[]> {
  const events = (await it.places[0]?.events()) ?? [];
  return events.filter(isWanted).map((event) => {
    const about = "worker" in event ? event.worker : "agent" in event ? event.agent : "";
    return `${event.type} ${about}`;
  });
}
