/**
 * Preemption: when every worker that could take urgent work has long been busy, the least urgent of their tasks gives way. Its
 * session is asked to end, and its slot is free only when the end is seen; giving way is no failure, and its work is kept.
 */
import { capabilityOf, foldCase } from "../matching/capability.ts";
import type { AgentCandidate, Wish } from "../matching/fit.ts";
import { agentRejection } from "../matching/rejection.ts";
import { takesItself } from "../model/config-agent.ts";
import { toWorkerId, type AgentId, type TaskId, type WorkerId } from "../model/ids.ts";
import { priorityWords } from "../model/priority.ts";
import { agentBehind } from "../model/registry.ts";
import type { Assignment, Attempt, Continuation, Priority, Task } from "../model/task.ts";
import { canEndSessions } from "../model/vendors.ts";
import { agentConfigOf } from "./agent-config.ts";
import { requestCancel } from "./decide-outcome.ts";
import { staleAfterMs } from "./decide-stale.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { capacityOf, isShrunk } from "../state/capacity.ts";
import { isEnded } from "../state/readiness.ts";
import { interrupted } from "./retry-policy.ts";
import type { State } from "../state/state.ts";
import { lowestPriority, urgencyOf } from "./urgency.ts";

/** The task that gives way, and why in a sentence with the numbers. */
export interface Theft {
  readonly victim: TaskId;
  readonly reason: string;
}

/** The agents that may and can take the task; `[]` when one of them has a free slot, so that nobody needs to give way. */
export function fullAgents(wish: Wish, candidates: readonly AgentCandidate[]): readonly AgentId[] {
  const asked = foldCase(wish);
  const able = candidates.filter(
    (candidate) => !takesItself(candidate) && agentRejection(asked, candidate, capabilityOf(candidate, asked)) === null,
  );
  return able.some((candidate) => candidate.free > 0) ? [] : able.map((candidate) => candidate.agent);
}

/**
 * Makes the least urgent running task give way to `task`, where the rules allow it; `agents` are those that could take it and
 * are all full. Returns whether a slot is being freed for it, by this decision or an earlier one.
 */
export function decidePreemption(decision: Decision, task: Task, agents: readonly AgentId[]): boolean {
  if (isPromised(decision.state, task)) return true;
  const { state, context } = decision;
  const theft = shouldStealWorker(task, agents, { state, context, benches: benchesOf(decision) });
  if (theft === null) return false;
  decision.emit({ type: "TaskPreempted", task: theft.victim, for: task.id, reason: theft.reason });
  requestCancel(decision, theft.victim, { reason: "preempted", by: "orchestrate" });
  return true;
}

/** A slot is on its way to it already. */
export function isPromised(state: State, task: Task): boolean {
  if (task.promised === null) return false;
  return state.tasks.get(task.promised)?.assignment?.preemptedFor === task.id;
}

/** What a theft is judged on. */
interface Ground {
  readonly state: State;
  readonly context: Context;
  /** What is known of the workers already; more is added as it is found. */
  readonly benches: Map<AgentId, Bench>;
}

/** The workers of one agent. */
interface Bench {
  /** Every one is long at its task, and none becomes free anyway. */
  readonly isStuck: boolean;
  /** The tasks that may give way, the first to do so first. */
  readonly victims: readonly Holder[];
}

type Holder = Task & { readonly assignment: Assignment };

/**
 * Whether a worker of `agents` is to be taken from its task for `task`: every one of them has been at its task for longer than
 * `preemption.after`, none becomes free anyway, and one runs a task that is strictly less urgent and may be interrupted. Null
 * when not. Of several the least urgent gives way, then the one that has been at it for the shortest time.
 */
export function shouldStealWorker(task: Task, agents: readonly AgentId[], ground: Ground): Theft | null {
  const { state, context } = ground;
  const urgency = urgencyOf(state, task, context);
  if (!context.config.preemption.enabled || urgency === lowestPriority) return null;
  let best: Holder | null = null;
  for (const agent of agents) {
    const bench = benchFor(task, agent, ground);
    if (!bench.isStuck) return null;
    const first = bench.victims[0];
    if (first !== undefined && (best === null || compareVictims(first, best, ground) < 0)) best = first;
  }
  if (best === null || urgencyOf(state, best, context) <= urgency) return null;
  return { victim: best.id, reason: describe(task, best, ground) };
}

/**
 * The urgency of the least urgent task of `agents`, whose slots are all taken, that may give way at all to whoever does not ask for one
 * worker: only what is more urgent need be looked at. Null when none may. An agent whose workers have not all been busy for long is done
 * with after the first that has not.
 */
export function urgencyToBeat(decision: Decision, agents: readonly AgentId[]): Priority | null {
  const { state, context } = decision;
  const ground = { state, context, benches: benchesOf(decision) };
  let least: Priority | null = null;
  for (const agent of agents) {
    const [first] = benchOf(agent, ground).victims;
    if (first === undefined) continue;
    const urgency = urgencyOf(state, first, context);
    if (least === null || urgency > least) least = urgency;
  }
  return least;
}

interface Survey {
  readonly benches: Map<AgentId, Bench>;
  /** The events of the decision that the benches know of. */
  events: number;
}

const surveys = new WeakMap<Decision, Survey>();

/** The workers are looked through once a decision, however many tasks ask; only agents that something happened to are again. */
function benchesOf(decision: Decision): Map<AgentId, Bench> {
  let survey = surveys.get(decision);
  if (survey === undefined) {
    survey = { benches: new Map(), events: 0 };
    surveys.set(decision, survey);
  }
  for (const event of decision.events.slice(survey.events)) {
    if (event.type === "TaskAssigned") survey.benches.delete(event.agent);
    const held = event.type === "TaskPreempted" ? decision.state.tasks.get(event.task) : undefined;
    if (held !== undefined && held.assignment !== null) survey.benches.delete(held.assignment.agent);
  }
  survey.events = decision.events.length;
  return survey.benches;
}

/** Where a person asked for one worker, that one is the whole bench. */
function benchFor(task: Task, agent: AgentId, ground: Ground): Bench {
  const pinned = task.assignTo?.worker ?? null;
  return pinned === null ? benchOf(agent, ground) : surveyWorkers([pinned], ground);
}

function benchOf(agent: AgentId, ground: Ground): Bench {
  let bench = ground.benches.get(agent);
  if (bench === undefined) {
    bench = surveyWorkers(workersOf(agent, ground), ground);
    ground.benches.set(agent, bench);
  }
  return bench;
}

function* workersOf(agent: AgentId, { state, context }: Ground): IterableIterator<WorkerId> {
  const config = agentConfigOf(context.config, agent);
  // Where more run than may, whoever gives way makes room for nobody.
  if (config !== undefined && isShrunk(state, config)) return;
  const capacity = config === undefined ? 0 : capacityOf(state, config);
  for (let slot = 1; slot <= capacity; slot += 1) yield toWorkerId(agent, slot);
}

function surveyWorkers(workers: Iterable<WorkerId>, ground: Ground): Bench {
  const { state, context } = ground;
  const since = context.now - context.config.preemption.after;
  const victims: Holder[] = [];
  for (const worker of workers) {
    const holder = holderOf(state, worker);
    if (holder === null || isGivenAway(state, holder) || holder.assignment.personAsked) continue;
    if (holder.assignment.cancelReason !== null || sinceOf(holder.assignment) >= since) return noBench;
    if (mayGiveWay(holder, context)) victims.push(holder);
  }
  return { isStuck: true, victims: victims.toSorted((one, other) => compareVictims(one, other, ground)) };
}

const noBench: Bench = { isStuck: false, victims: [] };

function holderOf(state: State, worker: WorkerId): Holder | null {
  const id = state.occupied.get(worker);
  const task = id === undefined ? undefined : state.tasks.get(id);
  return task === undefined || task.assignment === null ? null : (task as Holder);
}

/** Its slot becomes free, but for a task that still waits for it. */
function isGivenAway(state: State, { id, assignment: { preemptedFor } }: Holder): boolean {
  return preemptedFor !== null && state.tasks.get(preemptedFor)?.promised === id && state.ready.has(preemptedFor);
}

function sinceOf(assignment: Assignment): number {
  return assignment.startedAt ?? assignment.assignedAt;
}

/** The least urgent first, then who began last, then by id. */
function compareVictims(one: Holder, other: Holder, { state, context }: Ground): number {
  const urgency = urgencyOf(state, other, context) - urgencyOf(state, one, context);
  if (urgency !== 0) return urgency;
  const since = sinceOf(other.assignment) - sinceOf(one.assignment);
  if (since !== 0) return since;
  return one.id < other.id ? -1 : 1;
}

/** Running, without a pull request, not interrupted too often, not near its end, and of an agent whose sessions can be ended. */
function mayGiveWay(holder: Holder, context: Context): boolean {
  const { assignment } = holder;
  const { perTask } = context.config.preemption;
  if (assignment.phase !== "running" || assignment.startedAt === null || isEnded(holder)) return false;
  if (holder.pull?.state === "open" || holder.preemptions >= perTask) return false;
  const agent = agentBehind(context.config, assignment);
  if (agent === undefined || agent.dispatch === "label" || !canEndSessions[agent.type]) return false;
  return !isNearItsEnd(holder, context);
}

/**
 * From `preemption.nearEnd` of the expected time on. A session beyond its expected time may end any moment; one that has taken the whole
 * time after which any is stale has shown that nobody can tell, and is near nothing. That important work waits for it, for which it is
 * looked into earlier, makes it no less near its end.
 */
function isNearItsEnd({ assignment }: Holder, { config, now }: Context): boolean {
  const elapsed = now - sinceOf(assignment);
  if (elapsed < config.preemption.nearEnd * assignment.expectedMs) return false;
  return elapsed < staleAfterMs(assignment, config.stale, false);
}

function describe(task: Task, victim: Holder, { state, context }: Ground): string {
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

type Interruption = "preempted" | "stopped" | "handed_over" | "queued";

/** The end of a session through no fault of the attempt. */
export function isInterruption(result: Attempt["result"]): result is Interruption {
  return interrupted.has(result);
}

/** A session that gave way, or that a person stopped, handed over or put back, was seen ended: the task may go on at once, and nothing is counted. */
export function returnInterrupted(
  decision: Decision,
  id: TaskId,
  { reason, detail }: { readonly reason: Interruption; readonly detail: string },
): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  decision.emit({
    type: "RetryScheduled",
    task: id,
    reason,
    detail,
    retryAt: decision.context.now,
    answers: null,
    counts: false,
  });
}

/**
 * What a session that gave way, was stopped or handed over has left for the next one: its branch, where the vendor named one, and the session itself
 * where the same agent goes on. One that was ended before it had any leaves what was there before it. Null when there is nothing, and after
 * a refused start: what cannot be gone on with is begun anew.
 */
export function keptWork(task: Task, agent: AgentId): Continuation | null {
  if (task.refusals > 0) return null;
  const last = task.attempts.findLast(({ result, branch }) => branch !== null || !interrupted.has(result));
  if (last === undefined || last.branch === null || !interrupted.has(last.result)) return null;
  return { session: last.agent === agent ? last.session : null, branch: last.branch, isBegun: true };
}
