/** GET /orchestrator/explain: why one task runs where it runs, or everything that keeps it waiting, as `/orchestrate explain` says it. */
import { z } from "zod";
import { findTask, howTasksAreNamed, readTaskName, toTaskName } from "../engine/find-task.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { toExplanation } from "../views/explain-json.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const wanted = `must be ${howTasksAreNamed}`;

const Input = z.strictObject({
  task: z.string(wanted).transform((text, context) => {
    const name = readTaskName(text);
    if (name !== null) return name;
    context.addIssue(wanted);
    return z.NEVER;
  }),
  repository: repositoryName,
});

export const explain: Route = {
  method: "GET",
  path: "/orchestrator/explain",
  access: "token",
  summary: "Why a task runs where it runs, or everything that keeps it waiting",
  input: Input,
  answer: answerExplain,
};

/** Reads what is in memory, and never the store. */
function answerExplain({ input, ground }: Call): unknown {
  const { task: name, repository: asked } = parseInput(Input, input);
  const repository = findRepository(ground, asked, "the query parameter `repository`");
  const state = stateOf(repository);
  const task = findTask(state, name);
  if (task === undefined) throw new Problem(404, `${toTaskName(name)} is no task of this repository.`);
  const view = toExplainedView(state, task, repository.lane.contextOf(state));
  return { repository: repository.name, ...toExplanation(view) };
}
