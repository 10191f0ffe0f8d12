/** How dead letters change the state: what was given up is kept until it was done after all, or a person has seen to it. */
import { letterOf, type DeadLetter, type LetterEvent, type LetterSubject } from "../model/dead-letter.ts";
import { effectKey, type RecordedEffect } from "../model/effect.ts";
import { lettersMax } from "../model/limits.ts";
import type { State } from "../state/state.ts";

type Of<Type extends LetterEvent["type"]> = Extract<LetterEvent, { readonly type: Type }>;

export function foldIssueSetAside(state: State, { number, reason }: Of<"IssueSetAside">): void {
  const subject = { kind: "issue", number } as const;
  keep(state, letterOf(subject), { subject, reason, at: state.at });
}

export function foldCommandSetAside(state: State, { command, task, reason }: Of<"CommandSetAside">): void {
  const subject = { kind: "command", command, task } as const;
  keep(state, letterOf(subject), { subject, reason, at: state.at });
}

export function foldLetterOver(state: State, { letter }: Of<"LetterRetried" | "LetterClosed">): void {
  state.letters.delete(letter);
}

/** An effect that is given up. What shows a task that is gone shows nothing that anybody misses. */
export function noteGivenUp(state: State, recorded: RecordedEffect | undefined, reason: string): void {
  if (recorded === undefined) return;
  const { id, effect } = recorded;
  noteDone(state, recorded);
  if (effect.type === "UpdateIssue" && !state.tasks.has(effect.task)) return;
  keep(state, id, { subject: { kind: "effect", effect }, reason, at: state.at });
}

/** The same was done after all: nobody need see to it. */
export function noteDone(state: State, { effect }: Pick<RecordedEffect, "effect">): void {
  if (state.letters.size === 0) return;
  const key = effectKey(effect);
  const over = [...state.letters.entries()].filter(([, { subject }]) => keyOf(subject) === key);
  for (const [letter] of over) state.letters.delete(letter);
}

function keyOf(subject: LetterSubject): string | null {
  return subject.kind === "effect" ? effectKey(subject.effect) : null;
}

function keep(state: State, name: string, letter: DeadLetter): void {
  state.letters.set(name, letter);
  if (state.letters.size <= lettersMax) return;
  // By time and then by name, because the order of a table is another one after a snapshot.
  const [oldest] = [...state.letters.entries()].toSorted(
    ([a, one], [b, other]) => one.at - other.at || (a < b ? -1 : 1),
  );
  if (oldest !== undefined) state.letters.delete(oldest[0]);
}
