/** The log lines of an attempt, from its assignment to its pull request. */
import type { EventIn, EventNames } from "./event-families.ts";
import { describeCost, describeInstant, describeResult, describeTurn, failureWords, toShortSha } from "./words.ts";

type AttemptEvent = EventIn<"attempt">;

/** The line, not yet cleaned; `task` is the task's name. */
export function renderAttemptEvent(event: AttemptEvent, task: string, names: EventNames): string {
  switch (event.type) {
    case "TaskAssigned":
      return describeAssigned(event, task);
    case "RunDispatched":
      return `${task}: agent workflow run ${event.run} was asked for`;
    case "AssignmentClaimed":
      return `${task}: run ${event.run} has claimed the attempt`;
    case "ClaimReleased":
      return `${task} gave its worker back: ${event.reason}`;
    case "SessionStarted":
      return `${task}: session ${event.session.id} has started`;
    case "SessionRefused":
      return describeRefusal(event, task);
    case "SessionWaiting":
      return `${task}: ${event.isSilent === true ? "a person is asked" : "the agent asks"}: ${event.question}`;
    case "SessionContinued":
      return `${task}: the agent goes on`;
    case "SessionHeard":
      return `${task}: the agent is still at it${event.note === undefined ? "" : `: ${event.note}`}`;
    case "CancelRequested":
      return `${task}: cancel asked for by ${event.by} because ${failureWords[event.reason]}`;
    case "PersonAsked":
      return `${task}: a person is asked to look at the session: ${event.reason}`;
    case "SessionEnded":
      return describeEnded(event, task);
    case "TaskPreempted":
      return `${task} gives way: ${event.reason}`;
    case "TaskHandedOver":
      return `${task} is handed over to ${event.worker ?? event.agent}, ${event.reason === undefined ? `says ${event.by}` : `to balance the agents: ${event.reason}`}`;
    case "RetryScheduled":
      return describeRetry(event, task);
    case "FeedbackCollected":
      return describeFeedback(event, task);
    case "PullRequestLinked":
      return `${task} has pull request #${event.pull.number} (matched by ${event.matchedBy})`;
    case "PullRequestChanged":
      return describePullChange(event, task);
    case "MergeRequested":
      return describeMerge(event, task);
    case "BranchUpdateRequested":
      return `${task}: pull request #${event.pull} is green and behind its base; its branch is to be brought up to date at ${toShortSha(event.sha)}`;
    case "BranchUpdateFailed":
      return `${task}: GitHub has not brought the branch of pull request #${event.pull} up to date at ${toShortSha(event.sha)}`;
    case "MergeReturned":
      return `${task}: the merge queue gave pull request #${event.pull} back at ${toShortSha(event.sha)}: ${returnWords[event.why]}`;
    case "MergePutOff":
      return `${task}: pull request #${event.pull} waits for ${describePutOff(event, names.task(event.on))}`;
  }
}

function describePutOff(event: Extract<AttemptEvent, { readonly type: "MergePutOff" }>, first: string): string {
  if (event.why === "criteria") return "a person: acceptance criteria are not ticked";
  return `${first} to be merged first${describeWhyFirst(event)}`;
}

function describeMerge(event: Extract<AttemptEvent, { readonly type: "MergeRequested" }>, task: string): string {
  const where = event.way === "queue" ? " by the merge queue" : "";
  return `${task}: pull request #${event.pull} is green and is to be merged${where} at ${toShortSha(event.sha)}`;
}

const returnWords: Readonly<Record<Extract<AttemptEvent, { readonly type: "MergeReturned" }>["why"], string>> = {
  checks: "its checks fail together with what is merged before it",
  conflict: "it conflicts with what is merged before it",
  person: "somebody took it out",
};

function describeWhyFirst({ why, file }: Extract<AttemptEvent, { readonly type: "MergePutOff" }>): string {
  if (why === "blocker") return ", which it depends on";
  if (why === "turn") return "; one branch at a time is brought up to date";
  return file === null ? "; both may change the same file" : `; both change ${file}`;
}

/** A text that changed, or a run that ended, is no refusal of the agent's. */
function describeRefusal(event: Extract<AttemptEvent, { readonly type: "SessionRefused" }>, task: string): string {
  const isAgents = event.cause === undefined || event.cause === "vendor";
  const what = isAgents ? `${task}: the agent refused to start` : `${task} was not started`;
  return `${what} (${event.reason}); again after ${describeInstant(event.retryAt)}`;
}

function describeRetry(event: Extract<AttemptEvent, { readonly type: "RetryScheduled" }>, task: string): string {
  const plan = event.plan === undefined ? "" : `; ${event.plan}`;
  const counted = event.counts ? "" : " (not counted)";
  return `${task} is tried again after ${describeInstant(event.retryAt)} because ${failureWords[event.reason]}${counted}${plan}`;
}

function describeAssigned(event: Extract<AttemptEvent, { readonly type: "TaskAssigned" }>, task: string): string {
  const what = event.takenBy === undefined ? "is assigned to" : `is taken by ${event.takenBy} for`;
  return `${task} ${what} ${event.worker} (attempt ${event.attempt}, ${describeTurn(event.reasons)})`;
}

function describeEnded(event: Extract<AttemptEvent, { readonly type: "SessionEnded" }>, task: string): string {
  const detail = event.detail === "" ? "" : ` (${event.detail})`;
  const cost = event.costUsd === 0 ? "" : `, ${describeCost(event.costUsd)}`;
  const result = event.result === "success" ? describeResult("success") : `ended: ${describeResult(event.result)}`;
  return `${task}: session ${result}${detail}${cost}`;
}

function describePullChange(
  event: Extract<AttemptEvent, { readonly type: "PullRequestChanged" }>,
  task: string,
): string {
  const { number, state, checks, mergeable, failedChecks, sha } = event.pull;
  if (state !== "open") return `${task}: pull request #${number} is ${state}`;
  const failed = checks === "failure" && failedChecks.length > 0 ? ` (${failedChecks.join(", ")})` : "";
  const conflict = mergeable === "conflict" ? ", conflicts with its base" : "";
  return `${task}: pull request #${number} at ${toShortSha(sha)}, checks: ${checks}${failed}${conflict}`;
}

function describeFeedback(event: Extract<AttemptEvent, { readonly type: "FeedbackCollected" }>, task: string): string {
  const { checks, reviews, pull, conflicts } = event.feedback;
  const where = conflicts
    ? [`a conflict with ${conflicts.base} in ${conflicts.paths.length + conflicts.more} files`]
    : [];
  const said = [...where, ...checks.map((check) => check.name), ...reviews.map((review) => `a review by ${review.by}`)];
  return `${task}: what was said of pull request #${pull} is kept for the next attempt: ${said.join(", ")}`;
}
