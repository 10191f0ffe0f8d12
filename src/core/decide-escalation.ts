/**
 * What reaches a person: sessions that take too long, pull requests that nobody merges, ends that nobody confirms, tasks that no
 * agent can take, and caps that are reached. Each is told once; a start, an end or a retry makes it new.
 */
import type { Config } from "../model/config.ts";
import { agentOf, slotOf, type TaskId, type WorkerId } from "../model/ids.ts";
import { agentBehind, type ConfigInForce } from "../model/registry.ts";
import type { Assignment, Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { costOf, spentCaps } from "./caps.ts";
import { holdsUpImportantWork, staleAt } from "./decide-stale.ts";
import { clear, raise } from "./decide-warnings.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { deskAgentOf } from "./desk.ts";
import { detailLengthMax } from "../model/limits.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import { statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";

/** Tells what stands still in the task, which is in flight or has an open pull request, and has not been told. */
export function decideEscalation(decision: Decision, id: TaskId): void {
  const { state, context } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || isYoung(task, context)) return;
  const due = standstills(state, task, context.config).findLast(({ at }) => at <= context.now);
  if (due !== undefined) escalate(decision, task, describe(decision, task, due.kind));
}

/** Nearly every task is: what was assigned or heard of a moment ago stands still in no way. */
function isYoung({ assignment }: Task, { now, config }: Context): boolean {
  const { escalate: soon, min, person } = config.stale;
  return assignment !== null && now - assignment.heardAt < Math.min(soon, min, person / 2);
}

/** When the next standstill of `task` is to be told; null when none will be. */
export function nextEscalationAt(state: State, task: Task, context: Context): number | null {
  for (const { at } of standstills(state, task, context.config)) if (at > context.now) return at;
  return null;
}

function escalate(decision: Decision, task: Task, reason: string): void {
  const told = reason.length <= detailLengthMax ? reason : `${reason.slice(0, detailLengthMax - 1)}…`;
  // What somebody has asked a person for is not taken off for what the program finds.
  const isAskedFor = task.escalated !== null && (task.escalatedBy ?? null) !== null;
  if (task.escalated !== told && !isAskedFor) decision.emit({ type: "TaskEscalated", task: task.id, reason: told });
}

type Kind = "unnamed" | "unstarted" | "unanswered" | "unended" | "slow" | "still" | "unmerged";

/** Something that does not move: from `at` on a person is told. */
interface Standstill {
  readonly at: number;
  readonly kind: Kind;
}

const none: readonly Standstill[] = [];

/** In the order of time: at most two. */
function standstills(state: State, task: Task, config: ConfigInForce): readonly Standstill[] {
  const { assignment } = task;
  if (assignment === null) {
    return statusOf(state, task) === "review" ? [late(state, task, { config, kind: "unmerged" })] : none;
  }
  if (!isNamed(config, assignment)) return [{ at: assignment.heardAt + config.stale.escalate, kind: "unnamed" }];
  switch (assignment.phase) {
    case "claimed":
    case "dispatched":
      return [late(state, task, { config, kind: "unstarted" })];
    case "waiting":
      return [late(state, task, { config, kind: "unanswered" })];
    case "ending":
      // Where the vendor can neither say nor cancel, a person was asked at once.
      return assignment.personAsked ? none : [{ at: assignment.heardAt + config.stale.escalate, kind: "unended" }];
    case "running": {
      const still = late(state, task, { config, kind: "still" });
      const slowAt = staleAt(state, task, config) ?? Infinity;
      return slowAt < still.at ? [{ at: slowAt, kind: "slow" }, still] : [still];
    }
  }
}

/** After `stale.person`; after half of it where important work waits for the task, which is looked into first. */
function late(state: State, task: Task, of: { readonly config: Config; readonly kind: Kind }): Standstill {
  const { person } = of.config.stale;
  return { at: movedAt(state, task) + (holdsUpImportantWork(state, task.id) ? person / 2 : person), kind: of.kind };
}

/** The last that happened with the live session, else with the pull request or the merge that it waits for. */
function movedAt(state: State, task: Task): number {
  if (task.assignment !== null) return task.assignment.heardAt;
  return Math.max(task.pull?.updatedAt ?? 0, task.attempts.at(-1)?.endedAt ?? 0, mergeMovedAt(state, task));
}

/** When its merge was asked for, or what has its turn before it moved. */
function mergeMovedAt(state: State, { mergeAsked, mergeWait = null }: Task): number {
  const first = mergeWait === null || mergeWait.why === "blocker" ? undefined : state.tasks.get(mergeWait.on);
  return Math.max(mergeAsked?.at ?? 0, first?.mergeAsked?.at ?? 0, first?.receipt?.at ?? 0);
}

const agentsOf = new WeakMap<Config, ReadonlySet<string>>();

/** Or it was taken out, and what it has is looked after as before. */
function isNamed(config: ConfigInForce, assignment: Assignment): boolean {
  let agents = agentsOf.get(config);
  if (agents === undefined) {
    agents = new Set(config.agents.map(({ id }) => id));
    agentsOf.set(config, agents);
  }
  return agents.has(assignment.agent) || agentBehind(config, assignment) !== undefined;
}

/** The words hold instants, not spans, so that they stay the same however often they are found. */
function describe({ state, context }: Decision, task: Task, kind: Kind): string {
  const since = instant(movedAt(state, task));
  const { assignment } = task;
  const worker = assignment?.worker ?? "";
  switch (kind) {
    case "unnamed":
      return `The configuration no longer names the agent ${assignment?.agent ?? ""}: the session can be neither asked for nor ended from here.`;
    case "unstarted":
      return `${worker} was given it and has not started since ${since}.`;
    case "unanswered":
      return `The question of ${worker} has not been answered since ${since}.`;
    case "unended":
      return `The end of the session of ${worker} was asked for at ${since} and has not been seen: end it at its vendor.`;
    case "slow":
      return describeSlow(assignment, deskAgentOf(task, context) !== null);
    case "still":
      return `The session of ${worker} has not moved since ${since}: look at it, or end it with /orchestrate cancel.`;
    case "unmerged":
      return `Pull request #${task.pull?.number ?? 0} has waited since ${since}: for its checks, a review or its merge.`;
  }
}

function describeSlow(assignment: Assignment | null, isAtDesk: boolean): string {
  const expectedMs = assignment?.expectedMs ?? 0;
  const expected = Math.ceil(Math.min(expectedMs, assignment?.usualMs ?? expectedMs) / 60_000);
  const from = instant(assignment?.startedAt ?? 0);
  const next = isAtDesk
    ? "it goes on, and a person is asked when its time is over"
    : "its vendor is asked, and it goes on until its timeout";
  return `It takes longer than expected, which was about ${expected} min from ${from} on: ${next}.`;
}

/** `2026-11-21 05:30 UTC`. */
function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** What keeps a task from every agent and passes only when somebody changes something. */
const lastingCodes: ReadonlySet<string> = new Set([
  "not_pinned",
  "excluded",
  "missing_capability",
  "cap_cost_per_task",
  "cap_attempts_per_task",
]);

/**
 * Tells at once that nobody will ever take the ready `task`, where all of the reasons in `rejectedCount` are of that kind, and returns
 * whether it is so. Called for the tasks that something happened to, so the backlog is never searched.
 */
export function escalateUnplaceable(
  decision: Decision,
  task: Task,
  rejectedCount: Readonly<Record<string, number>>,
): boolean {
  const worker = task.assignTo?.worker ?? null;
  if (worker !== null && isBeyondCapacity(decision, worker)) {
    const agent = agentOf(worker);
    const reason = `It asks for the worker ${worker}, and ${agent} no longer has as many: ask for another with /orchestrate assign.`;
    escalate(decision, task, reason);
    return true;
  }
  const codes = Object.keys(rejectedCount);
  if (codes.length === 0 || !codes.every((code) => lastingCodes.has(code))) return false;
  escalate(decision, task, describeUnplaceable(task, codes, decision.context.config));
  return true;
}

/** The capacity has been lowered since a person asked for this worker. An operator who is away comes back. */
function isBeyondCapacity({ state, context }: Decision, worker: WorkerId): boolean {
  const agent = agentConfigOf(context.config, agentOf(worker));
  return agent !== undefined && slotOf(worker) > fullCapacityOf(state, agent);
}

function describeUnplaceable(task: Task, codes: readonly string[], config: Config): string {
  const needs = task.definition.needs.join(", ");
  if (codes.includes("cap_attempts_per_task")) {
    return `Agents have tried it as often as limits.attemptsPerTask (${config.limits.attemptsPerTask}) allows: raise it, or cancel the task.`;
  }
  if (codes.includes("cap_cost_per_task")) return describeCostCap(task, config);
  if (!codes.includes("not_pinned")) {
    return `No agent of the configuration can do what it needs (${needs}): name it under capabilities of an agent, or remove the needs: label.`;
  }
  const pinned = task.assignTo?.agent ?? task.definition.pinnedAgent ?? task.attempts.at(-1)?.agent ?? "";
  const isKnown = config.agents.some((agent) => agent.id === pinned);
  return isKnown
    ? `It asks for the agent ${pinned}, which cannot do what it needs (${needs}): ask for another with /orchestrate assign.`
    : `It asks for the agent ${pinned}, which the configuration does not name: ask for another with /orchestrate assign.`;
}

function describeCostCap(task: Task, { limits, agents }: Config): string {
  const cap = `limits.costPerTask, ${limits.costPerTask} US dollars`;
  const cost = costOf(task);
  const isForAnother = cost < limits.costPerTask && agents.some((agent) => cost + agent.cost > limits.costPerTask);
  if (!isForAnother) {
    return `It has cost as much as one task may (${cap}): raise it, or cancel the task.`;
  }
  const sofar = cost === 0 ? "" : `, of which ${cost.toFixed(2)} are spent`;
  return `Another session would cost more than one task may (${cap}${sofar}): raise it, let a cheaper agent take it, or cancel the task.`;
}

/** A cap that stops everything while work is ready is told as a warning, and taken back when the day has moved on. */
export function decideSpentCaps(decision: Decision): void {
  const { state, context } = decision;
  const spent = spentCaps(state, context);
  if (spent.length === 0) return clear(decision, "needs_person", "all");
  if (state.ready.size === 0) return;
  raise(decision, {
    code: "needs_person",
    subject: "all",
    detail: spent.map(({ detail }) => detail).join(" "),
    suggestion: "It passes by itself when the day has moved on; limits in .github/orchestrate.yml raises it.",
    severity: "warning",
  });
}
