/** What checks and reviewers said, as Markdown: in full for the task file, in a line each for the sticky comment. */
import type { CheckFeedback, ConflictFeedback, Feedback, ReviewFeedback } from "../model/feedback.ts";
import { escapeText, toCode, toLink } from "./markdown.ts";
import { count } from "./words.ts";

const lineMax = 500;
const shortMax = 160;
/** A comment shows so many of each; the task file has all that is kept. */
const shownMax = 5;

/** Everything that is kept, quoted line by line so that nothing in it counts as Markdown. */
export function renderFeedbackInFull({ checks, reviews, conflicts, ...rest }: Feedback): string {
  const parts = [
    conflicts ? `### ${describeConflicts(conflicts, 0)}\n\n${listOf(conflicts)}` : "",
    ...reviews.map((review) => `### ${describeReviewer(review)}\n\n${quote(review.lines)}`),
    ...checks.map((check) => `### ${describeCheck(check)}\n\n${quote(check.lines)}`),
    describeRest(rest),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/** A list: where it conflicts, who asks for what, and what each check printed first. */
export function renderFeedbackInShort({ checks, reviews, conflicts, ...rest }: Feedback): string {
  const lines = [
    ...(conflicts ? [`- ⚔️ ${describeConflicts(conflicts, shownMax)}`] : []),
    ...reviews.slice(0, shownMax).map((review) => `- 💬 ${withFirst(describeReviewer(review), review.lines)}`),
    ...checks.slice(0, shownMax).map((check) => `- ❌ ${withFirst(describeCheck(check), tellingOf(check))}`),
  ];
  const left = describeRest(rest);
  if (left !== "") lines.push(`- ${left}`);
  return lines.join("\n");
}

/** The first `max` of the files by name, the others by number. */
function describeConflicts({ base, paths, more }: ConflictFeedback, max: number): string {
  const what = `Conflicts with the base branch ${toCode(base)}`;
  if (max === 0) return what;
  const named = paths.slice(0, max).map((path) => toCode(path));
  const left = paths.length - named.length + more;
  return `${what} in: ${named.join(", ")}${left === 0 ? "" : ` and ${count(left, "more file")}`}`;
}

function listOf({ paths, more }: ConflictFeedback): string {
  const lines = paths.map((path) => `- ${toCode(path)}`);
  return [...lines, ...(more === 0 ? [] : [`- and ${count(more, "more file")}`])].join("\n");
}

function withFirst(what: string, [first]: readonly string[]): string {
  return first === undefined ? what : `${what}: ${escapeText(first, shortMax)}`;
}

/** The header of a step tells less than the first error. */
function tellingOf({ lines }: CheckFeedback): readonly string[] {
  const telling = lines.find((line) => /error|fail|exception|panic/i.test(line));
  return telling === undefined ? lines : [telling];
}

function describeReviewer({ by, state, url }: ReviewFeedback): string {
  const what = state === "changes_requested" ? "asks for changes" : "remarks";
  return `${toCode(by)} ${toLink(what, url)}`;
}

function describeCheck({ name, conclusion, url }: CheckFeedback): string {
  return `${toLink(toCode(name), url)}: ${escapeText(conclusion.replaceAll("_", " "))}`;
}

function describeRest({ moreChecks, strangers }: Pick<Feedback, "moreChecks" | "strangers">): string {
  const checks = moreChecks === 0 ? [] : [`${count(moreChecks, "more check")} failed.`];
  const others =
    strangers === 0 ? [] : [`${count(strangers, "review")} by people without write access: not passed on.`];
  return [...checks, ...others].join(" ");
}

/** Code that is indented: nothing in it ends it, and nothing in it pings, links or opens a tag. */
function quote(lines: readonly string[]): string {
  if (lines.length === 0) return "It printed nothing that could be read.";
  return lines.map((line) => `    ${toQuoted(line)}`).join("\n");
}

function toQuoted(line: string): string {
  // Whoever looks for our marker in a text does not know what is code.
  return line.slice(0, lineMax).replaceAll(/\s/g, " ").replaceAll("<!--", "<! --");
}
