/** `.github/orchestrate.yml`: every key optional, an empty file works. One zod schema feeds validation, types and docs. */
import { z } from "zod";
import { modes } from "./mode.ts";

const durationPattern = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/;
const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `5m`, `2h`, `7d`; a bare number is minutes. Returns milliseconds, or null when it is not a duration. */
export function parseDuration(text: string | number): number | null {
  const match = durationPattern.exec(String(text).trim());
  if (match === null) return null;
  const unit = (match[2] ?? "m") as keyof typeof unitMs;
  const ms = Math.round(Number(match[1]) * unitMs[unit]);
  // Four hundred digits are Infinity, which JSON would store as null.
  return Number.isSafeInteger(ms) ? ms : null;
}

/** A duration in the configuration, milliseconds once parsed. */
export const Duration = z
  .union([z.string(), z.number()])
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null) return ms;
    context.addIssue(`"${value}" is not a duration: write 90s, 5m, 2h or 7d; a bare number is minutes`);
    return z.NEVER;
  })
  .describe("A duration such as 90s, 5m, 2h or 7d; a bare number is minutes.");

export const agentTypes = ["jules", "cursor", "bifrost"] as const;
export const dispatchWays = ["workflow", "api", "label"] as const;
export type AgentType = (typeof agentTypes)[number];
export type DispatchWay = (typeof dispatchWays)[number];

const agentIdPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export const AgentConfig = z
  .strictObject({
    id: z.string().regex(agentIdPattern, "lower-case letters, digits and dashes, at most 40"),
    type: z.enum(agentTypes),
    capacity: z.number().int().min(1).max(1_000).default(1).describe("Sessions at once."),
    maxCapacity: z.number().int().min(1).max(1_000).optional().describe("How far scaling may raise the capacity."),
    dispatch: z.enum(dispatchWays).default("workflow"),
    capabilities: z.record(z.string(), z.number().min(0).max(1)).default({}),
    timeout: Duration.default(45 * unitMs.m).describe("After this long the vendor is asked and the session cancelled."),
    watch: Duration.default(60 * unitMs.m).describe(
      "How long a job of the agent workflow watches before it hands over.",
    ),
    cost: z.number().min(0).default(0).describe("US dollars a session, where the vendor does not report it."),
    quota: z.number().int().min(1).optional().describe("Sessions a day at this agent."),
    label: z.string().min(1).max(50).optional().describe("The label that the vendor listens to (dispatch: label)."),
    model: z.string().min(1).max(100).optional(),
    command: z.string().min(1).max(1_000).optional().describe("bifrost: the program that the Sprite runs."),
  })
  .refine((agent) => agent.maxCapacity === undefined || agent.maxCapacity >= agent.capacity, {
    message: "maxCapacity must not be below capacity",
    path: ["maxCapacity"],
  });
export type AgentConfig = z.output<typeof AgentConfig>;

const share = z.number().min(0).max(1_000);

export const Config = z.strictObject({
  version: z.literal(1).default(1),
  mode: z.enum(modes).default("balanced"),
  weights: z
    .strictObject({ priority: share.default(0.4), blocker: share.default(0.3), effort: share.default(0.3) })
    .refine((weights) => weights.priority + weights.blocker + weights.effort > 0, "at least one weight must be above 0")
    .prefault({}),
  select: z.strictObject({ labels: z.array(z.string().min(1)).min(1).default(["orchestrate"]) }).prefault({}),
  trust: z.enum(["write", "triage"]).default("write"),
  agents: z
    .array(AgentConfig)
    .max(50)
    .refine((agents) => new Set(agents.map((agent) => agent.id)).size === agents.length, "two agents have the same id")
    .default([]),
  retry: z
    .strictObject({
      maxAttempts: z.number().int().min(1).max(20).default(3),
      backoff: z
        .strictObject({ initial: Duration.default(30 * unitMs.s), max: Duration.default(10 * unitMs.m) })
        .prefault({}),
    })
    .prefault({}),
  done: z.enum(["merged", "checks", "reported"]).default("merged"),
  merge: z.enum(["person", "auto", "queue"]).default("person"),
  limits: z
    .strictObject({
      batch: z.number().int().min(1).max(1_000).default(10),
      queue: z.number().int().min(1).max(100_000).default(1_000),
      attemptsPerTask: z.number().int().min(1).max(100).default(6),
      costPerTask: z.number().min(0).default(20),
      costPerDay: z.number().min(0).default(200),
      sessionsPerDay: z.number().int().min(1).default(100),
    })
    .prefault({}),
  estimateScale: z.record(z.string(), Duration).default({ 1: 900_000, 2: 2_700_000, 3: 7_200_000 }),
  schedule: z
    .array(
      z.strictObject({ mode: z.enum(modes), from: z.string(), to: z.string(), timezone: z.string().default("UTC") }),
    )
    .default([]),
  linear: z.strictObject({ team: z.string(), estimateScale: z.record(z.string(), Duration).optional() }).optional(),
  alerts: z.strictObject({ issue: z.number().int().min(1).optional() }).prefault({}),
});
export type Config = z.output<typeof Config>;

/** What an empty file means. */
export const defaultConfig: Config = Config.parse({});
