/** GET /orchestrator/visualization: workers, queues and work in progress of one repository, for a dashboard that asks again and again. */
import { z } from "zod";
import { toLiveView } from "../engine/live-view.ts";
import { anyAgentType, anyMode, anyStatus, count, instant } from "./answer-fields.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { stateOf } from "./find-assignment.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

const head = {
  task: z.string(),
  reference: z.string(),
  title: z.string(),
  url: z.string(),
  priority: z.int().min(1).max(5),
};

const Output = z.object({
  repository: z.string(),
  at: instant,
  refreshSeconds: count,
  mode: anyMode,
  isPaused: z.boolean(),
  counts: z.object({ ready: count, blocked: count, inProgress: count }),
  workers: z.array(
    z.object({
      worker: z.string(),
      agent: z.string(),
      type: anyAgentType,
      state: z.enum(["idle", "busy", "overloaded", "off"]),
      task: z.string().nullable(),
    }),
  ),
  ready: z.array(z.object({ ...head, score: z.number(), waitMinutes: z.number() })),
  blocked: z.array(z.object({ ...head, status: anyStatus, blockers: z.array(z.string()) })),
  inProgress: z.array(
    z.object({
      ...head,
      status: anyStatus,
      worker: z.string(),
      elapsedMinutes: z.number(),
      expectedMinutes: z.number(),
    }),
  ),
});

export const visualization: Route = {
  method: "GET",
  path: "/orchestrator/visualization",
  access: "token",
  summary: "The workers, the queues and the work in progress, for a live dashboard",
  input: Input,
  output: Output,
  answer: answerVisualization,
};

/** Reads what is in memory, and never the store: however often it is asked for, it costs no request to GitHub. */
function answerVisualization({ input, ground }: Call): unknown {
  const { repository: name } = parseInput(Input, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = stateOf(repository);
  return { repository: repository.name, ...toLiveView(state, repository.lane.contextOf(state)) };
}
