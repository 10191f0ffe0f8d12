/**
 * What is not as it should be with the whole, told once when it begins and once when it has passed. Other concerns raise and
 * clear what they alone know of with the same two functions.
 */
import { taskOfWarning, warningKey, type Warning, type WarningCode } from "../model/warning.ts";
import { agentConfigOf } from "./agent-config.ts";
import { detectAnomalies } from "./anomalies.ts";
import { detectBottlenecks } from "./bottlenecks.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { openLook } from "./finding.ts";
import { factsOf } from "../state/operators.ts";
import type { State } from "../state/state.ts";

/** Told once more only where the severity has changed: a new number alone is no news. */
export function raise(decision: Decision, warning: Warning): void {
  const open = decision.state.warnings.get(warningKey(warning));
  if (open?.severity !== warning.severity) decision.emit({ type: "WarningRaised", warning });
}

/** Tells that it has passed, where it was open. */
export function clear(decision: Decision, code: WarningCode, subject: Warning["subject"]): void {
  if (decision.state.warnings.has(warningKey({ code, subject }))) {
    decision.emit({ type: "WarningCleared", code, subject });
  }
}

/** Once in each half minute of the clock: with a cycle of 30 seconds, a warning comes and goes within a minute of its cause. */
const judgeEveryMs = 30_000;

/** What is found here, and so passes when it is found no more. */
const judged: ReadonlySet<WarningCode> = new Set<WarningCode>([
  "queue_depth",
  "workers_full",
  "failure_rate",
  "queue_grows",
  "task_overdue",
  "bottleneck",
  "low_use",
  "worker_resting",
  "agent_paused",
]);

/** Tells what has begun and what has passed since the last look. Work in proportion to agents, open warnings and what is in flight. */
export function decideWarnings(decision: Decision): void {
  const { state, context } = decision;
  if (!isJudged(decision)) return;
  const look = openLook(state, context);
  const findings = new Map(
    [...detectAnomalies(look), ...detectBottlenecks(look)].map((each) => [warningKey(each), each]),
  );
  for (const [key, open] of [...state.warnings.entries()].toSorted(byKey)) {
    const isOver = judged.has(open.code) ? !findings.has(key) : isAboutNothing(decision, open);
    if (isOver) clear(decision, open.code, open.subject);
  }
  for (const [key, { words, ...finding }] of [...findings].toSorted(byKey)) {
    if (state.warnings.get(key)?.severity !== finding.severity) raise(decision, { ...finding, ...words() });
  }
}

/**
 * Whether no pass of this half minute has looked yet. Only entries are remembered: passes that decide nothing look again, so
 * that nothing need be written for it, and what others append between two looks cannot put the next one off.
 */
export function isJudged({ state, context }: Decision): boolean {
  return Math.floor(context.now / judgeEveryMs) !== Math.floor(state.watch.tickedAt / judgeEveryMs);
}

/** Its task is gone or needs nothing any more, or its place is no longer configured. */
function isAboutNothing({ state, context }: Decision, warning: Warning): boolean {
  if (warning.code === "linear_unwritten") return context.config.alerts.linear === undefined;
  if (warning.code === "operator_unknown") return !hasUnknownOperator(state, context, warning.subject);
  const id = taskOfWarning(warning);
  if (id === null) return false;
  const task = state.tasks.get(id);
  return task === undefined || task.receipt !== null || task.outcome === "cancelled";
}

/** The configuration may name another one by now, or nobody any more. */
function hasUnknownOperator(state: State, { config }: Context, agent: string): boolean {
  const configured = agentConfigOf(config, agent);
  return configured !== undefined && factsOf(state, configured).some(({ presence }) => presence === "unknown");
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
