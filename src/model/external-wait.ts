/**
 * What a task may wait for that is no issue: a date, a workflow that is green, a person. How each is written, and the
 * identity that follows from it; the same words are read in a body and after `/orchestrate unblock`.
 */
import type { TaskId } from "./ids.ts";

export type Wait =
  /** `at` is null where the day does not exist, such as 2026-02-30: then nobody can tell when it is over. */
  | { readonly kind: "date"; readonly at: number | null; readonly written: string }
  | { readonly kind: "workflow"; readonly file: string; readonly branch: string }
  | { readonly kind: "person"; readonly login: string };

/** `2026-12-01`, `2026-12-01T09:00Z`, `2026-12-01 09:00 UTC`, `2026-12-01T09:00+01:00`; without a zone it is UTC. */
export const datePattern =
  "\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:\\d{2}(?::\\d{2})?(?:[ ]?(?:Z|UTC)\\b|[ ]?[+-]\\d{2}:?\\d{2}\\b)?)?";
export const loginPattern = "[a-z\\d](?:[a-z\\d-]{0,37}[a-z\\d])?";
export const workflowFilePattern = "[\\w.-]{1,100}\\.ya?ml";
export const branchPattern = "[\\w](?:[\\w./-]{0,198}[\\w])?";

const dateWords = new RegExp(`^${datePattern}$`, "i");
const personWords = new RegExp(`^@(?<login>${loginPattern})$`, "i");
const workflowWords = new RegExp(
  `^(?:workflow )?(?<file>${workflowFilePattern})(?: on (?<branch>${branchPattern}))?$`,
  "i",
);
const dateIdStart = "wait:date:";
const personIdStart = "wait:person:";
const workflowIdStart = "wait:workflow:";
const dayMs = 24 * 60 * 60_000;

/** The instant that a date names; null where there is none. A day alone begins at midnight UTC. */
export function readDate(written: string): Extract<Wait, { readonly kind: "date" }> {
  const text = written.trim().toUpperCase();
  const day = text.slice(0, 10);
  const time = text
    .slice(11)
    .replace(/ ?UTC$/, "Z")
    .replace(/ (?=[+-])/, "")
    .replace(/(?<=[+-]\d\d)(?=\d\d$)/, ":");
  const zoned = time === "" ? "00:00Z" : /(?:Z|[+-]\d\d:\d\d)$/.test(time) ? time.replace(" ", "") : `${time}Z`;
  const start = Date.parse(`${day}T00:00Z`);
  // A day that does not exist is taken for one of the next month by some engines.
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
  const at = isDay ? Date.parse(`${day}T${zoned}`) : Number.NaN;
  return { kind: "date", at: Number.isNaN(at) ? null : at, written: text };
}

/** The way in which a wait is called, and under which `/orchestrate unblock` finds it. */
export function describeWait(wait: Wait): string {
  switch (wait.kind) {
    case "date":
      return wait.at === null ? wait.written : describeDate(wait.at);
    case "workflow":
      return `workflow ${wait.file} on ${wait.branch}`;
    case "person":
      return `@${wait.login.toLowerCase()}`;
  }
}

/** `2026-12-01`, with the time where it is not midnight. */
function describeDate(at: number): string {
  const iso = new Date(at).toISOString();
  return at % dayMs === 0 ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`;
}

/** What is written after `/orchestrate unblock`, as `describeWait` calls it; a workflow may go without its branch. Null: no wait. */
export function readWaitReference(text: string): string | null {
  const login = personWords.exec(text)?.groups?.["login"];
  if (login !== undefined) return describeWait({ kind: "person", login });
  if (dateWords.test(text)) return describeWait(readDate(text));
  const { file, branch } = workflowWords.exec(text)?.groups ?? {};
  if (file === undefined) return null;
  return branch === undefined ? `workflow ${file}` : describeWait({ kind: "workflow", file, branch });
}

/** Whether `reference` is what somebody meant who wrote `wanted` (of `readWaitReference`). */
export function isWaitNamed(reference: string, wanted: string): boolean {
  return reference === wanted || (wanted.startsWith("workflow ") && reference.startsWith(`${wanted} on `));
}

/** The identity of a wait; `repository` is the one that a workflow belongs to, `owner/name`. */
export function toWaitId(wait: Wait, repository: string): TaskId {
  switch (wait.kind) {
    case "date":
      return `${dateIdStart}${wait.at === null ? wait.written : new Date(wait.at).toISOString()}` as TaskId;
    case "workflow":
      return `${workflowIdStart}${repository.toLowerCase()}:${wait.file}@${wait.branch}` as TaskId;
    case "person":
      return `${personIdStart}${wait.login.toLowerCase()}` as TaskId;
  }
}

/** The instant of a date's identity; null where it is another identity, or of a day that does not exist. */
export function dateOfWait(id: TaskId): number | null {
  if (!id.startsWith(dateIdStart)) return null;
  return readDate(id.slice(dateIdStart.length)).at;
}

const workflowId = /^wait:workflow:(?<owner>[^/:@]+)\/(?<name>[^/:@]+):(?<file>[^/:@]+)@(?<branch>.+)$/;

/** Repository, file and branch of a workflow's identity; null where it is another identity. */
export function workflowOfWait(id: TaskId): { owner: string; name: string; file: string; branch: string } | null {
  const { owner, name, file, branch } = workflowId.exec(id)?.groups ?? {};
  return owner === undefined || name === undefined || file === undefined || branch === undefined
    ? null
    : { owner, name, file, branch };
}
