/** `mode: cycle` and `mode: event`: one run that catches up with everything new, decides, acts and says what it did. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { ActionInputs } from "./inputs.ts";
import type { ActionOutcome, Annotation } from "./outcome.ts";
import { connectionOf, type Runner } from "./runner.ts";
import { connect, findPlace } from "../connect.ts";
import type { RunOptions, RunResult } from "../engine/one-run.ts";
import { toRunView } from "../engine/run-view.ts";
import { configurationPath } from "../github/configuration.ts";
import { toHints } from "../github/webhook.ts";
import { renderRunSummary, type ApiUsage, type RunView } from "../views/run-summary.ts";
import { wireRun, type RepositoryPlace, type RepositoryTarget, type Surroundings } from "../wire.ts";

type CycleInputs = Extract<ActionInputs, { readonly mode: "cycle" | "event" }>;

/** A payload's own word for the repository, which saves the question. */
const Payload = z.object({
  repository: z.object({ id: z.number(), full_name: z.string(), default_branch: z.string() }),
});

/** Rejects when GitHub cannot be reached, refuses the credentials, or the state cannot be read or written. */
export async function runCycle(inputs: CycleInputs, runner: Runner): Promise<ActionOutcome> {
  const payload = await readPayload(runner.eventPath);
  const octokit = await connect(connectionOf(runner, inputs), runner.repository);
  const place = placeIn(payload, runner.repository) ?? (await findPlace(octokit, runner.repository));
  // The payload only says what to look at first: whatever is new is read in any case.
  const hints = inputs.mode === "event" ? toHints(runner.eventName, payload, null) : [];
  return cycleOnce(runner.surroundings, {
    place,
    octokit,
    hints,
    budgetMs: inputs.budgetMs,
    usage: () => runner.meter.usage(),
    isJobToken: inputs.credentials.kind === "token",
  });
}

export interface CycleOptions extends RepositoryTarget, Omit<RunOptions, "onState"> {
  /** What was asked of GitHub, for the summary. */
  readonly usage: () => ApiUsage;
  readonly isJobToken: boolean;
}

/** One run and what is told of it, whoever starts it. Rejects as `runCycle` does. */
export async function cycleOnce(surroundings: Surroundings, options: CycleOptions): Promise<ActionOutcome> {
  const { usage, isJobToken, ...run } = options;
  const result = await wireRun(surroundings, run);
  return toOutcome(result, {
    nextDueAt: result.nextDueAt,
    isComplete: result.isComplete,
    lastWrittenAt: result.lastWrittenAt,
    now: surroundings.clock.now(),
    usage: usage(),
    isJobToken,
  });
}

/** A payload that cannot be read costs a question or a hint, and nothing else. */
async function readPayload(path: string): Promise<unknown> {
  if (path === "") return null;
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null;
  }
}

function placeIn(payload: unknown, fullName: string): RepositoryPlace | null {
  const parsed = Payload.safeParse(payload);
  if (!parsed.success || parsed.data.repository.full_name.toLowerCase() !== fullName.toLowerCase()) return null;
  const [owner = "", name = ""] = fullName.split("/");
  return { owner, name, id: parsed.data.repository.id, defaultBranch: parsed.data.repository.default_branch };
}

type Run = Pick<RunView, "nextDueAt" | "isComplete" | "lastWrittenAt" | "now" | "usage" | "isJobToken">;

function toOutcome(result: RunResult, run: Run): ActionOutcome {
  const view: RunView = { ...toRunView(result), ...run };
  const { overview, started, ended, waitingCount } = view;
  const warnings = overview.warnings ?? [];
  return {
    outputs: {
      outcome: outcomeOf(result, view),
      started: started.length,
      "started-tasks": JSON.stringify(started.map(({ task }) => `#${task.definition.number}`)),
      completed: ended.filter(({ status }) => status === "completed").length,
      "in-flight": overview.running.length,
      ready: overview.counts.ready ?? 0,
      waiting: waitingCount,
      warnings: warnings.length,
      "is-complete": view.isComplete,
      "next-due-at": view.nextDueAt === null ? "" : new Date(view.nextDueAt).toISOString(),
      requests: view.usage.rest + view.usage.graphql,
    },
    annotations: [
      ...overview.configurationProblems.map(toAnnotation),
      ...warnings
        .filter(({ warning }) => warning.severity === "critical")
        .map(({ warning }): Annotation => ({ level: "warning", message: `${warning.detail} ${warning.suggestion}` })),
    ],
    summary: renderRunSummary(view),
  };
}

/** In a word, for whoever goes on by it. */
function outcomeOf({ isComplete, state }: RunResult, { started, overview, ended }: RunView): string {
  if (!isComplete) return "incomplete";
  if (started.length > 0 || ended.length > 0) return "progress";
  if (state.openCount === 0) return "done";
  return overview.running.length > 0 ? "working" : "waiting";
}

/** `line 4: agents[0].capacity is …` as an annotation at that line. */
function toAnnotation(problem: string): Annotation {
  const line = /^line (\d{1,6}): /.exec(problem)?.[1];
  return {
    level: "error",
    title: "The configuration was refused; the last good one is in force",
    message: problem,
    file: configurationPath,
    ...(line === undefined ? {} : { startLine: Number(line) }),
  };
}
