/**
 * What a Markdown text points at: dependencies, waits for dates, workflows and people, closing references, reverts, and our
 * markers. The text is hostile: only what a reader sees as prose counts (prose.ts).
 */
import {
  branchPattern,
  datePattern,
  loginPattern,
  readDate,
  workflowFilePattern,
  type Wait,
} from "../model/external-wait.ts";
import { toTaskId } from "../model/ids.ts";
import type { TaskId } from "../model/ids.ts";
import type { DependencyKind } from "../model/task.ts";
import { itemEnd, listEnd, readProse, textMax } from "./prose.ts";

export interface Reference {
  /** `owner/name`; null: the repository of the text itself. */
  readonly repository: string | null;
  readonly number: number;
}

export interface DependencyReference extends Reference {
  readonly kind: DependencyKind;
  /** Partial results are enough; of soft ones only. */
  readonly partial?: true;
}

const referencesMax = 50;
/** Waits are few: a date or two, a workflow, somebody to ask. */
const waitsMax = 10;

const afterWords = "\\b[ \\t\\n]*:?[ \\t\\n]*";
const dependencyWords = new RegExp(
  `(?<![\\w/-])(?<negation>(?:\\w{0,8}n['’]t|not|never|no longer)\\s{1,9})?(?<soft>soft(?:ly)?[\\s-]{1,9})?(?:blocked[\\s-]by|depends[\\s-]on|waits?[\\s-]for)${afterWords}(?<list>\u0001+)?`,
  "giu",
);
const closingWords = new RegExp(`(?<![\\w/-])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)${afterWords}`, "giu");
const revertWords = new RegExp(`(?<![\\w/-])reverts${afterWords}`, "giu");
const inlineSeparator = /[ \t]*(?:,[ \t]*and\b|,|&|\band\b)?[ \t]*\n?[ \t]*/iuy;
const listSeparator = new RegExp(`[^${itemEnd}${listEnd}]*${itemEnd}[ \t]*`, "uy");
const reference =
  /(?:(?<repository>[\w-]{1,39}\/[\w.-]{1,100})?#(?<number>[1-9]\d{0,9})|https?:\/\/(?<host>[\w.:-]{1,255})\/(?<path>[\w-]{1,39}\/[\w.-]{1,100})\/(?:issues|pull)\/(?<id>[1-9]\d{0,9}))(?![\w#-]|\/\w)/uy;

const partialWords = /[ \t]*\(partial(?: results?)?\)/iuy;

interface Found extends Reference {
  readonly isPartial: boolean;
}

function readReference(
  prose: string,
  at: number,
  host: string,
): { readonly found: Found; readonly end: number } | null {
  reference.lastIndex = at;
  const groups = reference.exec(prose)?.groups;
  if (groups === undefined) return null;
  if (groups["host"] !== undefined && groups["host"].toLowerCase() !== host.toLowerCase()) return null;
  const number = Number(groups["number"] ?? groups["id"]);
  // GraphQL's Int; no issue has a higher number.
  if (number > 2_147_483_647) return null;
  partialWords.lastIndex = reference.lastIndex;
  const isPartial = partialWords.test(prose);
  const end = isPartial ? partialWords.lastIndex : reference.lastIndex;
  return { found: { repository: groups["repository"] ?? groups["path"] ?? null, number, isPartial }, end };
}

/** The references that follow `at`: separated by commas or "and", or each at the beginning of an item of a list. */
function readList(prose: string, at: number, options: { host: string; isList: boolean }): readonly Found[] {
  const found: Found[] = [];
  const separator = options.isList ? listSeparator : inlineSeparator;
  for (let next = readReference(prose, at, options.host); next !== null && found.length < referencesMax;) {
    found.push(next.found);
    separator.lastIndex = next.end;
    const isMore = separator.exec(prose) !== null && separator.lastIndex > next.end;
    next = isMore ? readReference(prose, separator.lastIndex, options.host) : null;
  }
  return found;
}

/** A reference written out with its own repository is the same as the short one. */
function localise({ repository, number }: Reference, own: string | null): Reference {
  return { repository: repository?.toLowerCase() === own?.toLowerCase() ? null : repository, number };
}

function toKey(found: Reference): string {
  return `${found.repository?.toLowerCase() ?? ""}#${found.number}`;
}

export interface ReferenceOptions {
  /** `owner/name` of the repository that the text is in. */
  readonly repository: string | null;
  /** Host of full addresses, `github.com` unless said otherwise. */
  readonly host?: string;
}

/**
 * Dependencies that a body names: `Blocked by #1, #2 and owner/repo#3`, `Depends on #4`, `Waits for #5`, also over a
 * list; soft ones as `Soft depends on #6`, or `Soft depends on #6 (partial)`. At most 50, each once; hard wins over soft. Never throws.
 */
export function parseDependencies(body: string, options: ReferenceOptions): readonly DependencyReference[] {
  const prose = readProse(body);
  const host = options.host ?? "github.com";
  const found = new Map<string, DependencyReference>();
  for (const { index, 0: words, groups = {} } of prose.matchAll(dependencyWords)) {
    if (groups["negation"] !== undefined) continue;
    const kind = groups["soft"] === undefined ? "hard" : "soft";
    for (const each of readList(prose, index + words.length, { host, isList: groups["list"] !== undefined })) {
      const local = localise(each, options.repository);
      const known = found.get(toKey(local));
      const isWanted = known === undefined ? found.size < referencesMax : kind === "hard";
      const partial = kind === "soft" && each.isPartial ? ({ partial: true } as const) : {};
      if (isWanted) found.set(toKey(local), { ...local, kind, ...partial });
    }
  }
  return [...found.values()];
}

const negated = "(?<negation>(?:\\w{0,8}n['’]t|not|never|no longer)\\s{1,9})?";
const dateWords = new RegExp(
  `(?<![\\w/-])(?:not[ \\t]before|${negated}waits?[ \\t]until)${afterWords}(?<date>${datePattern})`,
  "giu",
);
const workflowWords = new RegExp(
  `(?<![\\w/-])${negated}waits?[ \\t]for${afterWords}(?:the )?workflow[ \\t]{1,9}(?<file>${workflowFilePattern})[ \\t]{1,9}on[ \\t]{1,9}(?<branch>${branchPattern})`,
  "giu",
);
const peopleWords = new RegExp(`(?<![\\w/-])${negated}waits?[ \\t]for${afterWords}(?=@)`, "giu");
const person = new RegExp(`@(?<login>${loginPattern})(?![\\w/-])`, "iuy");

/** `@a`, `@a and @b`, `@a, @b`, from `at` on. */
function readPeople(prose: string, at: number): readonly Wait[] {
  const found: Wait[] = [];
  for (let next = at; found.length < waitsMax;) {
    person.lastIndex = next;
    const login = person.exec(prose)?.groups?.["login"];
    if (login === undefined) break;
    found.push({ kind: "person", login });
    inlineSeparator.lastIndex = person.lastIndex;
    if (inlineSeparator.exec(prose) === null || inlineSeparator.lastIndex === person.lastIndex) break;
    next = inlineSeparator.lastIndex;
  }
  return found;
}

/**
 * What a body waits for that is no issue: `Not before: 2026-12-01`, `Waits until 2026-12-01T09:00Z`,
 * `Waits for workflow ci.yml on main`, `Waits for @ada and @bob`. At most ten, perhaps one twice. Never throws.
 */
export function parseWaits(body: string): readonly Wait[] {
  if (!/wait|not before/i.test(body)) return [];
  const prose = readProse(body);
  const meant = (words: RegExp) =>
    [...prose.matchAll(words)].filter(({ groups }) => groups?.["negation"] === undefined);
  const dates = meant(dateWords).map(({ groups }) => readDate(groups?.["date"] ?? ""));
  const workflows = meant(workflowWords).map(({ groups }): Wait => ({
    kind: "workflow",
    file: groups?.["file"] ?? "",
    branch: groups?.["branch"] ?? "",
  }));
  const people = meant(peopleWords).flatMap(({ index, 0: words }) => readPeople(prose, index + words.length));
  return [...dates, ...workflows, ...people].slice(0, waitsMax);
}

function parseAfter(words: RegExp, body: string, options: ReferenceOptions): readonly Reference[] {
  const prose = readProse(body);
  const found = new Map<string, Reference>();
  for (const match of prose.matchAll(words)) {
    // Only the first reference after a keyword closes; GitHub wants the word again for each.
    const next = readReference(prose, match.index + match[0].length, options.host ?? "github.com");
    if (next === null || found.size >= referencesMax) continue;
    const local = localise(next.found, options.repository);
    found.set(toKey(local), local);
  }
  return [...found.values()];
}

/** Issues that the description of a pull request closes: `Fixes #1`, `closes owner/repo#2`. Never throws. */
export function parseClosing(body: string, options: ReferenceOptions): readonly Reference[] {
  return parseAfter(closingWords, body, options);
}

/** Numbers of pull requests of the same repository that a description reverts: `Reverts owner/repo#3`. Never throws. */
export function parseReverts(body: string, options: ReferenceOptions): readonly number[] {
  return parseAfter(revertWords, body, options)
    .filter((each) => each.repository === null)
    .map((each) => each.number);
}

const marker =
  /<!--\s{0,9}orchestrate:task=gh:(?<repository>\d{1,19}):(?<issue>\d{1,19})\s{1,9}attempt=\d{1,9}\s{1,9}fence=(?<fence>\d{1,15})\s{0,9}-->/u;

/** The marker of an assignment in a description; it is public and proves nothing. */
export function parseMarker(body: string): { readonly task: TaskId; readonly fence: number } | null {
  const groups = marker.exec(body.slice(0, textMax))?.groups;
  const { repository, issue, fence } = groups ?? {};
  if (repository === undefined || issue === undefined || fence === undefined) return null;
  return { task: toTaskId(repository, issue), fence: Number(fence) };
}
