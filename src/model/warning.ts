/** What is not as it should be with the whole, as people are told: once when it begins, and again when it has passed. */
import type { AgentId, TaskId, WorkerId } from "./ids.ts";

export const warningCodes = [
  /** More ready tasks than `alerts.queueDepth`. */
  "queue_depth",
  /** The queue is at `limits.queue`: selected issues wait outside. */
  "queue_full",
  /** The process is over `limits.memory`: nothing new is taken in. */
  "memory",
  /** Every worker taken for longer than `alerts.fullFor`. */
  "workers_full",
  /** More attempts fail than `alerts.failureRate`. */
  "failure_rate",
  /** More tasks arrive than are completed. */
  "queue_grows",
  /** A task takes `alerts.overdue` times its estimate. */
  "task_overdue",
  /** A task that many wait for does not move, or is with an overloaded agent. */
  "bottleneck",
  /** The open tasks of a milestone cannot be done by its due date. */
  "deadline",
  /** An agent is hardly used while work waits. */
  "low_use",
  /** A worker rests after failures; an agent is paused because of its vendor. */
  "worker_resting",
  "agent_paused",
  /** Several vendors fail at once: nothing new is started. */
  "cascade",
  /** The health of the whole system is below `alerts.systemHealth`. */
  "system_health",
  /** GitHub knows no user of a name in `agents[].operators`. */
  "operator_unknown",
  /** Attack mode wants more workers than may be had. */
  "scaling",
  /** Something reached a limit of time and waits for a person. */
  "needs_person",
  /** Warnings cannot be written to `alerts.linear`. */
  "linear_unwritten",
  /** Alerts do not get through to the webhook of `alerts.notify`. */
  "alerts_unsent",
] as const;
export type WarningCode = (typeof warningCodes)[number];

const milestonePrefix = "milestone ";
/** A milestone by its title, which may be any text: no id of a task, an agent or a worker has a space. */
export type MilestoneSubject = `${typeof milestonePrefix}${string}`;

export function milestoneSubject(title: string): MilestoneSubject {
  return `${milestonePrefix}${title}`;
}

export interface Warning {
  readonly code: WarningCode;
  /** What it is about, one of each at a time: a task, an agent, a worker, a milestone, or `all`. */
  readonly subject: TaskId | AgentId | WorkerId | MilestoneSubject | "all";
  /** What happened, one sentence with its numbers. */
  readonly detail: string;
  /** What the person can do. */
  readonly suggestion: string;
  readonly severity: "notice" | "warning" | "critical";
}

/** The task that a warning is about; null where it is about something else. Ids of agents and workers have no colon. */
export function taskOfWarning({ subject }: { readonly subject: string }): TaskId | null {
  if (subject.startsWith(milestonePrefix)) return null;
  return subject.includes(":") ? (subject as TaskId) : null;
}

/** The key of a warning: there is one of each at a time. */
export function warningKey(warning: { readonly code: WarningCode; readonly subject: string }): string {
  return `${warning.code}:${warning.subject}`;
}
