/**
 * What reaches a person: sessions that take too long, pull requests that nobody merges, ends that nobody confirms, tasks that no
 * agent can take, and caps that are reached. Each is told once; a start, an end or a retry makes it new.
 */
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import { spentCaps } from "./caps.ts";
import { holdsUpImportantWork, staleAt } from "./decide-stale.ts";
import { clear, raise } from "./decide-warnings.ts";
import type { Context, Decision } from "./decision.ts";
import { detailLengthMax } from "./limits.ts";
import { statusOf } from "./readiness.ts";
import type { State } from "./state.ts";

/** Tells what stands still in the task, which is in flight or has an open pull request, and has not been told. */
export function decideEscalation(decision: Decision, id: TaskId): void {
  const { state, context } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || isYoung(task, context)) return;
  const due = standstills(state, task, context.config).findLast(({ at }) => at <= context.now);
  if (due !== undefined) escalate(decision, task, due.describe());
}

/** Nearly every task is: what was assigned or heard of a moment ago stands still in no way. */
function isYoung({ assignment }: Task, { now, config }: Context): boolean {
  const { escalate, min, person } = config.stale;
  return assignment !== null && now - assignment.heardAt < Math.min(escalate, min, person / 2);
}

/** When the next standstill of `task` is to be told; null when none will be. */
export function nextEscalationAt(state: State, task: Task, context: Context): number | null {
  let next: number | null = null;
  for (const { at } of standstills(state, task, context.config)) {
    if (at > context.now && (next === null || at < next)) next = at;
  }
  return next;
}

function escalate(decision: Decision, task: Task, reason: string): void {
  const told = reason.length <= detailLengthMax ? reason : `${reason.slice(0, detailLengthMax - 1)}…`;
  if (task.escalated !== told) decision.emit({ type: "TaskEscalated", task: task.id, reason: told });
}

/** Something that does not move: from `at` on a person is told. The words hold instants, not spans, so that they stay the same. */
interface Standstill {
  readonly at: number;
  readonly describe: () => string;
}

/** The least telling first. */
function standstills(state: State, task: Task, config: Config): readonly Standstill[] {
  const { assignment } = task;
  if (assignment !== null) return standstillsOfSession(state, task, { assignment, config });
  return statusOf(state, task) === "review" ? standstillsOfPull(state, task, config) : [];
}

function standstillsOfPull(state: State, task: Task, config: Config): readonly Standstill[] {
  const { pull } = task;
  if (pull === null) return [];
  const since = Math.max(pull.updatedAt, task.attempts.at(-1)?.endedAt ?? 0);
  const describe = (): string =>
    `Pull request #${pull.number} has waited since ${instant(since)}: for its checks, a review or its merge.`;
  return [{ at: since + patienceMs(state, task, config), describe }];
}

/** `stale.person`; half of it where important work waits for the task, which is looked into first. */
function patienceMs(state: State, task: Task, config: Config): number {
  return holdsUpImportantWork(state, task.id) ? config.stale.person / 2 : config.stale.person;
}

interface Live {
  readonly assignment: Assignment;
  readonly config: Config;
}

function standstillsOfSession(state: State, task: Task, live: Live): readonly Standstill[] {
  const { assignment, config } = live;
  const since = instant(assignment.heardAt);
  const soon = assignment.heardAt + config.stale.escalate;
  const late = assignment.heardAt + patienceMs(state, task, config);
  if (!config.agents.some((agent) => agent.id === assignment.agent)) {
    const describe = (): string =>
      `The configuration no longer names the agent ${assignment.agent}: the session can be neither asked for nor ended from here.`;
    return [{ at: soon, describe }];
  }
  switch (assignment.phase) {
    case "claimed":
    case "dispatched":
      return [{ at: late, describe: () => `${assignment.worker} was given it and has not started since ${since}.` }];
    case "waiting":
      return [
        { at: late, describe: () => `The question of ${assignment.worker} has not been answered since ${since}.` },
      ];
    case "ending": {
      // Where the vendor can neither say nor cancel, a person was asked at once.
      const describe = (): string =>
        `The end of the session of ${assignment.worker} was asked for at ${since} and has not been seen: end it at its vendor.`;
      return assignment.personAsked ? [] : [{ at: soon, describe }];
    }
    case "running":
      return standstillsOfRun(state, task, { ...live, late });
  }
}

function standstillsOfRun(state: State, task: Task, run: Live & { readonly late: number }): readonly Standstill[] {
  const { assignment, config, late } = run;
  const stale = staleAt(state, task, config);
  const expected = Math.ceil(assignment.expectedMs / 60_000);
  const long: Standstill = {
    at: stale ?? late,
    describe: () =>
      `It takes longer than expected, which was about ${expected} min from ${instant(assignment.startedAt ?? 0)} on: its vendor is asked, and it goes on until its timeout.`,
  };
  const still: Standstill = {
    at: late,
    describe: () =>
      `The session of ${assignment.worker} has not moved since ${instant(assignment.heardAt)}: look at it, or end it with /orchestrate cancel.`,
  };
  return long.at <= still.at ? [long, still] : [still];
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
]);

/**
 * Tells at once that nobody will ever take the ready `task`, where all of the reasons in `rejectedCount` are of that kind. Called
 * for the tasks that the schedule has looked at, so the backlog is never searched.
 */
export function escalateUnplaceable(
  decision: Decision,
  task: Task,
  rejectedCount: Readonly<Record<string, number>>,
): void {
  const codes = Object.keys(rejectedCount);
  if (codes.length === 0 || !codes.every((code) => lastingCodes.has(code))) return;
  escalate(decision, task, describeUnplaceable(task, codes, decision.context.config));
}

function describeUnplaceable(task: Task, codes: readonly string[], config: Config): string {
  const needs = task.definition.needs.join(", ");
  if (codes.includes("cap_cost_per_task")) {
    return `It has cost as much as one task may (limits.costPerTask, ${config.limits.costPerTask} US dollars): raise it, or cancel the task.`;
  }
  if (!codes.includes("not_pinned")) {
    return `No agent of the configuration can do what it needs (${needs}): name it under capabilities of an agent, or remove the needs: label.`;
  }
  const pinned = task.assignTo?.agent ?? task.definition.pinnedAgent ?? task.attempts.at(-1)?.agent ?? "";
  const isKnown = config.agents.some((agent) => agent.id === pinned);
  return isKnown
    ? `It asks for the agent ${pinned}, which cannot do what it needs (${needs}): ask for another with /orchestrate assign.`
    : `It asks for the agent ${pinned}, which the configuration does not name: ask for another with /orchestrate assign.`;
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
