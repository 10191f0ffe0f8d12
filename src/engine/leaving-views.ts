/** From the state to what is told of agents that are no longer in force and still have sessions. */
import { sessionsLeftTo } from "../fold/registry.ts";
import type { State } from "../state/state.ts";
import type { Task } from "../model/task.ts";
import { agentBehind, leftBehind, type ConfigInForce, type LeavingAgent } from "../model/registry.ts";
import type { LeavingView } from "../views/agents-leaving.ts";

/** In the order in which they left, sessions by worker. Nobody whose sessions have ended, or who is in force again. */
export function toLeavingViews(state: State, config: ConfigInForce): readonly LeavingView[] {
  const { leaving = [] } = config;
  const views = leaving.map((agent) => toView(state, config, agent));
  return views.filter(({ sessions }) => sessions.length > 0);
}

function toView(state: State, config: ConfigInForce, agent: LeavingAgent): LeavingView {
  const sessions: LeavingView["sessions"][number][] = [];
  for (const [worker, id] of state.occupied.entries()) {
    const { assignment, definition } = state.tasks.get(id) ?? {};
    if (definition === undefined || agentBehind(config, assignment) !== agent) continue;
    sessions.push({ worker, reference: `#${definition.number}`, url: definition.url });
  }
  return {
    id: agent.id,
    type: agent.type,
    dispatch: agent.dispatch,
    isReplaced: config.agents.some(({ id }) => id === agent.id),
    sessions: sessions.toSorted((one, other) => (one.worker < other.worker ? -1 : 1)),
  };
}

/** The sessions, this one included, that are left to the agent behind the session of `task`; null where it is in force. */
export function leftWith(state: State, { assignment }: Task, config: ConfigInForce): number | null {
  const { leaving } = config;
  if (leaving === undefined || assignment === null) return null;
  const agent = leftBehind(leaving, assignment);
  return agent === undefined || agentBehind(config, assignment) !== agent
    ? null
    : sessionsLeftTo(state, agent, leaving);
}
