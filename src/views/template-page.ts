/** What `orchestrate templates` and `orchestrate create --template` print: what templates there are, and which issues one of them makes. Plain text. */
import { templateFolder, type TaskTemplate } from "../model/template.ts";
import { toPlainLine } from "./markdown.ts";
import { count } from "./words.ts";

/** A file of the folder: a template, or why it is none. */
export interface FoundTemplate {
  readonly name: string;
  readonly template: TaskTemplate | null;
  /** Each with its line. */
  readonly problems: readonly string[];
}

/** One that was opened, was there, or would be opened. */
export interface TemplateResult {
  /** The id of the piece; null: the issue of the template itself. */
  readonly piece: string | null;
  readonly title: string;
  readonly labels: readonly string[];
  /** Issues and, while those are not there, pieces that it waits for. */
  readonly blockedBy: readonly (number | string)[];
  readonly body: string;
  readonly number: number | null;
  readonly url: string | null;
  readonly isNew: boolean;
}

/** As JSON. */
export function toTemplatesDocument(
  repository: string | null,
  templates: readonly FoundTemplate[],
): Readonly<Record<string, unknown>> {
  return {
    repository,
    templates: templates.map(({ name, template, problems }) => ({
      name,
      description: template?.description ?? null,
      title: template?.title ?? null,
      issues: template === null ? null : template.pieces.length + 1,
      fields: (template?.fields ?? []).map(({ name: field, description, default: value, required }) => ({
        name: field,
        description: description ?? null,
        default: value ?? null,
        required,
      })),
      problems,
    })),
  };
}

/** The templates with their fields; where one cannot be used, why. */
export function renderTemplates(where: string, templates: readonly FoundTemplate[]): string {
  if (templates.length === 0) return `${where} has no templates: put the first one into ${templateFolder}/<name>.yml.`;
  return [`${where} has ${count(templates.length, "template")}.`, ...templates.map(renderTemplate)].join("\n\n");
}

function renderTemplate({ name, template, problems }: FoundTemplate): string {
  if (template === null)
    return [`${name}: cannot be used`, ...problems.map((problem) => `  ${toPlainLine(problem, 400)}`)].join("\n");
  const { description, fields, pieces } = template;
  const issues = pieces.length === 0 ? "" : ` (${count(pieces.length + 1, "issue")})`;
  const width = Math.max(0, ...fields.map((field) => field.name.length));
  const rows = fields.map(({ name: field, description: what = "", default: value, required }) => {
    const rule = required ? "required" : value === undefined ? "may be left out" : `"${value}" unless set`;
    const words = what === "" ? rule : `${what} (${rule})`;
    return `  ${field.padEnd(width)}  ${toPlainLine(words, 200)}`;
  });
  return [`${name}: ${toPlainLine(description ?? template.title)}${issues}`, ...rows].join("\n");
}

/** What came of it, one line an issue. */
export function renderOpened(head: string, results: readonly TemplateResult[], tail: string): string {
  const lines = results.map(({ number, piece, title, url, isNew }) => {
    const which = piece === null ? "" : ` (${piece})`;
    return `- #${number ?? "?"}${which} ${toPlainLine(title)}: ${toPlainLine(url ?? "", 300)}${isNew ? "" : ", was there"}`;
  });
  return [head, ...lines, tail].join("\n");
}

/** What would be opened, with its texts. */
export function renderTrial(head: string, results: readonly TemplateResult[]): string {
  const parts = results.map(({ piece, title, labels, blockedBy, body }) => {
    const waits = blockedBy.map((on) => (typeof on === "number" ? `#${on}` : on)).join(", ");
    return [
      `${piece === null ? "" : `${piece}: `}${toPlainLine(title)}`,
      `Labels: ${labels.map((label) => toPlainLine(label)).join(", ")}`,
      ...(waits === "" ? [] : [`Waits for: ${waits}`]),
      ...body.split("\n").map((line) => `  ${toPlainLine(line, 1_000)}`.trimEnd()),
    ].join("\n");
  });
  return [head, ...parts].join("\n\n");
}
