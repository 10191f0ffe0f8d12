/** The lines of the cockpit, one task or tick each. Titles, answers and names are hostile text. */
import { parseBoxKey, type Box } from "../model/box.ts";
import type { Said } from "../model/cockpit.ts";
import { renderBox } from "./boxes.ts";
import type { AttentionLine, ForecastView, ReadyLine, RunningLine, WaitingLine } from "./cockpit-view.ts";
import { escapeText, toCode, toLink, toReference } from "./markdown.ts";
import { describeWaiting } from "./reasons.ts";
import type { TaskLine, WaitingReason } from "./task-view.ts";
import { count, describeInstant, describeMinutes, statusWords } from "./words.ts";

/** Enough to recognise an issue among fifty. */
const titleMax = 80;
const detailMax = 240;
const reasonsShown = 2;

function nameOf({ reference, url, title }: TaskLine): string {
  return `${toReference(reference, url)} ${escapeText(title, titleMax)}`;
}

/** With the box that moves it on below it. */
export function describeAttention(line: AttentionLine): string {
  const detail = line.detail === "" ? "" : `: ${escapeText(line.detail, detailMax)}`;
  const box = line.box === null ? "" : `\n${renderBox(line.box, boxWords(line.box), "  ")}`;
  return `- ${nameOf(line)} (${statusWords[line.status]})${detail}${box}`;
}

/**
 * In code, so that it is no reference: GitHub ticks the box of a line that names an issue as soon as that issue is closed, and
 * nobody would have asked for anything.
 */
function boxWords(box: Box): string {
  if (box.kind === "retry") return `Try ${toCode(`#${box.number}`)} again, with its failures forgiven`;
  if (box.kind === "approve") return `Approve ${toCode(`#${box.number}`)} with the text it has now: **read it first**`;
  if (box.kind === "split")
    return `Split ${toCode(`#${box.number}`)} into the pieces that are proposed there: **read them first**`;
  return toCode(box.kind);
}

export function describeRunning(line: RunningLine): string {
  const { agent, worker, attempt, since, expectedEnd, sessionUrl } = line;
  const who = `${toLink(escapeText(agent), sessionUrl)} (${toCode(worker)}), attempt ${attempt}`;
  const when = `since ${describeInstant(since)}, expected until ${describeInstant(expectedEnd)}`;
  const state = line.status === "in_progress" ? "" : `, ${statusWords[line.status]}`;
  return `- ${nameOf(line)}: ${who}, ${when}${state}`;
}

export function describeReview(line: TaskLine): string {
  return `- ${nameOf(line)}${line.detail === "" ? "" : `: ${line.detail}`}`;
}

export function describeReady(line: ReadyLine): string {
  return `${line.rank}. ${nameOf(line)}, score ${Math.round(line.score * 100) / 100}${describeReasons(line.reasons)}`;
}

export function describeWaitingTask(line: WaitingLine): string {
  const impact = line.impact === 0 ? "" : `, ${count(line.impact, "task")} behind it`;
  return `- ${nameOf(line)} (${statusWords[line.status]}${impact})${describeReasons(line.reasons)}`;
}

function describeReasons(reasons: readonly WaitingReason[]): string {
  if (reasons.length === 0) return "";
  const shown = reasons.slice(0, reasonsShown).map(describeWaiting);
  const more = reasons.length > reasonsShown ? ` And ${count(reasons.length - reasonsShown, "reason")} more.` : "";
  return `: ${shown.join(" ")}${more}`;
}

/** A tick, who it was and what came of it. */
export function describeSaid({ box, by, at, isDone, answer }: Said): string {
  const words = answer === null ? "" : `: ${escapeText(answer, detailMax)}`;
  const mark = isDone ? "✅" : "🚫";
  const what = `${describeTick(box)}${isDone ? "" : " was refused"}`;
  return `- ${mark} ${what}, ticked by ${toCode(by, 60)} at ${describeInstant(at)}${words}`;
}

function describeTick(key: string): string {
  const box = parseBoxKey(key);
  switch (box?.kind) {
    case "mode":
      return `mode ${box.mode}`;
    case "attack":
      return `attack mode ${box.to}`;
    case "stop":
      return "emergency stop";
    case "retry":
    case "approve":
    case "split":
      return `${box.kind} ${toCode(`#${box.number}`)}`;
    default:
      return box === null || box === undefined ? "a box" : box.kind;
  }
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const weekMs = 7 * 24 * 60 * 60_000;

/** `At the pace of the last 24 h (12 completed), the 30 open tasks are done about Thursday, 2026-11-26 15:00 UTC`. */
export function describeForecast({ open, completed, hours, doneAt, criticalMinutes }: ForecastView): string {
  if (open === 0) return "Forecast: no task is open.";
  const path = criticalMinutes === 0 ? "" : `; at least ${describeMinutes(criticalMinutes)} by its critical path`;
  const span = `the last ${Math.round(hours)} h`;
  if (doneAt === null) return `Forecast: none, because no task was completed in the last 24 h${path}.`;
  return `Forecast: at the pace of ${span} (${completed} completed) the backlog of ${count(open, "task")} is done about ${describeDay(doneAt)}${path}.`;
}

function describeDay(at: number): string {
  const date = Number.isFinite(at) && Math.abs(at) < 8.64e15 - weekMs ? new Date(at) : null;
  return date === null ? "an unknown time" : `${weekdays[date.getUTCDay()] ?? ""}, ${describeInstant(at)}`;
}
