/** Tasks that say the same: by which key they are found, and which of them goes on while the others are held. */
import type { Config } from "../model/config.ts";
import type { TaskDefinition } from "../model/task.ts";

export type SameBy = Config["ready"]["duplicates"];

/** What tasks that say the same have in common; null where nothing is compared. */
export function sameKeyOf({ hash, title, isContainer }: TaskDefinition, by: SameBy): string | null {
  // An issue that stands for its sub-issues is never started: nothing is done twice.
  if (by === "allow" || isContainer) return null;
  if (by === "text") return hash;
  const words = plainWords(title);
  return words === "" ? null : words;
}

/** Letter case, punctuation and blanks say nothing. */
function plainWords(title: string): string {
  return title
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** One of several that say the same. */
export interface Copy {
  readonly number: number;
  /** Somebody is at it, or was. */
  readonly hasBegun: boolean;
  /** It may be worked on, as far as people go. */
  readonly isTrusted: boolean;
  /** A person has said that it is meant, whatever it looks like. */
  readonly isMeant: boolean;
}

/** The one that goes on: what has begun before what may begin, and that before what nobody has allowed; then the oldest. Null: there is none. */
export function firstOf<Each extends Copy>(copies: readonly Each[]): Each | null {
  return copies.filter(({ isMeant }) => !isMeant).toSorted(byPrecedence)[0] ?? null;
}

function byPrecedence(one: Copy, other: Copy): number {
  return (
    Number(other.hasBegun) - Number(one.hasBegun) ||
    Number(other.isTrusted) - Number(one.isTrusted) ||
    one.number - other.number
  );
}
