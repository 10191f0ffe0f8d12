/**
 * The summary of one run of the Action: what it started and why, what ended, what waits and for what, the graph, and what
 * it cost. GitHub shows it on the page of the run. Everything in it that others wrote is hostile.
 */
import { renderWarnings } from "./alerts.ts";
import { renderGraph } from "./graph-mermaid.ts";
import type { GraphTask } from "./graph-task.ts";
import { cutLines, escapeText, renderTable, toCode, toReference } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { describeChoice, describeWaiting } from "./reasons.ts";
import { agentName, type OverviewView, type TaskView } from "./task-view.ts";
import { count, describeInstant, describeSpan, describeStatus, modeWords, statusWords } from "./words.ts";
import { taskStatuses } from "../model/task.ts";

/** What a run has asked of GitHub. */
export interface ApiUsage {
  /** REST requests that count; those that were answered with "not modified" do not. */
  readonly rest: number;
  readonly notModified: number;
  readonly graphql: number;
  /** What is left of the hour, as the last answer said; null where none did. */
  readonly restLeft: Quota | null;
  readonly graphqlLeft: Quota | null;
}

export interface Quota {
  readonly left: number;
  readonly limit: number;
}

export interface RunView {
  readonly overview: OverviewView;
  /** Assigned by this run. */
  readonly started: readonly TaskView[];
  /** Completed, failed or cancelled by this run. */
  readonly ended: readonly TaskView[];
  /** Those that stand first, at most as many as a page shows. */
  readonly waiting: readonly TaskView[];
  readonly waitingCount: number;
  readonly graph: readonly GraphTask[];
  /** False: out of time, the next run goes on. */
  readonly isComplete: boolean;
  /** When something is due next by itself, epoch milliseconds. */
  readonly nextDueAt: number | null;
  /** When a run or the App last wrote before this one; null where nobody ever did. */
  readonly lastWrittenAt: number | null;
  readonly now: number;
  readonly usage: ApiUsage;
  /** Whether it ran with the job's own token, which can do less than an App's. */
  readonly isJobToken: boolean;
}

/** Nobody reads more of a table on the page of a run. */
const rowsMax = 50;
const reasonsMax = 3;
const warningsMax = 20;
/** GitHub refuses a summary over 1 MiB; a letter takes at most three bytes. */
const lengthMax = 340_000;

/** Markdown of at most a mebibyte; ends with a line break. */
export function renderRunSummary(view: RunView): string {
  const parts = [
    `## Orchestrate\n\n${renderHead(view)}`,
    renderConfiguration(view.overview.configurationProblems),
    section("Started", renderStarted(view.started)),
    section("Ended", renderEnded(view.ended)),
    section("What waits, and why", renderWaitingTasks(view)),
    section("Warnings", renderWarnings(view.overview.warnings ?? [], warningsMax)),
    section("Graph", renderGraph(view.graph)),
    section("This run", renderRun(view)),
  ];
  return cutLines(`${parts.filter((part) => part !== "").join("\n\n")}\n`, lengthMax);
}

function section(title: string, body: string): string {
  return body === "" ? "" : `### ${title}\n\n${body}`;
}

function renderHead({ overview, started, ended, isComplete }: RunView): string {
  const happened = [
    ...(started.length === 0 ? [] : [`${count(started.length, "task")} started`]),
    ...(ended.length === 0 ? [] : [`${count(ended.length, "task")} ended`]),
  ];
  const counts = taskStatuses
    .map((status) => ({ status, amount: overview.counts[status] ?? 0 }))
    .filter(({ amount }) => amount > 0)
    .map(({ status, amount }) => `${amount} ${statusWords[status]}`);
  return [
    `**${happened.length === 0 ? "Nothing was started and nothing has ended" : happened.join(", ")}.**`,
    ...(isComplete ? [] : ["⚠️ The time of this run was up before everything was done; the next run goes on."]),
    ...(overview.isPaused ? ["⏸️ Paused: nothing new is started until `/orchestrate resume`."] : []),
    "",
    `- Tasks: ${counts.length === 0 ? "none" : counts.join(", ")}`,
    `- Workers: ${overview.workersBusy} of ${overview.workersTotal} busy`,
    `- Mode: ${overview.mode} (${modeWords[overview.mode]})`,
  ].join("\n");
}

function renderConfiguration(problems: readonly string[]): string {
  if (problems.length === 0) return "";
  const lines = problems.slice(0, rowsMax).map((problem) => `- ${escapeText(problem, 400)}`);
  return `### The configuration was refused; the last good one is in force\n\n${lines.join("\n")}`;
}

function renderStarted(views: readonly TaskView[]): string {
  if (views.length === 0) return "";
  const rows = views.slice(0, rowsMax).map((view) => {
    const { assignment } = view.task;
    const agent = assignment === null ? "" : escapeText(agentName(view, assignment.agent), 60);
    return [describeTask(view), agent, assignment === null ? "" : toCode(assignment.worker), describeWhy(view)];
  });
  return withRest(renderTable(["Task", "Agent", "Worker", "Why"], rows), views.length - rows.length);
}

function describeWhy({ reasons = null }: TaskView): string {
  return reasons === null ? "" : describeChoice(reasons);
}

function renderEnded(views: readonly TaskView[]): string {
  if (views.length === 0) return "";
  const rows = views
    .slice(0, rowsMax)
    .map((view) => [describeTask(view), describeStatus(view.status, view.task), toCell(describeNextStep(view))]);
  return withRest(renderTable(["Task", "Status", "How"], rows), views.length - rows.length);
}

function renderWaitingTasks({ waiting, waitingCount }: RunView): string {
  if (waitingCount === 0) return "";
  const rows = waiting.slice(0, rowsMax).map((view) => {
    const reasons = view.waiting.slice(0, reasonsMax).map(describeWaiting);
    const more = view.waiting.length > reasonsMax ? [`and ${view.waiting.length - reasonsMax} more`] : [];
    return [describeTask(view), describeStatus(view.status, view.task), toCell([...reasons, ...more].join(" "))];
  });
  return withRest(renderTable(["Task", "Status", "Why"], rows), waitingCount - rows.length);
}

function describeTask({ task: { definition } }: TaskView): string {
  return `${toReference(`#${definition.number}`, definition.url)} ${escapeText(definition.title)}`;
}

/** Markdown of our own, in which a bar would end the cell. */
function toCell(markdown: string): string {
  return markdown.replaceAll(/(?<!\\)\|/g, String.raw`\|`);
}

function withRest(table: string, left: number): string {
  return left > 0 ? `${table}\n\nand ${left} more` : table;
}

function renderRun({ usage, nextDueAt, lastWrittenAt, now, isJobToken }: RunView): string {
  const lines = [
    `- GitHub was asked ${count(usage.rest, "time")} over REST${describeLeft(usage.restLeft)} and ${count(usage.graphql, "time")} over GraphQL${describeLeft(usage.graphqlLeft)}; ${count(usage.notModified, "answer")} said that nothing had changed, which costs nothing`,
    lastWrittenAt === null
      ? "- Nobody has written anything before this run"
      : `- Before this run, Orchestrate last had something to write at ${describeInstant(lastWrittenAt)}, ${describeSpan(now - lastWrittenAt)} ago`,
    ...(nextDueAt === null ? [] : [`- Something is due at ${describeInstant(nextDueAt)}`]),
    ...(isJobToken ? [`- ${jobTokenAdvice}`] : []),
  ];
  return lines.join("\n");
}

/** What a GitHub App's token can do beyond the job's own. */
export const jobTokenAdvice =
  "It ran with the job's own token. A GitHub App's (inputs `app-id` and `private-key`) would add: workflows run for what it pushes and merges, checks of its pull requests start without approval, and 5,000 requests an hour instead of 1,000";

function describeLeft(quota: Quota | null): string {
  return quota === null ? "" : ` (${quota.left} of ${quota.limit} left this hour)`;
}
