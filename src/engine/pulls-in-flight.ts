/** Which open pull requests a cycle looks at: checks move without touching the issue, and no cursor shows them. */
import { isReviewRelaxed } from "../core/decide-merge.ts";
import type { State } from "../state/state.ts";
import type { Config } from "../model/config.ts";
import type { PullRequest, Task } from "../model/task.ts";

/** Numbers of the open pull requests of live tasks that `isWorthALook`; in attack mode all whose review is relaxed, and merges on their way. */
export function pullsInFlight(
  state: State,
  config: Config,
  isWorthALook: (pull: PullRequest) => boolean,
): readonly number[] {
  const numbers: number[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task?.pull?.state !== "open") continue;
    // In attack mode the look is what merges it; and what waits behind a merge waits for it to be seen.
    const isUrgent = isReviewRelaxed(state, task, config) || isMergedAtOnce(state, task);
    if (isUrgent || isWorthALook(task.pull)) numbers.push(task.pull.number);
  }
  return numbers;
}

/** What is in a merge queue may be there for long, and GitHub says when it is not any more. */
function isMergedAtOnce(state: State, task: Task): boolean {
  return state.merging.has(task.id) && task.mergeAsked?.way === undefined;
}

/** Something about it is still on its way. */
export function isUnsettled({ checks, mergeable }: Pick<PullRequest, "checks" | "mergeable">): boolean {
  return checks === "pending" || mergeable === "unknown";
}
