/**
 * Identities. Numbers are for people and change when an issue is transferred; these ids never do.
 * A task is `gh:<repository id>:<issue id>`; a stream is one repository, `gh:<repository id>`.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TaskId = Branded<"TaskId">;
export type StreamId = Branded<"StreamId">;
export type AgentId = Branded<"AgentId">;
/** One slot of an agent, `<agent>/<n>`, counted from 1. */
export type WorkerId = Branded<"WorkerId">;
export type EffectId = Branded<"EffectId">;
/** What makes a repeated input harmless: a delivery, comment, report or operation. */
export type CommandId = Branded<"CommandId">;

export function toTaskId(repositoryId: number | string, issueId: number | string): TaskId {
  return `gh:${repositoryId}:${issueId}` as TaskId;
}

/** A blocker that a text names and nobody could find: it has no database id to be known by. */
export function toMissingTaskId(reference: string): TaskId {
  return `gh:missing:${reference}` as TaskId;
}

export function toStreamId(repositoryId: number | string): StreamId {
  return `gh:${repositoryId}` as StreamId;
}

export function toAgentId(text: string): AgentId {
  return text as AgentId;
}

export function toWorkerId(agent: AgentId, slot: number): WorkerId {
  return `${agent}/${slot}` as WorkerId;
}

export function toCommandId(text: string): CommandId {
  return text as CommandId;
}

/**
 * Whether the state keeps the id of a command that it has decided. Ids with a leading `~` are the program's own looks and ticks: deciding
 * them again on the state they left decides nothing.
 */
export function isKept(id: CommandId): boolean {
  return !id.startsWith("~");
}

/** The number of a worker's slot, from 1; not a number where its id ends in none. */
export function slotOf(worker: WorkerId): number {
  let slot = 0;
  let unit = 1;
  for (let at = worker.length - 1; at >= 0; at -= 1) {
    const digit = worker.charCodeAt(at) - zero;
    if (digit === slash) return unit === 1 ? Number.NaN : slot;
    if (digit < 0 || digit > 9) break;
    slot += digit * unit;
    unit *= 10;
  }
  return Number.NaN;
}

const zero = "0".charCodeAt(0);
const slash = "/".charCodeAt(0) - zero;

/** The agent that a worker is a slot of. */
export function agentOf(worker: WorkerId): AgentId {
  return worker.slice(0, worker.lastIndexOf("/")) as AgentId;
}
