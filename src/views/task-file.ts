/**
 * `tasks/<status>/<n>.md` on the state branch: one task for agents and people who read with plain git. A view only:
 * a hand edit of it is never read back.
 */
import type { Attempt, Task } from "../model/task.ts";
import { priorityWords } from "../model/priority.ts";
import { defuse, escapeText, renderTable, toCode, toLink } from "./markdown.ts";
import { renderMark } from "../model/mark.ts";
import { renderFeedbackInFull } from "./feedback-text.ts";
import { describeNextStep } from "./next-step.ts";
import { describeBlocker, describePull } from "./sticky-comment.ts";
import { taskFilePath } from "./task-file-path.ts";
import { agentName, type BlockerView, type TaskView } from "./task-view.ts";
import { describeAttemptSpan, describeCost, describeInstant, describeResult, describeStatus, toIso } from "./words.ts";

export { taskFilePath } from "./task-file-path.ts";

export interface TaskFile {
  readonly path: string;
  readonly text: string;
}

/** The last attempts and edges are shown; the log has all. */
const rowsMax = 100;
const detailMax = 500;

/** The file of a task: YAML front matter, then text. */
export function renderTaskFile(view: TaskView): TaskFile {
  const { definition } = view.task;
  const sections = [
    `# ${escapeText(`${definition.number}: ${definition.title}`, 300)}`,
    `**${describeStatus(view.status, view.task)}.** ${describeNextStep(view)}`,
    `The definition is the issue itself: ${toLink("its text", definition.url)}, as approved under the hash above.`,
    renderCriteria(view),
    renderDependencies(view),
    renderAttempts(view),
    renderFeedback(view),
    renderGit(view),
  ];
  const front = Object.entries(toFrontMatter(view)).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  const body = sections.filter((section) => section !== "").join("\n\n");
  return { path: taskFilePath(view.status, definition.number), text: `---\n${front.join("")}---\n\n${body}\n` };
}

/** Times are ISO 8601 and efforts minutes, as everywhere outside. Values are written as JSON, which is YAML and quotes whatever a title may hold. */
function toFrontMatter(view: TaskView): Readonly<Record<string, unknown>> {
  const { task } = view;
  const { definition } = task;
  return {
    id: task.id,
    number: definition.number,
    title: definition.title,
    url: definition.url,
    status: view.status,
    ...toPlanning(task),
    milestone: definition.milestone,
    createdAt: toIso(definition.createdAt),
    approvedBy: task.trust?.by ?? null,
    approvedHash: task.trust?.hash ?? null,
    blockedBy: view.blockers.map(({ reference, kind, state, isOpen }) => ({ reference, kind, state, open: isOpen })),
    attempts: task.attempts.length,
    assignment: toAssignment(task),
    pullRequest: task.pull?.url ?? null,
    branch: branchOf(task),
    receipt: task.receipt === null ? null : { ...task.receipt, at: toIso(task.receipt.at) },
  };
}

function toPlanning({ definition, ...task }: Task): Readonly<Record<string, unknown>> {
  return {
    priority: priorityWords[task.priorityOverride ?? definition.priority],
    estimateMinutes: task.estimateOverride ?? definition.estimateMinutes,
    needs: definition.needs,
    mode: task.modeOverride ?? definition.mode,
  };
}

function branchOf(task: Task): string | null {
  return task.pull?.branch ?? task.assignment?.continues?.branch ?? null;
}

function toAssignment(task: Task): Readonly<Record<string, unknown>> | null {
  const { assignment } = task;
  if (assignment === null) return null;
  const { agent, worker, attempt, fence, phase, session } = assignment;
  return { agent, worker, attempt, fence, phase, session: session?.id ?? null, sessionUrl: session?.url ?? null };
}

/** What the text asks for, as it was when the last agent was started on it. */
function renderCriteria({ criteria = [], task }: TaskView): string {
  const points = criteria.map((line) => `- ${escapeText(line, detailMax)}`);
  const where = toLink("the issue", task.definition.url);
  return `## Acceptance criteria\n\n${points.length === 0 ? `Those that ${where} names.` : points.join("\n")}`;
}

function renderDependencies(view: TaskView): string {
  if (view.blockers.length === 0) return "## Dependencies\n\nNone.";
  const lines = view.blockers
    .slice(0, rowsMax)
    .map((blocker) => `- ${describeBlocker(blocker)}${describeWork(blocker)}`);
  if (view.blockers.length > rowsMax) lines.push(`- and ${view.blockers.length - rowsMax} more`);
  return `## Dependencies\n\n${lines.join("\n")}`;
}

/** Where to read what a blocker has changed. */
function describeWork({ work = null, isOpen }: BlockerView): string {
  if (work === null) return "";
  const branch = work.branch === "" ? "" : ` from ${toCode(work.branch)}`;
  return `: ${isOpen ? "its pull request is" : "what it changed is in"} ${toLink(`pull request`, work.url)}${branch}`;
}

function renderAttempts(view: TaskView): string {
  const { attempts } = view.task;
  if (attempts.length === 0) return "## Attempts\n\nNone has ended yet.";
  const rows = attempts.slice(-rowsMax).map((attempt) => toRow(view, attempt));
  return `## Attempts\n\n${renderTable(["Attempt", "Agent", "Session", "Ended", "Result", "Time", "Cost"], rows)}`;
}

function toRow(view: TaskView, attempt: Attempt): readonly string[] {
  const { session } = attempt;
  return [
    String(attempt.attempt),
    `${escapeText(agentName(view, attempt.agent))} (${toCode(attempt.worker)})`,
    session === null ? "" : toLink(toCode(session.id), session.url),
    describeInstant(attempt.endedAt),
    describeResult(attempt.failedLater ?? attempt.result),
    describeAttemptSpan(attempt),
    describeCost(attempt.costUsd),
  ];
}

/** What the next attempt, or a person, should know of those before it. */
function renderFeedback({ task, feedback = null }: TaskView): string {
  const parts = [
    [...attemptLines(task), ...pullLines(task.pull), ...questionLines(task)].join("\n"),
    feedback === null ? "" : renderFeedbackInFull(feedback),
    task.answer === null ? "" : `### Last answer\n\n${defuse(task.answer)}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "" : `## Feedback\n\n${parts.join("\n\n")}`.trim();
}

function attemptLines({ attempts }: Task): readonly string[] {
  const failed = attempts.filter((attempt) => attempt.result !== "success" && attempt.detail !== "");
  return failed
    .slice(-rowsMax)
    .map((attempt) => `- Attempt ${attempt.attempt}: ${escapeText(attempt.detail, detailMax)}`);
}

function pullLines(pull: Task["pull"]): readonly string[] {
  if (pull === null) return [];
  const objection = pull.state === "open" ? pull.objection : undefined;
  return [
    ...(pull.failedChecks.length === 0 ? [] : [`- Failed checks: ${toCodes(pull.failedChecks)}`]),
    ...(objection === undefined ? [] : [`- ${toCode(objection.by)} asks for changes.`]),
  ];
}

function questionLines({ assignment, definition }: Task): readonly string[] {
  const question = assignment?.question ?? null;
  const problems = definition.problems.slice(0, rowsMax).map((problem) => `- ${escapeText(problem, detailMax)}`);
  return question === null ? problems : [`- The agent asks: ${escapeText(question, detailMax)}`, ...problems];
}

function toCodes(names: readonly string[]): string {
  return names
    .slice(0, rowsMax)
    .map((name) => toCode(name))
    .join(", ");
}

/** What exists already, and what a pull request must carry so that it is known for this task's. */
function renderGit({ task, baseBranch = null }: TaskView): string {
  const branch = branchOf(task);
  const { number } = task.definition;
  const lines = [
    task.pull === null ? "" : `- Pull request: ${describePull(task.pull)}`,
    task.pull === null ? "" : `- Commit: ${toCode(task.pull.sha)}`,
    task.pull === null && branch !== null ? `- Branch: ${toCode(branch)}` : "",
    `- Branches begin with: ${toCode(`orchestrate/${number}-`)}`,
    baseBranch === null ? "" : `- Base branch: ${toCode(baseBranch)}`,
    `- Closing reference: ${toCode(`Fixes #${number}`)}`,
    task.assignment === null ? "" : `- Marker: ${toCode(renderMark({ task: task.id, ...task.assignment }))}`,
  ].filter((line) => line !== "");
  return `## Git\n\n${lines.join("\n")}`;
}
