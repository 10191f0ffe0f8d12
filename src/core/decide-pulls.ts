/** Pull requests: claimed for their tasks, red, in conflict, closed, merged, reverted. A merge by a writer is the receipt. */
import { permits } from "../model/actor.ts";
import { takesItself } from "../model/config-agent.ts";
import type { TaskId } from "../model/ids.ts";
import type { PullFacts } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { PullRequest, Task } from "../model/task.ts";
import { decideMergeOurselves, isOurMerge, whyQueueLeft } from "./decide-merge.ts";
import { completeTask, failAttempt, revokeReceipt } from "./decide-outcome.ts";
import { endSession } from "./decide-session.ts";
import type { Decision } from "./decision.ts";
import { deskAgentOf } from "./desk.ts";
import { matchPull } from "./match-pull.ts";
import { isEnded } from "../state/readiness.ts";
import type { Failure } from "./retry-policy.ts";

export function decidePulls(decision: Decision, pulls: readonly PullFacts[]): void {
  for (const facts of pulls) {
    if (facts.state === "merged") decideRevert(decision, facts);
    const match = matchPull(decision.state, decision.context, facts);
    if (match === null) continue;
    decidePull(decision, facts, match);
  }
}

function decidePull(decision: Decision, facts: PullFacts, match: { readonly task: TaskId; readonly by: string }): void {
  const task = decision.state.tasks.get(match.task);
  if (task === undefined) return;
  if (isSuperseded(task, facts)) return;
  const pull = toPullRequest(facts);
  const isAnswer = isAnswerTo(task.pull, pull);
  if (task.pull?.number !== pull.number) {
    if (facts.state === "closed" || isLeftToSession(decision, task, facts)) return;
    decision.emit({ type: "PullRequestLinked", task: task.id, pull, matchedBy: match.by });
  } else if (!isSamePull(pull, task.pull) || isAwaited(task, pull)) {
    decision.emit({ type: "PullRequestChanged", task: task.id, pull });
  }
  endSessionOfPull(decision, task.id, { facts, isAnswer });
  judgePull(decision, task.id, facts);
}

/** The pull request that a session goes on with was there before it: another commit is the sign that it has come to its end. */
function isAnswerTo(known: PullRequest | null, pull: PullRequest): boolean {
  return known?.number !== pull.number || known.sha !== pull.sha || pull.state !== "open";
}

/** Nobody can be asked for a session that a label has started, or that is at somebody's desk: its pull request is its end. */
function endSessionOfPull(
  decision: Decision,
  id: TaskId,
  { facts, isAnswer }: { readonly facts: PullFacts; readonly isAnswer: boolean },
): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || !endsWithPull(decision, task, facts)) return;
  // At a desk a draft may become ready with the commit that it had.
  if (!isAnswer && deskAgentOf(task, decision.context) === null) return;
  endSession(decision, id, {
    state: "succeeded",
    session: null,
    pullUrl: facts.url,
    branch: facts.branch,
    question: null,
    reason: `It opened pull request #${facts.number}.`,
    costUsd: null,
  });
}

/** Discarded, older than what is known, or beside another open pull request of the task; a merged one counts all the same. */
function isSuperseded(task: Task, facts: PullFacts): boolean {
  if (facts.number === task.discardedPull || task.pull === null) return facts.number === task.discardedPull;
  if (task.pull.number !== facts.number)
    return facts.state === "merged" ? isMergedBefore(facts, task.pull) : task.pull.state === "open";
  return task.pull.state === "merged" || facts.updatedAt < task.pull.updatedAt;
}

/** Of two that were merged the newer one is the task's, or each look would find the other. */
function isMergedBefore(facts: PullFacts, known: PullRequest): boolean {
  if (known.state !== "merged") return false;
  return facts.updatedAt === known.updatedAt ? facts.number < known.number : facts.updatedAt < known.updatedAt;
}

/** The newest request for changes by somebody whose word counts. */
function objectionOf({ objections = [] }: PullFacts): PullRequest["objection"] {
  const counted = objections.filter(({ by }) => permits(by.permission, "write")).toSorted((a, b) => b.at - a.at);
  const [newest] = counted;
  return newest === undefined ? undefined : { by: newest.by.login, at: newest.at };
}

function toPullRequest(facts: PullFacts): PullRequest {
  const objection = objectionOf(facts);
  return {
    number: facts.number,
    url: facts.url,
    branch: facts.branch,
    sha: facts.sha,
    updatedAt: facts.updatedAt,
    state: facts.state,
    checks: rollUp(facts),
    failedChecks: facts.failedChecks,
    mergeable: facts.mergeable,
    ...(objection === undefined ? {} : { objection }),
  };
}

/** The last attempt was to answer a failure of the commit that is known: another one is its answer. */
function isAwaited(task: Task, pull: PullRequest): boolean {
  return task.pullDueAt !== null && task.pull?.sha !== pull.sha;
}

/**
 * While a healthy pull request is open nothing is decided on its commits and checks, so they are no news: only what must be
 * answered is kept, or what answers it.
 */
function isSamePull(a: PullRequest, b: PullRequest): boolean {
  return JSON.stringify(tellingOf(a)) === JSON.stringify(tellingOf(b));
}

function tellingOf(pull: PullRequest): Partial<PullRequest> {
  const { number, state, objection, sha } = pull;
  const shown = objection === undefined ? {} : { objection, sha };
  if (state === "open" && !isTroubled(pull)) return { number, state, ...shown };
  return { ...pull, updatedAt: 0 };
}

function isTroubled(pull: PullRequest): boolean {
  return pull.checks === "failure" || pull.mergeable === "conflict";
}

/** A live session names its own pull request when it ends; until then a healthy one needs no entry of its own. */
function isLeftToSession(decision: Decision, task: Task, facts: PullFacts): boolean {
  return (
    task.assignment !== null &&
    !endsWithPull(decision, task, facts) &&
    facts.state === "open" &&
    !isTroubled(toPullRequest(facts))
  );
}

/** A draft is still worked on at a desk; and of one that was open before only whoever works on it can say that it is done. */
function endsWithPull({ context }: Decision, { assignment }: Task, { isDraft, state }: PullFacts): boolean {
  const agent = agentBehind(context.config, assignment);
  if (assignment === null || agent === undefined) return false;
  if (!takesItself(agent)) return agent.dispatch === "label";
  const isNew = assignment.continues === null || assignment.continues.isBegun === true;
  return state === "merged" || (state === "open" && isNew && !isDraft);
}

/** What decides: the required checks where there are any, else all of them. */
function rollUp(facts: PullFacts): PullRequest["checks"] {
  return facts.requiredChecks === "none" ? facts.checks : facts.requiredChecks;
}

/** Acts on what the pull request shows. While a session is live it may still mend it by itself. */
function judgePull(decision: Decision, id: TaskId, facts: PullFacts | null): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined || task.pull === null || task.receipt !== null) return;
  // A merge is the receipt even of a task that was given up or called off.
  if (task.pull.state === "merged") return decideMerge(decision, task, facts);
  if (isEnded(task)) return;
  if (task.assignment !== null || task.retryAt !== null || task.manualReview !== null) return;
  if (task.pull.state === "closed") {
    return decision.emit({
      type: "ManualReviewRequired",
      task: id,
      reason: `Pull request #${task.pull.number} was closed without being merged.`,
    });
  }
  decideOpenPull(decision, task, facts === null ? task.pull : toPullRequest(facts));
  if (facts === null) return;
  answerQueue(decision, id, facts);
  decideMergeOurselves(decision, id, facts);
}

function decideOpenPull(decision: Decision, task: Task, pull: PullRequest): void {
  const objection = unansweredObjection(task, pull);
  // Whatever is answered, the reviewer's words go with it.
  const answersReview = objection === null ? {} : { answersReview: objection.at };
  if (pull.checks === "failure") {
    answerFailure(decision, task, {
      reason: "checks_failed",
      answers: `${pull.sha} ${pull.failedChecks.join(",")}`,
      detail: `Checks failed on pull request #${pull.number}: ${pull.failedChecks.join(", ") || "see its checks"}.`,
      ...answersReview,
    });
  } else if (pull.mergeable === "conflict") {
    answerFailure(decision, task, {
      reason: "conflict",
      answers: `${pull.sha} conflict`,
      detail: `Pull request #${pull.number} conflicts with its base: merge the base branch and resolve it.`,
      ...answersReview,
    });
  } else if (objection !== null) {
    answerReview(decision, task, { pull, objection });
  } else if (pull.objection === undefined && pull.checks === "success" && decision.context.config.done === "checks") {
    completeTask(decision, task.id, {
      kind: "checks",
      by: "checks",
      at: decision.context.now,
      reference: pull.url,
      warning: null,
    });
  }
}

/** Tries again on the same pull request; the same failure on the same commit only after somebody changed something. */
function answerFailure(decision: Decision, task: Task, failure: Failure & { readonly answers: string }): void {
  if (task.answeredFailure !== failure.answers) return failAttempt(decision, task.id, failure);
  // What failed has been answered; what a reviewer has said since has not.
  const objection = task.pull === null ? null : unansweredObjection(task, task.pull);
  if (task.pull !== null && objection !== null) answerReview(decision, task, { pull: task.pull, objection });
}

type Objection = NonNullable<PullRequest["objection"]>;

/** Each review is answered once; it stands until whoever gave it has looked again. Only what an agent made is the agent's to change. */
function unansweredObjection(task: Task, { objection }: PullRequest): Objection | null {
  if (objection === undefined || task.attempts.length === 0) return null;
  return objection.at > (task.answeredReview ?? 0) ? objection : null;
}

/** The failure that was answered on this commit stays answered. */
function answerReview(
  decision: Decision,
  task: Task,
  { pull, objection }: { readonly pull: PullRequest; readonly objection: Objection },
): void {
  const isSameCommit = task.answeredFailure?.startsWith(`${pull.sha} `) === true;
  failAttempt(decision, task.id, {
    reason: "changes_requested",
    detail: `${objection.by} asked for changes on pull request #${pull.number}.`,
    answers: isSameCommit ? task.answeredFailure : `${pull.sha} review`,
    answersReview: objection.at,
  });
}

/** The merge queue took it out again: red together with what is before it, in conflict with it, or a person's wish. */
function answerQueue(decision: Decision, id: TaskId, facts: PullFacts): void {
  const task = decision.state.tasks.get(id);
  const why = task === undefined || task.retryAt !== null ? null : whyQueueLeft(task, facts);
  if (task === undefined || why === null || isEnded(task) || task.manualReview !== null) return;
  decision.emit({ type: "MergeReturned", task: id, pull: facts.number, sha: facts.sha, why });
  const what = `The merge queue took pull request #${facts.number} out`;
  if (why === "person") {
    const reason = `Somebody took pull request #${facts.number} out of the merge queue.`;
    return decision.emit({ type: "ManualReviewRequired", task: id, reason });
  }
  const answers = `${facts.sha} queue`;
  const failure: Failure =
    why === "conflict"
      ? { reason: why, answers, detail: `${what}: it conflicts with what is merged before it.` }
      : {
          reason: "checks_failed",
          answers,
          detail: `${what}: its checks fail together with what is merged before it.`,
        };
  failAttempt(decision, id, failure);
}

function decideMerge(decision: Decision, task: Task, facts: PullFacts | null): void {
  if (facts === null || task.pull === null) return;
  const merger = mergerOf(task, facts);
  if (merger === null) {
    if (task.manualReview !== null) return;
    return decision.emit({
      type: "ManualReviewRequired",
      task: task.id,
      reason: `Pull request #${facts.number} was merged by ${facts.mergedBy?.login ?? "somebody"}, who has no write access.`,
    });
  }
  const checks = rollUp(facts);
  completeTask(decision, task.id, {
    kind: "merge",
    by: merger,
    at: facts.mergedAt ?? decision.context.now,
    reference: facts.url,
    warning:
      checks === "failure" || (checks === "pending" && facts.requiredChecks !== "none")
        ? "It was merged while its checks were not green."
        : null,
  });
}

/** Who merged it, where that counts: somebody with write, or we ourselves; null otherwise. */
function mergerOf(task: Task, facts: PullFacts): string | null {
  const { mergedBy } = facts;
  if (mergedBy !== null && permits(mergedBy.permission, "write")) return mergedBy.login;
  return isOurMerge(task, facts) ? (mergedBy?.login ?? "orchestrate") : null;
}

/** A merged revert takes the receipt back, and those who wait for it are blocked again. */
function decideRevert(decision: Decision, facts: PullFacts): void {
  for (const number of facts.reverts) {
    const id = decision.state.pulls.get(number);
    const task = id === undefined ? undefined : decision.state.tasks.get(id);
    if (task === undefined || task.receipt === null || !restsOnMerge(task, number)) continue;
    if (facts.mergedAt !== null && facts.mergedAt < task.receipt.at) continue;
    revokeReceipt(decision, task.id, `Pull request #${number} was reverted by #${facts.number}.`);
  }
}

/** Whatever told first that the task is done, its checks or a report: what was merged for it is gone again. A person's `complete` stands. */
function restsOnMerge({ receipt, pull }: Task, number: number): boolean {
  if (receipt?.kind === "command" || receipt?.kind === "children") return false;
  return pull?.number === number && pull.state === "merged";
}
