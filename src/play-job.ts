/** One job of the agent workflow, on a runner or in the sandbox: the same code in both, only the surroundings are given. */
import { connect, findPlace, type Credentials } from "./connect.ts";
import type { JobResult } from "./engine/job.ts";
import { toTaskId } from "./model/ids.ts";
import type { AppLine } from "./ports/app-line.ts";
import type { Journal } from "./ports/journal.ts";
import type { JobParts } from "./sandbox/replica.ts";
import { wireJob, type Surroundings } from "./wire.ts";

export type Ground = Omit<Surroundings, "journalFor"> & { readonly journal: Journal };

/** Surroundings with one journal for everything. */
export function toSurroundings({ journal, ...ground }: Ground): Surroundings {
  return { assertsEverything: true, ...ground, journalFor: () => journal };
}

/** Long enough for a secondary limit to pass. */
const jobTriesMax = 6;
const jobPauseMs = 15_000;

/** What a job needs of its machine; a real runner gives no vendor addresses. */
export type RunnerParts = Pick<
  JobParts,
  "fetch" | "clock" | "chance" | "journal" | "baseUrl" | "repository" | "inputs" | "runId" | "claimed"
> &
  Pick<Surroundings, "vendorKeys" | "vendorBaseUrls" | "assertsEverything"> & {
    readonly credentials: Credentials;
    /** Where the App takes reports of this job. */
    readonly app?: AppLine;
  };

/** Plays a job as the sandbox asks for it. */
export async function playJob(parts: JobParts): Promise<"success" | "failure"> {
  await runAgentJob({ ...parts, credentials: { kind: "token", token: parts.token } });
  return "success";
}

/** Runs a job of the agent workflow to its end, and says how that was. */
export async function runAgentJob(parts: RunnerParts): Promise<JobResult> {
  const { inputs, repository, runId } = parts;
  const surroundings = toSurroundings({ ...parts, owner: `run-${runId}` });
  const { octokit, place } = await insist(parts, async () => {
    const connected = await connect(parts, repository);
    return { octokit: connected, place: await findPlace(connected, repository) };
  });
  const result = await wireJob(surroundings, {
    place,
    octokit,
    request: {
      mode: inputs["mode"] === "watch" ? "watch" : "start-agent",
      task: toTaskId(...taskParts(inputs["task"] ?? "")),
      fence: Number(inputs["fence"]),
      run: runId,
    },
    ...(parts.claimed && { onClaim: parts.claimed }),
    ...(parts.app && { app: parts.app }),
  });
  parts.journal.info("The job ended.", { result });
  return result;
}

/** A job that dies of a passing fault costs a whole new run, and an audit the whole report: they are worth some patience. */
export async function insist<Result>(
  { clock, journal }: Pick<Surroundings, "clock"> & { readonly journal: Journal },
  act: () => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      const status = typeof error === "object" && error !== null && "status" in error ? Number(error.status) : 0;
      const isPassing = status >= 500 || status === 429 || status === 403 || status === 0;
      if (!isPassing || tries >= jobTriesMax) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      journal.warn("GitHub could not be asked; trying again.", { reason });
      await clock.sleep(tries * jobPauseMs, "outage");
    }
  }
}

function taskParts(task: string): [string, string] {
  const [, repository = "", issue = ""] = task.split(":");
  return [repository, issue];
}
