/** Who of the people behind an agent is away, how many sessions the others can look after, and both in words. Pure reads of the state. */
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { describeAway, foldLogin, type AwayOperator } from "../model/operator.ts";
import type { State } from "./state.ts";

/** So many are named in a sentence. */
const namedMax = 3;

const nobody: readonly AwayOperator[] = [];

/** The operators that the configuration names and who are away, in its order. Whoever was never asked for counts as available. */
export function awayOf(state: State, { id, operators }: AgentConfig): readonly AwayOperator[] {
  const away = operators === undefined ? undefined : state.agents.get(toAgentId(id))?.away;
  if (operators === undefined || away === undefined || away.length === 0) return nobody;
  const byLogin = new Map(away.map((each) => [foldLogin(each.login), each]));
  return operators.flatMap((login) => byLogin.get(foldLogin(login)) ?? []);
}

/** How many sessions the operators who are available can look after at once; infinite where nobody stands behind the agent. */
export function attendedSlots(state: State, agent: AgentConfig): number {
  if (agent.operators === undefined) return Infinity;
  return agent.perOperator * (agent.operators.length - awayOf(state, agent).length);
}

/** Why the operators of `agent` keep it from more sessions, as a sentence without its full stop. */
export function describeShortage(state: State, agent: AgentConfig): string {
  const away = awayOf(state, agent);
  const more = away.length > namedMax ? ` and ${away.length - namedMax} more` : "";
  const named = `${away.slice(0, namedMax).map(describeAway).join(", ")}${more}`;
  return away.length === agent.operators?.length
    ? `No operator of ${agent.id} is available: ${named}`
    : `Not all operators of ${agent.id} are available: ${named}`;
}

/** From when on slot `slot` is looked after: 0 where it is now, infinite where nobody says when. */
export function attendedAt(state: State, agent: AgentConfig, slot: number): number {
  const needed = Math.ceil((slot - attendedSlots(state, agent)) / agent.perOperator);
  if (agent.operators === undefined || needed <= 0) return 0;
  const back = awayOf(state, agent).map(({ until }) => until ?? Infinity);
  return back.toSorted((one, other) => one - other)[needed - 1] ?? Infinity;
}
