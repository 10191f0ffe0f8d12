/** `mode: start-agent` and `mode: watch`: one job of the agent workflow, with the repository's own secrets. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionInputs } from "./inputs.ts";
import type { ActionOutcome } from "./outcome.ts";
import { createAppLine } from "./app-line.ts";
import { connectionOf, type Runner } from "./runner.ts";
import type { JobResult } from "../engine/job.ts";
import { runAgentJob } from "../play-job.ts";
import type { ClaimedWork } from "../wire.ts";

type JobInputs = Extract<ActionInputs, { readonly mode: "start-agent" | "watch" }>;

const words: Readonly<Record<JobResult, string>> = {
  ended: "The session has ended, and its end is written down.",
  claimed: "This run has the task: the steps that follow do the work.",
  handed_over: "The session goes on; the time of this job is up, and Orchestrate looks after it from here.",
  not_ours: "Another run has this assignment, or it is no longer in force: nothing was done.",
  refused: "The session could not be started; why is on the issue, and Orchestrate tries again.",
};

/** Rejects only when the state cannot be read or written at all. */
export async function runJob(inputs: JobInputs, runner: Runner): Promise<ActionOutcome> {
  const { mode, task, agent, attempt, fence, url, audience } = inputs;
  const journal = runner.surroundings.journalFor({});
  let handed: Readonly<Record<string, string>> = {};
  const result = await runAgentJob({
    ...runner.surroundings,
    ...connectionOf(runner, inputs),
    assertsEverything: false,
    journal,
    ...(url !== null && { app: createAppLine({ url, audience }, { ...runner.surroundings, journal }) }),
    repository: runner.repository,
    inputs: { mode, task, agent, attempt, fence },
    runId: runner.runId,
    claimed(work) {
      handed = handToSteps(runner.env, work);
    },
  });
  return {
    outputs: { outcome: result.replaceAll("_", "-"), claimed: String(result === "claimed"), ...handed },
    annotations: [],
    summary: `**${mode}**: ${words[result]}\n`,
  };
}

/** What is safe in a step goes to its outputs; what holds other people's text, to a file. */
function handToSteps(
  env: NodeJS.ProcessEnv,
  { issue, worker, attempt, branch, prompt }: ClaimedWork,
): Readonly<Record<string, string>> {
  const file = join(env["RUNNER_TEMP"] ?? tmpdir(), "orchestrate-prompt.md");
  writeFileSync(file, prompt);
  const isSafe = /^[\w./-]+$/.test(branch);
  return {
    issue: String(issue),
    worker,
    attempt: String(attempt),
    "prompt-file": file,
    ...(isSafe && { branch }),
  };
}
