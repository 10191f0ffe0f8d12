/** The answer to `/orchestrate plan`: what starts next and with whom, what runs, and what decides when all is done. */
import type { Mode } from "../model/mode.ts";
import { escapeText, renderTable, toCode, toReference } from "./markdown.ts";
import { describeWaiting } from "./reasons.ts";
import type { WaitingReason } from "./task-view.ts";
import { count, describeInstant, describeMinutes, modeWords } from "./words.ts";

/** A task by its number and title. */
export interface PlannedIssue {
  /** `#12`. */
  readonly reference: string;
  readonly url: string | null;
  readonly title: string;
}

export interface UpcomingTask extends PlannedIssue {
  /** The mode that ranks it: its own, or that of the repository. */
  readonly mode: Mode;
  readonly score: number;
  /** When it is expected to start, and with which agent; null where nobody can say. */
  readonly start: { readonly at: number; readonly agent: string } | null;
  /** Why nobody can say; null where there is nothing to tell. */
  readonly reason: WaitingReason | null;
}

export interface RunningTask extends PlannedIssue {
  readonly worker: string;
  /** Epoch milliseconds. */
  readonly expectedEnd: number;
}

/** What happens next, at one instant. */
export interface PlanAnswer {
  readonly at: number;
  readonly mode: Mode;
  readonly isPaused: boolean;
  /** Caps that nothing is started under, and that several vendors fail at once, in sentences. */
  readonly caps: readonly string[];
  /** The first of the ready tasks, best first, and how many there are. */
  readonly next: readonly UpcomingTask[];
  readonly readyCount: number;
  readonly running: readonly RunningTask[];
  readonly runningCount: number;
  readonly openCount: number;
  readonly path: { readonly first: readonly PlannedIssue[]; readonly tasks: number; readonly minutes: number };
  readonly stages: number;
  /** Otherwise there are at least so many. */
  readonly areStagesCounted: boolean;
  readonly cycles: number;
  readonly inCycles: number;
  readonly needPerson: number;
  readonly inReview: number;
}

/** Enough of a title to know the task by; ten rows stay a table that one looks at. */
const titleMax = 80;

/** Markdown; the same plan gives the same text. */
export function renderPlanAnswer(plan: PlanAnswer): string {
  const parts = [
    `**Plan** as of ${describeInstant(plan.at)}, in mode ${plan.mode} (${modeWords[plan.mode]})`,
    renderHalt(plan),
    renderNext(plan),
    renderRunning(plan),
    renderOutlook(plan),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** Nothing starts: said once, and not in every row. */
function renderHalt({ isPaused, caps }: PlanAnswer): string {
  const paused = isPaused ? ["**Paused**: nothing new is started until `/orchestrate resume`."] : [];
  return [...paused, ...caps.map((cap) => `**Nothing new is started.** ${escapeText(cap, 300)}`)].join("\n");
}

function renderNext(plan: PlanAnswer): string {
  const { next, readyCount, openCount } = plan;
  if (openCount === 0) return "Nothing is open.";
  if (next.length === 0)
    return "No task is ready: each runs, or waits for something. `/orchestrate status` says for what.";
  const rows = next.map((task, place) => [
    String(place + 1),
    describeIssue(task),
    task.mode,
    toScore(task.score),
    describeStart(task, plan),
    task.start === null ? "" : toCode(task.start.agent),
  ]);
  const head = ["", "Task", "Mode", "Score", "Expected to start", "With"];
  const more = readyCount > next.length ? `\n\nand ${count(readyCount - next.length, "more ready task")}` : "";
  return `**Next**\n\n${renderTable(head, rows)}${more}`;
}

function describeStart({ start, reason }: UpcomingTask, { at, isPaused, caps }: PlanAnswer): string {
  if (start !== null) return start.at <= at ? "now" : describeInstant(start.at);
  if (isPaused || caps.length > 0) return "";
  return reason === null ? "nobody can say" : describeWaiting(reason);
}

function renderRunning({ running, runningCount, at }: PlanAnswer): string {
  if (running.length === 0) return "";
  const lines = running.map((task) => {
    const until =
      task.expectedEnd <= at ? "expected to end any moment" : `expected until ${describeInstant(task.expectedEnd)}`;
    return `- ${describeIssue(task)}: ${toCode(task.worker)}, ${until}`;
  });
  if (runningCount > running.length) lines.push(`- and ${runningCount - running.length} more`);
  return `**Running**\n\n${lines.join("\n")}`;
}

function renderOutlook(plan: PlanAnswer): string {
  if (plan.openCount === 0) return "";
  const lines = [
    ...describePath(plan.path),
    `- Stages: ${plan.areStagesCounted ? "" : "at least "}${plan.stages}, each of which can start when those before it are done`,
    plan.cycles === 0
      ? "- Cycles: none"
      : `- Cycles: ${plan.cycles}, with ${count(plan.inCycles, "task")} that cannot start before a dependency goes; \`/orchestrate explain\` there says which`,
    `- People: ${count(plan.needPerson, "task")} ${plan.needPerson === 1 ? "waits" : "wait"} for a person, ${count(plan.inReview, "pull request")} to be merged`,
  ];
  return `**All ${count(plan.openCount, "open task")}**\n\n${lines.join("\n")}`;
}

function describePath({ first, tasks, minutes }: PlanAnswer["path"]): readonly string[] {
  if (first.length === 0) return [];
  const steps = first.map(({ reference, url }) => toReference(reference, url));
  if (tasks > first.length) steps.push(`${tasks - first.length} more`);
  return [
    `- Critical path: ${describeMinutes(minutes)} in ${count(tasks, "task")}, ${steps.join(" → ")}; all is done no sooner`,
  ];
}

function describeIssue({ reference, url, title }: PlannedIssue): string {
  return `${toReference(reference, url)} ${escapeText(title, titleMax)}`;
}

function toScore(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}
