/**
 * Merging without a person: only while attack mode is in force, only what a person has labelled `quick-win`, and only a commit that
 * was seen green. Checks are never skipped, and what GitHub itself demands of a merge (a review, a queue) still counts.
 */
import type { Config } from "../model/config.ts";
import type { Effect } from "../model/effect.ts";
import type { TaskId } from "../model/ids.ts";
import type { PullFacts } from "../model/observation.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { noChecksGraceMs } from "./limits.ts";
import { isEnded, isWorkable } from "./readiness.ts";
import type { State } from "./state.ts";

/**
 * Whether the pull request of the task may be merged without a person having looked at it. The repository's own mode decides,
 * which only those with write can switch: a label on the issue alone does not.
 */
export function isReviewRelaxed(state: State, task: Task, config: Config): boolean {
  return (state.mode ?? config.mode) === "attack" && task.definition.quickWin;
}

/** Whether the task is still one whose pull request we would merge, as far as the state tells. */
function isMergeable(state: State, task: Task, config: Config): boolean {
  return (
    isReviewRelaxed(state, task, config) &&
    config.done === "merged" &&
    !state.isPaused &&
    !isEnded(task) &&
    task.assignment === null &&
    task.retryAt === null &&
    isWorkable(task) &&
    task.pull?.state === "open"
  );
}

/** Asks for the merge of what was just seen, once a commit; a commit of an earlier attack mode may be asked for again. */
export function decideMergeOurselves(decision: Decision, id: TaskId, facts: PullFacts): void {
  const { state, context } = decision;
  const task = state.tasks.get(id);
  if (task === undefined || task.pull?.number !== facts.number || !isMergeable(state, task, context.config)) return;
  if (!isReadyToMerge(facts, context.now) || wasAsked(state, task, facts)) return;
  decision.emit({ type: "MergeRequested", task: id, pull: facts.number, sha: facts.sha });
}

function wasAsked(state: State, task: Task, facts: PullFacts): boolean {
  return isOurMerge(task, facts) && (task.mergeAsked?.at ?? 0) >= (state.attack?.since ?? 0);
}

/** Nobody has to look at it for any other reason than that nobody has yet: who asks for changes is heard in attack mode too. */
function isReadyToMerge(facts: PullFacts, now: number): boolean {
  const isOffered = !facts.isDraft && facts.baseIsDefault && facts.isObjectedTo !== true;
  return isOffered && facts.mergeable === "yes" && isGreen(facts, now);
}

/** The required checks where there are any. Else all of them, or none at all, once others have had the time to appear. */
function isGreen(facts: PullFacts, now: number): boolean {
  if (facts.requiredChecks !== "none") return facts.requiredChecks === "success";
  const isQuiet = now - facts.updatedAt >= noChecksGraceMs;
  return isQuiet && (facts.checks === "success" || facts.checks === "none");
}

/** Whether the merge that was asked for is still wanted when it is about to be done. */
export function isMergeWanted(state: State, effect: Effect & { readonly type: "MergePull" }, config: Config): boolean {
  const task = state.tasks.get(effect.task);
  if (task === undefined || task.pull?.number !== effect.pull || !isMergeable(state, task, config)) return false;
  return task.mergeAsked?.sha === effect.sha && task.pull.checks !== "failure" && task.pull.mergeable !== "conflict";
}

/** Whether the commit that was merged is the one that we were asked to merge: then it was done on our word, whoever's name it has. */
export function isOurMerge(task: Task, facts: PullFacts): boolean {
  return task.mergeAsked?.sha === facts.sha && task.mergeAsked.pull === facts.number;
}

/** GitHub does not let us: a person merges it, or gives us the right to. */
export function tellRefusedMerge(decision: Decision, id: TaskId, reason: string): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  decision.emit({ type: "TaskEscalated", task: id, reason });
}
