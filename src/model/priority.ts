/** The one reading of a priority, whether it stands in a label, a slash command or a scenario. */
import type { Priority } from "./task.ts";

const priorityByWord: Readonly<Record<string, Priority>> = {
  urgent: 1,
  high: 2,
  medium: 3,
  low: 4,
  none: 5,
  p0: 1,
  p1: 2,
  p2: 3,
  p3: 4,
  1: 1,
  2: 2,
  3: 3,
  4: 4,
  5: 5,
};

/** The word for each priority, as labels and comments write it. */
export const priorityWords: Readonly<Record<Priority, string>> = {
  1: "urgent",
  2: "high",
  3: "medium",
  4: "low",
  5: "none",
};

/** What a person may write for a priority, in a sentence. */
export const priorityChoices = "urgent, high, medium, low or none, 1 to 5, or P0 to P3";

/** `high`, `P1`, `2`: the priority that the text names in any letter case, or null. */
export function parsePriority(text: string): Priority | null {
  const word = text.trim().toLowerCase();
  return Object.hasOwn(priorityByWord, word) ? (priorityByWord[word] ?? null) : null;
}
