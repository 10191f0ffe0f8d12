/** GET /orchestrator/explain: why one task runs where it runs, or everything that keeps it waiting, as `/orchestrate explain` says it. */
import { z } from "zod";
import { findTask, toTaskName } from "../engine/find-task.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { toExplanation } from "../views/explain-json.ts";
import {
  anyMode,
  anyStatus,
  assignmentAnswer,
  blockersAnswer,
  count,
  counted,
  instant,
  namedNumbers,
  waitingAnswer,
} from "./answer-fields.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";
import { taskParameter } from "./task-name.ts";

const Input = z.strictObject({
  task: taskParameter.describe("The number of the issue, or the task's id."),
  repository: repositoryName,
});

/** What counts, and whether a command has changed what the issue says. */
function inputOf<Value extends z.ZodType>(value: Value) {
  return z.object({ value, by: z.enum(["issue", "command"]) });
}

const Reasons = z.object({
  algorithm: anyMode,
  score: z.number(),
  parts: namedNumbers,
  rank: counted,
  readyCount: count,
  starvedMs: z.number().optional(),
  swarm: counted.optional(),
  rejected: z.array(z.object({ worker: z.string(), code: z.string(), score: z.number().nullable(), text: z.string() })),
  rejectedCount: namedNumbers,
  match: z.number(),
  matchParts: namedNumbers,
  note: z.string().nullable(),
});

const Output = z.object({
  repository: z.string(),
  task: z.string(),
  reference: z.string(),
  url: z.string(),
  title: z.string(),
  status: anyStatus,
  next: z.string(),
  waiting: waitingAnswer,
  standing: z
    .object({
      rank: counted,
      readyCount: count,
      algorithm: anyMode,
      score: z.number(),
      parts: namedNumbers,
      impact: z.object({ direct: count, transitive: count }),
      tailMinutes: z.number(),
    })
    .nullable(),
  wait: z
    .object({
      minutes: z.number(),
      starvesAt: instant.nullable(),
      everyNthStart: counted,
      starvingBefore: count.nullable(),
    })
    .nullable(),
  expectedStart: instant.nullable(),
  blockers: blockersAnswer,
  cycle: z.array(z.string()).nullable(),
  cut: z.array(z.object({ task: z.string(), on: z.string() })),
  upstream: z.string().nullable(),
  inputs: z.object({
    priority: inputOf(counted),
    inheritedPriority: counted.nullable(),
    estimateMinutes: inputOf(z.number().nullable()),
    learnedMinutes: z.number().nullable(),
    askedFor: z.string().nullable(),
    pinnedAgent: z.string().nullable(),
  }),
  assignment: assignmentAnswer.nullable(),
  reasons: Reasons.nullable(),
  problems: z.array(z.string()),
});

export const explain: Route = {
  method: "GET",
  path: "/orchestrator/explain",
  access: "token",
  summary: "Why a task runs where it runs, or everything that keeps it waiting",
  input: Input,
  output: Output,
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
