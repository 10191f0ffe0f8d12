/** GET /orchestrator/visualization: workers, queues and work in progress of one repository, for a dashboard that asks again and again. */
import { z } from "zod";
import { toLiveView } from "../engine/live-view.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { stateOf } from "./find-assignment.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

export const visualization: Route = {
  method: "GET",
  path: "/orchestrator/visualization",
  access: "token",
  summary: "The workers, the queues and the work in progress, for a live dashboard",
  input: Input,
  answer: answerVisualization,
};

/** Reads what is in memory, and never the store: however often it is asked for, it costs no request to GitHub. */
function answerVisualization({ input, ground }: Call): unknown {
  const { repository: name } = parseInput(Input, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = stateOf(repository);
  return { repository: repository.name, ...toLiveView(state, repository.lane.contextOf(state)) };
}
