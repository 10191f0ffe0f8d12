/** What was given up and that nobody has seen to since: an effect, a command that could not be decided, or an issue that could not be read. */
import type { Effect } from "./effect.ts";
import type { TaskId } from "./ids.ts";

export type LetterSubject =
  | { readonly kind: "effect"; readonly effect: Effect }
  /** The others went on without it. */
  | { readonly kind: "issue"; readonly number: number }
  | { readonly kind: "command"; readonly command: string; readonly task: TaskId | null };

export interface DeadLetter {
  readonly subject: LetterSubject;
  readonly reason: string;
  /** When it was given up. */
  readonly at: number;
}

/** What could not be decided, under a name by which it is known when it happens again. */
export function letterOf(subject: Exclude<LetterSubject, { readonly kind: "effect" }>): string {
  if (subject.kind === "issue") return `issue/${subject.number}`;
  return subject.task === null ? subject.command : `${subject.command}/${subject.task}`;
}

/** What happened to letters; the other events are in event.ts. Effects that are given up have an event there. */
export type LetterEvent =
  | { readonly type: "IssueSetAside"; readonly number: number; readonly reason: string }
  | {
      readonly type: "CommandSetAside";
      readonly command: string;
      readonly task: TaskId | null;
      readonly reason: string;
    }
  /** A person wants it to be tried once more; the effect that it `repeats` is recorded anew. */
  | { readonly type: "LetterRetried"; readonly letter: string; readonly by: string; readonly repeats: Effect | null }
  /** It is of no concern any more; `by` is null where that shows by itself. */
  | { readonly type: "LetterClosed"; readonly letter: string; readonly by: string | null };
