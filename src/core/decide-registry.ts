/**
 * Agents that come, change and go while the program runs. Whoever asks has been checked and told what is wrong; what no longer fits
 * when it is decided decides nothing.
 */
import type { Command } from "../model/command.ts";
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId, type AgentId } from "../model/ids.ts";
import { agentsMax, isSameSystem, mostSlotsOf } from "../model/registry.ts";
import { agentConfigOf } from "./agent-config.ts";
import { configOf, fileOf } from "../state/config-in-force.ts";
import { restoreWorker, resumeAgent } from "./decide-health.ts";
import { rejudgeAll } from "./decide-rejudge.ts";
import type { Decision } from "./decision.ts";
import { sessionsOf } from "../fold/registry.ts";
import { workersNamed } from "./instruction.ts";
import { raisedTo } from "../state/records.ts";
import type { State } from "../state/state.ts";

type CommandOf<Type extends Command["type"]> = Extract<Command, { readonly type: Type }>;

/** Why an agent cannot be registered or changed as it is asked for; `null` where it can. */
export type Refusal = "known" | "unknown" | "full" | "busy" | "file" | "capacity";

export function refusalOfRegistration(
  { state, context }: Pick<Decision, "state" | "context">,
  id: string,
): Refusal | null {
  const { agents } = context.config;
  if (agentConfigOf(context.config, id) !== undefined) return "known";
  if (sessionsOf(state, id) > 0) return "busy";
  return agents.length >= agentsMax ? "full" : null;
}

export function decideRegistration(decision: Decision, { definition, by }: CommandOf<"RegisterAgent">): void {
  if (refusalOfRegistration(decision, definition.id) !== null) return;
  decision.emit({ type: "AgentRegistered", agent: toAgentId(definition.id), definition, by });
  rejudgeAll(asOfNow(decision));
}

/** The registered agent of that id; undefined where there is none, or where the file has one of that id. */
export function registeredAgent(state: State, config: Config, id: string): AgentConfig | undefined {
  const found = state.registry?.agents.find((agent) => agent.id === id);
  return found === undefined || fileOf(state, config).agents.some((agent) => agent.id === id) ? undefined : found;
}

/** What another agent system, or another way to it, would no longer find is not changed under a running session. */
export function refusalOfDefinition(
  { state, context }: Pick<Decision, "state" | "context">,
  definition: AgentConfig,
): Refusal | null {
  const known = registeredAgent(state, context.config, definition.id);
  if (known === undefined) return agentConfigOf(context.config, definition.id) === undefined ? "unknown" : "file";
  return !isSameSystem(known, definition) && sessionsOf(state, definition.id) > 0 ? "busy" : null;
}

/** Of an agent of the file: `null` gives it the file's slots back. */
export function refusalOfCapacity(
  { state, context }: Pick<Decision, "state" | "context">,
  id: string,
  capacity: number | null,
): Refusal | null {
  const agent = fileAgent(state, context.config, id);
  if (agent === undefined) return "unknown";
  return capacity !== null && (capacity < 1 || capacity > mostSlotsOf(agent)) ? "capacity" : null;
}

/** What the file itself says of the agent. */
export function fileAgent(state: State, config: Config, id: string): AgentConfig | undefined {
  return agentConfigOf(fileOf(state, config), id);
}

export function decideRevision(decision: Decision, command: CommandOf<"ReviseAgent">): void {
  const { agent, definition, capacity, isEnabled, isReset, by } = command;
  const wasOff = isOff(decision, agent);
  if (definition !== undefined) redefine(decision, definition, by);
  if (capacity !== undefined) overrideCapacity(decision, { agent, capacity, by });
  const now = asOfNow(decision);
  if (definition !== undefined || capacity !== undefined) {
    dropLimit(now, agent);
    rejudgeAll(now);
  }
  if (agentConfigOf(now.context.config, agent) === undefined) return;
  if (isEnabled === true) enable(now, agent, by);
  // Workers that come to an agent which is out of use are so, too.
  else if (isEnabled === false || wasOff) disable(now, agent, by);
  if (isReset === true) reset(now, agent, by);
}

function redefine(decision: Decision, definition: AgentConfig, by: string): void {
  const { state, context } = decision;
  const known = registeredAgent(state, context.config, definition.id);
  if (refusalOfDefinition(decision, definition) !== null || JSON.stringify(known) === JSON.stringify(definition))
    return;
  decision.emit({ type: "AgentRevised", agent: toAgentId(definition.id), definition, by });
}

function overrideCapacity(
  decision: Decision,
  { agent, capacity, by }: { readonly agent: AgentId; readonly capacity: number | null; readonly by: string },
): void {
  const { state, context } = decision;
  if (refusalOfCapacity(decision, agent, capacity) !== null) return;
  const wanted = capacity === fileAgent(state, context.config, agent)?.capacity ? null : capacity;
  const known = state.registry?.capacities.find((each) => each.agent === agent)?.capacity ?? null;
  if (wanted !== known) decision.emit({ type: "CapacityOverridden", agent, capacity: wanted, by });
}

/** What its vendor allowed was fewer than it had; of a number that is fewer still the vendor says so again when it is asked. */
function dropLimit(decision: Decision, id: AgentId): void {
  const record = decision.state.agents.get(id);
  const agent = agentConfigOf(decision.context.config, id);
  if (agent === undefined || record === undefined || record.capacity === null || raisedTo(record) !== null) return;
  if (record.capacity < agent.capacity) return;
  const reason = "it has no more slots than its vendor runs sessions";
  decision.emit({ type: "CapacityChanged", agent: id, capacity: null, reason });
}

/** Whether a person has disabled all of its workers. */
function isOff({ state, context }: Decision, agent: AgentId): boolean {
  const workers = workersNamed(state, context, agent);
  return workers.length > 0 && workers.every((worker) => state.disabledWorkers.has(worker));
}

/** It gets no work until it is enabled again; what its workers have goes on. `name` is an agent or one of its workers. */
export function disable(decision: Decision, name: string, by: string): void {
  for (const worker of workersNamed(decision.state, decision.context, name)) {
    if (!decision.state.disabledWorkers.has(worker)) decision.emit({ type: "WorkerDisabled", worker, by });
  }
}

/** Back to work, whatever kept it from it. `name` is an agent or one of its workers. */
export function enable(decision: Decision, name: string, by: string): void {
  for (const worker of workersNamed(decision.state, decision.context, name)) {
    if (decision.state.disabledWorkers.has(worker)) decision.emit({ type: "WorkerEnabled", worker, by });
    restoreWorker(decision, worker, by);
  }
  // The name of a worker is that of no agent.
  resumeAgent(decision, toAgentId(name), by);
}

/** Rests and the pause of its vendor are over; whom a person has disabled stays so. */
function reset(decision: Decision, agent: AgentId, by: string): void {
  for (const worker of workersNamed(decision.state, decision.context, agent)) restoreWorker(decision, worker, by);
  resumeAgent(decision, agent, by);
}

/** Whoever has its id later begins with all of its workers enabled. */
export function decideRemoval(decision: Decision, { agent, by }: CommandOf<"RemoveAgent">): void {
  const { state, context } = decision;
  if (registeredAgent(state, context.config, agent) === undefined) return;
  for (const worker of workersNamed(state, context, agent)) {
    if (state.disabledWorkers.has(worker)) decision.emit({ type: "WorkerEnabled", worker, by });
  }
  decision.emit({ type: "AgentRemoved", agent, by });
  rejudgeAll(asOfNow(decision));
}

interface FileChange {
  readonly before: Config;
  readonly after: Config;
}

/** Sessions of agents that the new file no longer names, or names as another system, are looked after by the entry that they were started with. */
export function partFromFile(decision: Decision, { before, after }: FileChange): void {
  for (const definition of before.agents) {
    if (sessionsOf(decision.state, definition.id) === 0) continue;
    const now = agentConfigOf(after, definition.id);
    if (now !== undefined && isSameSystem(now, definition)) continue;
    decision.emit({
      type: "AgentRemoved",
      agent: toAgentId(definition.id),
      by: "configuration",
      ...(now !== undefined && { isReplaced: true as const }),
      definition,
    });
  }
}

/** A new file has the say: it takes the place of what was registered under an id of its own, and of slots that it has changed since. */
export function yieldToFile(decision: Decision, file: FileChange): void {
  const { registry } = decision.state;
  if (registry === null) return;
  const by = "configuration";
  for (const { id } of registry.agents) {
    if (agentConfigOf(file.after, id) === undefined) continue;
    decision.emit({ type: "AgentRemoved", agent: toAgentId(id), by, isReplaced: true });
  }
  for (const { agent } of registry.capacities) {
    const [before, after] = [agentConfigOf(file.before, agent), agentConfigOf(file.after, agent)];
    if (before?.capacity === after?.capacity && before?.maxCapacity === after?.maxCapacity) continue;
    decision.emit({ type: "CapacityOverridden", agent: toAgentId(agent), capacity: null, by });
  }
}

/** By the agents as the events so far have made them. */
function asOfNow(decision: Decision): Decision {
  const { state, context } = decision;
  return decision.under({ ...context, config: configOf(state, context.config) });
}
