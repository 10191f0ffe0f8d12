/**
 * GitHub Actions, as far as the workflow of the orchestration needs it: events and the schedule set off runs, a condition spares
 * a machine, a concurrency group lets one run and one wait. What faults cancel or hold up is the scenario's.
 */
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { Faults } from "./faults.ts";
import type { Caller } from "./network.ts";
import type { WorkflowRecord, WorkflowRunRecord } from "./records.ts";
import type { PlayRun, ReplicaParts, RunParts } from "./replica.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Turnstile } from "./turnstile.ts";
import type { ClockFace } from "./virtual-clock.ts";
import { evaluateExpression, isTruthy, renderTemplate, type Contexts } from "./workflow-expression.ts";
import { readJob, type JobDefinition } from "./workflow-job.ts";
import { nextCronAt, schedulesOf, triggeredBy, type RepositoryEvent } from "./workflow-triggers.ts";
import type { World } from "./world.ts";

/** The workflow that is played here; the agent workflow's jobs have machines of their own (jobs.ts). */
export const orchestrateWorkflowPath = ".github/workflows/orchestrate.yml";

const machineWaitMs = [5_000, 20_000] as const;
/** From an event to the run that it sets off. */
const triggerMs = 1_000;
/** A run that is cancelled at work dies at one of its first requests: before it has left, or when it has landed and nobody hears the answer. */
const callsMax = 12;

export interface ActionsOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly journal: Journal;
  readonly faults: Faults["actions"];
  readonly playRun: PlayRun;
  readonly clockFor: (owner: string) => ClockFace;
  readonly fetchFor: (caller: Caller) => Fetch;
  /** How long a machine takes to come up; seconds, as in the field, unless said otherwise. */
  readonly machineWaitMs?: readonly [number, number];
  readonly shared: Pick<ReplicaParts, "baseUrl" | "repository" | "vendorBaseUrls" | "vendorKeys">;
}

/** A run that has come to its end, for tests and figures. */
export interface EndedRun {
  /** Database id of the workflow run. */
  readonly run: string;
  readonly event: string;
  readonly conclusion: string;
  readonly requests: number;
}

export interface Actions {
  /** From now on the schedule fires. */
  start(): void;
  /** Runs that are late, queued or at work. */
  readonly openCount: number;
  readonly ended: readonly EndedRun[];
}

/** What set a run off. */
interface Cause {
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly actor?: string;
  /** A run that is there already, because somebody dispatched it. */
  readonly run?: WorkflowRunRecord;
}

/** What faults do to the run that an event sets off. The fifth tick of the schedule has the same fate whatever else happens. */
interface Fate {
  readonly delayMs: number;
  readonly isCancelledBefore: boolean;
  /** It is cancelled at work, after so many requests; null: it is not. */
  readonly callsLeft: number | null;
}

interface Entry {
  readonly run: WorkflowRunRecord;
  readonly job: JobDefinition;
  readonly cause: Cause;
  readonly contexts: Contexts;
  readonly callsLeft: Fate["callsLeft"];
}

interface Group {
  isBusy: boolean;
  pending: Entry | null;
}

class Runner implements Actions {
  readonly ended: EndedRun[] = [];
  readonly #options: ActionsOptions;
  readonly #groups = new Map<string, Group>();
  readonly #causeCounts = new Map<string, number>();
  #openCount = 0;

  constructor(options: ActionsOptions) {
    this.#options = options;
    const { world } = options;
    world.onEvent((event) => this.#hear(event));
    world.onDispatch((run) => {
      const workflow = this.#workflow();
      if (workflow === null || run.workflow.path !== workflow.path) return;
      const payload = {
        inputs: run.inputs,
        ref: `refs/heads/${run.headBranch}`,
        repository: world.repositoryPayload(),
      };
      this.#set(workflow, { event: "workflow_dispatch", payload, run });
    });
  }

  get openCount(): number {
    return this.#openCount;
  }

  start(): void {
    const workflow = this.#workflow();
    for (const cron of workflow === null ? [] : schedulesOf(workflow.source["on"])) this.#await(cron);
  }

  #workflow(): WorkflowRecord | null {
    return this.#options.world.workflows().find(({ path }) => path === orchestrateWorkflowPath) ?? null;
  }

  #await(cron: string): void {
    const { clock, world } = this.#options;
    const now = clock.now();
    clock.after(nextCronAt(cron, now) - now, "schedule", () => {
      const workflow = this.#workflow();
      const payload = { schedule: cron, repository: world.repositoryPayload() };
      if (workflow !== null) this.#set(workflow, { event: "schedule", payload });
      this.#await(cron);
    });
  }

  #hear(event: RepositoryEvent): void {
    const workflow = this.#workflow();
    if (workflow === null || event.isByJob) return;
    const name = triggeredBy(workflow.source["on"], event);
    if (name !== null) this.#set(workflow, { event: name, payload: event.payload, actor: event.actor });
  }

  /** The event is there; its run follows, late where the scenario says so. */
  #set(workflow: WorkflowRecord, cause: Cause): void {
    const { clock, turnstile, journal } = this.#options;
    const fate = this.#drawFate(cause);
    this.#openCount += 1;
    clock.after(triggerMs + fate.delayMs, "late run", () => {
      turnstile
        .pass(async () => this.#enter(workflow, cause, fate))
        .catch((error: unknown) => journal.error("A run could not be made.", { reason: String(error) }))
        .finally(() => {
          this.#openCount -= 1;
        });
    });
  }

  #drawFate({ event }: Cause): Fate {
    const { chance, faults } = this.#options;
    const count = (this.#causeCounts.get(event) ?? 0) + 1;
    this.#causeCounts.set(event, count);
    const own = chance.fork(`${event}/${count}`);
    const [least, most] = faults.delay ?? [0, 0];
    const delayMs = own.between(least, most);
    const isCancelled = own.happens(faults.cancel);
    const isBefore = own.happens(0.5);
    const calls = 1 + Math.floor(own.next() * callsMax);
    return { delayMs, isCancelledBefore: isCancelled && isBefore, callsLeft: isCancelled && !isBefore ? calls : null };
  }

  async #enter(workflow: WorkflowRecord, cause: Cause, { isCancelledBefore, callsLeft }: Fate): Promise<void> {
    const { world, shared } = this.#options;
    const { event, actor } = cause;
    const by = actor === undefined ? {} : { by: actor };
    const run = cause.run ?? world.startRun({ workflow: String(workflow.id), event, ...by });
    const github = { event_name: event, event: cause.payload, repository: shared.repository, actor: run.actor.login };
    // Nothing is set in the settings of the repository: what a workflow asks for there is empty, as on GitHub.
    const contexts = { github, inputs: run.inputs, vars: {}, secrets: {} };
    const job = readJob(workflow.source);
    if (job.condition !== null && !isTruthy(evaluateExpression(job.condition, contexts))) {
      return this.#end(run, { event, conclusion: "skipped", requests: 0 });
    }
    if (isCancelledBefore) return this.#end(run, { event, conclusion: "cancelled", requests: 0 });
    await this.#queue({ run, job, cause, contexts, callsLeft });
  }

  /** One runs, one waits, and who waited before is cancelled. */
  async #queue(entry: Entry): Promise<void> {
    const name = entry.job.group === null ? String(entry.run.id) : renderTemplate(entry.job.group, entry.contexts);
    const group = this.#groups.get(name.toLowerCase()) ?? { isBusy: false, pending: null };
    this.#groups.set(name.toLowerCase(), group);
    if (!group.isBusy) return this.#occupy(group, entry);
    const overtaken = group.pending;
    group.pending = entry;
    if (overtaken === null) return;
    await this.#end(overtaken.run, { event: overtaken.cause.event, conclusion: "cancelled", requests: 0 });
  }

  #occupy(group: Group, entry: Entry): void {
    group.isBusy = true;
    this.#openCount += 1;
    this.#play(entry)
      .catch((error: unknown) => this.#options.journal.error("A run could not be played.", { reason: String(error) }))
      .finally(() => {
        this.#openCount -= 1;
        group.isBusy = false;
        const next = group.pending;
        group.pending = null;
        if (next !== null) this.#occupy(group, next);
      });
  }

  async #play(entry: Entry): Promise<void> {
    const { world, clock, chance, turnstile } = this.#options;
    const { run, cause } = entry;
    const [least, most] = this.#options.machineWaitMs ?? machineWaitMs;
    await clock.sleep(chance.between(least, most), "machine");
    await turnstile.pass(() => world.moveRun(run.id, "in_progress"));
    const { conclusion, requests } = await this.#work(entry);
    await turnstile.pass(() => this.#end(run, { event: cause.event, conclusion, requests }));
  }

  /** The job itself, on a machine that is taken away at its time limit, or at the call at which it is cancelled. */
  async #work({ run, job, cause, contexts, callsLeft }: Entry) {
    const { world, chance, journal, shared, playRun } = this.#options;
    const own = chance.fork(`run/${run.id}`);
    const face = this.#options.clockFor(`run-${run.id}`);
    const machine = new AbortController();
    let requests = 0;
    const ended = new Promise<"cancelled" | "timed_out">((resolve) => {
      machine.signal.addEventListener("abort", () => resolve(machine.signal.reason as "cancelled" | "timed_out"));
    });
    face.after(job.timeoutMs, "job limit", () => machine.abort("timed_out"));
    const caller: Caller = {
      isAlive: () => !machine.signal.aborted,
      crash: () => machine.abort("cancelled"),
      get crashRate() {
        return callsLeft !== null && requests > callsLeft ? 1 : 0;
      },
      chance: own.fork("network"),
    };
    const travel = this.#options.fetchFor(caller);
    const parts: RunParts = {
      ...shared,
      fetch(input, init) {
        requests += 1;
        return travel(input, init);
      },
      signal: machine.signal,
      clock: face,
      chance: own,
      journal,
      token: world.jobToken(run.id, job.permissions),
      inputs: run.inputs,
      with: Object.fromEntries(Object.entries(job.with).map(([name, text]) => [name, renderTemplate(text, contexts)])),
      runId: String(run.id),
      event: cause.event,
      payload: cause.payload,
    };
    const played = playRun(parts).catch((error: unknown) => {
      journal.warn("A run failed.", { run: run.id, reason: error instanceof Error ? error.message : String(error) });
      return "failure" as const;
    });
    try {
      return { conclusion: await Promise.race([played, ended]), requests };
    } finally {
      machine.abort("over");
      face.stop();
    }
  }

  async #end(run: WorkflowRunRecord, ended: Omit<EndedRun, "run">): Promise<void> {
    this.ended.push({ run: String(run.id), ...ended });
    await this.#options.world.moveRun(run.id, "completed", ended.conclusion as "success");
  }
}

/** Plays the workflow of the orchestration from now on; the schedule from `start` on. */
export function createActions(options: ActionsOptions): Actions {
  return new Runner(options);
}
