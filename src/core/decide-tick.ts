/** What time alone brings: sessions over their timeout, pull requests that never came. Work in proportion to what is in flight. */
import { failAttempt, requestCancel } from "./decide-outcome.ts";
import { judgePull } from "./decide-pulls.ts";
import type { Decision } from "./decision.ts";
import type { Task } from "../model/task.ts";

export function decideTick(decision: Decision): void {
  for (const id of [...decision.state.active.keys()]) {
    const task = decision.state.tasks.get(id);
    if (task === undefined) continue;
    if (task.assignment !== null) decideTimeout(decision, task, task.assignment);
    else if (task.pullDueAt !== null && task.pullDueAt <= decision.context.now) decideMissingPull(decision, task);
  }
}

/** A session that waits for a person is not silent. The end is asked for, and nothing else starts until it is seen. */
function decideTimeout(decision: Decision, task: Task, assignment: NonNullable<Task["assignment"]>): void {
  const agent = decision.context.config.agents.find((each) => each.id === assignment.agent);
  if (assignment.phase !== "running" || assignment.startedAt === null || agent === undefined) return;
  if (decision.context.now - assignment.startedAt < agent.timeout) return;
  requestCancel(decision, task.id, { reason: "timeout", by: "orchestrate" });
}

function decideMissingPull(decision: Decision, task: Task): void {
  if (task.pull?.state === "open") {
    decision.emit({
      type: "ManualReviewRequired",
      task: task.id,
      reason: "The agent ended well without changing the pull request: the same commit with the same failure is not tried again.",
    });
    return judgePull(decision, task.id, null);
  }
  failAttempt(decision, task.id, { reason: "no_result", detail: "The session ended well and opened no pull request." });
}

/** When the next thing that time alone brings is due; null when there is none. */
export function nextDueAt(decision: Pick<Decision, "state" | "context">): number | null {
  const instants: number[] = [];
  for (const id of decision.state.active.keys()) {
    const task = decision.state.tasks.get(id);
    if (task?.pullDueAt != null) instants.push(task.pullDueAt);
    const agent = decision.context.config.agents.find((each) => each.id === task?.assignment?.agent);
    if (task?.assignment?.startedAt != null && task.assignment.phase === "running" && agent !== undefined) {
      instants.push(task.assignment.startedAt + agent.timeout);
    }
  }
  for (const id of decision.state.ready.keys()) {
    const retryAt = decision.state.tasks.get(id)?.retryAt ?? null;
    if (retryAt !== null && retryAt > decision.context.now) instants.push(retryAt);
  }
  return instants.length === 0 ? null : Math.min(...instants);
}
