/**
 * Merging without a person: where `merge` says so, and while attack mode is in force what a person has labelled `quick-win`. Only a
 * commit that was seen green, in the order of the dependencies, and one at a time where files overlap; where branches have to be up to
 * date, what is behind is updated first. Checks are never skipped, who asks for changes is heard, and what GitHub itself demands of a
 * merge (a review, a queue) still counts.
 */
import type { Config } from "../model/config.ts";
import { effectKey, type Effect } from "../model/effect.ts";
import type { TaskId } from "../model/ids.ts";
import type { PullFacts } from "../model/observation.ts";
import type { MergeAsked, MergeWait } from "../model/merge.ts";
import type { Task } from "../model/task.ts";
import { isUnfinished } from "../planning/definition-of-done.ts";
import type { Decision } from "./decision.ts";
import { branchUpdateMs, mergeFilesLengthMax, noChecksGraceMs } from "../model/limits.ts";
import { findBlocker, findMergeWait } from "./merge-order.ts";
import { isEnded, isWorkable } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { isAtRest } from "./stock.ts";

/**
 * Whether the pull request of the task may be merged without a person having looked at it. The repository's own mode decides,
 * which only those with write can switch: a label on the issue alone does not.
 */
export function isReviewRelaxed(state: State, task: Task, config: Config): boolean {
  return isAttacking(state, config) && task.definition.quickWin;
}

function isAttacking(state: State, config: Config): boolean {
  return (state.mode ?? config.mode) === "attack";
}

/** Whether any pull request may be merged without a person: then a look asks also for what that needs. */
export function mergesAtAll(state: State, config: Config): boolean {
  return config.merge !== "person" || isAttacking(state, config);
}

/** Whether the pull request of the task is merged by us once it can be; a person's consent is the configuration or the mode. */
export function isOursToMerge(state: State, task: Task, config: Config): boolean {
  return config.merge !== "person" || isReviewRelaxed(state, task, config);
}

/** Whether the task is still one whose pull request we would merge, as far as the state tells. */
function isMergeable(state: State, task: Task, config: Config): boolean {
  return (
    isOursToMerge(state, task, config) &&
    config.done === "merged" &&
    !isAtRest(state) &&
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
  const { config, now } = context;
  const task = state.tasks.get(id);
  if (task === undefined || task.pull?.number !== facts.number || !isMergeable(state, task, config)) return;
  if (!isReadyToMerge(facts, now)) return;
  if (isUnfinished(task, config)) return putOff(decision, task, { on: id, why: "criteria", file: null });
  if (wasAsked(state, { task, facts, config })) return giveUpLostUpdate(decision, task, facts);
  const isBehind = isToBeUpdated(facts, config);
  if (isBehind && isUpdateTooEarly(task, facts)) return;
  const wait = findMergeWait(state, task, { files: filesOf(facts), isBehind, now });
  if (wait !== null) return putOff(decision, task, wait);
  ask(decision, task, { facts, isBehind });
}

function ask(
  decision: Decision,
  { id }: Task,
  { facts, isBehind }: { readonly facts: PullFacts; readonly isBehind: boolean },
): void {
  const { config } = decision.context;
  const files = filesOf(facts);
  const wish = { task: id, pull: facts.number, sha: facts.sha, ...(files === null ? {} : { files }) };
  if (isBehind) return decision.emit({ type: "BranchUpdateRequested", ...wish });
  decision.emit({
    type: "MergeRequested",
    ...wish,
    ...(config.merge === "queue" ? { way: "queue" } : {}),
    ...(facts.isUnreviewed === true ? { isUnreviewed: true } : {}),
  });
}

/** GitHub has taken the update on and the head is still the old one: some rule was against it that was not told with the answer. */
function giveUpLostUpdate(decision: Decision, task: Task, facts: PullFacts): void {
  const { mergeAsked, id } = task;
  const { state, context } = decision;
  if (mergeAsked?.isBehind !== true || mergeAsked.over !== undefined || context.now - mergeAsked.at < branchUpdateMs)
    return;
  // Another commit is its answer, or somebody else's; and what is in a queue is brought up to date there.
  if (!isOfCommit(task, facts) || facts.isInQueue === true) return;
  const { number: pull, sha } = facts;
  if (state.outboxKeys.has(effectKey({ type: "UpdateBranch", task: id, pull, sha }))) return;
  decision.emit({ type: "BranchUpdateFailed", task: id, pull, sha });
  const what = `Pull request #${pull} is green and behind its base, and GitHub has not brought its branch up to date`;
  tellRefusedMerge(
    decision,
    id,
    `${what} although it was asked to: a rule of the branch, or other workflow files in the base, may be against it. Update the branch yourself.`,
  );
}

/** Behind its base, where GitHub demands that it is not. A merge queue brings it up to date by itself. */
function isToBeUpdated(facts: PullFacts, config: Config): boolean {
  return facts.isBehind === true && !(config.merge === "queue" && facts.hasQueue === true);
}

/** An agent has still to bring a commit, or a review is missing: by then the branch may be behind again, and the checks had run for nothing. */
function isUpdateTooEarly({ pullDueAt }: Task, facts: PullFacts): boolean {
  return pullDueAt !== null || facts.isUnreviewed === true;
}

function putOff(decision: Decision, { id, pull, mergeWait }: Task, wait: MergeWait): void {
  const known = mergeWait ?? null;
  const isKnown = known !== null && known.on === wait.on && known.why === wait.why && known.file === wait.file;
  if (pull !== null && !isKnown) decision.emit({ type: "MergePutOff", task: id, pull: pull.number, ...wait });
}

/** What the merge changes, as far as it is small enough to be kept. */
function filesOf({ files = null }: PullFacts): readonly string[] | null {
  if (files === null) return null;
  return files.reduce((sum, path) => sum + path.length, 0) > mergeFilesLengthMax ? null : files;
}

function wasAsked(
  state: State,
  { task, facts, config }: { readonly task: Task; readonly facts: PullFacts; readonly config: Config },
): boolean {
  const { mergeAsked } = task;
  if (facts.isInQueue === true) return true;
  if (mergeAsked === null || !isOfCommit(task, facts)) return false;
  // The branch need not be brought up to date any more: no merge of this commit was asked for.
  if (mergeAsked.isBehind === true && !isToBeUpdated(facts, config)) return false;
  return isOver(mergeAsked, facts) ?? (config.merge !== "person" || mergeAsked.at >= (state.attack?.since ?? 0));
}

/** Whether it came to an end after which it is not asked for again; null where that depends on who merges. */
function isOver({ over, isUnreviewed }: MergeAsked, facts: PullFacts): boolean | null {
  if (over === "withdrawn") return false;
  if (over === "returned") return true;
  // What GitHub refused for want of a review is asked for again when that was given.
  return over === "refused" && isUnreviewed === true && facts.isUnreviewed === false ? false : null;
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

/** Whether the merge that was asked for, or what has to be done before it, is still wanted when it is about to be done. */
export function isMergeWanted(
  state: State,
  effect: Effect & { readonly type: "MergePull" | "UpdateBranch" },
  config: Config,
): boolean {
  const task = state.tasks.get(effect.task);
  if (task === undefined || task.pull?.number !== effect.pull || !isMergeable(state, task, config)) return false;
  if (isUnfinished(task, config)) return false;
  if (task.mergeAsked?.sha !== effect.sha || task.mergeAsked.over !== undefined) return false;
  if ((task.mergeAsked.isBehind === true) !== (effect.type === "UpdateBranch")) return false;
  const isHealthy = task.pull.checks !== "failure" && task.pull.mergeable !== "conflict";
  return isHealthy && findBlocker(state, task) === null;
}

/** Whether the commit that was merged is the one that we were asked to merge: then it was done on our word, whoever's name it has. */
export function isOurMerge(task: Task, facts: PullFacts): boolean {
  return isOfCommit(task, facts) && task.mergeAsked?.isBehind === undefined;
}

/** Whether what was asked for last is of this very commit. */
function isOfCommit({ mergeAsked }: Task, facts: PullFacts): boolean {
  return mergeAsked?.sha === facts.sha && mergeAsked.pull === facts.number;
}

/** GitHub's instants have no milliseconds. */
const instantMs = 1_000;

/** Why the merge queue has given back what we sent there; null while it has not. */
export function whyQueueLeft(task: Task, facts: PullFacts): NonNullable<PullFacts["leftQueue"]>["why"] | null {
  const { mergeAsked } = task;
  const left = facts.leftQueue ?? null;
  if (left === null || mergeAsked?.way !== "queue" || mergeAsked.over !== undefined) return null;
  const isSince = left.at >= mergeAsked.at - (mergeAsked.at % instantMs);
  return isOurMerge(task, facts) && facts.isInQueue !== true && isSince ? left.why : null;
}

/** GitHub does not let us: a person merges it, or gives us the right to. */
export function tellRefusedMerge(decision: Decision, id: TaskId, reason: string): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || isEnded(task)) return;
  decision.emit({ type: "TaskEscalated", task: id, reason });
}
