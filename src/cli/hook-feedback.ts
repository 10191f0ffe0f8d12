/** What a hook has found wrong, as a file for whoever works there next. It lies in the git directory: nothing of it can be committed. */
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { issueOf, type Clone } from "./clone.ts";
import { redact } from "../core/redact.ts";
import { toCode, toPlainLine } from "../views/markdown.ts";

export interface Finding {
  readonly hook: string;
  readonly branch: string | null;
  /** The commit that was checked out. */
  readonly head: string;
  /** ISO 8601. */
  readonly at: string;
  /** What went wrong, as points of a list. */
  readonly facts: readonly string[];
  /** What a program printed. */
  readonly output: string;
}

/** Enough to see what failed; the whole stands at the terminal. */
const linesMax = 80;
const lineMax = 500;

/** Of the task of the branch, where it has one. */
export function feedbackPath({ shared }: Pick<Clone, "shared">, branch: string | null): string {
  return join(shared, "orchestrate", "feedback", `${issueOf(branch) ?? "no-task"}.md`);
}

/** Markdown in which no secret is left, and nothing that was printed is more than text. */
export function renderFinding({ hook, branch, head, at, facts, output }: Finding): string {
  const issue = issueOf(branch);
  const lines = lastLines(output);
  const longest = Math.max(2, ...[...lines.join("\n").matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = "`".repeat(longest + 1);
  return [
    `# What the ${hook} hook refused`,
    "",
    ...(issue === null ? [] : [`- Task: #${issue}`]),
    ...(branch === null ? [] : [`- Branch: ${toCode(branch)}`]),
    `- Checked out: ${toCode(head)}`,
    `- When: ${at}`,
    ...facts.map((fact) => `- ${fact}`),
    ...(lines.length === 0 ? [] : ["", "What was printed last:", "", `${fence}text`, ...lines, fence]),
    "",
  ].join("\n");
}

/** Redacted as a whole, because a key may have many lines; then cut. */
export function lastLines(output: string): readonly string[] {
  const lines = redact(output)
    .split("\n")
    .map((line) => (line.length > lineMax ? `${line.slice(0, lineMax - 1)}…` : line).trimEnd());
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(Math.max(0, last + 1 - linesMax), last + 1);
}

/** One line of a command or of what it printed, without secrets. */
export function toSafeLine(text: string, lengthMax: number): string {
  return toPlainLine(redact(text), lengthMax);
}

/** Whole or not at all: an agent may read it at any moment. */
export async function writeFeedback(path: string, text: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

/** Whether there was any. */
export async function removeFeedback(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch {
    return false;
  }
}
