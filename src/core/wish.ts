/** What a task asks of a worker, how long it would wait for a better one, and what the next session goes on with. */
import type { MatchingPolicy, Wish } from "../matching/fit.ts";
import type { Config } from "../model/config.ts";
import type { AgentId } from "../model/ids.ts";
import type { Continuation, Task } from "../model/task.ts";
import { costOf } from "./caps.ts";
import { keptWork } from "./decide-preempt.ts";
import type { Context } from "../model/context.ts";
import { expectedMs, modeOf } from "./rank-ready.ts";
import { avoidedAgents } from "./retry-policy.ts";
import type { State } from "../state/state.ts";
import { urgencyOf } from "./urgency.ts";

/** Urgent work takes whoever is free, and so does a task that somebody has given way to. */
const urgent = 1;

/** A person's wish comes first, then the agent whose pull request is open, unless it has shown that it gets nowhere. */
export function wishOf(state: State, task: Task, context: Context): Wish {
  const avoided = avoidedAgents(task, context.config);
  const { needs, prefers, pinnedAgent } = task.definition;
  return {
    needs,
    prefers,
    pinnedAgent: task.assignTo?.agent ?? pinnedAgent ?? openPullAgent(task, avoided),
    pinnedWorker: task.assignTo?.worker ?? null,
    avoidedAgents: avoided,
    minutes: expectedMs(task) / 60_000,
    isUrgent: task.promised !== null || urgencyOf(state, task, context) === urgent,
    waitedMs: task.readySince === null ? 0 : Math.max(0, context.now - task.readySince),
    costUsd: task.attempts.length === 0 ? 0 : costOf(task),
    readyCount: state.ready.size,
  };
}

function openPullAgent(task: Task, avoided: readonly AgentId[]): AgentId | null {
  const last = task.pull?.state === "open" ? task.attempts.at(-1) : undefined;
  return last === undefined || avoided.includes(last.agent) ? null : last.agent;
}

/** The numbers of the configuration; attack mode never waits for a better worker. */
export function policyOf(state: State, task: Task, context: Context): MatchingPolicy {
  const policies = policiesOf(context.config);
  return modeOf(state, task, context) === "attack" ? policies.attack : policies.usual;
}

interface Policies {
  readonly usual: MatchingPolicy;
  readonly attack: MatchingPolicy;
}

const known = new WeakMap<Config, Policies>();

function policiesOf(config: Config): Policies {
  let policies = known.get(config);
  if (policies === undefined) {
    const { weights, bar, wait } = config.matching;
    policies = { usual: { weights, bar, waitMax: wait }, attack: { weights, bar, waitMax: 0 } };
    known.set(config, policies);
  }
  return policies;
}

/** An open pull request is gone on with, in the same session where the same agent takes it again; so is the branch of interrupted work. */
export function continuationOf(task: Task, agent: AgentId): Continuation | null {
  if (task.pull?.state !== "open") return keptWork(task, agent);
  const last = task.attempts.findLast((attempt) => attempt.agent === agent && attempt.session !== null);
  return { session: last?.session ?? null, branch: task.pull.branch };
}
