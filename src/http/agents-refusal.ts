/** Why an agent cannot be registered, changed or taken out: problems that say what to do instead. Each is null where it can. */
import type { Context } from "../model/context.ts";
import {
  fileAgent,
  refusalOfCapacity,
  refusalOfDefinition,
  refusalOfRegistration,
  registeredAgent,
} from "../core/decide-registry.ts";
import { sessionsOf } from "../fold/registry.ts";
import type { State } from "../state/state.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { agentsMax, mostSlotsOf } from "../model/registry.ts";
import { Problem } from "./problem.ts";

interface Ground {
  readonly state: State;
  readonly context: Context;
}

const file = ".github/orchestrate.yml";
const unchanged = "Nothing was changed.";

/** The 404, which says of one that was taken out what it still has. */
export function unknownAgent(state: State, id: string): Problem {
  const isLeaving = state.registry?.leaving.some((agent) => agent.id === id) === true;
  const left = isLeaving ? sessionsOf(state, id) : 0;
  if (left > 0) return new Problem(404, `The agent ${id} was taken out; ${sessions(left)} to the end.`);
  return new Problem(404, "There is no agent of this id. GET /api/orchestrator/agents lists those that there are.");
}

function sessions(count: number): string {
  return count === 1 ? "its one session goes on" : `its ${count} sessions go on`;
}

export function whyNotRegistered(ground: Ground, { id }: AgentConfig): Problem | null {
  const { state, context } = ground;
  switch (refusalOfRegistration(ground, id)) {
    case null:
      return null;
    case "full":
      return conflict(`There are ${agentsMax} agents, and there may be no more: take one out first.`);
    case "busy":
      return conflict(
        `Sessions of an earlier agent ${id} still run: register it when they have ended, or take another id.`,
      );
    default:
      return fileAgent(state, context.config, id) === undefined
        ? conflict(`An agent ${id} is registered already: change it with PATCH, or take it out with DELETE first.`)
        : conflict(`${file} names an agent ${id} and has the say about it: change that file, or take another id.`);
  }
}

/** Of a registered agent: what it is to be from now on. */
export function whyNotRedefined(ground: Ground, definition: AgentConfig): Problem | null {
  if (refusalOfDefinition(ground, definition) !== "busy") return null;
  const what = `The agent ${definition.id} has sessions, which would not be found again with another type, dispatch or workflow`;
  return conflict(`${what}: disable it, and change that when they have ended.`);
}

/** Of an agent of the file: the slots that it is to have. */
export function whyNotResized(ground: Ground, id: string, capacity: number | null): Problem | null {
  if (refusalOfCapacity(ground, id, capacity) !== "capacity") return null;
  const agent = fileAgent(ground.state, ground.context.config, id);
  const most = agent === undefined ? 0 : mostSlotsOf(agent);
  return conflict(`${file} allows the agent ${id} at most ${most} sessions at once: raise maxCapacity there first.`);
}

/** Fields that only the file may change. */
export function heldByFile(id: string, field: string): Problem {
  return conflict(
    `${file} names the agent ${id} and has the say about \`${field}\`: change it there. Here \`capacity\`, up to its maxCapacity, \`enabled\` and \`reset\` can be changed.`,
  );
}

export function whyNotRemoved({ state, context }: Ground, id: string): Problem | null {
  if (registeredAgent(state, context.config, id) !== undefined) return null;
  if (fileAgent(state, context.config, id) === undefined) return unknownAgent(state, id);
  return conflict(
    `${file} names the agent ${id} and has the say about it: take it out there. To give it no work meanwhile, send PATCH with "enabled": false.`,
  );
}

function conflict(detail: string): Problem {
  return new Problem(409, `${unchanged} ${detail}`);
}
