/** GET /orchestrator/status: the queue, the workers, the mode and the figures of one repository, as this copy of the App knows them. */
import { z } from "zod";
import type { Context } from "../model/context.ts";
import { metricsOf, type Metrics } from "../insight/metrics.ts";
import { modeInForce } from "../core/rank-ready.ts";
import type { State } from "../state/state.ts";
import { warningCodes } from "../model/warning.ts";
import { anyAgentType, anyMode, count, instant } from "./answer-fields.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject({ repository: repositoryName });

const hour = {
  at: instant,
  throughput: z.number(),
  durationMinutes: z.number().nullable(),
  waitMinutes: z.number().nullable(),
  costUsd: z.number(),
  ready: count,
  inFlight: count,
  open: count,
};
const threeWindows = { short: z.number(), middle: z.number(), long: z.number() };
const use = z.object({
  agent: z.string(),
  type: anyAgentType,
  capacity: count,
  busy: count,
  off: count,
  free: count,
  utilisation: z.number(),
});
const warning = z.object({
  code: z.enum(warningCodes),
  subject: z.string(),
  detail: z.string(),
  suggestion: z.string(),
  severity: z.enum(["notice", "warning", "critical"]),
  since: instant,
});

const Output = z.object({
  repository: z.string(),
  mode: anyMode,
  setBy: z.string().nullable(),
  isPaused: z.boolean(),
  readyQueueLength: count,
  blockedQueueLength: count,
  assignedTasks: count,
  availableWorkers: count,
  lastUpdate: instant.nullable(),
  refresh: z.object({ at: instant, count, added: count, removed: count, changed: count }).nullable(),
  ...hour,
  velocity: z.object({
    ...threeWindows,
    windows: z.object(threeWindows),
    target: z.number(),
    isOnTarget: z.boolean(),
    trend: z.enum(["accelerating", "steady", "decelerating"]),
  }),
  queue: z.object({
    ready: count,
    heldBack: count,
    blocked: count,
    health: z.enum(["ok", "warning"]),
    oldest: z.object({ task: z.string(), since: instant, waitMinutes: z.number() }).nullable(),
  }),
  utilisation: z.object({
    total: z.number(),
    byType: z.partialRecord(anyAgentType, z.number()),
    byAgent: z.array(use),
  }),
  warnings: z.array(warning),
  readings: z.array(
    z.object({
      ...hour,
      blocked: count.nullable(),
      utilisation: z.number().nullable(),
      oldestWaitMinutes: z.number().nullable(),
    }),
  ),
});

export const status: Route = {
  method: "GET",
  path: "/orchestrator/status",
  access: "token",
  summary: "The queue, the workers, the mode, the figures and the open warnings",
  input: Input,
  output: Output,
  answer: answerStatus,
};

/** Reads what is in memory, and never the store: however often it is asked for, it costs no request to GitHub. */
function answerStatus({ input, ground }: Call): unknown {
  const { repository: name } = parseInput(Input, input);
  const repository = findRepository(ground, name, "the query parameter `repository`");
  const state = repository.lane.stream.peek();
  if (state === null) {
    const detail = "The state of this repository is still being read. Ask again in some seconds.";
    throw new Problem(503, detail, { "retry-after": "5" });
  }
  const document = toStatusDocument(repository.name, state, repository.lane.contextOf(state));
  const { last } = repository.refreshes;
  return { ...document, refresh: last === null ? null : { ...last, at: new Date(last.at).toISOString() } };
}

/** The document, at the instant of `context`; the same from every door. Who has no cycle of its own refreshes nothing. */
export function toStatusDocument(
  repository: string,
  state: State,
  context: Context,
): Readonly<Record<string, unknown>> {
  const { updatedAt, ...figures } = metricsOf(state, context);
  return {
    repository,
    mode: modeInForce(state, context),
    setBy: state.modeBy,
    isPaused: state.isPaused,
    readyQueueLength: figures.queue.ready,
    blockedQueueLength: figures.queue.blocked,
    assignedTasks: figures.inFlight,
    availableWorkers: availableWorkers(state, context, figures),
    lastUpdate: updatedAt,
    refresh: null,
    ...figures,
  };
}

/** Free slots of agents that are not paused: what could take a task now. */
function availableWorkers(state: State, { now }: Context, { utilisation }: Pick<Metrics, "utilisation">): number {
  let free = 0;
  for (const use of utilisation.byAgent) {
    if ((state.agents.get(use.agent)?.pausedUntil ?? 0) <= now) free += use.free;
  }
  return free;
}
