/** Which lines of a job's log tell why it failed: those around the first error of the step that failed. Pure; the log is safe already. */

/** Before the first error stands what was being done; after it what came of it. */
const linesBefore = 6;
const lineMax = 300;

const timestamp = /^\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)\s?/;
/** Other programs put the time in front, too: in brackets, or alone. */
const clock =
  /^(?:\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?)\s+/;
const command = /^##\[(group|endgroup|error|warning|notice|debug|command|section)\]/;
const workflowCommand = /^::(error|warning|notice|debug|group|endgroup)(?:\s[^:]{0,300})?::/;

const failureWord =
  /\b(?:error|errors|fail|fails|failed|failure|failures|fatal|exception|traceback|panic|panicked|assertion|assert(?:ion)?error|unexpected|cannot|undefined|not ok|segfault|segmentation fault|timed out|killed)\b|[✗✘✖❌×]|(?:Error|Exception)\b|^E\s{2,}|^\s*--- FAIL/iu;
const harmless =
  /\b(?:0|no|zero|without)\s+(?:errors?|fail(?:ed|ures?|s)?|exceptions?)\b|\b(?:errors?|failed|failures?)\s*[:=]\s*0\b/i;

interface Line {
  readonly kind: "group" | "error" | "text";
  readonly text: string;
}

/**
 * At most `linesMax` lines, without times, colours and the markers of Actions; `[]` where nothing is left. The line that says that
 * the step failed is the last one where there is one.
 */
export function excerptLog(log: string, linesMax: number): readonly string[] {
  const lines = log.split("\n").flatMap((line) => toLine(line));
  const end = lines.findIndex((line) => line.kind === "error");
  const last = end === -1 ? lines.length - 1 : endOfErrors(lines, end);
  const start = end === -1 ? 0 : startOfStep(lines, end);
  const step = lines.slice(start, last + 1).map((line) => line.text.slice(0, lineMax));
  return cutAround(step, firstFailure(lines.slice(start, last + 1)), linesMax);
}

function toLine(raw: string): readonly Line[] {
  const plain = raw.replace(timestamp, "");
  const marker = command.exec(plain) ?? workflowCommand.exec(plain);
  const rest = (marker === null ? plain : plain.slice(marker[0].length)).replace(clock, "").trimEnd();
  switch (marker?.[1]) {
    case "group":
      return [{ kind: "group", text: rest }];
    case "error":
      return [{ kind: "error", text: `Error: ${rest}` }];
    case "endgroup":
    case "debug":
      return [];
    default:
      return rest.trim() === "" ? [] : [{ kind: "text", text: rest }];
  }
}

/** A step may name several errors in a row. */
function endOfErrors(lines: readonly Line[], first: number): number {
  let last = first;
  while (lines[last + 1]?.kind === "error") last += 1;
  return last;
}

/** The step is what began with the last `Run …` before its error. */
function startOfStep(lines: readonly Line[], end: number): number {
  for (let index = end; index >= 0; index -= 1) {
    const line = lines[index];
    if (line?.kind === "group" && line.text.startsWith("Run ")) return index;
  }
  return 0;
}

/** The index of the first line that tells of a failure; the end where none does. */
function firstFailure(lines: readonly Line[]): number {
  const found = lines.findIndex(
    (line) => line.kind === "text" && failureWord.test(line.text) && !harmless.test(line.text),
  );
  return found === -1 ? lines.length - 1 : found;
}

/** The header of the step, then what stands around the failure, then how the step ended. */
function cutAround(lines: readonly string[], failure: number, linesMax: number): readonly string[] {
  if (lines.length <= linesMax) return lines;
  const gap = "…";
  const room = linesMax - 3;
  const from = Math.max(0, Math.min(failure - linesBefore, lines.length - room));
  const shown = lines.slice(from, from + room);
  const ending = lines.at(-1);
  const isEndShown = from + room >= lines.length;
  return [
    ...(from > 0 ? [gap] : []),
    ...shown,
    ...(isEndShown || ending === undefined ? [] : [...(from + room < lines.length - 1 ? [gap] : []), ending]),
  ];
}
