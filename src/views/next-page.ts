/** What `orchestrate next` tells: what would be started next, with whom and why, and where nothing can be, why not. */
import type { Mode } from "../model/mode.ts";
import type { AssignmentReasons } from "../model/task.ts";
import { escapeText, renderTable, toCode } from "./markdown.ts";
import { toPlainPage, toPlainWords } from "./plain-page.ts";
import { describeChoice, describeMatch, describeReason, describeWaiting } from "./reasons.ts";
import type { WaitingReason } from "./task-view.ts";
import { count, describeInstant, modeWords, toIso } from "./words.ts";

export interface NextTask {
  readonly task: string;
  /** `#12`. */
  readonly reference: string;
  readonly url: string | null;
  readonly title: string;
  readonly algorithm: Mode;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  /** Its place among all ready tasks, from 1. */
  readonly rank: number;
  /** Who would take it; null where nobody can say. */
  readonly agent: string | null;
  /** The worker that would take it now; null where it is not started now. */
  readonly worker: string | null;
  /** When it is expected to start, epoch milliseconds; null where nobody can say. */
  readonly startsAt: number | null;
  /** Why it would go there now; null where it would not start now, or only this agent was asked about. */
  readonly reasons: AssignmentReasons | null;
  /** How well the agent that was asked about suits, and what was weighed; null where none was, or it cannot take it now. */
  readonly match: { readonly score: number; readonly note: string | null } | null;
  /** What keeps it from starting now. */
  readonly waiting: readonly WaitingReason[];
}

export interface NextView {
  readonly repository: string;
  readonly at: number;
  readonly mode: Mode;
  /** The agent or worker that was asked about; null: all of them. */
  readonly target: string | null;
  readonly readyCount: number;
  /** In the order in which they would be started. */
  readonly next: readonly NextTask[];
  /** Where nothing would be started now: others that wait, with their reason codes; `[]` where one agent was asked about. */
  readonly idle: readonly { readonly reference: string; readonly codes: readonly string[] }[];
}

/** Enough of a title to know the task by. */
const titleMax = 60;

/** Lines of plain text. */
export function renderNextPage(view: NextView): string {
  const { repository, mode, next } = view;
  const head = `${escapeText(repository)}, in mode ${mode} (${modeWords[mode]}).`;
  const rows = next.map((task, place) => [
    String(place + 1),
    `${task.reference} ${escapeText(task.title, titleMax)}`,
    task.algorithm,
    String(Math.round(task.score * 1_000) / 1_000),
    task.worker === null ? (task.agent === null ? "" : toCode(task.agent)) : toCode(task.worker),
    describeStart(task),
    describeWhy(task),
  ]);
  const columns = ["", "Task", "Mode", "Score", "With", "Start", "Why"];
  const table = rows.length === 0 ? "" : `**${titleOf(view)}**\n\n${renderTable(columns, rows)}`;
  return toPlainPage([head, table, renderIdle(view)].filter((part) => part !== "").join("\n\n"));
}

function titleOf({ target, next, readyCount }: NextView): string {
  if (target !== null) return `What ${toCode(target)} could take, best first`;
  return next.length < readyCount ? `Next, ${next.length} of ${count(readyCount, "ready task")}` : "Next";
}

function describeStart({ worker, startsAt }: NextTask): string {
  if (worker !== null) return "now";
  return startsAt === null ? "" : `about ${describeInstant(startsAt)}`;
}

function describeWhy({ reasons, match, waiting }: NextTask): string {
  if (reasons !== null) return describeChoice(reasons);
  if (match !== null) return describeMatch(match.score, match.note);
  return waiting.map((reason) => describeWaiting(reason)).join(" ");
}

function renderIdle({ target, next, idle }: NextView): string {
  if (next.some(({ worker }) => worker !== null)) return "";
  const who = target === null ? "Nothing would be started now" : `${toCode(target)} can take nothing now`;
  const none = target === null ? "no open task waits" : "no ready task is for it, or asks only for what it can do";
  if (idle.length === 0) return `${who}: ${next.length === 0 ? none : "the reasons stand above"}.`;
  const lines = idle.map(({ reference, codes }) => {
    return `- ${reference}: ${codes.map((code) => `${toCode(code)}, ${describeReason(code)}`).join(" ")}`;
  });
  return `**${who}**\n\n${lines.join("\n")}`;
}

/** The keys are a contract. */
export function toNextDocument(view: NextView): Readonly<Record<string, unknown>> {
  const { repository, at, mode, target, readyCount, next, idle } = view;
  return {
    repository,
    at: toIso(at),
    mode,
    target,
    readyCount,
    next: next.map(({ startsAt, reasons, match, waiting, ...task }) => ({
      ...task,
      startsNow: task.worker !== null,
      startsAt: startsAt === null ? null : toIso(startsAt),
      why: toPlainWords(describeWhy({ startsAt, reasons, match, waiting, ...task })),
      match: reasons?.match ?? match?.score ?? null,
      waiting: waiting.map((reason) => ({ ...reason, text: toPlainWords(describeWaiting(reason)) })),
    })),
    idle,
  };
}
