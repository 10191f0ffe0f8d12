/**
 * Sessions at somebody's desk: of agents that take their work themselves, which nobody can ask or end from here. Silence ends nothing: a
 * person is asked, and a late heartbeat makes it live again.
 */
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import type { Command } from "../model/command.ts";
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import { agentBehind } from "../model/registry.ts";
import type { Assignment, Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { silenceLimitMs } from "./decide-health.ts";
import { fencedTask, type Decision } from "./decision.ts";
import { detailLengthMax } from "../model/limits.ts";

/** A heartbeat is written down when so much of the time has passed in which the agent may be silent: an entry for each would be a commit for each. */
const writtenShare = 1 / 3;

/** The agent behind the live session of `task`, where it takes its work itself; null otherwise. */
export function deskAgentOf({ assignment }: Pick<Task, "assignment">, { config }: Context): AgentConfig | null {
  const agent = assignment === null ? undefined : agentBehind(config, assignment);
  return agent !== undefined && takesItself(agent) ? agent : null;
}

/** When the live session of `task` is silent, or over its time, so that a person is asked; null where it is none of these, or one was asked. */
export function silentAt(task: Task, context: Context): number | null {
  const agent = deskAgentOf(task, context);
  if (agent === null || task.assignment?.phase !== "running") return null;
  return Math.min(lostAt(task.assignment, agent, context), overAt(task.assignment));
}

function lostAt({ heardAt }: Assignment, agent: AgentConfig, { config }: Context): number {
  return heardAt + (silenceLimitMs(agent, null, config.health) ?? Infinity);
}

function overAt({ startedAt, assignedAt, timeoutMs }: Assignment): number {
  return (startedAt ?? assignedAt) + timeoutMs;
}

/** Asks a person where the session at a desk is silent or over its time. Returns whether it is at a desk at all. */
export function decideSilence(decision: Decision, task: Task): boolean {
  const { context } = decision;
  const agent = deskAgentOf(task, context);
  if (agent === null || task.assignment === null) return false;
  const at = silentAt(task, context);
  if (at === null || context.now < at) return true;
  const { fence } = task.assignment;
  decision.emit({
    type: "SessionWaiting",
    isSilent: true,
    task: task.id,
    fence,
    question: askWhether(task.assignment, agent, context),
  });
  return true;
}

/** The words hold instants, so that they stay true while they stand there. */
function askWhether(assignment: Assignment, agent: AgentConfig, context: Context): string {
  const { worker, heardAt } = assignment;
  const isLost = context.now >= lostAt(assignment, agent, context);
  const what = isLost
    ? `Nothing has been heard of ${worker} since ${instant(heardAt)}`
    : `${worker} has been at it for longer than its timeout since ${instant(overAt(assignment))}`;
  return `${what}, and there is no vendor that could be asked. Its next heartbeat says that it goes on. If it has ended, /orchestrate cancel and then retry free the task, and /orchestrate handoff gives it to another agent; nothing else is started for it before.`;
}

/** `2026-11-21 05:30 UTC`. */
function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Whether a person was asked whether the session of `task` at a desk goes on. */
export function isSilentAtDesk(task: Task, context: Context): boolean {
  return task.assignment?.phase === "waiting" && deskAgentOf(task, context) !== null;
}

/** Whether a heartbeat now is to be written down: it ends a silence, or the last that was is some time ago. */
export function isHeartbeatNews(
  { assignment }: Pick<Task, "assignment">,
  agent: AgentConfig,
  { now, config }: Context,
): boolean {
  if (assignment === null || assignment.phase === "ending") return false;
  return assignment.phase === "waiting" || now - assignment.heardAt >= heartbeatPaceMs(agent, config);
}

/** The least time between two heartbeats that are written down. */
export function heartbeatPaceMs(agent: AgentConfig, { health }: Pick<Config, "health">): number {
  return (silenceLimitMs(agent, null, health) ?? 0) * writtenShare;
}

/** One that was told to end stays so: its heartbeat is answered with that. Nothing for another agent, which is asked at its vendor. */
export function decideHeartbeat(
  decision: Decision,
  { task: id, fence, note }: Extract<Command, { readonly type: "HearAgent" }>,
): void {
  const task = fencedTask(decision.state, id, fence);
  const agent = task === null ? null : deskAgentOf(task, decision.context);
  if (task === null || agent === null || !isHeartbeatNews(task, agent, decision.context)) return;
  const { phase } = task.assignment;
  if (phase === "waiting") {
    decision.emit({ type: "SessionContinued", task: id, fence, ...moreTime(task.assignment, agent, decision.context) });
  }
  if (phase !== "waiting" || note !== null) {
    const said = note === null ? {} : { note: note.slice(0, detailLengthMax) };
    decision.emit({ type: "SessionHeard", task: id, fence, ...said });
  }
}

/** Whoever goes on after its time was over has as much again. */
function moreTime(assignment: Assignment, agent: AgentConfig, { now }: Context): { readonly timeoutMs?: number } {
  if (now < overAt(assignment)) return {};
  return { timeoutMs: now - (assignment.startedAt ?? assignment.assignedAt) + agent.timeout };
}

/**
 * The task `id` has ended: whoever said so has said of its session at a desk that it is over, because there is nobody else who could. The
 * worker is free to ask for other work.
 */
export function endAtDesk(decision: Decision, id: TaskId): void {
  const task = decision.state.tasks.get(id);
  const agent = task === undefined ? null : deskAgentOf(task, decision.context);
  if (task === undefined || agent === null || task.assignment === null) return;
  const { fence, cancelReason } = task.assignment;
  decision.emit({
    type: "SessionEnded",
    task: id,
    fence,
    result: cancelReason ?? (task.receipt === null ? "cancelled" : "success"),
    detail: "The session was over when the task ended.",
    costUsd: agent.cost,
    pullUrl: null,
    branch: null,
    pullDueAt: null,
  });
}
