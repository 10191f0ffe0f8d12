/**
 * What GitHub says of the people behind agents. Whoever is busy is away until a look, or the end that the status itself names, says
 * otherwise; whoever GitHub does not know is away, too, and told of. Running sessions go on.
 */
import type { Command } from "../model/command.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { foldLogin, type OperatorFacts } from "../model/operator.ts";
import { warningKey } from "../model/warning.ts";
import type { Context } from "../model/context.ts";
import { clear } from "./decide-warnings.ts";
import type { Decision } from "./decision.ts";
import { factsOf } from "../state/operators.ts";
import type { State } from "../state/state.ts";

/** Whoever was not asked for is as they were. */
export function decideOperators(
  decision: Decision,
  { operators }: Extract<Command, { readonly type: "ReportOperators" }>,
): void {
  const said = new Map(operators.map((each) => [foldLogin(each.login), each]));
  for (const agent of decision.context.config.agents) {
    if (agent.operators === undefined) continue;
    const before = new Map(factsOf(decision.state, agent).map((each) => [each.login, each]));
    const facts = agent.operators.flatMap((login) => {
      const known = said.get(foldLogin(login)) ?? before.get(login);
      return known === undefined ? [] : [asOfNow({ ...known, login }, decision.context)];
    });
    change(decision, agent, facts);
    tellOfUnknown(decision, agent);
  }
}

/** A status that has come to its end counts no more, whether or not GitHub was asked again. */
export function decideOperatorsBack(decision: Decision): void {
  const { state, context } = decision;
  for (const agent of context.config.agents) {
    if (agent.operators === undefined) continue;
    change(
      decision,
      agent,
      factsOf(state, agent).map((each) => asOfNow(each, context)),
    );
  }
}

/** When the next status comes to its end; null where none names one. */
export function nextOperatorAt(state: State, { config }: Context): number | null {
  let next: number | null = null;
  for (const agent of config.agents) {
    if (agent.operators === undefined) continue;
    for (const { until } of factsOf(state, agent)) if (until !== null && (next === null || until < next)) next = until;
  }
  return next;
}

/** Only who is busy is so until a time. */
function asOfNow({ login, presence, until }: OperatorFacts, { now }: Context): OperatorFacts {
  const isOver = presence === "busy" && until !== null && until <= now;
  if (isOver) return { login, presence: "available", until: null };
  return { login, presence, until: presence === "busy" ? until : null };
}

function change(decision: Decision, agent: AgentConfig, operators: readonly OperatorFacts[]): void {
  if (JSON.stringify(operators) === JSON.stringify(factsOf(decision.state, agent))) return;
  decision.emit({ type: "OperatorsChanged", agent: toAgentId(agent.id), operators });
}

/** Once for each that is unknown, and as long as one is. */
function tellOfUnknown(decision: Decision, agent: AgentConfig): void {
  const unknown = factsOf(decision.state, agent).filter(({ presence }) => presence === "unknown");
  const about = { code: "operator_unknown", subject: toAgentId(agent.id) } as const;
  if (unknown.length === 0) return clear(decision, about.code, about.subject);
  const names = unknown.map(({ login }) => login).join(", ");
  const detail = `GitHub knows no user ${names}, whom agents[].operators names: nothing is started on ${agent.id} for ${unknown.length === 1 ? "that name" : "those names"}.`;
  if (decision.state.warnings.get(warningKey(about))?.detail === detail) return;
  const suggestion = "Correct the login in .github/orchestrate.yml, or take it out.";
  decision.emit({ type: "WarningRaised", warning: { ...about, detail, suggestion, severity: "warning" } });
}
