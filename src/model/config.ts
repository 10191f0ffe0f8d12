/** `.github/orchestrate.yml`: every key optional, an empty file works. One zod schema feeds validation, types and docs. */
import { z } from "zod";
import { AgentEntry, agentIdPattern } from "./config-agent.ts";
import { Duration, durationFrom } from "./config-duration.ts";
import { Finished } from "./config-finished.ts";
import { Notify } from "./config-notify.ts";
import { Reports } from "./config-reports.ts";
import { Matching } from "./config-matching.ts";
import { Ready } from "./config-ready.ts";
import { unitMs } from "./duration.ts";
import { modes } from "./mode.ts";

const linearIssuePattern = /^[A-Za-z][A-Za-z0-9]{0,11}-[1-9][0-9]{0,8}$/;

const share = z.number().min(0).max(1_000);
/** A part of a whole, 0 to 1. */
const part = z.number().min(0).max(1);
const counted = z.number().int().min(1).max(100_000);
/** What happens again and again, or ends something, needs some time: at 0 it would never stop, or never begin. */
const Lasting = durationFrom("1s");
/** The timers of a process fire at once when they are set for more than 24 days. */
const Clocked = durationFrom("1s", "7d");
/** What is counted backwards from now: in less nothing happens, and what is longer ago would have to be kept in memory. */
const Window = durationFrom("1m", "31d");
/** An effort is whole minutes. */
const Effort = durationFrom("1m");

export const Config = z.strictObject({
  version: z.literal(1).default(1),
  mode: z.enum(modes).default("balanced"),
  weights: z
    .strictObject({ priority: share.default(0.4), blocker: share.default(0.3), effort: share.default(0.3) })
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), {
      error: "at least one weight must be above 0",
      when: ({ issues }) => issues.length === 0,
    })
    .prefault({}),
  select: z.strictObject({ labels: z.array(z.string().min(1)).min(1).default(["orchestrate"]) }).prefault({}),
  trust: z.enum(["write", "triage"]).default("write"),
  ready: Ready.prefault({}),
  finished: Finished.prefault({}),
  agents: z
    .array(AgentEntry)
    .max(50)
    .refine((agents) => new Set(agents.map((agent) => agent.id)).size === agents.length, "two agents have the same id")
    .default([]),
  retry: z
    .strictObject({
      maxAttempts: z.number().int().min(1).max(20).default(3),
      backoff: z
        .strictObject({ initial: Duration.default(30 * unitMs.s), max: Duration.default(10 * unitMs.m) })
        .prefault({}),
      switchAfter: counted
        .default(2)
        .describe(
          "Failures in a row at one agent after which another agent is preferred; no result or a refusal counts at once.",
        ),
      timeoutGrowth: z
        .number()
        .min(1)
        .max(10)
        .default(1.5)
        .describe("Every timeout makes the next attempt's timeout this many times longer."),
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
      day: Window.default(24 * unitMs.h).describe("How long a day of costPerDay, sessionsPerDay and quotas is."),
      inProgress: counted.optional().describe("Tasks being worked on at once in the whole repository."),
      labels: z.record(z.string(), counted).default({}).describe("Tasks being worked on at once, per label."),
      fairShare: z.boolean().default(false).describe("Milestones with ready work take turns."),
      memory: z
        .number()
        .int()
        .min(64)
        .max(1_000_000)
        .default(512)
        .describe("Resident megabytes above which no new issue is taken in."),
    })
    .prefault({}),
  cycle: z
    .strictObject({
      every: Clocked.default(30 * unitMs.s).describe("How often the App looks after everything in flight."),
      refresh: Clocked.default(60 * unitMs.s).describe(
        "How often the App asks the tracker what is new, whatever webhooks say.",
      ),
    })
    .prefault({}),
  matching: Matching.prefault({}),
  ageing: z
    .strictObject({
      perWeek: part.default(0.05).describe("What a week of waiting adds to the score of the mode balanced."),
      starvingAfter: Lasting.default(7 * unitMs.d).describe("A task that has been ready for longer is starving."),
      everyNthStart: counted
        .default(4)
        .describe("Every so many starts one is offered to starving tasks first, whatever the mode."),
    })
    .prefault({}),
  strictStages: z
    .boolean()
    .default(false)
    .describe("Nothing of a stage is started before every task of the stages before it has ended."),
  blockers: z
    .strictObject({
      inherit: z.boolean().default(true).describe("A task that important work waits for takes over its priority."),
    })
    .prefault({}),
  health: z
    .strictObject({
      sample: counted.default(10).describe("The last attempts of a worker that the failure rate is taken over."),
      failureRate: part.default(0.3).describe("A worker that fails more than this share of them rests."),
      failures: counted.default(3).describe("A worker that fails this often within the time below rests."),
      within: Lasting.default(10 * unitMs.m),
      rest: Lasting.default(15 * unitMs.m).describe("How long it rests; then one task tries it out."),
      refusals: counted
        .default(3)
        .describe("Refused starts within the time above that pause the whole agent: its vendor has an outage."),
      pause: Lasting.default(5 * unitMs.m).describe(
        "How long the agent pauses; it doubles while the vendor goes on refusing.",
      ),
      pauseMax: Lasting.default(60 * unitMs.m),
      heartbeat: Lasting.default(10 * unitMs.m).describe(
        "How long an agent that sends heartbeats may be silent, where its entry does not say.",
      ),
      cascade: z
        .strictObject({ agents: z.number().int().min(0).max(50).default(3) })
        .prefault({})
        .describe(
          "So many agents, at least half of all, that fail at their vendors at once stop every start; 0 never.",
        ),
    })
    .prefault({}),
  stale: z
    .strictObject({
      factor: z
        .number()
        .min(1)
        .max(100)
        .default(2)
        .describe("A session of this many times the estimate is asked for at its vendor."),
      sample: z
        .number()
        .int()
        .min(1)
        .max(50)
        .default(10)
        .describe("What such sessions usually take counts once so many of them are known."),
      min: Duration.default(20 * unitMs.m).describe("No session is stale before."),
      person: Lasting.default(2 * unitMs.h).describe("A task that has not moved for this long goes to a person."),
      escalate: Duration.default(5 * unitMs.m).describe("What cannot be resolved reaches a person within this time."),
    })
    .prefault({}),
  attack: z
    .strictObject({
      threshold: Duration.default(15 * unitMs.m).describe(
        "Tasks estimated below this are quick wins without the label.",
      ),
      min: Duration.default(5 * unitMs.m).describe("The threshold never falls below."),
      max: Duration.default(60 * unitMs.m).describe("The threshold never rises above."),
      target: z.number().min(0.1).max(10_000).default(20).describe("Tasks an hour that keep the momentum."),
      raise: part.default(0.2).describe("With the target reached the threshold rises by this part."),
      lower: part.default(0.1).describe("Below the target it falls by this part."),
      momentum: z
        .strictObject({ tasks: counted.default(10), within: durationFrom("1m").default(30 * unitMs.m) })
        .prefault({})
        .describe("So many completions within this time adjust the threshold."),
      scale: z
        .strictObject({ ready: counted.default(30), every: Lasting.default(10 * unitMs.m) })
        .prefault({})
        .describe("More ready tasks than this with every worker busy raise the capacity, at most this often."),
      spawn: z
        .strictObject({ after: Lasting.default(30 * unitMs.m), tasks: counted.default(5) })
        .prefault({})
        .describe("Beside a session of this length, so many new quick wins get a worker of their own."),
    })
    .prefault({}),
  preemption: z
    .strictObject({
      enabled: z.boolean().default(true),
      after: Duration.default(20 * unitMs.m).describe(
        "Only when every worker has been at its task for longer than this.",
      ),
      nearEnd: part.default(0.8).describe("Never a session that has used this part of its expected time."),
      perTask: counted.default(2).describe("How often one task may be interrupted."),
    })
    .prefault({}),
  phases: z
    .strictObject({
      early: z.enum(modes).default("priority"),
      middle: z.enum(modes).default("blocker"),
      late: z.enum(modes).default("effort"),
      middleFrom: part.default(0.33),
      lateFrom: part.default(0.8),
    })
    .optional()
    .describe("The mode of a milestone's tasks by how much of the time to its due date has passed."),
  patterns: z
    .array(
      z.strictObject({
        id: z.string().regex(agentIdPattern, "lower-case letters, digits and dashes, at most 40"),
        label: z.string().min(1).max(50),
        merged: counted.default(5),
        create: z.strictObject({
          title: z.string().min(1).max(200),
          body: z.string().max(10_000).default(""),
          labels: z.array(z.string().min(1).max(50)).max(20).default([]),
        }),
      }),
    )
    .max(50)
    .default([])
    .describe("After so many merged tasks with the label, an issue is created, once for each such series."),
  metrics: z
    .strictObject({
      every: Lasting.default(5 * unitMs.m).describe("The least time between two readings."),
      keep: z.number().int().min(1).max(1_000).default(100).describe("Readings kept."),
      summary: Window.default(2 * unitMs.h).describe("How often the App's log says how far the work is."),
      velocity: z
        .strictObject({
          short: Window.default(unitMs.h),
          middle: Window.default(4 * unitMs.h),
          long: Window.default(24 * unitMs.h),
        })
        .prefault({})
        .describe("The windows that the velocity is given over; the trend compares the short one with the middle one."),
    })
    .prefault({}),
  estimateScale: z.record(z.string(), Effort).default({ 1: 900_000, 2: 2_700_000, 3: 7_200_000 }),
  schedule: z
    .array(
      z.strictObject({ mode: z.enum(modes), from: z.string(), to: z.string(), timezone: z.string().default("UTC") }),
    )
    .default([]),
  cockpit: z
    .boolean()
    .default(true)
    .describe("Keeps one pinned issue that shows everything and takes orders by its boxes."),
  linear: z
    .strictObject({ team: z.string().min(1).max(50), estimateScale: z.record(z.string(), Effort).optional() })
    .optional(),
  reports: Reports.prefault({}),
  alerts: z
    .strictObject({
      issue: z.number().int().min(1).optional().describe("The issue that warnings are written to."),
      linear: z
        .string()
        .regex(linearIssuePattern, "the identifier of a Linear issue, such as ENG-123")
        .optional()
        .describe("The Linear issue that warnings are written to."),
      notify: Notify.optional().describe("What is sent to the webhook; left out: nothing."),
      queueDepth: counted.default(50).describe("More ready tasks than this are a warning."),
      fullFor: Duration.default(10 * unitMs.m).describe("All workers taken for longer than this is a warning."),
      failureRate: part.default(0.2).describe("A higher share of failed attempts is a warning."),
      failureWindow: Window.default(24 * unitMs.h).describe("The attempts that ended within this time are judged."),
      failureSample: counted.default(10).describe("Fewer of them say nothing."),
      overdue: z
        .number()
        .min(1)
        .max(100)
        .default(3)
        .describe("A task that takes this many times its estimate is a warning."),
      velocity: z.number().min(0).max(10_000).default(20).describe("Tasks an hour that are aimed at."),
      utilisation: part.default(0.3).describe("An agent used less than this while work waits is a warning."),
      systemHealth: part.default(0.7).describe("A system health below this is a critical warning; 0 never is."),
      every: Lasting.default(5 * unitMs.m).describe(
        "How often use and balance of the agents, and the due dates of milestones, are judged.",
      ),
    })
    .prefault({}),
});
export type Config = z.output<typeof Config>;

/** What an empty file means. */
export const defaultConfig: Config = Config.parse({});

/** A configuration of an older version of this program: what it does not say yet is what an empty file means. */
export function completeConfig(config: Config): Config {
  const complete: Record<string, unknown> = { ...defaultConfig, ...config };
  for (const [key, value] of Object.entries(defaultConfig)) {
    const own = (config as Record<string, unknown>)[key];
    if (isSection(value) && isSection(own)) complete[key] = { ...value, ...own };
  }
  return complete as Config;
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
