/** The acceptance criteria that a text names, fit to be kept: few, short, and without secrets. */
import { criteriaLines } from "../model/issue-text.ts";
import { redact } from "./redact.ts";

const criteriaMax = 20;
const lineMax = 200;

/** At most 20 lines of at most 200 characters, without secrets and hidden text; `[]` where the text names none. */
export function criteriaIn(text: string): readonly string[] {
  return toKept(criteriaLines(text));
}

/** Lines of a text as they may be kept. */
export function toKept(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => redact(line).replaceAll(/\s+/g, " ").trim().slice(0, lineMax))
    .filter((line) => line !== "")
    .slice(0, criteriaMax);
}
