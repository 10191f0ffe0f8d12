/**
 * Preemption: when every worker that could take urgent work has long been busy, the least urgent of their tasks gives way. Its
 * session is asked to end, and its slot is free only when the end is seen; giving way is no failure, and its work is kept.
 */
import { capabilityOf, foldCase } from "../matching/capability.ts";
import type { AgentCandidate, Wish } from "../matching/fit.ts";
import { agentRejection } from "../matching/rejection.ts";
import { toAgentId, toWorkerId, type AgentId, type TaskId } from "../model/ids.ts";
import { priorityWords } from "../model/priority.ts";
import type { Assignment, Continuation, Priority, Task } from "../model/task.ts";
import { canEndSessions } from "../model/vendors.ts";
import { requestCancel } from "./decide-outcome.ts";
import { holdsUpImportantWork, staleAfterMs } from "./decide-stale.ts";
import type { Context, Decision } from "./decision.ts";
import { capacityOf } from "./pool.ts";
import { priorityOf, reachOf } from "./reach.ts";
import { isEnded } from "./readiness.ts";
import type { State } from "./state.ts";

/** The least urgent priority: a task of it never takes a worker from anybody. */
const lowestPriority = 5;

/** The task that gives way, and why in a sentence with the numbers. */
export interface Theft {
  readonly victim: TaskId;
  readonly reason: string;
}

/** The agents that may and can take the task; `[]` when one of them has a free slot, so that nobody needs to give way. */
export function fullAgents(wish: Wish, candidates: readonly AgentCandidate[]): readonly AgentId[] {
  const asked = foldCase(wish);
  const able = candidates.filter(
    (candidate) => agentRejection(asked, candidate, capabilityOf(candidate, asked)) === null,
  );
  return able.some((candidate) => candidate.free > 0) ? [] : able.map((candidate) => candidate.agent);
}

/**
 * Makes the least urgent running task give way to `task`, where the rules allow it; `agents` are those that could take it and
 * are all full. Returns whether a slot is being freed for it, by this decision or an earlier one.
 */
export function decidePreemption(decision: Decision, task: Task, agents: readonly AgentId[]): boolean {
  if (isPromised(decision.state, task)) return true;
  const theft = shouldStealWorker(decision.state, task, { agents, context: decision.context });
  if (theft === null) return false;
  decision.emit({ type: "TaskPreempted", task: theft.victim, for: task.id, reason: theft.reason });
  requestCancel(decision, theft.victim, { reason: "preempted", by: "orchestrate" });
  return true;
}

/** A slot is on its way to it already. */
function isPromised(state: State, task: Task): boolean {
  if (task.promised === null) return false;
  return state.tasks.get(task.promised)?.assignment?.preemptedFor === task.id;
}

/**
 * Whether a worker of `agents` is to be taken from its task for `task`: every one of them has been at its task for longer than
 * `preemption.after`, none becomes free anyway, and one runs a task that is strictly less urgent and may be interrupted. Null
 * when not. Of several the least urgent gives way, then the one that has been at it for the shortest time.
 */
export function shouldStealWorker(
  state: State,
  task: Task,
  among: { readonly agents: readonly AgentId[]; readonly context: Context },
): Theft | null {
  const { context, agents } = among;
  const urgency = urgencyOf(state, task, context);
  if (!context.config.preemption.enabled || urgency === lowestPriority || agents.length === 0) return null;
  let best: Holder | null = null;
  for (const holder of longBusy(state, task, among)) {
    if (urgencyOf(state, holder, context) <= urgency || !mayGiveWay(state, holder, context)) continue;
    if (best === null || givesWayBefore(state, holder, { best, context })) best = holder;
  }
  return best === null ? null : { victim: best.id, reason: describe(state, best, { task, context }) };
}

/** The tasks of those workers; none when one of them is not long at its task, or becomes free anyway. */
function longBusy(
  state: State,
  task: Task,
  among: { readonly agents: readonly AgentId[]; readonly context: Context },
): readonly Holder[] {
  const { now, config } = among.context;
  const since = now - config.preemption.after;
  if (hasRecentStart(state, among.agents, since)) return [];
  const busy: Holder[] = [];
  for (const holder of holders(state, task, among)) {
    if (isGivenAway(state, holder) || holder.assignment.personAsked) continue;
    if (holder.assignment.cancelReason !== null || sinceOf(holder.assignment) >= since) return [];
    busy.push(holder);
  }
  return busy;
}

/** The task's own priority, or that of the most urgent work that waits for it. */
function urgencyOf(state: State, task: Task, context: Context): Priority {
  return context.config.blockers.inherit ? (reachOf(state, task.id)?.priority ?? priorityOf(task)) : priorityOf(task);
}

/** The newest start that is still running says it at once wherever work is started often; a busy pool is not looked through. */
function hasRecentStart(state: State, agents: readonly AgentId[], since: number): boolean {
  for (const start of state.starts.since(since)) {
    const assignment = state.tasks.get(start.task)?.assignment ?? null;
    if (assignment?.startedAt === start.at && assignment.cancelReason === null && agents.includes(assignment.agent))
      return true;
  }
  return false;
}

type Holder = Task & { readonly assignment: Assignment };

/** The tasks that the workers have, agent by agent and slot by slot; only one where a person asked for one worker. */
function* holders(
  state: State,
  task: Task,
  among: { readonly agents: readonly AgentId[]; readonly context: Context },
): IterableIterator<Holder> {
  const pinned = task.assignTo?.worker ?? null;
  for (const agent of among.context.config.agents) {
    const id = toAgentId(agent.id);
    if (!among.agents.includes(id)) continue;
    const capacity = capacityOf(state, agent);
    for (let slot = 1; slot <= capacity; slot += 1) {
      const worker = toWorkerId(id, slot);
      const held = pinned === null || pinned === worker ? state.occupied.get(worker) : undefined;
      const holder = held === undefined ? undefined : state.tasks.get(held);
      if (holder !== undefined && holder.assignment !== null) yield holder as Holder;
    }
  }
}

/** Its slot becomes free, but for a task that still waits for it. */
function isGivenAway(state: State, { id, assignment: { preemptedFor } }: Holder): boolean {
  return preemptedFor !== null && state.tasks.get(preemptedFor)?.promised === id && state.ready.has(preemptedFor);
}

function sinceOf(assignment: Assignment): number {
  return assignment.startedAt ?? assignment.assignedAt;
}

/** Running, without a pull request, not interrupted too often, not near its end, and of an agent whose sessions can be ended. */
function mayGiveWay(state: State, holder: Holder, context: Context): boolean {
  const { assignment } = holder;
  const { perTask } = context.config.preemption;
  if (assignment.phase !== "running" || assignment.startedAt === null || isEnded(holder)) return false;
  if (holder.pull?.state === "open" || holder.preemptions >= perTask) return false;
  const agent = context.config.agents.find((each) => each.id === assignment.agent);
  if (agent === undefined || agent.dispatch === "label" || !canEndSessions[agent.type]) return false;
  return !isNearItsEnd(state, holder, context);
}

/**
 * From `preemption.nearEnd` of the expected time on. A session beyond its expected time may end any moment; one that is stale
 * has shown that nobody can tell, and is near nothing.
 */
function isNearItsEnd(state: State, holder: Holder, { config, now }: Context): boolean {
  const { assignment } = holder;
  const elapsed = now - sinceOf(assignment);
  if (elapsed < config.preemption.nearEnd * assignment.expectedMs) return false;
  return elapsed < staleAfterMs(assignment, config.stale, holdsUpImportantWork(state, holder.id));
}

function givesWayBefore(
  state: State,
  holder: Holder,
  than: { readonly best: Holder; readonly context: Context },
): boolean {
  const urgency = urgencyOf(state, holder, than.context);
  const bestUrgency = urgencyOf(state, than.best, than.context);
  if (urgency !== bestUrgency) return urgency > bestUrgency;
  const since = sinceOf(holder.assignment);
  const bestSince = sinceOf(than.best.assignment);
  return since === bestSince ? holder.id < than.best.id : since > bestSince;
}

function describe(
  state: State,
  victim: Holder,
  { task, context }: { readonly task: Task; readonly context: Context },
): string {
  const minutes = (ms: number): number => Math.floor(ms / 60_000);
  const ran = minutes(context.now - sinceOf(victim.assignment));
  const expected = Math.ceil(victim.assignment.expectedMs / 60_000);
  const urgency = priorityWords[urgencyOf(state, task, context)];
  const own = priorityWords[urgencyOf(state, victim, context)];
  return (
    `#${task.definition.number} has priority ${urgency}, and every worker that could take it has been busy for more than ` +
    `${minutes(context.config.preemption.after)} min; this has priority ${own} and has run for ${ran} of about ${expected} min.`
  );
}

/** A session that gave way was seen ended: the task is ready again at once, and nothing is counted against it. */
export function returnPreempted(decision: Decision, id: TaskId, detail: string): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  decision.emit({
    type: "RetryScheduled",
    task: id,
    reason: "preempted",
    detail,
    retryAt: decision.context.now,
    answers: null,
    counts: false,
  });
}

/**
 * What a session that gave way has left for the next one: its branch, where the vendor named one, and the session itself where the
 * same agent goes on. Null when there is nothing, and after a refused start: what cannot be gone on with is begun anew.
 */
export function keptWork(task: Task, agent: AgentId): Continuation | null {
  const last = task.attempts.at(-1);
  if (last === undefined || last.result !== "preempted" || last.branch === null || task.refusals > 0) return null;
  return { session: last.agent === agent ? last.session : null, branch: last.branch, isBegun: true };
}
