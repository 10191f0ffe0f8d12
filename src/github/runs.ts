/** The agent workflow: dispatches its runs, finds those whose answer was lost, and says how a run is. */
import { z } from "zod";
import { agentWorkflow, agentWorkflowPath, toWorkflowPath } from "../model/agent-workflow.ts";
import type { AgentRunInputs, DispatchOutcome, RunCancel, RunFacts, RunState, WorkflowRuns } from "../ports/tracker.ts";
import { GithubFault } from "./classify-error.ts";
import { toTrackerUnavailable } from "./client.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";

/** The title of a run (`run-name` of the workflow), by which it is found again. */
export function toRunName(inputs: AgentRunInputs): string {
  return `orchestrate ${inputs.task} ${inputs.attempt}/${inputs.fence} ${inputs.mode}`;
}

const Dispatched = z.object({
  workflow_run_id: z.union([z.number(), z.string()]).transform(String),
  html_url: z.string().nullish(),
});
const Run = z.object({
  id: z.number(),
  status: z.string().nullish(),
  display_title: z.string().nullish(),
  path: z.string().nullish(),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
});
const Runs = z.object({ workflow_runs: z.array(Run) });

/** A dispatch appears in the list after a second or two. */
const appearMs = 5_000;
const refusedRetryMs = 600_000;

function toState(status: string | null | undefined): Exclude<RunState, "not_found"> {
  if (status === "completed") return "ended";
  return status === "in_progress" ? "running" : "queued";
}

function toFacts({ status, conclusion }: z.output<typeof Run>): RunFacts {
  return { state: toState(status), conclusion: conclusion ?? null };
}

function explainRefusal(fault: GithubFault, file: string): string {
  if (fault.kind === "gone" && file !== agentWorkflow) {
    return `The workflow ${toWorkflowPath(file)} is not on the default branch: add it (docs/custom-agent.md shows one), or correct the agent's key workflow.`;
  }
  if (fault.kind === "gone") {
    return `The workflow ${agentWorkflowPath} is not on the default branch: add it (docs/install.md shows the file) so that agents can be started, or set "dispatch: api" for the agent.`;
  }
  if (fault.kind === "invalid") {
    return `The workflow ${toWorkflowPath(file)} does not take our dispatch: bring it up to date with the one of the documentation. ${fault.message}`;
  }
  return `The App may not dispatch workflows: accept the permission "Actions: write" for the installation. ${fault.message}`;
}

interface RunParts {
  readonly client: GithubClient;
  readonly route: ReturnType<typeof routeOf>;
  readonly defaultBranch: string;
}

/** An earlier run of the same name. A watch that has ended is over: another one may follow it. */
async function findRun({ client, route }: RunParts, inputs: AgentRunInputs): Promise<DispatchOutcome | null> {
  const answer = await client.read("GET /repos/{owner}/{repo}/actions/runs", {
    ...route,
    event: "workflow_dispatch",
    per_page: 100,
  });
  const name = toRunName(inputs);
  const path = toWorkflowPath(fileOf(inputs));
  const run = Runs.parse(answer.data).workflow_runs.find(
    (each) =>
      each.display_title === name &&
      (each.path ?? path).startsWith(path) &&
      (inputs.mode === "start-agent" || each.status !== "completed"),
  );
  return run === undefined ? null : { kind: "dispatched", run: String(run.id), url: run.html_url ?? null };
}

async function sendDispatch(parts: RunParts, inputs: AgentRunInputs): Promise<DispatchOutcome> {
  const route = "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches";
  const answer = await parts.client.send(route, {
    ...parts.route,
    workflow_id: fileOf(inputs),
    ref: parts.defaultBranch,
    return_run_details: true,
    inputs: {
      mode: inputs.mode,
      task: inputs.task,
      agent: inputs.agent,
      attempt: String(inputs.attempt),
      fence: String(inputs.fence),
      name: toRunName(inputs),
      ...(inputs.custom && { worker: inputs.custom.worker, issue: String(inputs.custom.issue) }),
    },
  });
  const dispatched = Dispatched.safeParse(answer.data);
  if (dispatched.success) {
    const { workflow_run_id: run, html_url: url } = dispatched.data;
    return { kind: "dispatched", run, url: url ?? null };
  }
  // An older server answers without the run: the repetition of this effect finds it by its name.
  return { kind: "delayed", reason: "The run was asked for and has not appeared yet.", retryAfterMs: appearMs };
}

function fileOf({ custom }: AgentRunInputs): string {
  return custom?.file ?? agentWorkflow;
}

function toDispatchOutcome(error: unknown, file: string): DispatchOutcome {
  if (!(error instanceof GithubFault)) {
    const reason = `GitHub's answer could not be read (${String(error).slice(0, 200)}).`;
    return { kind: "delayed", reason, retryAfterMs: 60_000 };
  }
  if (error.kind === "retry" || error.kind === "limited" || error.status === 401) {
    return { kind: "delayed", reason: error.message, retryAfterMs: error.retryAfterMs };
  }
  return { kind: "refused", reason: explainRefusal(error, file), retryAfterMs: refusedRetryMs };
}

/** Up to so many are asked for one by one; more of them are nearly always among the last hundred. */
const oneByOneMax = 2;
/** A page of the list; a run that is not in it is old, and asked for by itself. */
const listedMax = 100;
const atOnce = 8;

async function inspectAll(parts: RunParts, runs: readonly string[]): Promise<ReadonlyMap<string, RunFacts>> {
  const found = new Map<string, RunFacts>();
  try {
    if (runs.length > oneByOneMax) for (const [run, facts] of await listRuns(parts)) found.set(run, facts);
  } catch (error) {
    if (!(error instanceof GithubFault)) throw error;
    // What the list would have said is asked for one by one.
  }
  const missing = runs.filter((run) => !found.has(run));
  for (let start = 0; start < missing.length; start += atOnce) {
    const chunk = missing.slice(start, start + atOnce);
    const answers = await Promise.allSettled(chunk.map((run) => inspect(parts, run)));
    for (const [index, answer] of answers.entries()) {
      const run = chunk[index];
      if (run !== undefined && answer.status === "fulfilled") found.set(run, answer.value);
    }
  }
  return found;
}

async function listRuns({ client, route }: RunParts): Promise<ReadonlyMap<string, RunFacts>> {
  const answer = await client.read("GET /repos/{owner}/{repo}/actions/runs", {
    ...route,
    event: "workflow_dispatch",
    per_page: listedMax,
  });
  const { workflow_runs: listed } = Runs.parse(answer.data);
  return new Map(listed.map((run) => [String(run.id), toFacts(run)]));
}

/** Makes the runs of one repository. Shares the client, and so the budget, with the tracker. */
export function createWorkflowRuns(options: {
  readonly client: GithubClient;
  readonly repository: { readonly owner: string; readonly name: string; readonly defaultBranch: string };
}): WorkflowRuns {
  const { client, repository } = options;
  const parts: RunParts = { client, route: routeOf(repository), defaultBranch: repository.defaultBranch };
  return {
    async dispatch(inputs, isRepeat) {
      try {
        const earlier = isRepeat ? await findRun(parts, inputs) : null;
        return earlier ?? (await sendDispatch(parts, inputs));
      } catch (error) {
        return toDispatchOutcome(error, fileOf(inputs));
      }
    },
    inspect: (run) => inspect(parts, run),
    inspectAll: (runs) => inspectAll(parts, runs),
    cancel: (run) => cancel(parts, run),
  };
}

async function inspect(parts: RunParts, run: string): Promise<RunFacts> {
  try {
    const route = "GET /repos/{owner}/{repo}/actions/runs/{run_id}";
    const answer = await parts.client.read(route, { ...parts.route, run_id: run });
    return toFacts(Run.parse(answer.data));
  } catch (error) {
    if (error instanceof GithubFault && error.kind === "gone") return { state: "not_found", conclusion: null };
    throw error instanceof GithubFault ? toTrackerUnavailable(error) : error;
  }
}

async function cancel(parts: RunParts, run: string): Promise<RunCancel> {
  try {
    await parts.client.send("POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", { ...parts.route, run_id: run });
    return { kind: "requested" };
  } catch (error) {
    if (!(error instanceof GithubFault)) return { kind: "delayed", reason: String(error), retryAfterMs: 60_000 };
    if (error.kind === "gone" || error.status === 409) return { kind: "over" };
    const { message: reason } = error;
    if (error.kind === "retry" || error.kind === "limited" || error.status === 401) {
      return { kind: "delayed", reason, retryAfterMs: error.retryAfterMs };
    }
    return { kind: "refused", reason: `The App may not cancel run ${run}. ${reason}` };
  }
}
