/** What may be submitted as a task: each field with its bounds, and the labels that nobody may bring. */
import { z } from "zod";
import { howTasksAreNamed } from "../engine/find-task.ts";
import { parsePriority, priorityChoices } from "../model/priority.ts";
import { durationField } from "./find-assignment.ts";
import { repositoryName } from "./find-repository.ts";
import { taskField } from "./task-name.ts";

/** GitHub takes no longer title. */
const titleMax = 256;
/** Half of what GitHub takes: what Orchestrate writes beside it fits as well. */
const bodyMax = 30_000;
const labelMax = 50;
const labelsMax = 20;
const blockersMax = 50;

/** Line breaks and tabs are text; what else controls a terminal is not. */
// oxlint-disable-next-line no-control-regex -- These are what is looked for.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
/** Our own marks are read where they stand, whoever wrote them. */
const marker = /<!--\s*orchestrate\s*:/i;
const minutesMin = 60_000;

const named = "must be the name of whoever asks: letters, digits, and . _ @ - up to 64";
/** Whose wish it is, for the log. */
export const byField = z
  .string(named)
  .regex(/^[\w.@-]{1,64}$/, named)
  .default("token");

const titled = `must be one line of 1 to ${titleMax} characters`;
const texted = `must be text of at most ${bodyMax} characters`;
const ranked = `must be ${priorityChoices}`;
const labelled = `must be at most ${labelsMax} labels, each of 1 to ${labelMax} characters`;
const waited = `must be at most ${blockersMax} tasks of this repository, each ${howTasksAreNamed}`;

/** Labels that say what Orchestrate has found, or relax what it demands, or that a field says better. */
const refusals: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /^status\s*:/i, instead: "Orchestrate writes it itself" },
  { pattern: /^mode\s*:/i, instead: "switch the mode of the repository with /orchestrator/mode" },
  { pattern: /^quick-win$/i, instead: "it relaxes review, so a person puts it on the issue" },
  { pattern: /^agent\s*:/i, instead: "use the field `agent`" },
  { pattern: /^(?:priority\s*:|p[0-3]$)/i, instead: "use the field `priority`" },
  { pattern: /^estimate\s*:/i, instead: "use the field `estimate`" },
];

const label = z
  .string(labelled)
  .trim()
  .min(1, labelled)
  .max(labelMax, labelled)
  .superRefine((text, context) => {
    if (control.test(text) || /[\n\r\t]/.test(text)) context.addIssue("must be one line");
    const refusal = refusals.find(({ pattern }) => pattern.test(text));
    if (refusal !== undefined) context.addIssue(`is not to be submitted (${shown(text)}): ${refusal.instead}`);
  });

export const TaskInput = z.strictObject({
  title: z
    .string(titled)
    .trim()
    .min(1, titled)
    .max(titleMax, titled)
    .refine((text) => !control.test(text) && !/[\n\r\t]/.test(text), titled),
  body: z
    .string(texted)
    .max(bodyMax, texted)
    .refine((text) => !control.test(text), "must be text, without control characters")
    .refine((text) => !marker.test(text), "must not have a mark of Orchestrate in it: take `<!-- orchestrate:` out")
    .default(""),
  priority: z
    .union([z.string(), z.number()], ranked)
    .transform((value, context) => {
      const priority = parsePriority(String(value));
      if (priority !== null) return priority;
      context.addIssue(ranked);
      return z.NEVER;
    })
    .optional(),
  estimate: durationField.refine((ms) => ms >= minutesMin, "must be a minute at least").optional(),
  labels: z.array(label, labelled).max(labelsMax, labelled).default([]),
  blockedBy: z.array(taskField(waited), waited).max(blockersMax, waited).default([]),
  agent: z.string("must be the id or the type of an agent, such as jules").optional(),
  by: byField,
  repository: repositoryName,
});
export type TaskInput = z.output<typeof TaskInput>;

function shown(text: string): string {
  return text.replaceAll(/[^\w:. -]/g, "");
}
