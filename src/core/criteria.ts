/** The acceptance criteria that a text names: the points of a section that is called so, or else its checklist. */
import { redact } from "./redact.ts";

const criteriaMax = 20;
const lineMax = 200;
/** GitHub's own limit of a body. */
const rawMax = 65_536;

const heading = /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/;
const title = /^(?:\**)(?:acceptance(?: criteria)?|definition of done|done (?:means|when)|criteria|requirements)\b/i;
const item = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(\S.*)$/;
const box = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s+\[[ xX]\]\s+(\S.*)$/;
const fence = /^ {0,3}(?:```|~~~)/;

/** At most 20 lines of at most 200 characters, without secrets and hidden text; `[]` where the text names none. */
export function criteriaIn(text: string): readonly string[] {
  const lines = proseLines(withoutComments(text.slice(0, rawMax)));
  const section = sectionItems(lines);
  const found = section.length > 0 ? section : lines.flatMap((line) => box.exec(line)?.[1] ?? []);
  return found
    .map((line) => redact(line).replaceAll(/\s+/g, " ").trim().slice(0, lineMax))
    .filter((line) => line !== "")
    .slice(0, criteriaMax);
}

function withoutComments(text: string): string {
  const parts = text.split("<!--");
  const shown = parts.slice(1).map((part) => (part.includes("-->") ? part.slice(part.indexOf("-->") + 3) : ""));
  return [parts[0] ?? "", ...shown].join("");
}

/** Code is no prose. */
function proseLines(text: string): readonly string[] {
  let isCode = false;
  return text.split(/\r\n?|\n/).filter((line) => {
    if (!fence.test(line)) return !isCode;
    isCode = !isCode;
    return false;
  });
}

/** The points below the first heading of that name, up to the next heading of its rank or above. */
function sectionItems(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => title.test(heading.exec(line)?.[2] ?? ""));
  if (start === -1) return [];
  const rank = heading.exec(lines[start] ?? "")?.[1]?.length ?? 6;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => (heading.exec(line)?.[1]?.length ?? 7) <= rank);
  return (end === -1 ? rest : rest.slice(0, end)).flatMap((line) => item.exec(line)?.[1] ?? []);
}
