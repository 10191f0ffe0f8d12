/** Acts on workflow runs: dispatched through the API, moved on by whoever plays the machines. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { workflowRunBody } from "./payload-code.ts";
import type { WorkflowRecord, WorkflowRunRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, RunActs } from "./world-acts.ts";
import type { Ground } from "./world-ground.ts";
import { renderRunName } from "./workflow-file.ts";

/** `workflow_dispatch` takes this many inputs. */
const inputsMax = 25;

export function createRunActs(ground: Ground): RunActs {
  return methodsOf<RunActs>(new RunRoom(ground));
}

class RunRoom implements RunActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;
  readonly #listeners: ((run: WorkflowRunRecord) => void)[] = [];
  readonly #cancelListeners: ((run: WorkflowRunRecord) => void)[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
  }

  dispatch(
    actor: Actor,
    act: { readonly workflow: string; readonly ref: string; readonly inputs?: Readonly<Record<string, string>> },
  ): WorkflowRunRecord {
    this.#ground.demand(actor, "write");
    const workflow = findWorkflow(this.#ground, act.workflow);
    if (!workflow.events.includes("workflow_dispatch")) {
      throw new ActRefusal(422, "Workflow does not have 'workflow_dispatch' trigger");
    }
    const branch = act.ref.replace(/^refs\/heads\//, "");
    const headSha = this.#ground.git.head(branch);
    if (headSha === null) throw new ActRefusal(422, `No ref found for: ${act.ref}`);
    const inputs = completeInputs(workflow, act.inputs ?? {});
    const run = this.#create(workflow, actor, { event: "workflow_dispatch", branch, headSha, inputs });
    this.#ground.tell(actor, "dispatch", {
      target: `run ${run.id}`,
      detail: { run: run.id, workflow: workflow.path, inputs },
    });
    for (const listener of this.#listeners) listener(run);
    return run;
  }

  startRun(act: Parameters<RunActs["startRun"]>[0]): WorkflowRunRecord {
    const workflow = findWorkflow(this.#ground, act.workflow);
    const branch = this.#state.repository.defaultBranch;
    const headSha = this.#ground.git.head(branch) ?? "";
    return this.#create(workflow, act.actor, { event: act.event, branch, headSha, inputs: {} });
  }

  #create(
    workflow: WorkflowRecord,
    actor: Actor,
    of: {
      readonly event: string;
      readonly branch: string;
      readonly headSha: string;
      readonly inputs: Readonly<Record<string, string>>;
    },
  ): WorkflowRunRecord {
    const { event, branch, headSha, inputs } = of;
    const now = this.#state.now();
    const run: WorkflowRunRecord = {
      ...this.#state.identity("workflowRun"),
      runNumber: [...this.#state.workflowRuns.values()].filter((known) => known.workflow.id === workflow.id).length + 1,
      workflow: { id: workflow.id, name: workflow.name, path: workflow.path },
      event,
      displayTitle: workflow.runName === null ? workflow.name : renderRunName(workflow.runName, inputs),
      inputs,
      suite: this.#state.identity("checkSuite"),
      headBranch: branch,
      headSha,
      actor: actor.user,
      viaApp: actor.viaApp,
      runAttempt: 1,
      status: "queued",
      conclusion: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#state.workflowRuns.set(run.id, run);
    this.#state.index({ kind: "WorkflowRun", record: run });
    this.#ground.deliver("workflow_run.requested", actor, workflowRunBody(this.#state, run));
    return run;
  }

  moveRun(
    id: Parameters<RunActs["moveRun"]>[0],
    status: Parameters<RunActs["moveRun"]>[1],
    conclusion: Parameters<RunActs["moveRun"]>[2],
  ): ReturnType<RunActs["moveRun"]> {
    const run = this.#state.workflowRuns.get(id);
    if (run === undefined) throw new ActRefusal(404, "Not Found");
    run.status = status;
    run.conclusion = status === "completed" ? (conclusion ?? "success") : null;
    run.updatedAt = this.#state.now();
    const actor: Actor = { user: run.actor, viaApp: run.viaApp };
    this.#ground.deliver(`workflow_run.${status}`, actor, workflowRunBody(this.#state, run));
    return run;
  }

  cancelRun(id: Parameters<RunActs["cancelRun"]>[0]): ReturnType<RunActs["cancelRun"]> {
    const run = this.#state.workflowRuns.get(id);
    if (run === undefined) throw new ActRefusal(404, "Not Found");
    if (run.status === "completed") throw new ActRefusal(409, "Cannot cancel a workflow run that is completed.");
    // Whoever plays it stops first: a run is shown as ended when nothing of it goes on.
    for (const listener of this.#cancelListeners) listener(run);
    return this.moveRun(id, "completed", "cancelled");
  }

  onCancel(listener: Parameters<RunActs["onCancel"]>[0]): ReturnType<RunActs["onCancel"]> {
    this.#cancelListeners.push(listener);
  }

  onDispatch(listener: Parameters<RunActs["onDispatch"]>[0]): ReturnType<RunActs["onDispatch"]> {
    this.#listeners.push(listener);
  }
}

/** By id, file name or path. */
function findWorkflow(ground: Ground, name: string): WorkflowRecord {
  for (const workflow of ground.state.workflows.values()) {
    if (workflow.state !== "active") continue;
    const names = [String(workflow.id), workflow.path, workflow.path.split("/").at(-1)];
    if (names.includes(name)) return workflow;
  }
  throw new ActRefusal(404, "Not Found");
}

function completeInputs(
  workflow: WorkflowRecord,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = Object.keys(given);
  if (names.length > inputsMax) throw new ActRefusal(422, `Too many inputs: ${inputsMax} at most`);
  const unexpected = names.filter((name) => workflow.inputs[name] === undefined);
  if (unexpected.length > 0) throw new ActRefusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(workflow.inputs)) {
    const value = given[name] ?? input.fallback;
    if (value === null && input.isRequired) throw new ActRefusal(422, `Required input '${name}' not provided`);
    if (value !== null) inputs[name] = value;
  }
  return inputs;
}
