/**
 * Reason codes in words: why a task was not started, and why a worker was not taken. The codes come from the core and
 * from matching; one that is missing here is still shown, as its own words.
 */
import type { AssignmentReasons } from "../model/task.ts";
import { escapeText } from "./markdown.ts";
import type { WaitingReason } from "./task-view.ts";
import { describeTurn } from "./words.ts";

interface ReasonText {
  /** What is so, for when the case has no detail of its own. */
  readonly fact: string;
  /** What somebody can do about it; empty where it passes by itself. */
  readonly advice: string;
}

function fact(text: string, advice = ""): ReasonText {
  return { fact: text, advice };
}

const hardBlockerAdvice = "Only a completed blocker counts; `/orchestrate unblock` with its number goes on without it.";
const limitAdvice = "It starts when one of them ends.";
const capAdvice = "This is a cap, not a failure; it is raised under `limits` in `.github/orchestrate.yml`.";

export const reasonTexts: Readonly<Record<string, ReasonText>> = {
  // What only a person can lift
  not_trusted: fact("Nobody who may start work has selected it.", "`/orchestrate approve` does."),
  needs_approval: fact("Its text changed after it was approved.", "`/orchestrate approve` accepts it as it is now."),
  not_ready: fact(
    "It does not meet the definition of ready.",
    "Edit the issue, and it goes on by itself; `/orchestrate approve` lets it be worked on as it is.",
  ),
  duplicate: fact(
    "It says the same as another open task.",
    "Close one of them; `/orchestrate approve` lets it be worked on as well, where both are meant.",
  ),
  split_proposed: fact(
    "A split into pieces is proposed and waits for approval.",
    "`/orchestrate approve` puts it in force, `/orchestrate undo` takes it back.",
  ),
  manual_review: fact(
    "A person has to look at it.",
    "`/orchestrate retry` tries again, `/orchestrate complete` accepts it as done.",
  ),
  held: fact("It is on hold.", "Remove the `hold` label, or write `/orchestrate resume` with its number."),
  // The graph
  blocked: fact("It waits for an open blocker."),
  blocker_failed: fact("A blocker has failed.", hardBlockerAdvice),
  blocker_cancelled: fact("A blocker was cancelled.", hardBlockerAdvice),
  blocker_not_planned: fact("A blocker was closed as not planned.", hardBlockerAdvice),
  blocker_duplicate: fact("A blocker was closed as a duplicate.", hardBlockerAdvice),
  blocker_closed: fact(
    "A blocker was closed by somebody who has no write access.",
    `It counts when somebody with write access closes it again. ${hardBlockerAdvice}`,
  ),
  blocker_missing: fact("A blocker does not exist or cannot be seen.", hardBlockerAdvice),
  cycle: fact(
    "It is part of a dependency cycle.",
    "Nothing in it can start until one edge goes; `/orchestrate unblock` with a number removes one.",
  ),
  upstream_failed: fact("A task that it needs has failed.", "It returns by itself when that one succeeds."),
  split_opening: fact("Its pieces are being opened as issues."),
  container: fact("It has sub-issues and completes with the last of them."),
  // The whole
  paused: fact("Orchestration is paused.", "`/orchestrate resume` goes on."),
  restored: fact(
    "The state was restored from a backup, and everything is looked at before work begins again.",
    "The next cycle or run does it, and starts by itself.",
  ),
  no_agents: fact("No agent is configured.", "Add one under `agents` in `.github/orchestrate.yml`."),
  backoff: fact("It waits before the next attempt."),
  feedback: fact("What its checks and reviewers said is being read for the next attempt."),
  cap_sessions_per_day: fact("`limits.sessionsPerDay` is used up.", capAdvice),
  cap_cost_per_day: fact("`limits.costPerDay` is used up.", capAdvice),
  cap_cost_per_task: fact("`limits.costPerTask` is used up.", capAdvice),
  cap_attempts_per_task: fact("`limits.attemptsPerTask` is used up.", capAdvice),
  next_pass: fact("It is next: a worker is free."),
  look_ahead: fact(
    "A worker is free, but too many tasks that fit nobody free stand before it.",
    "Look at what those wait for, or raise `matching.lookAhead`.",
  ),
  earlier_stage: fact(
    "An earlier stage is not over.",
    "`strictStages` is why: look at what the first task of that stage waits for.",
  ),
  limit_in_progress: fact("As many tasks are being worked on as `limits.inProgress` allows.", limitAdvice),
  limit_label: fact("As many tasks with its label are being worked on as `limits.labels` allows.", limitAdvice),
  fair_share: fact("Its milestone has its share of the slots, and others wait.", "`limits.fairShare` is why."),
  // Merging
  merge_when_green: fact("It is merged without a person once it is green.", "`merge` in the configuration is why."),
  merge_unticked: fact("Acceptance criteria are not ticked.", "Tick in the issue what is met."),
  merge_paused: fact("Orchestration is paused: nothing is merged meanwhile.", "`/orchestrate resume` goes on."),
  merge_asked: fact("GitHub was asked to merge it."),
  merge_refused: fact("GitHub refused to merge it.", "Merge it yourself, or push another commit."),
  merge_updating: fact(
    "Its branch is brought up to date with the default branch; it is merged once the checks of the new commit are green.",
  ),
  merge_behind: fact(
    "Its branch is behind the default branch, and was not brought up to date.",
    "Update the branch yourself; what is green then is merged.",
  ),
  merge_turn: fact(
    "Another merge is on its way, and branches have to be up to date here: one at a time is updated.",
    "Then it is looked at again.",
  ),
  merge_returned: fact(
    "The merge queue took it out again.",
    "Put it there again yourself, merge it, or push another commit.",
  ),
  merge_blocked: fact("What it depends on has to be merged first."),
  merge_overlap: fact(
    "The merge of another pull request that changes the same file is on its way.",
    "Then it is looked at again.",
  ),
  // Workers
  not_pinned: fact("The task asks for another agent or worker."),
  excluded: fact("The agent is excluded for this task."),
  disabled: fact("The worker is disabled.", "`/orchestrate enable` brings it back."),
  resting: fact("The worker rests after failures.", "`/orchestrate enable` ends its rest."),
  lower_score: fact("Another agent suits better."),
  awaited: fact("A better worker is soon free, so this one is passed over."),
  better_worker: fact("It waits for a better worker that is soon free."),
  avoided: fact("The agent has failed at this task, so another one goes first."),
  agent_paused: fact(
    "The agent is paused, because its vendor refuses or fails.",
    "It goes on by itself; `/orchestrate enable` with its name does so at once.",
  ),
  cascade: fact(
    "Several vendors fail at once: nothing new is started before fewer of them do.",
    "It goes on by itself; `/orchestrate enable` with the name of an agent says that its vendor is back, `/orchestrate resume` that all are.",
  ),
  missing_capability: fact(
    "The worker lacks a capability that the task needs.",
    "Name it under `capabilities` of an agent, or remove the `needs:` label.",
  ),
  quota_spent: fact("The agent has used up its `quota` of the day."),
  no_operator: fact(
    "No operator of the agent is available.",
    "It goes on by itself when one of them is no longer busy; `/orchestrate assign` asks for another agent.",
  ),
  at_capacity: fact("The worker has a task already."),
  takes_itself: fact(
    "The agent takes its work itself: nobody gives it any.",
    "Whoever works with it types the command.",
  ),
  more_loaded: fact("Another worker has more room."),
};

/** The sentences for a code; an unknown code is shown as its words. */
export function describeReason(code: string): string {
  return joinSentences(factOf(code), adviceOf(code));
}

/** What is special about this case, else what the code says of itself; then what can be done. Markdown. */
export function describeWaiting(waiting: WaitingReason): string {
  const detail = toSentence(escapeText(waiting.detail, 300));
  return joinSentences(detail === "" ? factOf(waiting.code) : detail, adviceOf(waiting.code));
}

/** Why a task goes to whoever it goes to, now: `rank 1 of 3 by balanced, suits it with 89 %`. Markdown. */
export function describeChoice(reasons: AssignmentReasons): string {
  return `${describeTurn(reasons)}, ${describeMatch(reasons.match, reasons.note)}`;
}

/** How well somebody suits a task, 0 to 1, and what was weighed beside that. */
export function describeMatch(match: number, note: string | null): string {
  return `suits it with ${Math.round(match * 100)} %${note === null ? "" : `; ${escapeText(note)}`}`;
}

function factOf(code: string): string {
  return Object.hasOwn(reasonTexts, code) ? (reasonTexts[code]?.fact ?? "") : toSentence(toWords(code));
}

/** What can be done about it; empty where nothing can. Markdown. */
export function adviceOf(code: string): string {
  return Object.hasOwn(reasonTexts, code) ? (reasonTexts[code]?.advice ?? "") : "";
}

function toWords(code: string): string {
  const words = escapeText(code.replaceAll("_", " "));
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function toSentence(text: string): string {
  return text === "" || /[.!?…]$/.test(text) ? text : `${text}.`;
}

function joinSentences(first: string, second: string): string {
  return second === "" ? first : `${first} ${second}`;
}
