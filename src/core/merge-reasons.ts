/** Why the open pull request of a task is not merged yet, where it is merged without a person: recomputed from the state. */
import type { Config } from "../model/config.ts";
import type { MergeAsked, MergeWait } from "../model/merge.ts";
import type { Task } from "../model/task.ts";
import { describeUnticked, isUnfinished, untickedOf } from "../planning/definition-of-done.ts";
import type { Context } from "../model/context.ts";
import { isOursToMerge } from "./decide-merge.ts";
import { isOnItsWay } from "./merge-order.ts";
import type { State } from "../state/state.ts";
import { isStockDue } from "./stock.ts";

export interface MergeReason {
  readonly code: string;
  readonly detail: string;
}

/** `[]` where a person merges it and all its criteria are ticked, or where it is not the merge that comes next. `nameOf` says how a task is written. */
export function mergeReasons(
  state: State,
  task: Task,
  { context, nameOf }: { readonly context: Context; readonly nameOf: (id: Task["id"]) => string },
): readonly MergeReason[] {
  const { pull } = task;
  if (pull?.state !== "open") return [];
  return [
    ...untickedReasons(state, task, context.config),
    ...ownReasons(state, task, { context, nameOf, pull: pull.number }),
  ];
}

/** Whoever merges it is told as well. */
function untickedReasons(state: State, task: Task, config: Config): readonly MergeReason[] {
  const unticked = untickedOf(task, config);
  if (unticked.length === 0) return [];
  const isKept = isUnfinished(task, config) && isOursToMerge(state, task, config);
  const until = isKept ? " It is not merged without a person before they are." : "";
  return [{ code: "merge_unticked", detail: `${describeUnticked(unticked)}${until}` }];
}

function ownReasons(
  state: State,
  task: Task,
  {
    context,
    nameOf,
    pull,
  }: { readonly context: Context; readonly nameOf: (id: Task["id"]) => string; readonly pull: number },
): readonly MergeReason[] {
  if (!isNext(state, task, context.config) || isUnfinished(task, context.config)) return [];
  if (state.isPaused)
    return [{ code: "merge_paused", detail: "Orchestration is paused: nothing is merged meanwhile." }];
  if (isStockDue(state))
    return [{ code: "restored", detail: "The state was restored: everything is looked at before anything is merged." }];
  const wait = task.mergeWait ?? null;
  if (wait !== null && isWaitedFor(state, wait, context.now)) return [describeWait(wait, nameOf(wait.on))];
  const { mergeAsked } = task;
  return [mergeAsked?.pull === pull ? describeAsked(mergeAsked, context.baseBranch) : whenGreen];
}

/** Whether it is ours to merge, and nothing else is done with it before. */
function isNext(state: State, task: Task, config: Config): boolean {
  const isLeft = task.retryAt !== null || task.manualReview !== null;
  return config.done === "merged" && !isLeft && isOursToMerge(state, task, config);
}

const whenGreen: MergeReason = {
  code: "merge_when_green",
  detail:
    "It is merged without a person once its required checks are green, GitHub finds no conflict and nobody asks for changes.",
};

function describeWait({ why, file }: MergeWait, on: string): MergeReason {
  const what = `It waits for ${on} to be merged first`;
  if (why === "blocker") return { code: "merge_blocked", detail: `${what}: it depends on that.` };
  if (why === "turn") {
    const detail = `${what}: branches have to be up to date here, and every merge puts the others behind, so one at a time is updated.`;
    return { code: "merge_turn", detail };
  }
  const shared = file === null ? "both may change the same file" : `both change ${file}`;
  return { code: "merge_overlap", detail: `${what}: ${shared}.` };
}

function describeAsked(asked: MergeAsked, base: Context["baseBranch"]): MergeReason {
  const { over, way, sha } = asked;
  const commit = sha.slice(0, 7);
  if (asked.isBehind === true && over !== "withdrawn") return describeUpdate(asked, base ?? "the default branch");
  switch (over) {
    case "withdrawn":
      return whenGreen;
    case "refused":
      return { code: "merge_refused", detail: `GitHub refused to merge commit ${commit}.` };
    case "returned":
      return {
        code: "merge_returned",
        detail: `The merge queue took commit ${commit} out again, and it is not sent there twice.`,
      };
    default:
      return {
        code: "merge_asked",
        detail:
          way === "queue"
            ? `Commit ${commit} was sent to the merge queue.`
            : `GitHub was asked to merge commit ${commit}.`,
      };
  }
}

/** GitHub makes a new commit of it, whose checks have to be green as well. */
function describeUpdate({ over, sha }: MergeAsked, base: string): MergeReason {
  const behind = `Commit ${sha.slice(0, 7)} is behind ${base}`;
  return over === "refused"
    ? { code: "merge_behind", detail: `${behind}, and was not brought up to date.` }
    : {
        code: "merge_updating",
        detail: `${behind}: its branch is brought up to date with ${base}, and merged once the checks of the new commit are green.`,
      };
}

/** As it was when that was looked at last; what has come to its end meanwhile is waited for no more. */
function isWaitedFor(state: State, { on, why }: MergeWait, now: number): boolean {
  // That is told by what is open now.
  if (why === "criteria") return false;
  if (why !== "blocker") return isOnItsWay(state, on, now);
  const blocker = state.tasks.get(on);
  return blocker === undefined ? state.externals.get(on)?.state !== "completed" : blocker.receipt === null;
}
