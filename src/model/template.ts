/** What a task template says, as it stands in its file: fields that are filled in, and the work that is made of them. */
import { z } from "zod";
import { parseDuration } from "./duration.ts";
import { nearest } from "./nearest.ts";
import { parsePriority, priorityChoices } from "./priority.ts";

/** Where templates lie in a repository. */
export const templateFolder = ".github/orchestrate/templates";

const named = "must be small letters, digits and dashes, beginning with a letter or a digit, up to 60";
const namePattern = /^[a-z0-9][a-z0-9-]{0,59}$/;

/** Whether a file `<name>.yml` could be there; such a name is safe in any path. */
export function isTemplateName(name: string): boolean {
  return namePattern.test(name);
}

/** GitHub takes no longer title; what is filled in is judged again. */
const lineMax = 256;
const textMax = 30_000;
const listMax = 50;
/** As the definition of ready and the agents read them: no more of them are kept. */
const criteriaMax = 20;
const fieldsMax = 30;
/** As of a split. */
const piecesMax = 20;
const minuteMs = 60_000;

const wordPattern = /^[A-Za-z][\w-]{0,39}$/;
const worded = "a letter, then letters, digits, - and _, up to 40";
const placeholder = /\{\{\s*([A-Za-z][\w-]{0,39})\s*\}\}/g;

/** The fields that a text has places for; other braces are text. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, name = ""]) => name);
}

/** The text with each place filled by what `toText` gives for its field. What was filled in is not read again. */
export function fillPlaceholders(text: string, toText: (field: string) => string): string {
  return text.replaceAll(placeholder, (_, name: string) => toText(name));
}

const lined = `must be one line of 1 to ${lineMax} characters`;
const line = z
  .string(lined)
  .trim()
  .min(1, lined)
  .max(lineMax, lined)
  // oxlint-disable-next-line no-control-regex -- These are what is looked for.
  .refine((text) => !/[\u0000-\u001F\u007F]/.test(text), lined);

const texted = `must be text of at most ${textMax} characters`;
const text = z
  .string(texted)
  .max(textMax, texted)
  .refine((body) => !body.includes("<!--"), "must have no comment in it: agents would not see it");

const scalared = "must be a text, a number, true or false";
const scalar = z.union([z.string(), z.number(), z.boolean()], scalared).transform(String);

const Field = z.strictObject({
  name: z.string(worded).regex(wordPattern, worded).describe("By which `--set` and `{{…}}` know it."),
  description: line.optional().describe("What whoever fills it in should write."),
  default: scalar.optional().describe("What stands there where nothing is said."),
  required: z.boolean().default(false).describe("Whether something has to be said."),
});
export type Field = z.output<typeof Field>;

const lines = (max: number) => z.array(line, `must be a list of at most ${max} lines`).max(max).default([]);

/** What every issue of a template may have. */
const work = {
  title: line.describe("The title of the issue."),
  body: text.default("").describe("What is to be done, as Markdown."),
  criteria: lines(criteriaMax).describe("Acceptance criteria: a checklist below the body."),
  files: lines(listMax).describe("Files that it is about."),
  components: lines(listMax).describe("Parts of the product that it is about."),
  integrationPoints: lines(listMax).describe("What it has to fit together with."),
  labels: lines(15).describe("Labels, beside the one that selects the issue."),
  needs: lines(10).describe("Capabilities that whoever does it has to have."),
  priority: scalar.optional().describe(`The priority: ${priorityChoices}.`),
  estimate: scalar.optional().describe("How long it takes, such as 30m or 2h; a bare number is minutes."),
};

const Piece = z.strictObject({
  id: z.string(worded).regex(wordPattern, worded).describe("By which other pieces name it."),
  ...work,
  blockedBy: lines(piecesMax).describe("Pieces that have to be done before."),
});
export type TemplatePiece = z.output<typeof Piece>;

const Shape = z.strictObject({
  description: line.optional().describe("What it is for, for whoever looks for one."),
  fields: z.array(Field).max(fieldsMax).default([]).describe("What is filled in."),
  ...work,
  pieces: z.array(Piece).max(piecesMax).default([]).describe("Issues below it, which are the work then."),
});
export type TaskTemplate = z.output<typeof Shape>;
/** The work of a template or of one of its pieces. */
export type TemplateWork = Omit<TaskTemplate, "description" | "fields" | "pieces">;

export const TaskTemplate = Shape.superRefine((template, context) => {
  for (const { path, message } of findFaults(template)) context.addIssue({ code: "custom", path: [...path], message });
});

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function findFaults(template: TaskTemplate): readonly Fault[] {
  const { fields, pieces } = template;
  const works: readonly Work[] = [
    { at: [], work: template },
    ...pieces.map((piece, index) => ({ at: ["pieces", index], work: piece })),
  ];
  return [
    ...faultsOfFields(template, works),
    ...works.flatMap((each) => faultsOfWork(each, fields)),
    ...twinsIn(
      pieces.map(({ id }) => id),
      "pieces",
      "id",
    ),
    ...faultsOfOrder(pieces),
  ];
}

interface Work {
  readonly at: readonly (string | number)[];
  readonly work: TemplateWork;
}

function faultsOfFields({ fields }: TaskTemplate, works: readonly Work[]): readonly Fault[] {
  const used = new Set(works.flatMap(({ work: each }) => textsOf(each)).flatMap(([, , said]) => placeholdersIn(said)));
  const own = fields.flatMap(({ name, required, default: value }, index): readonly Fault[] => {
    const path = ["fields", index, "name"];
    if (required && value !== undefined)
      return [{ path, message: "has a default, so nobody is asked for it: take `required` or `default` out" }];
    return used.has(name) ? [] : [{ path, message: `is used nowhere: write {{${name}}} where it belongs` }];
  });
  return [
    ...own,
    ...twinsIn(
      fields.map(({ name }) => name),
      "fields",
      "name",
    ),
  ];
}

const singles = ["title", "body", "priority", "estimate"] as const;
const lists = ["criteria", "files", "components", "integrationPoints", "labels", "needs"] as const;

/** Everything of it that may have places to fill: key, position in a list, text. */
function textsOf(each: TemplateWork): readonly (readonly [key: string, index: number | null, said: string])[] {
  return [
    ...singles.map((key) => [key, null, each[key] ?? ""] as const),
    ...lists.flatMap((key) => each[key].map((said, index) => [key, index, said] as const)),
  ];
}

function faultsOfWork({ at, work: each }: Work, fields: readonly Field[]): readonly Fault[] {
  const known = fields.map(({ name }) => name);
  const unknown = textsOf(each).flatMap(([key, index, said]) =>
    placeholdersIn(said)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path: [...at, key, ...(index === null ? [] : [index])],
        message: describeUnknown(name, known),
      })),
  );
  const { priority = "none", estimate = "1m" } = each;
  const isBadPriority = placeholdersIn(priority).length === 0 && parsePriority(priority) === null;
  const isBadEstimate = placeholdersIn(estimate).length === 0 && (parseDuration(estimate) ?? 0) < minuteMs;
  return [
    ...unknown,
    ...(isBadPriority ? [{ path: [...at, "priority"], message: `must be ${priorityChoices}` }] : []),
    ...(isBadEstimate ? [{ path: [...at, "estimate"], message: "must be a duration such as 30m, 2h or 1d" }] : []),
  ];
}

function describeUnknown(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === null ? "add it to `fields`, or write it without braces" : `did you mean {{${near}}}?`;
  return `{{${name}}} is no field of this template: ${hint}`;
}

function twinsIn(names: readonly string[], list: string, key: string): readonly Fault[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ path: [list, index, key], message: "is used twice: take another one" }],
  );
}

/** A piece waits for others of the same template, and never for itself. */
function faultsOfOrder(pieces: readonly TemplatePiece[]): readonly Fault[] {
  const ids = pieces.map(({ id }) => id);
  const faults = pieces.flatMap(({ blockedBy }, index) =>
    blockedBy.flatMap((on, place) =>
      ids.includes(on)
        ? []
        : [
            {
              path: ["pieces", index, "blockedBy", place],
              message: `is no piece of this template: there are ${ids.join(", ")}`,
            },
          ],
    ),
  );
  if (faults.length > 0) return faults;
  const done = new Set<string>();
  for (let left = pieces.length; left > 0; left -= 1) {
    const next = pieces.find(({ id, blockedBy }) => !done.has(id) && blockedBy.every((on) => done.has(on)));
    if (next === undefined) break;
    done.add(next.id);
  }
  const stuck = pieces.findIndex(({ id }) => !done.has(id));
  return stuck === -1
    ? []
    : [
        {
          path: ["pieces", stuck, "blockedBy"],
          message: "would wait for itself in the end: take one of the waits out",
        },
      ];
}

export const templateNamed = named;
