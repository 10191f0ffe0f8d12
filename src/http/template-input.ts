/** A request for work that names a task template instead of a title: what the template makes of its fields is what is submitted. */
import { z } from "zod";
import type { Repository } from "../engine/repository.ts";
import { isTemplateName, templateFolder, templateNamed, type TaskTemplate } from "../model/template.ts";
import { renderTemplate } from "../planning/templates.ts";
import { TrackerUnavailable } from "../ports/tracker.ts";
import { findRepository } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call } from "./route.ts";
import { TaskInput } from "./task-input.ts";

const filled = "must be texts by the names of the template's fields";

/** As `TaskInput`, with a template in place of title and body. */
export const SubmitInput = TaskInput.partial({ title: true }).extend({
  template: z.string(templateNamed).refine(isTemplateName, templateNamed).optional(),
  fields: z.record(z.string(), z.string(filled), filled).optional(),
});

/** What is asked for. Throws a 400 that says what is wrong with it, and a 503 where the template cannot be read now. */
export async function readWanted({ input, ground }: Pick<Call, "input" | "ground">): Promise<TaskInput> {
  const asked = parseInput(SubmitInput, input);
  if (asked.template === undefined) {
    if (asked.fields !== undefined) throw new Problem(400, "`fields` are those of a template: name it as `template`.");
    return parseInput(TaskInput, input);
  }
  if (asked.title !== undefined || asked.body !== "")
    throw new Problem(400, "`template` gives title and text: leave `title` and `body` out.");
  const repository = findRepository(ground, asked.repository, "`repository` in the body");
  const template = await demandTemplate(repository, asked.template);
  const rendering = renderTemplate(template, asked.fields ?? {});
  if (rendering.kind === "refused") throw new Problem(400, `Nothing was submitted. ${rendering.problems.join(" ")}`);
  const { title, body, labels, priority, estimate } = rendering.whole;
  const { template: _template, fields: _fields, ...rest } = input as Readonly<Record<string, unknown>>;
  return parseInput(TaskInput, { priority, estimate, ...rest, title, body, labels: [...labels, ...asked.labels] });
}

async function demandTemplate(repository: Repository, name: string): Promise<TaskTemplate> {
  const path = `${templateFolder}/${name}.yml`;
  const found = await repository.readTemplate(name).catch((error: unknown) => {
    if (!(error instanceof TrackerUnavailable)) throw error;
    const sentence = `Nothing was submitted. ${path} cannot be read from GitHub now. Send it again later.`;
    throw new Problem(503, sentence, { "retry-after": "60" });
  });
  if (found === null) throw new Problem(400, `Nothing was submitted. There is no ${path} on the default branch.`);
  const { template, problems } = found;
  if (template === null)
    throw new Problem(400, `Nothing was submitted. ${path} cannot be used: ${problems.slice(0, 5).join("; ")}`);
  if (template.pieces.length === 0) return template;
  throw new Problem(
    400,
    `Nothing was submitted. ${path} makes several issues, and a request opens one: \`orchestrate create --template ${name}\` opens them.`,
  );
}
