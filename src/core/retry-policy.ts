/**
 * What follows from a failed attempt, by the kind of the failure and by who has failed before: the same agent again, with more
 * time, another agent, a person, or the end. Pure rules, in one place.
 */
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import type { AgentId } from "../model/ids.ts";
import type { Attempt, FailureReason, Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { timeoutGrowthMax } from "../model/limits.ts";

export interface Failure {
  readonly reason: FailureReason;
  readonly detail: string;
  /** Commit and checks of a red pull request; the same one is never answered twice. */
  readonly answers?: string | null;
  /** When the newest request for changes was made that the next attempt will know of. */
  readonly answersReview?: number;
  /** The agent itself says that trying again will not help. */
  readonly isHopeless?: true | undefined;
}

export type RetryAction =
  | {
      readonly kind: "same_agent" | "longer_timeout" | "other_agent";
      /** Whether it uses up one of `retry.maxAttempts`. */
      readonly counts: boolean;
      /** Failures in a row, this one included where it counts. */
      readonly failures: number;
      /** What is done differently, in words; null where it is the same again. */
      readonly plan: string | null;
    }
  /** Nothing more is started until a person has settled `reason`. */
  | { readonly kind: "person"; readonly reason: string }
  | { readonly kind: "give_up"; readonly reason: string };

/**
 * Nobody's failure: the base moved, a reviewer wants it otherwise, more important work came, or a person stopped everything, handed it over or put it back. Conflicts and reviews are bounded by
 * the cap on attempts alone.
 */
const uncounted: ReadonlySet<string> = new Set<Attempt["result"]>([
  "success",
  "conflict",
  "changes_requested",
  "preempted",
  "stopped",
  "handed_over",
  "queued",
]);
/** The end of a session that was asked for, through no fault of the attempt: its number is given again. */
export const interrupted: ReadonlySet<string> = new Set<Attempt["result"]>([
  "preempted",
  "stopped",
  "handed_over",
  "queued",
]);

/** The agent, not the task, is in doubt: another one is preferred at once. What it did, after its name. */
const doubts: Partial<Record<FailureReason, string>> = {
  no_result: "brought no result",
  vendor_failed: "failed at its vendor",
  api_error: "could not be reached",
  validation: "brought work that did not pass its validation",
};

/** More agents than this are not listed in a sentence. */
const namedMax = 3;

/** One counted failure, as it is known by now. */
interface Setback {
  readonly agent: AgentId;
  readonly reason: FailureReason;
}

/**
 * What to do after `failure` of the last attempt of `task`. `agents` are those that could take it now or later: configured, able,
 * not paused. Where there is no other agent, the same one tries again.
 */
export function determineRetryAction(
  task: Task,
  failure: Failure,
  { config, agents }: { readonly config: Config; readonly agents: readonly AgentId[] },
): RetryAction {
  const counts = !uncounted.has(failure.reason);
  const failures = task.failuresInRow + (counts ? 1 : 0);
  const row = rowWith(task, failure.reason);
  if (failure.reason === "needs_input") {
    return { kind: "person", reason: `${failure.detail} Write the answer into the issue before it is tried again.` };
  }
  if (failure.isHopeless === true) {
    return { kind: "give_up", reason: `${failure.detail} The agent says that trying again will not help.` };
  }
  const end = endOf(task, failure, { config, failures, row });
  if (end !== null) return end;
  const avoided = avoidedIn(task, { row, failures, config });
  const others = agents.filter((agent) => !avoided.some((each) => each.agent === agent));
  if (avoided.length > 0 && others.length > 0) {
    const why = avoided.map((each) => `${each.agent} ${each.why}`).join(", ");
    const who = others.length > namedMax ? "another agent" : others.join(" or ");
    return { kind: "other_agent", counts, failures, plan: `${who} is preferred: ${why}` };
  }
  const longer = failure.reason === "timeout" ? longerTimeout(task, config) : null;
  return { kind: longer === null ? "same_agent" : "longer_timeout", counts, failures, plan: longer };
}

/** The end of the road, where it is reached; null before. */
function endOf(
  task: Task,
  failure: Failure,
  { config, failures, row }: { readonly config: Config; readonly failures: number; readonly row: readonly Setback[] },
): RetryAction | null {
  const { attemptsPerTask } = config.limits;
  if (attemptsUsed(task) >= attemptsPerTask) {
    const tried = `Agents have tried as often as limits.attemptsPerTask (${attemptsPerTask}) allows`;
    if (failure.reason === "conflict") {
      return { kind: "person", reason: `${failure.detail} ${tried}: please resolve it on the branch and merge.` };
    }
    if (failure.reason === "changes_requested") {
      return { kind: "person", reason: `${failure.detail} ${tried}: please make the changes on the branch.` };
    }
    const cap = `The cap limits.attemptsPerTask (${attemptsPerTask}) is reached`;
    return { kind: "give_up", reason: `${failure.detail} ${cap}${tallyOf(row)}.` };
  }
  if (uncounted.has(failure.reason) || failures < config.retry.maxAttempts) return null;
  const spent = `${failures} of ${config.retry.maxAttempts} attempts (retry.maxAttempts) have failed`;
  return { kind: "give_up", reason: `${failure.detail} ${spent}${tallyOf(row)}.` };
}

/** `: jules 2 times (timeout, checks failed), bifrost once (no result)`, in the order in which they tried. */
function tallyOf(row: readonly Setback[]): string {
  const byAgent = new Map<AgentId, string[]>();
  for (const { agent, reason } of row.toReversed()) {
    const reasons = byAgent.get(agent) ?? [];
    reasons.push(reason.replaceAll("_", " "));
    byAgent.set(agent, reasons);
  }
  const parts = [...byAgent].map(([agent, reasons]) => {
    const times = reasons.length === 1 ? "once" : `${reasons.length} times`;
    return `${agent} ${times} (${[...new Set(reasons)].join(", ")})`;
  });
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

/** Attempts that reached a vendor over the whole life of the task. One that gave way is not used up: its number is given again. */
export function attemptsUsed(task: Task): number {
  const last = task.attempts.at(-1);
  if (last === undefined) return 0;
  return interrupted.has(last.result) ? last.attempt - 1 : last.attempt;
}

/** The counted failures since the task was last forgiven, newest first. */
function rowOf(attempts: readonly Attempt[], failures: number): readonly Setback[] {
  const row: Setback[] = [];
  for (let index = attempts.length - 1; index >= 0 && row.length < failures; index -= 1) {
    const attempt = attempts[index];
    const reason = attempt?.failedLater ?? attempt?.result;
    if (attempt === undefined || reason === undefined || reason === "success" || uncounted.has(reason)) continue;
    row.push({ agent: attempt.agent, reason });
  }
  return row;
}

/** The row with the failure that is not in the log yet. */
function rowWith(task: Task, reason: FailureReason): readonly Setback[] {
  const last = task.attempts.at(-1);
  const earlier = rowOf(task.attempts.slice(0, -1), task.failuresInRow);
  return last === undefined || uncounted.has(reason) ? earlier : [{ agent: last.agent, reason }, ...earlier];
}

interface Avoided {
  readonly agent: AgentId;
  /** Why, after the agent's name. */
  readonly why: string;
}

function avoidedIn(
  task: Task,
  { row, failures, config }: { readonly row: readonly Setback[]; readonly failures: number; readonly config: Config },
): readonly Avoided[] {
  const avoided: Avoided[] = [];
  const { refusedBy } = task;
  if (refusedBy !== null) avoided.push({ agent: refusedBy, why: "refused to start" });
  const agents = [...new Set(row.map((setback) => setback.agent))];
  const isLast = failures + 1 >= config.retry.maxAttempts || attemptsUsed(task) + 1 >= config.limits.attemptsPerTask;
  for (const agent of agents) {
    if (agent === refusedBy) continue;
    const own = row.filter((setback) => setback.agent === agent);
    const doubt = own.map((setback) => doubts[setback.reason]).find((words) => words !== undefined);
    if (doubt !== undefined) avoided.push({ agent, why: doubt });
    else if (own.length >= config.retry.switchAfter) avoided.push({ agent, why: `failed ${own.length} times` });
    else if (isLast && agents.length === 1) avoided.push({ agent, why: "is the only one that has tried" });
  }
  return avoided;
}

/**
 * The agents that `task` should not go to again while there is another one that could take it: one that refused its last start,
 * brought no result or an invalid one, or failed at the vendor; one that failed `retry.switchAfter` times since the task was last forgiven; and
 * before the last attempt the only one that has tried. A person's label or command goes before these rules, so for a task
 * that is pinned there are none. An open pull request keeps its agent unless that agent is among them.
 */
export function avoidedAgents(task: Task, config: Config): readonly AgentId[] {
  if (task.definition.pinnedAgent !== null || task.assignTo !== null) return [];
  if (task.failuresInRow === 0 && task.refusedBy === null) return [];
  const row = rowOf(task.attempts, task.failuresInRow);
  return avoidedIn(task, { row, failures: task.failuresInRow, config }).map((each) => each.agent);
}

/**
 * How long the next session of `task` at `agent` may take, milliseconds: the agent's own timeout, `retry.timeoutGrowth` times
 * longer for each timeout in a row at whatever agent, at most four times its own.
 */
export function timeoutFor(task: Task, agent: AgentConfig, config: Config): number {
  if (task.attempts.length === 0) return agent.timeout;
  const growth = Math.min(timeoutGrowthMax, config.retry.timeoutGrowth ** timeoutsInRow(task));
  return Math.round(agent.timeout * growth);
}

function timeoutsInRow(task: Task): number {
  let timeouts = 0;
  for (const attempt of task.attempts.toReversed()) {
    if (attempt.result === "timeout") timeouts += 1;
    else if (!interrupted.has(attempt.result)) break;
  }
  return timeouts;
}

/** In words; null where the agent is gone, or its time does not grow. */
function longerTimeout(task: Task, config: Config): string | null {
  const last = task.attempts.at(-1)?.agent;
  const agent = agentConfigOf(config, last);
  if (agent === undefined) return null;
  const timeoutMs = timeoutFor(task, agent, config);
  return timeoutMs <= agent.timeout ? null : `it gets ${Math.round(timeoutMs / 60_000)} min at ${agent.id}`;
}
