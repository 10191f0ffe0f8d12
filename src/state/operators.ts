/** Who of the people behind an agent is away, how many sessions the others can look after, and both in words. Pure reads of the state. */
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { describeAway, foldLogin, toAway, type AwayOperator, type OperatorFacts } from "../model/operator.ts";
import type { State } from "./state.ts";

/** So many are named in a sentence. */
const namedMax = 3;

/** What GitHub said last of those whom the configuration names, in its order and its spelling. */
export function factsOf(state: State, { id, operators = [] }: AgentConfig): readonly OperatorFacts[] {
  const byLogin = new Map(
    (state.agents.get(toAgentId(id))?.operators ?? []).map((each) => [foldLogin(each.login), each]),
  );
  return operators.flatMap((login) => {
    const facts = byLogin.get(foldLogin(login));
    return facts === undefined ? [] : [{ ...facts, login }];
  });
}

/** The operators who are away. Whoever was not asked for yet is, too: nothing is started for somebody who may not be there. */
export function awayOf(state: State, agent: AgentConfig): readonly AwayOperator[] {
  const facts = new Map(factsOf(state, agent).map((each) => [each.login, each]));
  return (agent.operators ?? []).flatMap((login) => {
    const said = facts.get(login);
    return said === undefined ? { login, presence: "unasked" as const, until: null } : (toAway(said) ?? []);
  });
}

/** Logins of those who have never been asked for, of all agents. */
export function unaskedOperators(state: State, { agents }: Config): readonly string[] {
  return agents.flatMap((agent) =>
    awayOf(state, agent).flatMap(({ login, presence }) => (presence === "unasked" ? [login] : [])),
  );
}

/** How many sessions the operators who are available can look after at once; infinite where nobody stands behind the agent. */
export function attendedSlots(state: State, agent: AgentConfig): number {
  if (agent.operators === undefined) return Infinity;
  return agent.perOperator * factsOf(state, agent).filter(({ presence }) => presence === "available").length;
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
