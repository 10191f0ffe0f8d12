/**
 * What GitHub says of the people behind agents. Whoever is busy is away until a look, or the end that the status itself names, says
 * otherwise; whoever GitHub does not know is away, too, and told of. Running sessions go on.
 */
import type { Command } from "../model/command.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { toAgentId } from "../model/ids.ts";
import { foldLogin, type AwayOperator, type OperatorFacts } from "../model/operator.ts";
import { warningKey } from "../model/warning.ts";
import type { Context } from "./context.ts";
import { clear } from "./decide-warnings.ts";
import type { Decision } from "./decision.ts";
import { awayOf } from "./operators.ts";
import type { State } from "./state.ts";

/** Whoever was not asked for is as they were. */
export function decideOperators(
  decision: Decision,
  { operators }: Extract<Command, { readonly type: "ReportOperators" }>,
): void {
  const facts = new Map(operators.map((each) => [foldLogin(each.login), each]));
  for (const agent of decision.context.config.agents) {
    if (agent.operators === undefined) continue;
    const before = new Map(awayOf(decision.state, agent).map((each) => [each.login, each]));
    const away = agent.operators.flatMap((login) => {
      const said = facts.get(foldLogin(login));
      return said === undefined ? (before.get(login) ?? []) : (toAway({ ...said, login }, decision.context) ?? []);
    });
    change(decision, agent, away);
    tellOfUnknown(decision, agent);
  }
}

/** A status that has come to its end counts no more, whether or not GitHub was asked again. */
export function decideOperatorsBack(decision: Decision): void {
  const { state, context } = decision;
  for (const agent of context.config.agents) {
    const away = awayOf(state, agent);
    const left = away.flatMap((each) => toAway(each, context) ?? []);
    if (left.length < away.length) change(decision, agent, left);
  }
}

/** When the next status comes to its end; null where none names one. */
export function nextOperatorAt(state: State, { config }: Context): number | null {
  let next: number | null = null;
  for (const agent of config.agents) {
    for (const { until } of awayOf(state, agent)) if (until !== null && (next === null || until < next)) next = until;
  }
  return next;
}

/** Null: available. */
function toAway({ login, presence, until }: OperatorFacts, { now }: Context): AwayOperator | null {
  if (presence === "unknown") return { login, presence, until: null };
  return presence === "available" || (until !== null && until <= now) ? null : { login, presence, until };
}

function change(decision: Decision, agent: AgentConfig, away: readonly AwayOperator[]): void {
  if (JSON.stringify(away) === JSON.stringify(awayOf(decision.state, agent))) return;
  decision.emit({ type: "OperatorsChanged", agent: toAgentId(agent.id), away });
}

/** Once for each that is unknown, and as long as one is. */
function tellOfUnknown(decision: Decision, agent: AgentConfig): void {
  const unknown = awayOf(decision.state, agent).filter(({ presence }) => presence === "unknown");
  const about = { code: "operator_unknown", subject: toAgentId(agent.id) } as const;
  if (unknown.length === 0) return clear(decision, about.code, about.subject);
  const names = unknown.map(({ login }) => login).join(", ");
  const detail = `GitHub knows no user ${names}, whom agents[].operators names: nothing is started on ${agent.id} for ${unknown.length === 1 ? "that name" : "those names"}.`;
  if (decision.state.warnings.get(warningKey(about))?.detail === detail) return;
  const suggestion = "Correct the login in .github/orchestrate.yml, or take it out.";
  decision.emit({ type: "WarningRaised", warning: { ...about, detail, suggestion, severity: "warning" } });
}
