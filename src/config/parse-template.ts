/** Reads the text of a task template. Whatever the text is, the answer is a whole template or a list of problems with their places. */
import { z } from "zod";
import { TaskTemplate } from "../model/template.ts";
import { describeIssue } from "./describe-issue.ts";
import type { SchemaNode } from "./json-schema.ts";
import { type ConfigProblem, renderProblem } from "./problem.ts";
import { readYaml, sortProblems, yamlBytesMax } from "./read-yaml.ts";

export type TemplateReading =
  | { readonly kind: "valid"; readonly template: TaskTemplate }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigProblem[] };

const bounds = {
  tooLarge: `The file is larger than ${yamlBytesMax / 1024} KB: a template needs far less, so it was not read.`,
  tooDeep: "The file is nested too deep: no key of a template is more than three levels down.",
  noMapping: "The file must be a mapping of keys to values, such as `title: …`.",
};

const schema = z.toJSONSchema(TaskTemplate, { io: "input" }) as SchemaNode;

/** Never throws. */
export function parseTemplate(text: string): TemplateReading {
  const yaml = readYaml(text, bounds);
  if (yaml.kind === "invalid") return { kind: "invalid", problems: sortProblems(yaml.problems) };
  const data = yaml.data ?? {};
  const result = TaskTemplate.safeParse(data);
  if (result.success) return { kind: "valid", template: result.data };
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, data, schema));
  return { kind: "invalid", problems: sortProblems(problems.map(yaml.locate)) };
}

/** The same with its problems in sentences; null where there is no template in the text. */
export function readTemplateText(text: string): {
  readonly template: TaskTemplate | null;
  readonly problems: readonly string[];
} {
  const reading = parseTemplate(text);
  if (reading.kind === "valid") return { template: reading.template, problems: [] };
  return { template: null, problems: reading.problems.map(renderProblem) };
}
