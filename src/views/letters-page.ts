/** What `orchestrate dlq` prints: what was given up, why, and what to do about it. Plain text; the same letters give the same bytes. */
import type { DeadLetter, LetterSubject } from "../model/dead-letter.ts";
import type { Effect } from "../model/effect.ts";
import { toPlainLine } from "./markdown.ts";
import { toPlainWords } from "./plain-page.ts";
import { warningWords } from "./warning-words.ts";
import { count } from "./words.ts";

/** A reason is read as a whole. */
const reasonMax = 500;

export interface LetterView {
  /** What `retry` and `drop` name it by. */
  readonly id: string;
  readonly letter: DeadLetter;
  /** `#12`; null where it is about no task. */
  readonly reference: string | null;
  /** Why it is not tried again; null where it can be. */
  readonly refusal: string | null;
}

/** The newest first, as they are given. */
export function renderLettersPage(repository: string, views: readonly LetterView[]): string {
  const name = toPlainLine(repository);
  if (views.length === 0) return `${name}: nothing was given up, or somebody has seen to it.`;
  const head = `${name}: ${count(views.length, "dead letter")}, the newest first.`;
  return [head, ...views.map(renderLetter)].join("\n\n");
}

function renderLetter(view: LetterView): string {
  const { id, letter, reference } = view;
  const about = reference === null ? "" : `${toPlainLine(reference)}: `;
  return [
    `${toPlainLine(id, 120)}  ${new Date(letter.at).toISOString()}`,
    `  What: ${about}${describeSubject(letter.subject)}`,
    `  Why: ${toPlainLine(letter.reason, reasonMax)}`,
    `  What to do: ${adviceFor(view)}`,
  ].join("\n");
}

function adviceFor({ id, refusal }: LetterView): string {
  const drop = `\`orchestrate dlq drop ${id}\` forgets it`;
  if (refusal !== null) return toPlainWords(`${refusal} ${drop}.`);
  return toPlainWords(`See to the reason, then \`orchestrate dlq retry ${id}\` tries it again; ${drop}.`);
}

/** One clause in plain words. */
export function describeSubject(subject: LetterSubject): string {
  if (subject.kind === "issue") return `issue #${subject.number} could not be read or decided`;
  if (subject.kind === "command") return `a command could not be decided: ${toPlainLine(subject.command, 60)}`;
  return describeEffect(subject.effect);
}

function describeEffect(effect: Effect): string {
  switch (effect.type) {
    case "UpdateAlerts":
      return `the warnings on issue #${effect.issue}`;
    case "UpdateLinearAlerts":
      return `the warnings on the Linear issue ${toPlainLine(effect.issue, 60)}`;
    case "SendAlert":
      return `the alert "${warningWords[effect.alert.code]}" (${effect.alert.state}) to the webhook`;
    case "CreateIssue":
      return `an issue of the pattern ${toPlainLine(effect.pattern, 60)}`;
    case "CollectFeedback":
      return `what was said of pull request #${effect.pull}`;
    case "MergePull":
      return `the merge of pull request #${effect.pull}`;
    case "UpdateBranch":
      return `bringing pull request #${effect.pull} up to date`;
    default:
      return plainEffects[effect.type];
  }
}

const plainEffects = {
  UpdateIssue: "labels and comment of the issue",
  AcknowledgeComment: "the answer to a command",
  UpdateCockpit: "the cockpit",
  SendProgress: "a summary to the webhook",
  ReportConfiguration: "the report on a configuration",
  OpenIssue: "the issue of what was submitted",
  OpenPiece: "the issue of a piece",
  StartSession: "the start of a session",
  CancelSession: "the end of a session",
  WatchSession: "a look at a session",
} as const;

/** The keys are a contract. */
export function toLettersDocument(repository: string, views: readonly LetterView[]): Readonly<Record<string, unknown>> {
  return {
    repository,
    count: views.length,
    letters: views.map((view) => ({
      id: view.id,
      at: new Date(view.letter.at).toISOString(),
      kind: view.letter.subject.kind === "effect" ? view.letter.subject.effect.type : view.letter.subject.kind,
      what: describeSubject(view.letter.subject),
      reference: view.reference,
      reason: view.letter.reason,
      canRetry: view.refusal === null,
      advice: adviceFor(view),
    })),
  };
}
