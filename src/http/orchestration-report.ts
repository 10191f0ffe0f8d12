/** GET /orchestrator/report: how things stand with the whole, as the file of the day says it, of this moment. */
import { z } from "zod";
import { orchestrationReportOf } from "../insight/orchestration-report.ts";
import { warningCodes } from "../model/warning.ts";
import { anyMode, count, instant, systemHealth } from "./answer-fields.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

const finding = {
  code: z.enum(warningCodes),
  subject: z.string(),
  detail: z.string(),
  suggestion: z.string(),
  severity: z.enum(["notice", "warning", "critical"]),
};

const Output = z.object({
  repository: z.string(),
  at: instant,
  windowMinutes: z.number(),
  systemHealth,
  mode: anyMode,
  isPaused: z.boolean(),
  agents: z.object({ configured: count, active: count, paused: count, workers: count, workersBusy: count }),
  tasks: z.object({
    total: count,
    open: count,
    inProgress: count,
    inReview: count,
    ready: count,
    blocked: count,
    failed: count,
    critical: count,
    completedToday: count,
  }),
  performance: z.object({
    averageMinutes: z.number().nullable(),
    successRate: z.number().nullable(),
    efficiency: z.number().nullable(),
  }),
  cost: z.object({
    usd: z.number(),
    maxUsd: z.number(),
    sessions: count,
    sessionsMax: count,
    dayMinutes: z.number(),
  }),
  forecast: z.object({
    open: count,
    completed: count,
    hours: z.number(),
    doneAt: instant.nullable(),
    criticalMinutes: z.number(),
  }),
  bottlenecks: z.array(
    z.object({
      task: z.string(),
      reference: z.string(),
      url: z.string(),
      title: z.string(),
      detail: z.string(),
      suggestion: z.string(),
    }),
  ),
  recommendations: z.array(z.object(finding)),
  warnings: z.array(z.object({ ...finding, since: instant })),
});

export const orchestrationReport: Route = {
  method: "GET",
  path: "/orchestrator/report",
  access: "token",
  summary: "The health of the system, the tasks, the figures of the day, bottlenecks and what can be done",
  input: Input,
  output: Output,
  answer: answerReport,
};

/** Reads what is in memory, and never the store: however often it is asked for, it costs no request to GitHub. */
function answerReport({ input, ground }: Call): unknown {
  const { repository: name } = parseInput(Input, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = stateOf(repository);
  return { repository: repository.name, ...orchestrationReportOf(state, repository.lane.contextOf(state)) };
}
