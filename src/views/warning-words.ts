/** What each warning is called, the same in comments, answers and log lines. */
import type { WarningCode } from "../model/warning.ts";

export const warningWords: Readonly<Record<WarningCode, string>> = {
  queue_depth: "many tasks wait",
  queue_full: "the queue is full",
  memory: "memory runs short",
  workers_full: "all workers are taken",
  failure_rate: "many attempts fail",
  queue_grows: "the queue grows",
  task_overdue: "a task takes too long",
  deadline: "a milestone will miss its due date",
  bottleneck: "a task holds up others",
  low_use: "an agent is hardly used",
  worker_resting: "a worker rests",
  agent_paused: "an agent is paused",
  cascade: "several vendors fail at once",
  system_health: "the system is not well",
  operator_unknown: "an operator is unknown",
  scaling: "more workers are wanted",
  needs_person: "a person is needed",
  linear_unwritten: "warnings do not reach Linear",
  alerts_unsent: "alerts do not reach the webhook",
};
