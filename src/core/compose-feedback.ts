/** From what checks and reviewers said to what the next attempt is told: whose words count, which lines, how much, and no secret. */
import { permits } from "../model/actor.ts";
import type {
  AnnotationFacts,
  CheckFacts,
  CheckFeedback,
  ConflictFeedback,
  FailureFacts,
  Feedback,
  ReviewFacts,
  ReviewFeedback,
} from "../model/feedback.ts";
import { feedbackBytesMax, feedbackChecksMax, feedbackLinesMax } from "../model/limits.ts";
import { excerptLog } from "./log-excerpt.ts";
import { redact } from "./redact.ts";

/** Reviews go before logs, which can be looked up; but a long review must leave room for what failed. */
const reviewShare = 0.5;
const reviewsMax = 10;
const lineMax = 500;
const nameMax = 100;
/** No text is looked at beyond this: redaction takes time in proportion. */
const rawMax = 300_000;

/** So many conflicting files are named; the agent finds the others when it merges. */
const conflictsMax = 20;
const pathMax = 200;

/** What two branches both change, or git cannot merge, as it was found. */
export interface ConflictFacts {
  readonly base: string;
  readonly paths: readonly string[];
}

/** Null: there is nothing to pass on. Only the words of people with write access count; how many others there were is told. */
export function composeFeedback(facts: FailureFacts, conflict: ConflictFacts | null = null): Feedback | null {
  const heard = facts.reviews.filter((review) => permits(review.by.permission, "write"));
  const budget = new Budget(feedbackBytesMax);
  const newest = heard.slice(-reviewsMax);
  const reviewBudget = new Budget(facts.checks.length === 0 ? feedbackBytesMax : feedbackBytesMax * reviewShare);
  // Who asks for changes goes before who only remarks.
  const byWeight = newest.toSorted((a, b) => weigh(b) - weigh(a));
  const reviews = byWeight.map((review) => toReview(review, reviewBudget)).filter((review) => review.lines.length > 0);
  budget.spend(reviewBudget.spent);
  const checks = facts.checks.slice(0, feedbackChecksMax);
  const shown = checks.map((check, index) => toCheck(check, budget.share(checks.length - index)));
  const moreChecks = facts.moreChecks + facts.checks.length - checks.length;
  const conflicts = conflict === null || conflict.paths.length === 0 ? null : toConflicts(conflict);
  if (shown.length + reviews.length === 0 && conflicts === null) return null;
  const asked = heard.filter((review) => review.state === "changes_requested").map((review) => review.at);
  return {
    pull: facts.pull,
    sha: facts.sha,
    checks: shown,
    reviews,
    moreChecks,
    strangers: facts.reviews.length - heard.length,
    ...(conflicts === null ? {} : { conflicts }),
    reviewedAt: asked.length === 0 ? null : Math.max(...asked),
  };
}

function toConflicts({ base, paths }: ConflictFacts): ConflictFeedback {
  const named = paths.slice(0, conflictsMax).map((path) => toName(path, pathMax));
  return { base: toName(base, pathMax), paths: named, more: paths.length - named.length };
}

function weigh(review: ReviewFacts): number {
  return review.state === "changes_requested" ? 1 : 0;
}

function toReview({ by, state, url, body, comments }: ReviewFacts, budget: Budget): ReviewFeedback {
  const words = toLines(body);
  const remarks = comments.flatMap(({ path, line, body: remark }) => {
    const [first = "", ...rest] = toLines(remark);
    return first === "" ? [] : [`${placeOf(path, line)}: ${first}`, ...rest.map((each) => `  ${each}`)];
  });
  return { by: by.login, state, url, lines: budget.take([...words, ...remarks]) };
}

function toCheck(check: CheckFacts, budget: Budget): CheckFeedback {
  const said = toLines([check.title, check.summary, check.text].filter((text) => text !== null).join("\n"));
  const marks = check.annotations.filter(isTelling).map(toMark);
  const log = check.log === null ? [] : excerptLog(redact(tailOf(check.log)), feedbackLinesMax);
  const lines = [...new Set([...marks, ...log, ...said])].slice(0, feedbackLinesMax);
  return {
    name: toName(check.name),
    conclusion: toName(check.conclusion),
    url: check.url,
    lines: budget.take(lines),
  };
}

/** The last whole lines: half of one could hold half of a secret, which nothing tells. */
function tailOf(log: string): string {
  if (log.length <= rawMax) return log;
  const tail = log.slice(-rawMax);
  return tail.slice(tail.indexOf("\n") + 1 || tail.length);
}

/** Actions marks the exit of every failed step; that alone tells nothing. */
function isTelling({ level, message, path }: AnnotationFacts): boolean {
  return level === "failure" && !(path === ".github" && /^Process completed with exit code \d+\.?$/.test(message));
}

function toMark({ path, line, title, message }: AnnotationFacts): string {
  const text = toLines([title ?? "", message].filter((part) => part !== "").join(": ")).join(" ");
  return `${placeOf(path, line)}: ${text}`.slice(0, lineMax);
}

function placeOf(path: string, line: number | null): string {
  const safe = toName(path, 200);
  return line === null ? safe : `${safe}:${line}`;
}

/** One line without secrets. */
function toName(text: string, max = nameMax): string {
  return redact(text.slice(0, rawMax)).replaceAll(/\s+/g, " ").trim().slice(0, max);
}

/** Lines that say something, without secrets and hidden characters, none too long. */
function toLines(text: string): readonly string[] {
  const lines = redact(text.slice(0, rawMax)).split("\n");
  return lines.map((line) => line.trimEnd().slice(0, lineMax)).filter((line) => line.trim() !== "");
}

/** Bytes that may still be used, perhaps a part of a larger budget. */
class Budget {
  readonly #whole: Budget | null;
  #left: number;
  #spent = 0;

  constructor(bytes: number, whole: Budget | null = null) {
    this.#left = Math.floor(bytes);
    this.#whole = whole;
  }

  get spent(): number {
    return this.#spent;
  }

  spend(bytes: number): void {
    this.#left -= bytes;
    this.#spent += bytes;
    this.#whole?.spend(bytes);
  }

  /** A part of what is left, for one of so many; what it does not use the next ones get. */
  share(among: number): Budget {
    return new Budget(this.#left / among, this);
  }

  /** As many of the lines as there is room for. */
  take(lines: readonly string[]): readonly string[] {
    const taken: string[] = [];
    for (const line of lines) {
      const bytes = bytesOf(line) + 1;
      if (bytes > this.#left) {
        taken.push("…");
        break;
      }
      this.spend(bytes);
      taken.push(line);
    }
    return taken;
  }
}

/** Length in UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
