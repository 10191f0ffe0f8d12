/** Who else could go on with a task, where somebody asks for another agent and names none. */
import { takesItself } from "../model/config-agent.ts";
import { agentOf, toAgentId, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { Able } from "./able.ts";
import type { Decision } from "./decision.ts";
import { workersNamed } from "./instruction.ts";
import { wishOf } from "./wish.ts";

type Place = Pick<Decision, "state" | "context">;

/** Another agent that may and can, with a free worker if one has; else another worker of the same agent. Null: there is nobody. */
export function findSuccessor(place: Place, task: Task): string | null {
  const has = task.assignment?.worker ?? task.attempts.at(-1)?.worker ?? null;
  const able = ableAgents(place, task);
  const others = has === null ? able : able.filter((id) => toAgentId(id) !== agentOf(has));
  const free = others.find((id) => freeWorkers(place, id).length > 0);
  const isOwnAble = has !== null && able.length > others.length;
  return free ?? others[0] ?? (isOwnAble ? otherWorker(place, has) : null);
}

function ableAgents({ state, context }: Place, task: Task): readonly string[] {
  const wish = { ...wishOf(state, task, context), pinnedAgent: null, pinnedWorker: null, avoidedAgents: [] };
  const able = new Able(context.config).for(wish).agents.filter(({ config }) => !takesItself(config));
  return able.map(({ config }) => config.id);
}

function freeWorkers({ state, context }: Place, agent: string): readonly WorkerId[] {
  return workersNamed(state, context, agent).filter(
    (worker) => !state.occupied.has(worker) && !state.disabledWorkers.has(worker),
  );
}

function otherWorker(place: Place, has: WorkerId): WorkerId | null {
  const all = workersNamed(place.state, place.context, agentOf(has)).filter((worker) => worker !== has);
  return freeWorkers(place, agentOf(has)).find((worker) => worker !== has) ?? all[0] ?? null;
}
