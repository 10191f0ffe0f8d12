/** What is written down of a task that goes to a worker, whoever has chosen the two. */
import type { AgentConfig } from "../model/config-agent.ts";
import type { EventOf } from "../model/event.ts";
import { toAgentId, type WorkerId } from "../model/ids.ts";
import type { AssignmentReasons, Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { usualMs } from "../fold/durations.ts";
import { expectedMs } from "./rank-ready.ts";
import { attemptsUsed, timeoutFor } from "./retry-policy.ts";
import { continuationOf } from "./wish.ts";

export interface Assigning {
  readonly agent: AgentConfig;
  readonly worker: WorkerId;
  readonly reasons: AssignmentReasons;
}

/** The next attempt at `task`, under the next fence. */
export function toAssigned(
  { state, context }: Pick<Decision, "state" | "context">,
  task: Task,
  { agent: config, worker, reasons }: Assigning,
): EventOf<"TaskAssigned"> {
  const agent = toAgentId(config.id);
  const usual = usualMs(state, task, { agent, stale: context.config.stale });
  return {
    type: "TaskAssigned",
    task: task.id,
    agent,
    worker,
    attempt: attemptsUsed(task) + 1,
    fence: state.fence + 1,
    continues: continuationOf(task, agent),
    timeoutMs: timeoutFor(task, config, context.config),
    expectedMs: expectedMs(task),
    ...(usual === null ? {} : { usualMs: usual }),
    reasons,
  };
}
