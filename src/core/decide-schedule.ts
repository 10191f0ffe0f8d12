/** Which ready task goes to which free worker, by the mode in force, under the caps; and why the rest wait. */
import type { AssignmentReasons } from "../model/task.ts";
import { agentOf, type WorkerId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { chooseWorker } from "../matching/choose-worker.ts";
import { candidateWorkers } from "./candidates.ts";
import { isCostCapSpent, spentCaps } from "./caps.ts";
import { attemptsUsed } from "./decide-outcome.ts";
import type { Decision } from "./decision.ts";
import { lookAheadMax, rejectedKeptMax } from "./limits.ts";
import { rankReady, type RankedTask } from "./rank-ready.ts";

/** Assigns ready tasks to free workers until the batch is full, nobody is free, or nothing fits. */
export function decideSchedule(decision: Decision): void {
  const { state, context } = decision;
  if (state.isPaused || context.config.agents.length === 0 || state.ready.size === 0) return;
  const ranked = rankReady(state, context);
  let assigned = 0;
  for (const [index, entry] of ranked.slice(0, lookAheadMax).entries()) {
    if (assigned >= context.config.limits.batch || spentCaps(state, context).length > 0) return;
    const task = state.tasks.get(entry.id);
    if (task === undefined || (task.retryAt ?? 0) > context.now || isCostCapSpent(task, context)) continue;
    if (assign(decision, task, { entry, rank: index + 1, readyCount: ranked.length })) assigned += 1;
  }
}

interface Place {
  readonly entry: RankedTask;
  readonly rank: number;
  readonly readyCount: number;
}

function assign(decision: Decision, task: Task, place: Place): boolean {
  const { state, context } = decision;
  const choice = chooseWorker(wishOf(task), candidateWorkers(state, context));
  if (choice.worker === null) return false;
  const agent = agentOf(choice.worker);
  decision.emit({
    type: "TaskAssigned",
    task: task.id,
    agent,
    worker: choice.worker,
    attempt: attemptsUsed(task) + 1,
    fence: state.fence + 1,
    continues: continuation(task, agent),
    reasons: reasonsOf(place, choice),
  });
  return true;
}

/** What the task asks of a worker: a person's wish, or the agent whose pull request is open. */
export function wishOf(task: Task): {
  readonly needs: readonly string[];
  readonly pinnedAgent: string | null;
  readonly pinnedWorker: WorkerId | null;
  readonly excludedAgents: readonly string[];
} {
  const last = task.attempts.at(-1);
  const pinned =
    task.assignTo?.agent ?? task.definition.pinnedAgent ?? (task.pull?.state === "open" ? last?.agent : null);
  return {
    needs: task.definition.needs,
    pinnedAgent: pinned ?? null,
    pinnedWorker: task.assignTo?.worker ?? null,
    excludedAgents: [],
  };
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

function reasonsOf(place: Place, choice: Pick<AssignmentReasons, "rejected" | "rejectedCount">): AssignmentReasons {
  return {
    algorithm: place.entry.algorithm,
    score: place.entry.score,
    parts: place.entry.parts,
    rank: place.rank,
    readyCount: place.readyCount,
    rejected: choice.rejected.slice(0, rejectedKeptMax),
    rejectedCount: choice.rejectedCount,
  };
}
