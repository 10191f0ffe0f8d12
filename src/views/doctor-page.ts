/** What the doctor has found, for a terminal and for the page of a run. */
import { escapeText, renderTable, toPlainLine } from "./markdown.ts";
import { count } from "./words.ts";

export interface Finding {
  readonly level: "ok" | "warning" | "error";
  /** What was looked at, in a word or three. */
  readonly subject: string;
  /** What is so: a plain sentence. */
  readonly message: string;
  /** What the person can do; empty where nothing is to be done. */
  readonly advice: string;
  /** The line of the configuration that it is about. */
  readonly line?: number;
}

const marks = { ok: "✅", warning: "⚠️", error: "❌" } as const;
const signs = { ok: "ok     ", warning: "warning", error: "error  " } as const;
const textMax = 600;

/** Lines of plain text; the last is the sum. */
export function renderDoctorPage(findings: readonly Finding[]): string {
  const lines = findings.map(({ level, subject, message, advice }) => {
    const text = toPlainLine(`${subject}: ${message} ${advice}`, textMax);
    return `${signs[level]}  ${text}`;
  });
  return [...lines, "", sum(findings)].join("\n");
}

/** The same as Markdown. */
export function renderDoctorSummary(findings: readonly Finding[]): string {
  const rows = findings.map(({ level, subject, message, advice }) => [
    marks[level],
    escapeText(subject),
    [message, advice]
      .filter((text) => text !== "")
      .map((text) => escapeText(text, textMax))
      .join(" "),
  ]);
  return `## Orchestrate doctor\n\n**${sum(findings)}**\n\n${renderTable(["", "What", "How it is"], rows)}\n`;
}

function sum(findings: readonly Finding[]): string {
  const amount = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [errors, warnings] = [amount("error"), amount("warning")];
  if (errors === 0 && warnings === 0) return "Everything is in place.";
  const parts = [
    ...(errors === 0 ? [] : [count(errors, "error")]),
    ...(warnings === 0 ? [] : [count(warnings, "warning")]),
  ];
  return `${parts.join(" and ")}.`;
}
