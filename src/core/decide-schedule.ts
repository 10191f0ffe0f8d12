/** Which ready task goes to which free worker, by the mode in force, under the caps; and why the rest wait. */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { Choice, MatchingPolicy, Wish } from "../matching/fit.ts";
import type { Config } from "../model/config.ts";
import type { AssignmentReasons, Task } from "../model/task.ts";
import { isCostCapSpent, spentCaps } from "./caps.ts";
import type { Context, Decision } from "./decision.ts";
import { Pool } from "./pool.ts";
import { expectedMs, modeOf, readyInOrder, type RankedTask } from "./rank-ready.ts";
import { reachOf } from "./reach.ts";
import { attemptsUsed } from "./retry-policy.ts";
import type { State } from "./state.ts";

/** Assigns ready tasks to free workers until the batch is full, nobody is free, or nothing fits. */
export function decideSchedule(decision: Decision): void {
  const { state, context } = decision;
  const { agents, limits, matching } = context.config;
  if (state.isPaused || agents.length === 0 || state.ready.size === 0) return;
  const pool = new Pool(state, context);
  if (!pool.hasFree()) return;
  const readyCount = state.ready.size;
  let assigned = 0;
  let rank = 0;
  // What is assigned meanwhile has been read by then, and the rest of the queue stays as it is.
  for (const entry of readyInOrder(state, context)) {
    if (assigned >= limits.batch || rank - assigned >= matching.lookAhead) return;
    if (!pool.hasFree() || spentCaps(state, context).length > 0) return;
    rank += 1;
    const task = state.tasks.get(entry.id);
    if (task === undefined || (task.retryAt ?? 0) > context.now || isCostCapSpent(task, context)) continue;
    if (assign(decision, { task, entry, rank, readyCount, pool })) assigned += 1;
  }
}

interface Turn {
  readonly task: Task;
  readonly entry: RankedTask;
  readonly rank: number;
  readonly readyCount: number;
  readonly pool: Pool;
}

function assign(decision: Decision, turn: Turn): boolean {
  const { state, context } = decision;
  const { task, pool } = turn;
  const choice = chooseAgent(wishOf(state, task, context), pool.candidatesFor(task), policyOf(state, task, context));
  if (choice.kind !== "assign") return false;
  const worker = pool.slotFor(choice.agent, task, task.assignTo?.worker ?? null);
  const agent = context.config.agents.find((each) => each.id === choice.agent);
  if (worker === null || agent === undefined) return false;
  decision.emit({
    type: "TaskAssigned",
    task: task.id,
    agent: choice.agent,
    worker,
    attempt: attemptsUsed(task) + 1,
    fence: state.fence + 1,
    continues: continuation(task, choice.agent),
    timeoutMs: agent.timeout,
    expectedMs: expectedMs(task),
    reasons: reasonsOf(turn, choice),
  });
  pool.refresh(choice.agent);
  return true;
}

/** What the task asks of a worker: a person's wish, or the agent whose pull request is open. */
export function wishOf(state: State, task: Task, context: Context): Wish {
  const last = task.attempts.at(-1);
  const pinned =
    task.assignTo?.agent ?? task.definition.pinnedAgent ?? (task.pull?.state === "open" ? last?.agent : null);
  return {
    needs: task.definition.needs,
    prefers: task.definition.prefers,
    pinnedAgent: pinned ?? null,
    pinnedWorker: task.assignTo?.worker ?? null,
    avoidedAgents: [],
    minutes: expectedMs(task) / 60_000,
    isUrgent: (reachOf(state, task.id)?.priority ?? task.definition.priority) === 1,
    waitedMs: task.readySince === null ? 0 : Math.max(0, context.now - task.readySince),
    readyCount: state.ready.size,
  };
}

/** Attack mode never waits for a better worker. */
export function policyOf(state: State, task: Task, context: Context): MatchingPolicy {
  return modeOf(state, task, context) === "attack" ? attackPolicy(context.config) : policy(context.config);
}

const policies = new WeakMap<Config, MatchingPolicy>();

function policy(config: Config): MatchingPolicy {
  let known = policies.get(config);
  if (known === undefined) {
    const { weights, bar, wait } = config.matching;
    known = { weights, bar, waitMax: wait };
    policies.set(config, known);
  }
  return known;
}

function attackPolicy(config: Config): MatchingPolicy {
  return { ...policy(config), waitMax: 0 };
}

/** An open pull request is gone on with, in the same session where the same agent takes it again. */
function continuation(
  task: Task,
  agent: string,
): { readonly session: Task["attempts"][number]["session"]; readonly branch: string } | null {
  if (task.pull?.state !== "open") return null;
  const last = task.attempts.findLast((attempt) => attempt.agent === agent && attempt.session !== null);
  return { session: last?.session ?? null, branch: task.pull.branch };
}

function reasonsOf(turn: Turn, choice: Choice & { readonly kind: "assign" }): AssignmentReasons {
  const { entry, rank, readyCount } = turn;
  return {
    algorithm: entry.algorithm,
    score: entry.score,
    parts: entry.parts,
    rank,
    readyCount,
    rejected: choice.rejected,
    rejectedCount: choice.rejectedCount,
    match: choice.score,
    matchParts: { ...choice.parts },
    note: choice.note,
  };
}
