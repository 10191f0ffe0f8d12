/**
 * POST, PATCH and DELETE of /api/orchestrator/agents: agents come, change and go while the App runs, from the next decision on. What
 * is asked for is checked on what is known here, and once more on what other copies of the App have written before it is refused.
 */
import { z } from "zod";
import type { Context } from "../model/context.ts";
import { registeredAgent } from "../core/decide-registry.ts";
import type { State } from "../state/state.ts";
import type { Repository } from "../engine/repository.ts";
import type { Command } from "../model/command.ts";
import { toAgentId, toCommandId, type CommandId } from "../model/ids.ts";
import { ChangedAgentDocument, documentOf, RemovedAgentDocument, sessionsOf } from "./agents-document.ts";
import { Change, Entry, readCapacity, readChange, readEntry, withFields, type ReadChange } from "./agents-entry.ts";
import {
  heldByFile,
  unknownAgent,
  whyNotRedefined,
  whyNotRegistered,
  whyNotRemoved,
  whyNotResized,
} from "./agents-refusal.ts";
import { agentPath, agentsPath } from "./agents.ts";
import { awaitDecision, awaitReading } from "./await-decision.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import { Answer, type Call, type Route } from "./route.ts";

/** No login has a colon. */
const by = "http:token";
const RemovalInput = z.strictObject({ repository: repositoryName });

export const registerAgent: Route = {
  method: "POST",
  path: agentsPath,
  access: "token",
  summary: "Registers an agent beside those of the configuration file",
  input: Entry,
  output: ChangedAgentDocument,
  statuses: [201, 200],
  answer: answerRegistration,
};

export const reviseAgent: Route = {
  method: "PATCH",
  path: agentPath,
  access: "token",
  summary: "Changes an agent, enables or disables it, or ends its rests and its pause",
  input: Change,
  output: ChangedAgentDocument,
  answer: answerRevision,
};

export const removeAgent: Route = {
  method: "DELETE",
  path: agentPath,
  access: "token",
  summary: "Takes a registered agent out: it gets no new work, and its sessions go on to their end",
  input: RemovalInput,
  output: RemovedAgentDocument,
  answer: answerRemoval,
};

interface Place {
  readonly repository: Repository;
  readonly state: State;
  readonly context: Context;
}

interface Act {
  readonly repository: Repository;
  readonly id: CommandId;
  /** The key was used before: nothing is decided again. */
  readonly isRepeated: boolean;
}

async function answerRegistration(call: Call): Promise<unknown> {
  const { repository: name, definition } = readEntry(call.input, call.ground.agentEntries);
  const act = beginAct(call, "register", findRepository(call.ground, name, "`repository` in the body"));
  const { repository, id } = act;
  await decideOn(call, act, (place) => {
    demand(whyNotRegistered(place, definition));
    return { type: "RegisterAgent", id, definition, by };
  });
  const agent = registeredAgent(stateOf(repository), placeOf(repository).context.config, definition.id);
  // Somebody else has registered it in the same moment.
  const isOther = !act.isRepeated && JSON.stringify(agent) !== JSON.stringify(definition);
  if (isOther)
    throw whyNotRegistered(placeOf(repository), definition) ?? unknownAgent(stateOf(repository), definition.id);
  return new Answer(act.isRepeated ? 200 : 201, standingOf(call, act, definition.id));
}

async function answerRevision(call: Call): Promise<unknown> {
  const { id: agent = "" } = call.params;
  const change = readChange(call.input, agent);
  const act = beginAct(call, "revise", findRepository(call.ground, change.repository, "`repository` in the body"));
  await decideOn(call, act, (place) => ({ ...toRevision(call, place, { id: agent, change }), id: act.id }));
  return standingOf(call, act, agent);
}

function toRevision(
  { ground }: Call,
  { state, context }: Place,
  { id, change }: { readonly id: string; readonly change: ReadChange },
): Omit<RevisionCommand, "id"> {
  const { fields, isEnabled, isReset } = change;
  const agent = toAgentId(id);
  const revision = {
    type: "ReviseAgent" as const,
    agent,
    by,
    ...(isEnabled !== undefined && { isEnabled }),
    ...(isReset !== undefined && { isReset }),
  };
  if (context.config.agents.every((each) => each.id !== id)) throw unknownAgent(state, id);
  if (Object.keys(fields).length === 0) return revision;
  const known = registeredAgent(state, context.config, id);
  if (known === undefined) {
    const foreign = Object.keys(fields).find((field) => field !== "capacity");
    if (foreign !== undefined) throw heldByFile(id, foreign);
    const capacity = readCapacity(fields);
    demand(whyNotResized({ state, context }, id, capacity));
    return { ...revision, capacity };
  }
  const definition = withFields(known, fields, ground.agentEntries);
  demand(whyNotRedefined({ state, context }, definition));
  return { ...revision, definition };
}

type RevisionCommand = Extract<Command, { readonly type: "ReviseAgent" }>;

async function answerRemoval(call: Call): Promise<unknown> {
  const { repository: name } = parseInput(RemovalInput, call.input);
  const { id: agent = "" } = call.params;
  const act = beginAct(call, "remove", findRepository(call.ground, name, "the query parameter `repository`"));
  const { repository, id } = act;
  await decideOn(call, act, (place) => {
    demand(whyNotRemoved(place, agent));
    return { type: "RemoveAgent", id, agent: toAgentId(agent), by };
  });
  const left = sessionsOf(stateOf(repository), agent);
  const note = left.sessions.length === 0 ? null : "It gets no new work. What it has is looked after to its end.";
  return { repository: repository.name, ...left, note: act.isRepeated ? repeated : note };
}

const repeated = "This Idempotency-Key was used before, so nothing was changed now.";

function beginAct({ key }: Call, kind: "register" | "revise" | "remove", repository: Repository): Act {
  const { lane } = repository;
  const id = key === null ? lane.nextId(kind) : toCommandId(`http:agent-${kind}:${key}`);
  return { repository, id, isRepeated: stateOf(repository).seen.has(id) };
}

/** Makes the command on what is known, or, where that refuses, on what others have written meanwhile; resolves when it is in the log. */
async function decideOn({ ground }: Call, act: Act, toCommand: (place: Place) => Command): Promise<void> {
  if (act.isRepeated) return;
  const { repository } = act;
  let command: Command;
  try {
    command = toCommand(placeOf(repository));
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 400) throw error;
    await awaitReading(repository.catchUp(), ground.clock);
    command = toCommand(placeOf(repository));
  }
  await awaitDecision(repository.lane.submit([command]), { clock: ground.clock, what: "The change" });
}

function placeOf(repository: Repository): Place {
  const state = stateOf(repository);
  return { repository, state, context: repository.lane.contextOf(state) };
}

function demand(problem: Problem | null): void {
  if (problem !== null) throw problem;
}

/** What holds now: after a repetition it may be what somebody else has asked for since. */
function standingOf({ ground }: Call, { repository, isRepeated }: Act, id: string): Readonly<Record<string, unknown>> {
  const { state, context } = placeOf(repository);
  const agent = documentOf(state, context, id);
  const definition = context.config.agents.find((each) => each.id === id);
  return {
    repository: repository.name,
    agent,
    definition: definition === undefined ? null : ground.agentEntries.write(definition),
    note: isRepeated ? repeated : noteOnSlots(state, definition),
  };
}

/** Why it has another number of slots than it is to have. */
function noteOnSlots(
  state: State,
  definition: { readonly id: string; readonly capacity: number } | undefined,
): string | null {
  const record = definition === undefined ? undefined : state.agents.get(toAgentId(definition.id));
  const slots = record?.capacity ?? null;
  if (definition === undefined || slots === null || slots === definition.capacity) return null;
  return `It has ${slots} ${slots === 1 ? "worker" : "workers"} now: ${record?.capacityReason ?? ""}.`;
}
