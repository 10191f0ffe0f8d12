/**
 * Which task a pull request belongs to. Evidence in order: the vendor's own URL for it, the marker, the closing reference,
 * the branch. Only a head in this repository counts, and a marker or reference only together with a vendor's account or our
 * branch prefix: anybody can write one.
 */
import type { TaskId } from "../model/ids.ts";
import type { PullFacts } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { Task } from "../model/task.ts";
import { vendorAccounts } from "../model/vendors.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";

export interface PullMatch {
  readonly task: TaskId;
  readonly by: "known" | "vendor" | "marker" | "closing" | "branch";
}

const branchPattern = /^orchestrate\/(\d+)-/;

/** The task that `pull` belongs to, and by what evidence; null when it is somebody else's. */
export function matchPull(state: State, context: Context, pull: PullFacts): PullMatch | null {
  if (!pull.isSameRepository) return null;
  const known = state.pulls.get(pull.number);
  if (known !== undefined) return { task: known, by: "known" };
  const candidates = candidateTasks(state, pull);
  for (const [by, task] of candidates) {
    if (
      task !== undefined &&
      task.attempts.length + (task.assignment === null ? 0 : 1) > 0 &&
      isOurs(context, pull, task)
    ) {
      return { task: task.id, by };
    }
  }
  return null;
}

function candidateTasks(state: State, pull: PullFacts): readonly (readonly [PullMatch["by"], Task | undefined])[] {
  const named = activeTask(state, (task) => task.vendorPull === pull.url);
  const marked = pull.marker === null ? undefined : state.tasks.get(pull.marker.task);
  const closed = pull.closes.map((id) => state.tasks.get(id)).find((task) => task !== undefined);
  return [
    ["vendor", named],
    ["marker", marked],
    ["closing", closed],
    ["branch", taskOfBranch(state, pull.branch)],
  ];
}

function taskOfBranch(state: State, branch: string): Task | undefined {
  const number = Number(branchPattern.exec(branch)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(number)) return undefined;
  return activeTask(state, (task) => task.definition.number === number);
}

function activeTask(state: State, isIt: (task: Task) => boolean): Task | undefined {
  for (const id of [...state.active.keys()].toSorted()) {
    const task = state.tasks.get(id);
    if (task !== undefined && isIt(task)) return task;
  }
  return undefined;
}

/** A vendor's account wrote it, or it comes from the branch that we asked for, by somebody who may write here. */
function isOurs(context: Context, pull: PullFacts, task: Task): boolean {
  const hasOurBranch = pull.branch.startsWith(`orchestrate/${task.definition.number}-`);
  if (task.vendorPull === pull.url) return true;
  const isVendor = [task.assignment, ...task.attempts].some((held) => {
    const agent = agentBehind(context.config, held);
    return agent !== undefined && vendorAccounts[agent.type].includes(pull.author.id);
  });
  return isVendor || hasOurBranch;
}
