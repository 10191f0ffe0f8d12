/** A mode as a person writes it on the command line. */
import { isMode, modes, type Mode } from "./model/mode.ts";
import { nearest } from "./model/nearest.ts";
import { UsageError } from "./usage-error.ts";
import { toPlainLine } from "./views/markdown.ts";

/** Throws a UsageError that names the six; `option` is where it was written, such as `--mode `. */
export function readMode(text: string, option: string): Mode {
  if (isMode(text)) return text;
  const near = nearest(text, modes);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  throw new UsageError(
    `${option}${JSON.stringify(toPlainLine(text, 80))} is not a mode.${hint} The modes are ${modes.join(", ")}.`,
  );
}
