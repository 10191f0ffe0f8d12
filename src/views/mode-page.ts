/** What `orchestrate mode` prints: the mode in force, who or what put it there, and what else there is to know of it. */
import type { Mode } from "../model/mode.ts";
import { toPlainLine } from "./markdown.ts";
import { toPlainWords } from "./plain-page.ts";
import { modeWords } from "./words.ts";

/** What put a mode in force. `attack`: attack mode has ended by itself and put it back. */
export type ModeCause = "configuration" | "command" | "rule" | "attack";

export interface ModeView {
  readonly repository: string;
  readonly mode: Mode;
  /** A login, `schedule`, `orchestrate`, or a word with a colon; null: the configuration. */
  readonly setBy: string | null;
  readonly cause: ModeCause;
  /** The mode of the configuration. */
  readonly configured: Mode;
  /** What there is to know beside it, as Markdown of our own; null: nothing. */
  readonly note: string | null;
  /** Null: nobody asked for a switch. */
  readonly isChanged: boolean | null;
}

/** Two or three lines of plain text. */
export function renderModePage(view: ModeView): string {
  const { repository, mode, isChanged, note } = view;
  const told = { true: ", from the next decision on", false: ", as before: nothing was changed", null: "" };
  const head = `${toPlainLine(repository)}: ${mode}${told[`${isChanged}`]} (${modeWords[mode]}).`;
  return [head, describeCause(view), ...(note === null ? [] : [toPlainWords(note)])].join("\n");
}

function describeCause({ cause, setBy, configured, mode }: ModeView): string {
  const otherwise = configured === mode ? "" : ` The configuration says ${configured}.`;
  switch (cause) {
    case "configuration":
      return "The configuration says so, or leaves it out.";
    case "rule":
      // The note says what comes after it.
      return "A rule of the schedule has set it.";
    case "attack":
      return `It was in force before attack mode, which has ended by itself.${otherwise}`;
    case "command":
      return `${toPlainLine(setBy ?? "Somebody", 60)} has asked for it.${otherwise}`;
  }
}
