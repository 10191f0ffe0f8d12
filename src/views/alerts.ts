/**
 * The comment on the monitoring issue: the warnings that are open, most serious first, and those that passed last. It says the
 * same for the same state, however often and whenever it is rendered.
 */
import type { Warning } from "../model/warning.ts";
import { cutLines, defuse, escapeText, toCode, toReference } from "./markdown.ts";
import { count, describeInstant, describeSpan } from "./words.ts";
import { warningWords } from "./warning-words.ts";

/** Our comment is found again by this, together with our authorship. */
export const alertsMarker = "<!-- orchestrate:alerts -->";

/** 60,000: GitHub refuses bodies over 65,536. */
const lengthMax = 60_000;
/** Linear names no bound; this many are read by nobody. */
const noticeLengthMax = 30_000;
/** Whoever has more to look at will not read them here. */
const linesMax = 50;
const detailMax = 600;

export interface WarningView {
  readonly warning: Warning;
  /** The task that it is about; null where it is about none, or one that is gone. */
  readonly task: { readonly reference: string; readonly url: string | null; readonly title: string } | null;
  readonly since: number;
  /** When it passed; null while it is open. */
  readonly until: number | null;
}

const severities: readonly Warning["severity"][] = ["critical", "warning", "notice"];
const marks: Readonly<Record<Warning["severity"], string>> = { critical: "🔴", warning: "🟠", notice: "🔵" };

/** The whole comment as Markdown, beginning with the marker; `passed` newest first. */
export function renderAlerts(open: readonly WarningView[], passed: readonly WarningView[]): string {
  const parts = [`${alertsMarker}\n**Orchestrate: ${headlineOf(open)}.**`, ...renderLists(open, passed)];
  return cutLines(`${parts.join("\n\n")}\n`, lengthMax);
}

/**
 * The same for Linear, where nobody knows which repository it is about, and where a comment has no invisible part: it is known by
 * its id.
 */
export function renderNotice(repository: string, open: readonly WarningView[], passed: readonly WarningView[]): string {
  const parts = [`**Orchestrate, ${escapeText(repository)}: ${headlineOf(open)}.**`, ...renderLists(open, passed)];
  return cutLines(`${parts.join("\n\n")}\n`, noticeLengthMax).replaceAll("&#8203;", "\u200B");
}

function headlineOf(open: readonly WarningView[]): string {
  return open.length === 0 ? "all clear" : `${count(open.length, "warning")} open`;
}

function renderLists(open: readonly WarningView[], passed: readonly WarningView[]): readonly string[] {
  return [
    renderWarnings(open, linesMax),
    passed.length === 0 ? "" : `**Passed**\n\n${passed.map(renderPassed).join("\n")}`,
  ].filter((part) => part !== "");
}

/** Open warnings as a list, most serious first, then oldest; empty when there are none. */
export function renderWarnings(open: readonly WarningView[], max: number): string {
  const sorted = severities.flatMap((severity) => open.filter(({ warning }) => warning.severity === severity));
  const lines = sorted.slice(0, max).map(renderOpen);
  if (open.length > max) lines.push(`- and ${open.length - max} more`);
  return lines.join("\n");
}

function renderOpen(view: WarningView): string {
  const { severity, detail, suggestion } = view.warning;
  const since = `${severity}, since ${describeInstant(view.since)}`;
  return `- ${marks[severity]} ${name(view)} (${since}): ${escapeText(detail, detailMax)} ${defuse(suggestion).replaceAll(/\s+/g, " ")}`.trimEnd();
}

function renderPassed(view: WarningView): string {
  const until = view.until ?? view.since;
  return `- ✅ ${name(view)}, ${describeInstant(view.since)}, for ${describeSpan(until - view.since)}: ${escapeText(view.warning.detail, detailMax)}`;
}

function name({ warning, task }: WarningView): string {
  const words = `**${warningWords[warning.code]}**`;
  if (task !== null) return `${words}, ${toReference(task.reference, task.url)} ${escapeText(task.title)}`;
  return warning.subject === "all" ? words : `${words}, ${toCode(warning.subject)}`;
}
