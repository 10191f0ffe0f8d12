/** Tasks that hold up others and do not move as they should, with what can be done about each. Pure reads of the state. */
import type { AgentId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { countOf, isAbove, minutesOf, openWarning, pausedUntil, type Finding, type Look } from "./finding.ts";
import type { AssignedTask } from "./decision.ts";
import { isEnded } from "./readiness.ts";
import { reachOf, settleReach } from "./reach.ts";
import type { Reach } from "./state.ts";
import { slotsOf } from "./utilisation.ts";

/** So many tasks wait directly, or so many in all, and what they wait for holds up many. */
const manyDirect = 3;
const manyTransitive = 5;
/** The first failure of a task is what retries are for. */
const failuresMin = 2;
/** An estimate is a mean: half of all sessions take longer. One that takes this many times as long is late. */
const lateFactor = 1.5;
/** An agent with no free worker is overloaded when more than this share of its sessions are late. */
const lateShare = 0.5;

/**
 * Tasks in flight, or waiting for their retry, that many wait for or whose remaining path is among the longest (more than half
 * of the longest, rounded up to a power of two), and that are late, failing, waiting for a person, or with an agent that is
 * overloaded or paused. Work in proportion to what is in flight and what waits for a retry.
 */
export function detectBottlenecks(look: Look): readonly Finding[] {
  const { state } = look;
  settleReach(state);
  const late = lateSessions(look);
  const found: Finding[] = [];
  for (const id of new Set([...state.active.keys(), ...state.backingOff.keys()])) {
    const task = state.tasks.get(id);
    const reach = reachOf(state, id);
    if (task === undefined || isEnded(task) || reach === null || !holdsUp(look, task, reach)) continue;
    const trouble = troubleOf(look, task, late);
    if (trouble === null) continue;
    const { detail, suggestion } = trouble;
    const words = (): ReturnType<Finding["words"]> => ({ detail: `${waitersOf(reach)}: ${detail}.`, suggestion });
    found.push({ code: "bottleneck", subject: id, severity: "warning", words });
  }
  return found;
}

/** One that is told of already goes on to count for as long as anything waits for it. */
function holdsUp(look: Look, task: Task, reach: Reach): boolean {
  if (reach.direct === 0) return false;
  if (openWarning(look, "bottleneck", task.id) !== undefined) return true;
  const isLong = reach.tailMinutes > look.state.scale.peaks().tail / 2;
  return isLong || reach.direct >= manyDirect || reach.transitive >= manyTransitive;
}

function waitersOf({ direct, transitive, tailMinutes }: Reach): string {
  const all = transitive > direct ? ` (${transitive} with what is behind them)` : "";
  const verb = direct === 1 ? "waits" : "wait";
  return `${countOf(direct, "task")}${all} ${verb} for it, ${minutesOf(tailMinutes * 60_000)} of work in a row`;
}

interface Trouble {
  readonly detail: string;
  readonly suggestion: string;
}

const reassign = "Give it to another agent with `/orchestrate assign <agent>`";
const split = "split what is left of it into smaller issues";

function troubleOf(look: Look, task: Task, late: ReadonlyMap<AgentId, number>): Trouble | null {
  const { assignment } = task;
  if (assignment !== null && (assignment.phase === "waiting" || assignment.personAsked)) {
    return { detail: "its session waits for a person", suggestion: "Answer on the issue." };
  }
  if (task.failuresInRow >= failuresMin) {
    return { detail: `it has failed ${task.failuresInRow} times in a row`, suggestion: `${reassign}, or ${split}.` };
  }
  return assignment === null ? stuckAtAgent(look, task) : slowSession(look, { ...task, assignment }, late);
}

/** It waits for its retry, and the agent that had it last takes nothing. */
function stuckAtAgent(look: Look, task: Task): Trouble | null {
  const agent = task.assignTo?.agent ?? task.definition.pinnedAgent ?? task.refusedBy ?? task.attempts.at(-1)?.agent;
  if (agent === undefined || pausedUntil(look, agent) === null) return null;
  return { detail: `its agent ${agent} is paused`, suggestion: `${reassign}.` };
}

function slowSession(look: Look, { id, assignment }: AssignedTask, late: ReadonlyMap<AgentId, number>): Trouble | null {
  if (isLate(look, assignment)) {
    const takenMs = look.context.now - (assignment.startedAt ?? assignment.assignedAt);
    const detail = `it takes ${minutesOf(takenMs)} where ${minutesOf(assignment.expectedMs)} were expected`;
    return { detail, suggestion: `${reassign}, or ${split}.` };
  }
  const isOpen = openWarning(look, "bottleneck", id) !== undefined;
  if (!isOverloaded(look, assignment.agent, { late: late.get(assignment.agent) ?? 0, isOpen })) return null;
  return {
    detail: `its agent ${assignment.agent} has no free worker and is late with most of its sessions`,
    suggestion: `${reassign}, or add workers to ${assignment.agent} (\`agents[].capacity\`).`,
  };
}

function isLate({ context }: Look, assignment: NonNullable<Task["assignment"]>): boolean {
  return context.now - (assignment.startedAt ?? assignment.assignedAt) > lateFactor * assignment.expectedMs;
}

/** Late sessions of each agent. */
function lateSessions(look: Look): ReadonlyMap<AgentId, number> {
  const late = new Map<AgentId, number>();
  for (const [, id] of look.state.occupied.entries()) {
    const assignment = look.state.tasks.get(id)?.assignment ?? null;
    if (assignment === null || !isLate(look, assignment)) continue;
    late.set(assignment.agent, (late.get(assignment.agent) ?? 0) + 1);
  }
  return late;
}

/** What is told of goes on with a worker that has just been freed: its next task comes with this pass. */
function isOverloaded(
  { state, context }: Look,
  id: AgentId,
  of: { readonly late: number; readonly isOpen: boolean },
): boolean {
  const agent = context.config.agents.find((each) => each.id === id);
  if (agent === undefined) return false;
  const { busy, free } = slotsOf(state, agent);
  return (free === 0 || of.isOpen) && isAbove(of.late, busy * lateShare, of.isOpen);
}
