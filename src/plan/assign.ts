/** Who takes which of the ready tasks: matching as the App does it, for agents of which nothing is known but the backlog's word. */
import { chooseAgent } from "../matching/choose-agent.ts";
import type { AgentCandidate, Choice, Wish } from "../matching/fit.ts";
import { unestimatedMinutes } from "../graph/task-graph.ts";
import type { AgentType } from "../model/config-agent.ts";
import { toWorkerId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { PlannedAssignment } from "../model/plan.ts";
import type { TaskStatus } from "../model/task.ts";
import type { Ranked } from "../ranking/rank.ts";
import { defaultMatching } from "./defaults.ts";
import type { Backlog, BacklogAgent, BacklogTask } from "./input.ts";

/** A session of the task is open at the agent that its `agent:<id>` label names. */
const inSession: ReadonlySet<TaskStatus> = new Set(["assigned", "in_progress", "needs_input"]);

/** Gives the ready tasks, best first, to free slots, until no slot or no task is left. What fits nobody is passed over. */
export function assignReady(
  backlog: Backlog,
  ready: readonly Ranked[],
  tasks: ReadonlyMap<string, BacklogTask>,
): readonly PlannedAssignment[] {
  const candidates = backlog.agents.map((agent) => toCandidate(agent, busySlots(agent, backlog)));
  let free = candidates.reduce((sum, candidate) => sum + candidate.free, 0);
  const assignments: PlannedAssignment[] = [];
  for (const [place, ranked] of ready.entries()) {
    if (free === 0) break;
    const task = tasks.get(ranked.id) as BacklogTask;
    const standing = { rank: place + 1, readyCount: ready.length };
    const choice = chooseAgent(toWish(task, backlog, standing), candidates, defaultMatching);
    if (choice.kind !== "assign") continue;
    const taken = candidates.findIndex(({ agent }) => agent === choice.agent);
    const { firstFree, busy } = candidates[taken] as AgentCandidate;
    candidates[taken] = toCandidate(backlog.agents[taken] as BacklogAgent, busy + 1);
    free -= 1;
    assignments.push(toAssignment({ mode: backlog.mode, worker: String(firstFree), ranked, standing, choice }));
  }
  return assignments;
}

interface Standing {
  readonly rank: number;
  readonly readyCount: number;
}

function busySlots({ id, capacity }: BacklogAgent, { tasks }: Backlog): number {
  const name = id.toLowerCase();
  return Math.min(capacity, tasks.filter(({ status, wish }) => inSession.has(status) && wish.agent === name).length);
}

function toWish(task: BacklogTask, { agents }: Backlog, { readyCount }: Standing): Wish {
  const { needs, prefers, agent } = task.wish;
  return {
    needs,
    prefers,
    // Labels are read in lower case.
    pinnedAgent: agents.find(({ id }) => id.toLowerCase() === agent)?.id ?? agent,
    pinnedWorker: null,
    avoidedAgents: [],
    minutes: task.estimateMinutes ?? unestimatedMinutes,
    isUrgent: task.priority === 1,
    waitedMs: 0,
    readyCount,
  };
}

function toCandidate({ id, type, capabilities, capacity }: BacklogAgent, busy: number): AgentCandidate {
  const free = capacity - busy;
  return {
    agent: id,
    type: type as AgentType,
    capabilities,
    capacity,
    busy,
    disabled: 0,
    resting: 0,
    free,
    firstFree: free === 0 ? null : toWorkerId(id, busy + 1),
    paused: null,
    quotaLeft: null,
    history: null,
    cohesion: null,
    // No session has begun, so nobody can say when one ends: nothing waits for a better worker.
    freeInMs: null,
  };
}

interface Assigned {
  readonly mode: Mode;
  readonly worker: string;
  readonly ranked: Ranked;
  readonly standing: Standing;
  readonly choice: Extract<Choice, { kind: "assign" }>;
}

function toAssignment({ mode, worker, ranked, standing, choice }: Assigned): PlannedAssignment {
  return {
    task: ranked.id,
    agent: choice.agent,
    worker,
    score: choice.score,
    reasons: {
      algorithm: mode,
      score: ranked.score,
      parts: ranked.parts,
      ...standing,
      rejected: choice.rejected,
      rejectedCount: choice.rejectedCount,
      match: choice.score,
      matchParts: choice.parts,
      note: choice.note,
    },
  };
}
