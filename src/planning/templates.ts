/**
 * From a task template and what somebody says for its fields to the issues that it makes. Nothing in a template is run: places are filled, and
 * what is filled in stays text, which opens no section, commands nothing and rings nobody.
 */
import { nearest } from "../model/nearest.ts";
import {
  fillPlaceholders,
  type Field,
  type TaskTemplate,
  type TemplatePiece,
  type TemplateWork,
} from "../model/template.ts";
import { shownText, toHarmless } from "./harmless.ts";

/** Longer ones would not fit into an issue. */
const valueMax = 10_000;
/** As agents are told them. */
const criterionMax = 200;
const needPattern = /^[\p{L}\p{N}][\p{L}\p{N}+#._ -]{0,40}$/u;
// oxlint-disable-next-line no-control-regex -- These are what is looked for.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
const zeroWidthSpace = "\u200B";

/** An issue to open, before anybody has judged whether it may be. */
export interface TemplateIssue {
  /** Of a piece its id; null: the issue of the template itself. */
  readonly piece: string | null;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** As somebody wrote them. */
  readonly priority: string | undefined;
  readonly estimate: string | undefined;
  /** Pieces that have to be done before. */
  readonly after: readonly string[];
}

export type Rendering =
  /** Pieces come so that each follows those that it waits for; the issue that holds them is `whole`. */
  | { readonly kind: "rendered"; readonly whole: TemplateIssue; readonly pieces: readonly TemplateIssue[] }
  | { readonly kind: "refused"; readonly problems: readonly string[] };

/** Fills the template with `values`, by the names of its fields. The same values always give the same issues. */
export function renderTemplate(template: TaskTemplate, values: Readonly<Record<string, string>>): Rendering {
  const problems = problemsOf(template, values);
  if (problems.length > 0) return { kind: "refused", problems };
  const said = new Map(template.fields.map((field) => [field.name, valueOf(field, values)]));
  const whole = renderWork(template, said, null);
  const pieces = inOrder(template.pieces).map((piece) => renderWork(piece, said, piece));
  const rendered = [whole, ...pieces];
  const faults = rendered.flatMap(({ issue, faults: own }) =>
    own.map((fault) => (issue.piece === null ? fault : `Piece ${issue.piece}: ${fault}`)),
  );
  if (faults.length > 0) return { kind: "refused", problems: faults };
  return { kind: "rendered", whole: whole.issue, pieces: pieces.map(({ issue }) => issue) };
}

function valueOf({ name, default: value = "" }: Field, values: Readonly<Record<string, string>>): string {
  const said = Object.hasOwn(values, name) ? (values[name] ?? "") : "";
  return (said.trim() === "" ? value : said).replaceAll(/\r\n?/g, "\n");
}

/** What is wrong with what was said, each in a sentence. */
function problemsOf({ fields }: TaskTemplate, values: Readonly<Record<string, string>>): readonly string[] {
  const names = fields.map(({ name }) => name);
  const unknown = Object.keys(values)
    .filter((name) => !names.includes(name))
    .map((name) => describeUnknown(name, names));
  const missing = fields
    .filter((field) => field.required && valueOf(field, values).trim() === "")
    .map(
      ({ name, description }) => `The field ${name} is missing${description === undefined ? "" : ` (${description})`}.`,
    );
  const unfit = fields.flatMap((field) => {
    const value = valueOf(field, values);
    if (value.length > valueMax) return [`The field ${field.name} is longer than ${valueMax} characters.`];
    return control.test(value) ? [`The field ${field.name} has control characters in it.`] : [];
  });
  return [...unknown, ...missing, ...unfit];
}

function describeUnknown(name: string, known: readonly string[]): string {
  const shown = name.replaceAll(/[^\w-]/g, "").slice(0, 40);
  const near = nearest(name, known);
  if (near !== null) return `There is no field ${shown}: did you mean ${near}?`;
  return known.length === 0
    ? `There is no field ${shown}: this template has none.`
    : `There is no field ${shown}: there are ${known.join(", ")}.`;
}

/** Each after those that it waits for, otherwise as they are written. */
function inOrder(pieces: readonly TemplatePiece[]): readonly TemplatePiece[] {
  const left = [...pieces];
  const placed: TemplatePiece[] = [];
  while (left.length > 0) {
    const isPlaced = (id: string): boolean => placed.some((piece) => piece.id === id);
    const next = left.findIndex(({ blockedBy }) => blockedBy.every(isPlaced));
    // Never -1: a template in which pieces wait for each other is none.
    placed.push(...left.splice(Math.max(next, 0), 1));
  }
  return placed;
}

interface Rendered {
  readonly issue: TemplateIssue;
  readonly faults: readonly string[];
}

function renderWork(work: TemplateWork, said: ReadonlyMap<string, string>, piece: TemplatePiece | null): Rendered {
  const plain = (text: string): string => toLine(fillPlaceholders(text, (name) => said.get(name) ?? ""));
  const marked = (text: string): string => fillPlaceholders(text, (name) => toText(said.get(name) ?? ""));
  const needs = fill(work.needs, plain).map((need) => need.toLowerCase());
  const criteria = fill(work.criteria, (text) => toLine(marked(text)));
  const title = plain(work.title);
  const faults = [
    ...(title === "" ? ["Its title would be empty."] : []),
    ...needs
      .filter((need) => !needPattern.test(need))
      .map((need) => `${JSON.stringify(need.slice(0, 60))} is no name of a capability.`),
    ...criteria
      .filter((criterion) => criterion.length > criterionMax)
      .map((criterion) => `A criterion is longer than ${criterionMax} characters: ${criterion.slice(0, 60)}…`),
  ];
  const body = [
    tidy(marked(work.body)),
    section(
      "Acceptance criteria",
      criteria.map((each) => `- [ ] ${each}`),
    ),
    section("Scope", scopeOf(work, { plain, marked })),
  ];
  const issue = {
    piece: piece?.id ?? null,
    title,
    body: body.filter((part) => part !== "").join("\n\n"),
    labels: [...fill(work.labels, plain), ...needs.map((need) => `needs:${need}`)],
    priority: orNothing(plain(work.priority ?? "")),
    estimate: orNothing(plain(work.estimate ?? "")),
    after: piece?.blockedBy ?? [],
  };
  return { issue, faults };
}

type Fill = (text: string) => string;

/** What comes out empty, because nothing was said for it, is left out. */
function fill(texts: readonly string[], toFilled: Fill): readonly string[] {
  return [...new Set(texts.map(toFilled).filter((text) => text !== ""))];
}

function orNothing(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** In one section, whose name says that it is no work by itself: whoever splits the issue makes no pieces of it. */
function scopeOf(
  { files, components, integrationPoints }: TemplateWork,
  { plain, marked }: { readonly plain: Fill; readonly marked: Fill },
): readonly string[] {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ["Files", fill(files, plain).map(toCode)],
    ["Components", fill(components, (text) => toLine(marked(text)))],
    ["Integration points", fill(integrationPoints, (text) => toLine(marked(text)))],
  ];
  return parts.flatMap(([name, entries]) => (entries.length === 0 ? [] : [`- ${name}: ${entries.join(", ")}`]));
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `## ${title}\n\n${lines.join("\n")}`;
}

function tidy(text: string): string {
  return text.replaceAll(/\n{3,}/g, "\n\n").trim();
}

function toLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function toCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** What would be a dependency or a wait if somebody wrote it. A template that says it itself is completed by a value, and means it. */
const waits = /\b(blocked|depends|waits?|not)(?=[\s-]{1,9}(?:by|on|for|before)\b)/gi;

/** What somebody said, as Markdown that is nothing but text: lists and code within a line stay. */
function toText(value: string): string {
  return toHarmless(shownText(value), valueMax)
    .replaceAll(waits, `$1${zeroWidthSpace}`)
    .replaceAll(/<(?=[a-z/!?]|$)/gi, "&lt;")
    .replaceAll(/\[(?=[ xX]\])/g, String.raw`\[`)
    .split("\n")
    .map(escapeLine)
    .join("\n")
    .trim();
}

/** No heading, no underline of one, no fence; and a backtick without its other half would make code of what follows. */
function escapeLine(line: string): string {
  const isOpen = (line.match(/`/g)?.length ?? 0) % 2 === 1;
  const even = isOpen ? line.replaceAll("`", String.raw`\``) : line;
  return even.replace(
    /^(\s{0,3}(?:[-*+>]\s{0,3}|\d{1,9}[.)]\s{0,3}){0,5})(#{1,6}(?=\s|$)|`{3,}|~{3,}|=+\s*$|-+\s*$|\|)/,
    "$1\\$2",
  );
}
