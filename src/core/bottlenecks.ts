/** Tasks that hold up others and do not move as they should, with what can be done about each. Pure reads of the state. */
import { toAgentId, type AgentId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { AssignedTask } from "./decision.ts";
import {
  countOf,
  isAbove,
  minutesOf,
  openWarning,
  pausedUntil,
  takenMsOf,
  type Finding,
  type Look,
} from "./finding.ts";
import { isEnded } from "../state/readiness.ts";
import { reachOf, settleReach } from "../state/reach.ts";
import type { Reach } from "../state/records.ts";
import { slotCountsOf } from "../state/capacity.ts";

/** So many tasks wait directly, or so many in all, and what they wait for holds up many. */
const manyDirect = 3;
const manyTransitive = 5;
/** On one of the longest paths fewer are enough, but not a single one: that is every pair of issues. */
const pathTransitive = 2;
/** The first failure of a task is what retries are for. */
const failuresMin = 2;
/** An estimate is a mean: half of all sessions take longer. One that takes this many times as long is late. */
export const lateFactor = 1.5;
/** An agent with no free worker is overloaded when more than this share of its sessions are late. */
const lateShare = 0.5;

/**
 * Tasks in flight, or waiting for their retry, that many wait for or whose remaining path is among the longest (more than half
 * of the longest), and that are late, failing, waiting for a person, or with an agent that is overloaded or paused. Work in
 * proportion to what is in flight and what waits for a retry.
 */
export function detectBottlenecks(look: Look): readonly Finding[] {
  const { state } = look;
  settleReach(state);
  const crowded = crowdedAgents(look);
  const peak = state.scale.peaks().tail;
  const found: Finding[] = [];
  for (const task of candidates(look)) {
    // Nearly all are in no trouble, which is seen at once; what waits behind the others is looked up only then.
    const trouble = troubleOf(look, task, crowded);
    const reach = trouble === null ? null : reachOf(state, task.id);
    if (trouble === null || reach === null || isEnded(task)) continue;
    const isOpen = openWarning(look, "bottleneck", task.id) !== undefined;
    if (trouble.isOnlyOpen && !isOpen) continue;
    if (!holdsUp(reach, peak, isOpen)) continue;
    const words = (): ReturnType<Finding["words"]> => {
      const { detail, suggestion } = trouble.describe();
      return { detail: `${waitersOf(reach)}: ${detail}.`, suggestion };
    };
    found.push({ code: "bottleneck", subject: task.id, severity: "warning", words });
  }
  return found;
}

/** Those with an assignment, and those that wait for a retry. */
function candidates({ state, inFlight }: Look): readonly Task[] {
  const waiting = [...state.backingOff.keys()].flatMap((id) => state.tasks.get(id) ?? []);
  return [...inFlight, ...waiting];
}

/** One that is told of already goes on to count for as long as anything waits for it. */
function holdsUp(reach: Reach, peak: number, isOpen: boolean): boolean {
  if (reach.direct === 0) return false;
  if (isOpen || reach.direct >= manyDirect || reach.transitive >= manyTransitive) return true;
  return reach.transitive >= pathTransitive && reach.tailMinutes > peak / 2;
}

function waitersOf({ direct, transitive, tailMinutes }: Reach): string {
  const all = transitive > direct ? ` (${transitive} with what is behind them)` : "";
  const verb = direct === 1 ? "waits" : "wait";
  return `${countOf(direct, "task")}${all} ${verb} for it, ${minutesOf(tailMinutes * 60_000)} of work in a row`;
}

interface Trouble {
  /** It is none by itself, but keeps an open warning open. */
  readonly isOnlyOpen: boolean;
  readonly describe: () => { readonly detail: string; readonly suggestion: string };
}

const reassign = "Give it to another agent with `/orchestrate assign <agent>`";
const split = "split what is left of it into smaller issues";

function trouble(detail: string, suggestion: string): Trouble {
  return { isOnlyOpen: false, describe: () => ({ detail, suggestion }) };
}

function troubleOf(look: Look, task: Task, crowded: ReadonlyMap<AgentId, Crowding>): Trouble | null {
  const { assignment } = task;
  if (assignment !== null && (assignment.phase === "waiting" || assignment.personAsked)) {
    return trouble("its session waits for a person", "Answer on the issue.");
  }
  if (task.failuresInRow >= failuresMin) {
    return trouble(`it has failed ${task.failuresInRow} times in a row`, `${reassign}, or ${split}.`);
  }
  return assignment === null ? stuckAtAgent(look, task) : slowSession(look, task as AssignedTask, crowded);
}

/** It waits for its retry, and the agent that had it last takes nothing. */
function stuckAtAgent(look: Look, task: Task): Trouble | null {
  const agent = task.assignTo?.agent ?? task.definition.pinnedAgent ?? task.refusedBy ?? task.attempts.at(-1)?.agent;
  if (agent === undefined || pausedUntil(look, agent) === null) return null;
  return trouble(`its agent ${agent} is paused`, `${reassign}.`);
}

function slowSession(look: Look, task: AssignedTask, crowded: ReadonlyMap<AgentId, Crowding>): Trouble | null {
  const { agent, expectedMs } = task.assignment;
  const takenMs = takenMsOf(look, task);
  if (takenMs > lateFactor * expectedMs) {
    const describe = (): ReturnType<Trouble["describe"]> => ({
      detail: `it takes ${minutesOf(takenMs)} where ${minutesOf(expectedMs)} were expected`,
      suggestion: `${reassign}, or ${split}.`,
    });
    return { isOnlyOpen: false, describe };
  }
  const crowding = crowded.get(agent);
  if (crowding === undefined) return null;
  const describe = (): ReturnType<Trouble["describe"]> => ({
    detail: `its agent ${agent} has no free worker and is late with most of its sessions`,
    suggestion: `${reassign}, or add workers to ${agent} (\`agents[].capacity\`).`,
  });
  return { isOnlyOpen: crowding === "open", describe };
}

/** `full`: overloaded. `open`: late enough, or nearly, to keep what is told of: a worker that was just freed has its next task soon. */
type Crowding = "full" | "open";

function crowdedAgents(look: Look): ReadonlyMap<AgentId, Crowding> {
  const late = new Map<AgentId, number>();
  for (const task of look.inFlight) {
    const { agent, expectedMs } = task.assignment;
    if (takenMsOf(look, task) > lateFactor * expectedMs) late.set(agent, (late.get(agent) ?? 0) + 1);
  }
  const crowded = new Map<AgentId, Crowding>();
  for (const agent of late.size === 0 ? [] : look.context.config.agents) {
    const id = toAgentId(agent.id);
    const { busy, free } = slotCountsOf(look.state, agent);
    const count = late.get(id) ?? 0;
    if (free === 0 && isAbove(count, busy * lateShare, false)) crowded.set(id, "full");
    else if (count > 0 && isAbove(count, busy * lateShare, true)) crowded.set(id, "open");
  }
  return crowded;
}
