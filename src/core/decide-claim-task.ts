/**
 * An agent that takes its work itself asks for some: whether it may have the task, or which one it gets, by the rules that whoever is
 * given work goes by: trust, blockers, limits, caps, capabilities, room. What it gets is its session from that moment on.
 */
import type { Choice } from "../matching/fit.ts";
import type { Command } from "../model/command.ts";
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import type { AgentId, TaskId, WorkerId } from "../model/ids.ts";
import type { AssignmentReasons, Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { toAssigned } from "./assigned.ts";
import { standingFor, takeables, type Taker } from "./could-take.ts";
import type { Decision } from "./decision.ts";
import { describeUnselected } from "./intake.ts";
import { rankedAt, readyInOrder, type RankedTask } from "./rank-ready.ts";
import { isReady, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { waitingReasons, type WaitingReason } from "./waiting.ts";

/** What an agent asks for. */
export interface ClaimAsk {
  /** Null: the best that fits. */
  readonly task: TaskId | null;
  readonly agent: AgentId;
  /** The slot that asks; null: any that is free. */
  readonly worker: WorkerId | null;
  /** Tasks that it does not want, where any will do. */
  readonly except?: ReadonlySet<TaskId>;
}

export type ClaimVerdict =
  | { readonly kind: "granted"; readonly task: Task; readonly agent: AgentConfig; readonly grant: Grant }
  /** With reason codes, as of a task that waits; a detail says what is special about the case. */
  | { readonly kind: "refused"; readonly why: readonly WaitingReason[] };

interface Grant {
  readonly worker: WorkerId;
  readonly entry: RankedTask;
  /** From 1, among all ready tasks. */
  readonly rank: number;
  readonly choice: Choice & { readonly kind: "assign" };
}

type Place = Pick<Decision, "state" | "context">;

/** Never throws, and changes nothing. */
export function judgeClaim(place: Place, ask: ClaimAsk): ClaimVerdict {
  const { state, context } = place;
  const agent = agentConfigOf(context.config, ask.agent);
  if (agent === undefined || !takesItself(agent)) return refuse("not_asking", whyNotAsking(place, ask.agent));
  if (ask.task === null) return judgeBest(place, ask, agent);
  const task = state.tasks.get(ask.task);
  if (task === undefined) return refuse("no_task", describeUnselected(context.config));
  return judgeTask(place, { task, taker: ask, agent });
}

function refuse(code: string, detail: string): ClaimVerdict {
  return { kind: "refused", why: [{ code, detail }] };
}

function whyNotAsking({ context }: Place, id: AgentId): string {
  const all = context.config.agents.filter(takesItself).map((agent) => agent.id);
  const which =
    all.length === 0
      ? "the configuration has none: add one under agents, such as { id: desk, type: pull }"
      : `these are: ${all.join(", ")}`;
  const known = agentConfigOf(context.config, id);
  const what =
    known === undefined ? `There is no agent ${id}` : `${id} is of the type ${known.type}, which is given its work`;
  return `${what}. Only agents of the type pull take theirs themselves; ${which}.`;
}

interface Asked {
  readonly task: Task;
  readonly taker: Taker;
  readonly agent: AgentConfig;
}

function judgeTask({ state, context }: Place, { task, taker, agent }: Asked): ClaimVerdict {
  if (!isReady(state, task)) return { kind: "refused", why: whyNotReady(state, task, { state, context }) };
  const standing = standingFor(state, context, { taker, task });
  const { worker, choice } = standing;
  if (worker === null || choice === null) return { kind: "refused", why: standing.waiting };
  return { kind: "granted", task, agent, grant: { worker, choice, ...placeOf({ state, context }, task) } };
}

function placeOf({ state, context }: Place, task: Task): Pick<Grant, "entry" | "rank"> {
  let rank = 0;
  const number = state.numbering.find(task.id);
  for (const entry of readyInOrder(state, context)) {
    rank += 1;
    if (entry.number === number) return { entry, rank };
  }
  return { entry: rankedAt(state, context, number), rank: state.ready.size };
}

function whyNotReady(state: State, task: Task, { context }: Place): readonly WaitingReason[] {
  const { assignment } = task;
  if (assignment !== null) {
    const since = new Date(assignment.assignedAt).toISOString();
    return [{ code: "taken", detail: `It is with ${assignment.worker} since ${since}: one session at a time.` }];
  }
  const reasons = waitingReasons(state, task, context);
  if (reasons.length > 0) return reasons;
  const status = (statusOf(state, task) ?? "pending").replaceAll("_", " ");
  return [{ code: "nothing_to_do", detail: `It is ${status}: there is nothing to be done on it now.` }];
}

/** The best of the ready ones that it may have; what could be looked at in vain is bounded. */
function judgeBest({ state, context }: Place, ask: ClaimAsk, agent: AgentConfig): ClaimVerdict {
  let first: { readonly number: number; readonly waiting: readonly WaitingReason[] } | null = null;
  for (const { task, entry, rank, standing } of takeables(state, context, ask)) {
    if (ask.except?.has(task.id) === true) continue;
    const { worker, choice, waiting } = standing;
    if (worker !== null && choice !== null)
      return { kind: "granted", task, agent, grant: { worker, choice, entry, rank } };
    first ??= { number: task.definition.number, waiting };
  }
  const detail = describeNothing(state, ask, first?.number ?? null);
  return { kind: "refused", why: [{ code: "nothing_fits", detail }, ...(first?.waiting ?? [])] };
}

function describeNothing({ ready: { size } }: State, { agent, worker }: ClaimAsk, best: number | null): string {
  const ready = size === 1 ? "1 task is ready" : `${size} tasks are ready`;
  const which = best === null ? "none of which it may have" : `of which it could have #${best} at best`;
  return `There is nothing for ${worker ?? agent} now: ${ready}${size === 0 ? "" : `, ${which}`}.`;
}

/** The task is its own from now on, with a session that needs no start. A refusal decides nothing: whoever asked judges it once more to be told why. */
export function decideTaskClaim(decision: Decision, command: Extract<Command, { readonly type: "ClaimTask" }>): void {
  const { by, text } = command;
  const verdict = judgeClaim(decision, command);
  if (verdict.kind === "refused") return;
  const { task, agent, grant } = verdict;
  if (text !== undefined && text.hash !== task.trust?.hash) return;
  const readyCount = decision.state.ready.size;
  const reasons = reasonsOf(grant, readyCount);
  const assigned = toAssigned(decision, task, { agent, worker: grant.worker, reasons });
  decision.emit({ ...assigned, takenBy: by });
  const criteria = text === undefined || text.criteria.length === 0 ? {} : { criteria: text.criteria };
  const { fence } = assigned;
  decision.emit({
    type: "SessionStarted",
    task: task.id,
    fence,
    session: { id: `${agent.id}:${fence}`, url: null },
    ...criteria,
  });
}

function reasonsOf({ entry, rank, choice }: Grant, readyCount: number): AssignmentReasons {
  return {
    algorithm: entry.algorithm,
    score: entry.score,
    parts: entry.parts,
    rank,
    readyCount,
    rejected: choice.rejected,
    rejectedCount: choice.rejectedCount,
    match: choice.score,
    matchParts: choice.parts,
    note: choice.note,
  };
}
