/** The dead letters of a state as people are shown them. */
import { whyNotRetried } from "../core/decide-letters.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "../core/waiting.ts";
import type { LetterSubject } from "../model/dead-letter.ts";
import type { LetterView } from "../views/letters-page.ts";

/** The newest first; of one instant by name, so that the same state gives the same list. */
export function toLetterViews(state: State): readonly LetterView[] {
  return [...state.letters.entries()]
    .toSorted(([a, one], [b, other]) => other.at - one.at || (a < b ? -1 : 1))
    .map(([id, letter]) => ({
      id,
      letter,
      reference: referenceIn(state, letter.subject),
      refusal: whyNotRetried(letter),
    }));
}

function referenceIn(state: State, subject: LetterSubject): string | null {
  if (subject.kind === "issue") return `#${subject.number}`;
  const about = subject.kind === "effect" ? subject.effect : subject;
  return "task" in about && about.task !== null ? referenceOf(state, about.task) : null;
}
