/**
 * The machines that play dispatched runs: a wait for a machine, the job itself, and its conclusion. Of a workflow of the repository's
 * own the first step is the program's, as docs/examples/custom-agent.yml has it; the rest is the agent.
 */
import { agentWorkflowPath } from "../model/agent-workflow.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import { orchestrateWorkflowPath } from "./actions.ts";
import type { WorkflowRunRecord } from "./records.ts";
import type { JobParts, PlayJob, ReplicaParts } from "./replica.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Turnstile } from "./turnstile.ts";
import type { ClockFace } from "./virtual-clock.ts";
import type { Handed, WorkflowAgents } from "./workflow-agents.ts";
import { readJob } from "./workflow-job.ts";
import type { World } from "./world.ts";

const machineWaitMs = [5_000, 20_000] as const;
/** A hosted job ends after six hours, whatever it does. */
const jobMsMax = 6 * 3_600_000;

export interface JobsOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly journal: Journal;
  readonly playJob: PlayJob;
  readonly agents: WorkflowAgents;
  readonly clockFor: (owner: string) => ClockFace;
  readonly fetchFor: (chance: SeededChance) => Fetch;
  readonly shared: Pick<ReplicaParts, "baseUrl" | "repository" | "vendorBaseUrls" | "vendorKeys">;
}

export interface Jobs {
  /** Runs that wait for a machine or are on one. */
  readonly openCount: number;
}

type Conclusion = "success" | "failure" | "timed_out" | "cancelled";

function isOver(run: WorkflowRunRecord): boolean {
  return run.status === "completed";
}

/** The environment of a job, as GitHub and the workflow file set it. */
function environmentOf(run: WorkflowRunRecord, token: string, shared: JobsOptions["shared"]): Record<string, string> {
  const root = shared.baseUrl.replace(/\/v3$/, "");
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: shared.baseUrl,
    GITHUB_GRAPHQL_URL: `${root}/graphql`,
    GITHUB_SERVER_URL: new URL(shared.baseUrl).origin,
    GITHUB_REPOSITORY: shared.repository,
    GITHUB_EVENT_NAME: run.event,
    GITHUB_RUN_ID: String(run.id),
    GITHUB_RUN_ATTEMPT: String(run.runAttempt),
    GITHUB_SHA: run.headSha,
    GITHUB_REF: `refs/heads/${run.headBranch}`,
    GITHUB_TOKEN: token,
    JULES_API_KEY: shared.vendorKeys.jules,
    CURSOR_API_KEY: shared.vendorKeys.cursor,
    SPRITES_TOKEN: shared.vendorKeys.bifrost,
  };
}

/** What the workflow file asks for; undefined where it says nothing. */
function permissionsOf(world: World, run: WorkflowRunRecord): Readonly<Record<string, string>> | undefined {
  const workflow = world.workflows().find(({ id }) => id === run.workflow.id);
  return workflow === undefined ? undefined : readJob(workflow.source).permissions;
}

/** Plays the job of a run to its conclusion; `onCancel` is told what takes the machine away from it. */
async function play(
  options: JobsOptions,
  run: WorkflowRunRecord,
  onCancel: (cancel: () => void) => void,
): Promise<Conclusion> {
  const { world, journal, shared } = options;
  const own = options.chance.fork(`run/${run.id}/${run.runAttempt}`);
  const face = options.clockFor(`job-${run.id}`);
  const token = world.jobToken(run.id, permissionsOf(world, run));
  const handed: Handed[] = [];
  const machine = new AbortController();
  const parts: JobParts = {
    ...shared,
    fetch: options.fetchFor(own.fork("network")),
    signal: machine.signal,
    clock: face,
    chance: own,
    journal,
    token,
    inputs: run.inputs,
    runId: String(run.id),
    env: environmentOf(run, token, shared),
    claimed: (work) => void handed.push(work),
  };
  const limit = new Promise<Conclusion>((resolve) => {
    machine.signal.addEventListener("abort", () => resolve(machine.signal.reason as Conclusion));
  });
  face.after(jobMsMax, "job limit", () => machine.abort("timed_out"));
  onCancel(() => machine.abort("cancelled"));
  const played = options.playJob(parts).catch((error: unknown) => {
    journal.warn("A job failed.", { run: run.id, reason: error instanceof Error ? error.message : String(error) });
    return "failure" as const;
  });
  try {
    const conclusion = await Promise.race([played, limit]);
    const [work] = handed;
    const isAgents = conclusion === "success" && work !== undefined && run.workflow.path !== agentWorkflowPath;
    return isAgents ? await options.agents.perform(run.id, work) : conclusion;
  } finally {
    machine.abort("over");
    face.stop();
  }
}

/** Takes every dispatched run from now on. */
export function createJobs(options: JobsOptions): Jobs {
  const { world, clock, chance, turnstile, journal } = options;
  const cancels = new Map<number, () => void>();
  let openCount = 0;

  async function run(record: WorkflowRunRecord): Promise<void> {
    await clock.sleep(chance.between(machineWaitMs[0], machineWaitMs[1]), "machine");
    if (isOver(record)) return;
    await turnstile.pass(() => world.moveRun(record.id, "in_progress"));
    const conclusion = await play(options, record, (cancel) => void cancels.set(record.id, cancel));
    cancels.delete(record.id);
    if (!isOver(record)) await turnstile.pass(() => world.moveRun(record.id, "completed", conclusion));
  }

  world.onCancel(({ id }) => {
    options.agents.cancel(id);
    cancels.get(id)?.();
  });
  world.onDispatch((record) => {
    if (record.workflow.path === orchestrateWorkflowPath) return;
    openCount += 1;
    run(record)
      .catch((error: unknown) => journal.error("A run could not be played.", { run: record.id, reason: String(error) }))
      .finally(() => {
        openCount -= 1;
      });
  });

  return {
    get openCount() {
      return openCount;
    },
  };
}
