/**
 * The one comment that a task's issue carries: what is going on, what comes next, and who can do what. It says the
 * same for the same state, however often and whenever it is rendered, so that an unchanged task is never written.
 */
import type { Feedback } from "../model/feedback.ts";
import type { Attempt, PullRequest } from "../model/task.ts";
import { cutLines, defuse, escapeText, renderTable, toCode, toLink, toReference } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { renderFeedbackInShort } from "./feedback-text.ts";
import { renderSplit } from "./split-text.ts";
import { taskFileUrl } from "./task-file-path.ts";
import { agentName, type BlockerView, type TaskView } from "./task-view.ts";
import {
  describeAttemptSpan,
  describeCost,
  describeMinutes,
  describePriority,
  describeResult,
  describeStatus,
  statusWords,
  toShortSha,
} from "./words.ts";

/** Our comment is found again by this, together with our authorship. */
export const stickyMarker = "<!-- orchestrate:sticky -->";

/** 60,000: GitHub refuses bodies over 65,536. */
const stickyLengthMax = 60_000;
/** What a comment shows of long lists; the task file on the state branch has the rest. */
const rowsMax = 50;
const answerLengthMax = 20_000;
const detailMax = 200;

/** The whole comment as Markdown, at most 60,000 characters, beginning with the marker. */
export function renderSticky(view: TaskView): string {
  const parts = [
    `${stickyMarker}\n**Orchestrate: ${describeStatus(view.status, view.task)}.** ${describeNextStep(view)}`,
    renderAnswer(view.task.answer),
    renderFacts(view),
    renderSplit(view),
    renderBlockers(view.blockers),
    renderFeedback(view.feedback ?? null),
    renderAttempts(view),
    renderLabelProblems(view.task.definition.problems),
    "<sub>Write `/orchestrate help` for the commands, `/orchestrate explain` for the reasons.</sub>",
  ];
  return cutLines(`${parts.filter((part) => part !== "").join("\n\n")}\n`, stickyLengthMax);
}

/** The comment on an issue that is no task: it becomes the task's when it is one. */
export function renderOutside(answer: string): string {
  const note =
    "<sub>This answers the last command here. If the issue becomes a task, this comment will say how it stands.</sub>";
  return `${stickyMarker}\n**Orchestrate: not a task.**\n\n${renderAnswer(answer)}\n\n${note}\n`;
}

/** The answer comes first after the status: somebody has just asked for it. */
function renderAnswer(answer: string | null): string {
  if (answer === null || answer.trim() === "") return "";
  const lines = cutLines(defuse(answer.trim()), answerLengthMax).trim().split("\n");
  return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
}

function renderFacts(view: TaskView): string {
  const { task } = view;
  const priority = task.priorityOverride ?? task.definition.priority;
  const estimate = task.estimateOverride ?? task.definition.estimateMinutes;
  const facts = [
    describeAssignment(view),
    describeRun(view),
    task.pull === null ? "" : `Pull request: ${describePull(task.pull)}`,
    `Planning: ${[describePriority(priority), describeEstimate(estimate), ...describeNeeds(view)].join(", ")}`,
    describeFile(view),
  ];
  return facts
    .filter((fact) => fact !== "")
    .map((fact) => `- ${fact}`)
    .join("\n");
}

function describeEstimate(minutes: number | null): string {
  return minutes === null ? "no estimate" : `estimated at ${describeMinutes(minutes)}`;
}

function describeNeeds(view: TaskView): readonly string[] {
  const { needs } = view.task.definition;
  return needs.length === 0
    ? []
    : [
        `needs ${needs
          .slice(0, 10)
          .map((need) => toCode(need))
          .join(", ")}`,
      ];
}

function describeAssignment(view: TaskView): string {
  const { assignment } = view.task;
  if (assignment === null) return "";
  const name = escapeText(agentName(view, assignment.agent));
  const { session } = assignment;
  const link = session === null ? "" : `, ${toLink("session", session.url)} ${toCode(session.id)}`;
  return `Agent: ${name}, worker ${toCode(assignment.worker)}, attempt ${assignment.attempt}${link}`;
}

/** The job that started it has the vendor's first words; its page is the repository's own. */
function describeRun({ task }: TaskView): string {
  const run = task.assignment?.run ?? null;
  const repository = /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/issues\//.exec(task.definition.url)?.[1];
  if (run === null || repository === undefined || !/^\d{1,19}$/.test(run)) return "";
  return `Agent workflow: ${toLink(`run ${run}`, `${repository}/actions/runs/${run}`)}`;
}

function describeFile(view: TaskView): string {
  const url = taskFileUrl(view);
  return url === null ? "" : `For agents: ${toLink("the task's file", url)}`;
}

/** What the next attempt is told, in a line each. */
function renderFeedback(feedback: Feedback | null): string {
  if (feedback === null) return "";
  return `**Said of #${feedback.pull} at ${toCode(toShortSha(feedback.sha))}**\n\n${renderFeedbackInShort(feedback)}`;
}

const checksWords: Readonly<Record<PullRequest["checks"], string>> = {
  success: "✅ checks are green",
  failure: "❌ checks failed",
  pending: "⏳ checks are running",
  none: "no checks",
};

/** `#12 on branch, checks`. */
export function describePull(pull: PullRequest): string {
  const failed = pull.failedChecks.slice(0, 10).map((name) => toCode(name));
  const names = pull.checks === "failure" && failed.length > 0 ? ` (${failed.join(", ")})` : "";
  const conflict = pull.mergeable === "conflict" ? ", conflicts with its base" : "";
  const objection = pull.objection === undefined ? "" : `, ${toCode(pull.objection.by)} asks for changes`;
  const state = pull.state === "open" ? `${checksWords[pull.checks]}${names}${conflict}${objection}` : pull.state;
  return `${toReference(`#${pull.number}`, pull.url)} (${toCode(pull.branch)}): ${state}`;
}

function renderBlockers(blockers: readonly BlockerView[]): string {
  if (blockers.length === 0) return "";
  const openFirst = blockers.toSorted((left, right) => Number(right.isOpen) - Number(left.isOpen));
  const lines = openFirst.slice(0, rowsMax).map((blocker) => `- ${describeBlocker(blocker)}`);
  if (blockers.length > rowsMax) lines.push(`- and ${blockers.length - rowsMax} more`);
  return `**Waits for**\n\n${lines.join("\n")}`;
}

/** One blocker as a line of Markdown: mark, reference, title, state, and whether it is only a soft edge. */
export function describeBlocker(blocker: BlockerView): string {
  const mark = blocker.isOpen ? "⏳" : "✅";
  const title = blocker.title === null ? "" : ` ${escapeText(blocker.title)}`;
  const state = Object.hasOwn(statusWords, blocker.state)
    ? statusWords[blocker.state as keyof typeof statusWords]
    : escapeText(blocker.state.replaceAll("_", " "));
  const kind = blocker.kind === "soft" ? ", soft" : "";
  return `${mark} ${toReference(blocker.reference, blocker.url)}${title} (${state}${kind})`;
}

function renderAttempts(view: TaskView): string {
  const { attempts } = view.task;
  if (attempts.length === 0) return "";
  const rows = attempts.slice(-rowsMax).map((attempt) => toAttemptRow(view, attempt));
  return renderTable(["Attempt", "Agent", "Session", "Result", "Time", "Cost"], rows);
}

function toAttemptRow(view: TaskView, attempt: Attempt): readonly string[] {
  const { session } = attempt;
  const detail = attempt.detail === "" ? "" : `: ${escapeText(attempt.detail, detailMax)}`;
  const of = view.attemptsMax ?? null;
  return [
    of === null || attempt.attempt > of ? String(attempt.attempt) : `${attempt.attempt} of ${of}`,
    `${escapeText(agentName(view, attempt.agent))} (${toCode(attempt.worker)})`,
    session === null ? "" : toLink(toCode(session.id), session.url),
    `${describeResult(attempt.failedLater ?? attempt.result)}${detail}`,
    describeAttemptSpan(attempt),
    attempt.costUsd === 0 ? "" : describeCost(attempt.costUsd),
  ];
}

function renderLabelProblems(problems: readonly string[]): string {
  return problems
    .slice(0, rowsMax)
    .map((problem) => `> ⚠️ ${escapeText(problem, 400)}`)
    .join("\n");
}
