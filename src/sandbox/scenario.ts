/** A scenario: a repository, its backlog, the agents, people and faults of a run. Read from YAML or JSON; every problem names its line. */
import { LineCounter, parseDocument, stringify } from "yaml";
import { z } from "zod";
import { type DescribedIssue, describeIssue } from "../config/describe-issue.ts";
import type { SchemaNode } from "../config/json-schema.ts";
import { offsetOf, placeOfOffset } from "../config/locate.ts";
import { parseConfig, readConfigData } from "../config/parse-config.ts";
import { renderPath } from "../config/problem.ts";
import type { Config } from "../model/config.ts";
import { Duration } from "../model/config-duration.ts";
import { parseDuration } from "../model/duration.ts";
import { DurationRange, Faults } from "./faults.ts";
import { ScenarioEvent } from "./scenario-event.ts";

export const outcomes = ["success", "checks_fail", "no_pr", "api_error", "needs_input", "timeout"] as const;
export type Outcome = (typeof outcomes)[number];

const Key = z
  .union([z.string().min(1).max(100), z.number()], { error: "write a key of 1 to 100 characters" })
  .transform(String);
const repositoryPattern = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/;

const priorities = "1 to 5, urgent, high, medium, low or none, or P0 to P3";
const error = `write ${priorities}`;
const Level = z.int({ error }).min(1, { error }).max(5, { error });
const Word = z.string().regex(/^(?:[1-5]|urgent|high|medium|low|none|p[0-3])$/i, priorities);
const Priority = z.union([Level, Word], { error }).transform(String);

/** As a label says it: a bare number would be points there, and is minutes here. */
const Estimate = z.union([z.string(), z.number()]).transform((value, context) => {
  const text = String(value).trim();
  if (parseDuration(text) === null) {
    context.addIssue(`"${text}" is not a duration: write 30m or 2h; a bare number is minutes`);
    return z.NEVER;
  }
  return /[a-z]$/.test(text) ? text.replaceAll(/\s/g, "") : `${text}m`;
});

const Blocker = z.union(
  [
    Key.transform((key) => ({ key, kind: "hard" as const })),
    z.strictObject({ key: Key, kind: z.enum(["hard", "soft"]).default("hard") }),
  ],
  { error: "write the key of an issue, or { key: a, kind: hard } or soft" },
);

export const ScenarioIssue = z.strictObject({
  key: Key,
  title: z.string().min(1).max(256),
  body: z.string().default(""),
  labels: z.array(z.string().min(1).max(50)).default([]),
  priority: Priority.optional(),
  estimate: Estimate.optional(),
  blockedBy: z.array(Blocker).default([]),
  files: z
    .array(z.string().regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))(?!\.git\/).+$/, "a path inside the repository"))
    .optional(),
  /** Who opens it; a person with write unless `actors` says otherwise. */
  by: z.string().optional(),
});
export type ScenarioIssue = z.output<typeof ScenarioIssue>;

const AgentBehaviour = z.strictObject({
  duration: DurationRange.default([300_000, 900_000]),
  outcomes: z
    .partialRecord(z.enum(outcomes), z.number().min(0))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), {
      error: "at least one weight must be above 0",
      when: ({ issues }) => issues.length === 0,
    })
    .default({ success: 1 }),
});
export type AgentBehaviour = z.output<typeof AgentBehaviour>;

/** What an agent without an entry of its own does. */
export const defaultBehaviour: AgentBehaviour = AgentBehaviour.parse({});

const MergeQueueSetting = z.strictObject({
  /** How long the checks of what is first in the queue take. */
  takes: DurationRange.default([60_000, 180_000]),
  /** How often they fail, 0 to 1. */
  fails: z.number().min(0).max(1).default(0),
});
export type MergeQueueSetting = z.output<typeof MergeQueueSetting>;

/** A mapping has to be a valid orchestrate.yml; a text is written as it stands, so that a scenario can tell of a broken file. */
const RunConfig = z
  .union([z.string(), z.record(z.string(), z.unknown())], { error: "write what orchestrate.yml would hold" })
  .transform((value, context) => {
    if (typeof value === "string") return value;
    const reading = readConfigData(value);
    for (const problem of reading.kind === "invalid" ? reading.problems : [])
      context.addIssue({ code: "custom", message: problem.message, path: [...problem.path] });
    return stringify(value, { aliasDuplicateObjects: false });
  })
  .nullable()
  .default(null);

export const Scenario = z
  .strictObject({
    name: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    repository: z.string().regex(repositoryPattern, "owner/name, such as acme/rocket").default("acme/rocket"),
    config: RunConfig,
    issues: z.array(ScenarioIssue).max(5_000).default([]),
    agents: z.record(z.string(), AgentBehaviour.nullable()).default({}),
    events: z.array(ScenarioEvent).default([]),
    faults: Faults,
    /** Issues of the embedded Linear, by identifier. */
    linear: z
      .strictObject({
        issues: z.array(z.string().regex(/^[A-Z][A-Z0-9]*-[1-9]\d*$/, "an identifier such as ENG-1")).default([]),
      })
      .prefault({}),
    /** Who orchestrates: the App, runs of the workflow `orchestrate.yml`, or both. */
    runs: z
      .strictObject({ app: z.boolean().default(true), action: z.boolean().default(false) })
      .refine(({ app, action }) => app || action, "nobody would orchestrate: set app or action to true")
      .prefault({}),
    people: z
      .strictObject({
        merge: z
          .union([z.literal("never"), DurationRange], {
            error: "write never, a duration such as 5m, or the shortest and the longest such as [1m, 5m]",
          })
          .default([60_000, 300_000]),
      })
      .prefault({}),
    /** How the repository itself is set up. */
    settings: z
      .strictObject({
        mergeQueue: MergeQueueSetting.nullable().default(null),
        /** Branches have to be up to date before they are merged. */
        strictChecks: z.boolean().default(false),
      })
      .prefault({}),
    /** Permissions of named actors. Those not listed have write; a name that begins with `stranger` has none. */
    actors: z.record(z.string(), z.enum(["none", "read", "triage", "write", "maintain", "admin"])).default({}),
    /** When virtual time begins; a Monday morning unless the story is about another day. */
    start: z.iso
      .datetime({ offset: true, error: "a time such as 2026-01-05T08:00:00Z" })
      .default("2026-01-05T08:00:00Z"),
    seed: z.union([z.string(), z.number()], { error: "write a text or a number" }).default(1),
    until: Duration.default(7 * 86_400_000),
  })
  .superRefine((scenario, context) => {
    const keys = new Set<string>();
    for (const [index, issue] of scenario.issues.entries()) {
      if (keys.has(issue.key)) {
        context.addIssue({ code: "custom", path: ["issues", index, "key"], message: `a second issue "${issue.key}"` });
      }
      keys.add(issue.key);
    }
    function mustExist(key: string | null, path: readonly (string | number)[]): void {
      if (key === null || keys.has(key)) return;
      context.addIssue({ code: "custom", path: [...path], message: `there is no issue "${key}" in this scenario` });
    }
    for (const [index, issue] of scenario.issues.entries()) {
      for (const [at, blocker] of issue.blockedBy.entries()) {
        const path = ["issues", index, "blockedBy", at];
        mustExist(blocker.key, path);
        if (blocker.key !== issue.key) continue;
        const message = `"${issue.key}" cannot be blocked by itself: GitHub refuses that. Remove it`;
        context.addIssue({ code: "custom", path, message });
      }
    }
    for (const [index, event] of scenario.events.entries()) {
      mustExist(event.act.issue, ["events", index]);
      if (event.act.kind !== "config" && scenario.issues.length === 0) {
        context.addIssue({ code: "custom", path: ["events", index], message: "there is no issue to do this to" });
      }
    }
  });
export type Scenario = z.output<typeof Scenario>;

/** The text is not a scenario; the message has one line a problem, each with its place. */
export class ScenarioInvalid extends Error {
  override readonly name = "ScenarioInvalid";
  readonly problems: readonly string[];
  constructor(source: string, problems: readonly string[]) {
    super(`${source} is not a valid scenario:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/** What may be written, for the sentences about what may not. */
const scenarioSchema = z.toJSONSchema(Scenario, { io: "input", unrepresentable: "any" }) as SchemaNode;

/** Rules of the scenario's own are whole sentences; everything else is said as of the configuration. */
function describeProblem(issue: z.core.$ZodIssue, data: unknown): readonly DescribedIssue[] {
  if (issue.code !== "custom") return describeIssue(issue, data, scenarioSchema);
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  return [{ path, target: "value", message: issue.message }];
}

/** What is said of a value goes on after its name: `config.mode is "fast": write one of …`. */
function renderLine({ path, message }: DescribedIssue, line: number): string {
  const place = path.length === 0 ? "the scenario" : renderPath(path);
  const joint = /^(?:is|cannot be) /.test(message) ? " " : ": ";
  return `line ${line}: ${place}${joint}${message}`;
}

/**
 * Reads a scenario from YAML or JSON text. `source` is how messages call it.
 * Throws `ScenarioInvalid` with a line for every problem: line, path and what is wrong.
 */
export function parseScenario(text: string, source = "The text"): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ScenarioInvalid(
      source,
      document.errors.map((error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message}`),
    );
  }
  const data: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const checked = Scenario.safeParse(data);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.flatMap((issue) => describeProblem(issue, data));
  const placed = problems.map((problem) => {
    const { line } = placeOfOffset(lines, offsetOf(document, problem.path, problem.target));
    return { line, text: renderLine(problem, line) };
  });
  const sorted = placed.toSorted((left, right) => left.line - right.line);
  throw new ScenarioInvalid(
    source,
    sorted.map(({ text: said }) => said),
  );
}

/** A configuration text as the App understands it; null where it cannot be used, which the App then says on the commit. */
export function readConfig(text: string | null): Config | null {
  const reading = parseConfig(text ?? "");
  return reading.kind === "valid" ? reading.config : null;
}
