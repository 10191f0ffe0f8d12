/** What time alone brings: sessions over their timeout, pull requests that never came. Work in proportion to what is in flight. */
import { failAttempt, requestCancel } from "./decide-outcome.ts";
import type { Decision } from "./decision.ts";
import type { Task } from "../model/task.ts";

export function decideTick(decision: Decision): void {
  for (const id of Array.from(decision.state.active.keys()).toSorted()) {
    const task = decision.state.tasks.get(id);
    if (task === undefined) continue;
    if (task.assignment !== null) decideTimeout(decision, task);
    else if (task.pullDueAt !== null && task.pullDueAt <= decision.context.now) decideMissingPull(decision, task);
  }
}

/** A session that waits for a person is not silent. The end is asked for, and nothing else starts until it is seen. */
function decideTimeout(decision: Decision, task: Task): void {
  const timeoutAt = timeoutOf(task, decision.context);
  if (timeoutAt === null || decision.context.now < timeoutAt) return;
  requestCancel(decision, task.id, { reason: "timeout", by: "orchestrate" });
}

function decideMissingPull(decision: Decision, task: Task): void {
  // The red commit has been answered once; what is answered now is that the answer changed nothing.
  const detail =
    task.pull?.state === "open"
      ? `The session ended well and left pull request #${task.pull.number} as it was.`
      : "The session ended well and opened no pull request.";
  failAttempt(decision, task.id, { reason: "no_result", detail });
}

/** When the next thing that time alone brings is due; null when there is none. */
export function nextDueAt({ state, context }: Pick<Decision, "state" | "context">): number | null {
  const instants: number[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    if (task.pullDueAt !== null) instants.push(task.pullDueAt);
    const timeoutAt = timeoutOf(task, context);
    if (timeoutAt !== null) instants.push(timeoutAt);
  }
  for (const id of state.ready.keys()) {
    const retryAt = state.tasks.get(id)?.retryAt ?? null;
    if (retryAt !== null && retryAt > context.now) instants.push(retryAt);
  }
  return instants.length === 0 ? null : Math.min(...instants);
}

/** When the live session is over its time; null while it waits for a person, ends already, or has not started. */
function timeoutOf(task: Task, context: Decision["context"]): number | null {
  const { assignment } = task;
  if (assignment === null || assignment.phase !== "running" || assignment.startedAt === null) return null;
  const agent = context.config.agents.find((each) => each.id === assignment.agent);
  return agent === undefined ? null : assignment.startedAt + agent.timeout;
}
