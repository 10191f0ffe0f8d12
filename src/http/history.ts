/** GET /api/orchestrator/tasks/{id}/history: everything that happened to one task, as far back as the log goes. */
import { z } from "zod";
import { statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { findTask, howTasksAreNamed, readTaskName, toTaskName } from "../engine/find-task.ts";
import { attemptsOf, eventsOf, knownAtHand, knownTogether } from "../engine/task-history.ts";
import type { Task } from "../model/task.ts";
import { anyStatus, count, counted, instant, loggedEvent } from "./answer-fields.ts";
import { awaitReading } from "./await-decision.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

const Output = z.object({
  repository: z.string(),
  task: z.string(),
  reference: z.string(),
  url: z.string(),
  title: z.string(),
  status: anyStatus,
  isComplete: z.boolean(),
  since: counted,
  events: z.array(
    z.object({
      version: counted,
      at: instant,
      type: z.string(),
      line: z.string(),
      command: z.string(),
      by: z.string().nullable(),
      event: loggedEvent,
    }),
  ),
  attempts: z.array(
    z.object({
      attempt: count,
      agent: z.string(),
      worker: z.string(),
      fence: counted,
      session: z.string().nullable(),
      sessionUrl: z.string().nullable(),
      startedAt: instant.nullable(),
      endedAt: instant.nullable(),
      result: z.string().nullable(),
      detail: z.string().nullable(),
      costUsd: z.number().nullable(),
      branch: z.string().nullable(),
    }),
  ),
});

export const history: Route = {
  method: "GET",
  path: "/api/orchestrator/tasks/{id}/history",
  access: "token",
  summary: "Everything that happened to a task, oldest first",
  input: Input,
  output: Output,
  answer: answerHistory,
};

async function answerHistory({ input, params, ground }: Call): Promise<unknown> {
  const { repository: asked } = parseInput(Input, input);
  const repository = findRepository(ground, asked, "the query parameter `repository`");
  const { id } = demandTask(stateOf(repository), params["id"] ?? "");
  const { stream } = repository.lane;
  const known =
    knownAtHand(stream.tail) ?? knownTogether(await awaitReading(stream.readLog(), ground.clock), stream.tail);
  // It may have gone while the log was read.
  const state = stateOf(repository);
  const task = demandTask(state, id);
  const { number, url, title } = task.definition;
  return {
    repository: repository.name,
    task: id,
    reference: `#${number}`,
    url,
    title,
    status: statusOf(state, task),
    ...eventsOf(id, known, state),
    attempts: attemptsOf(task),
  };
}

function demandTask(state: State, text: string): Task {
  const name = readTaskName(text);
  if (name === null) throw new Problem(404, `Nothing is at this address: a task is named by ${howTasksAreNamed}.`);
  const task = findTask(state, name);
  if (task === undefined) throw new Problem(404, `${toTaskName(name)} is no task of this repository.`);
  return task;
}
