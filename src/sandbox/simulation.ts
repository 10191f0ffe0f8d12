/** Assembles a run: world, vendors, people, scripted agents, jobs, network and judge over one clock and one seed. */
import type { AgentConfig, VendorType } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Faults } from "./faults.ts";
import { appLogin, createGround, type Ground } from "./ground.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createLinear, type Linear } from "./linear.ts";
import type { Judge } from "./judge.ts";
import type { Caller } from "./network.ts";
import { createPeople, type People } from "./people.ts";
import { createPullAuthor, type PullAuthor } from "./pull-author.ts";
import { startQueueRunner, type QueueRunner } from "./queue-runner.ts";
import { createActions, type Actions, type EndedRun } from "./actions.ts";
import type { PlayJob, PlayRun, ReplicaParts } from "./replica.ts";
import type { Observed } from "./report.ts";
import { readConfig, type Scenario } from "./scenario.ts";
import { createTroupe, type Troupe } from "./scripted-agent.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Timeline } from "./timeline.ts";
import { createTraffic, type Traffic } from "./traffic.ts";
import type { Turnstile } from "./turnstile.ts";
import { listenToLabels } from "./vendor-labels.ts";
import { createVendors, type Vendors } from "./vendors.ts";
import type { VendorSession } from "./vendor-store.ts";
import type { ClockFace } from "./virtual-clock.ts";
import { createWorkflowAgents, type WorkflowAgents } from "./workflow-agents.ts";
import type { World } from "./world.ts";

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly clock: Clock;
  /** A clock of its own for a replica or a job; its timers end with it. */
  readonly clockFor: (owner: string) => ClockFace;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  /** How requests of the program travel; without, they go straight in, through the turnstile. */
  readonly transport?: (request: Request) => Promise<Response>;
  readonly journal: Journal;
  /** An empty folder for the bare git repository. */
  readonly directory: string;
  /** `https://github.test`, or where the live server listens. */
  readonly htmlUrl: string;
  readonly vendorBaseUrls: Readonly<Record<VendorType, string>>;
  /** Other files of the default branch, such as the agent workflow. */
  readonly files: Readonly<Record<string, string>>;
  readonly playJob: PlayJob;
  /** Needed where the scenario has runs of the Action. */
  readonly playRun?: PlayRun;
  /** How long machines of runs take to come up, where that is not as in the field. */
  readonly machineWaitMs?: readonly [number, number];
}

/** A run, set up and not yet going. */
export interface Simulation {
  readonly world: World;
  readonly linear: Linear;
  readonly people: People;
  readonly judge: Judge;
  readonly timeline: Timeline;
  readonly observed: Observed;
  /** Agents of the configuration in force. */
  agents(): readonly AgentConfig[];
  /** What a copy of the App gets; with no caller, over a network without faults. */
  partsFor(copy: { owner: string; clock: Clock; chance: SeededChance; caller: Caller | null }): ReplicaParts;
  /** The server's side of the network: the embedded GitHub and the vendors, without faults. */
  handle(request: Request): Promise<Response>;
  /** Time 0: the repository's files, the backlog opened and labelled, the App installed; and the events' timers. */
  setUp(): Promise<void>;
  /** Every session that a vendor has seen, with the prompt that it was given; oldest first. */
  sessions(): readonly VendorSession[];
  /** Webhooks that the embedded GitHub sent. */
  readonly deliveryCount: number;
  /** Sessions, checks, acts of people and jobs that are under way; runs of the Action come and go by the clock and do not count. */
  readonly inFlightCount: number;
  /** Runs of the Action that have ended. */
  readonly endedRuns: readonly EndedRun[];
}

const vendorKeys: Readonly<Record<VendorType, string>> = {
  jules: "sandbox-jules",
  cursor: "sandbox-cursor",
  bifrost: "sandbox-sprites",
};

/** Who lives in the embedded GitHub beside the App. */
interface Inhabitants {
  readonly people: People;
  readonly author: PullAuthor;
  readonly troupe: Troupe;
  readonly vendors: Vendors;
  readonly queue: QueueRunner | null;
}

/** What copies of the App and jobs have in common. */
type Shared = Pick<
  ReplicaParts,
  "baseUrl" | "repository" | "vendorBaseUrls" | "vendorKeys" | "linearKey" | "linearUrl"
>;

const linearKey = "lin_api_sandbox";

/** Linear's real address, answered by the embedded one; a live run has it behind its own server. */
function linearUrlOf({ htmlUrl, transport }: SimulationOptions): string {
  return transport === undefined ? "https://api.linear.app/graphql" : `${htmlUrl}/linear/graphql`;
}

function createLinearFor({ clock, scenario }: SimulationOptions): Linear {
  const linear = createLinear({ clock, users: { [linearKey]: "orchestrate" } });
  for (const identifier of scenario.linear.issues) linear.store.addIssue(identifier);
  return linear;
}

function createInhabitants(options: SimulationOptions, ground: Ground): Inhabitants {
  const { scenario, clock, chance, turnstile, journal, htmlUrl } = options;
  const { world, backlog, timeline, judge, agents } = ground;
  const { repository } = scenario;
  const failed = (what: string, error: unknown): void =>
    journal.warn("An act of an agent was refused.", { what, reason: String(error) });
  const common = { world, scenario, backlog, clock, turnstile };
  const people = createPeople({
    ...common,
    chance: chance.fork("people"),
    journal,
    selectingLabel: readConfig(scenario.config)?.select.labels[0] ?? "orchestrate",
    configured: (text) => ground.configured(text),
  });
  const author = createPullAuthor({
    ...common,
    repository,
    htmlUrl,
    chance: chance.fork("checks"),
    pullIsGreen: (number, sha) => people.pullIsGreen(number, sha),
    failed,
  });
  const refused = (number: number): void => judge.refused(number);
  const troupe = createTroupe({ ...common, agents, author, chance: chance.fork("agents"), timeline, failed, refused });
  const baseUrls = options.vendorBaseUrls;
  const vendors = createVendors({ clock, script: troupe, repository, keys: vendorKeys, baseUrls });
  troupe.join(vendors.store);
  listenToLabels({
    world,
    timeline,
    agents,
    store: vendors.store,
    script: troupe,
    clock,
    chance: chance.fork("labels"),
  });
  timeline.onEntry((entry) => {
    // The App pushes to a branch of an agent only to bring it up to date: GitHub runs the checks again.
    const { pull, sha } = entry.detail;
    if (entry.action !== "pr_updated" || entry.actor !== appLogin) return;
    author.check({ pull: Number(pull), url: "", branch: "", sha: String(sha) }, "success");
  });
  timeline.onEntry((entry) => {
    const number = Number(/^#(\d+)$/.exec(entry.target)?.[1] ?? 0);
    if (entry.action === "comment" && number > 0) troupe.heard(number, entry.actor);
  });
  const setting = scenario.settings.mergeQueue;
  const queue =
    setting === null ? null : startQueueRunner({ ...common, setting, chance: chance.fork("queue"), failed });
  return { people, author, troupe, vendors, queue };
}

function startJobs(
  options: SimulationOptions,
  world: World,
  ways: { readonly traffic: Traffic; readonly shared: Shared; readonly agents: WorkflowAgents },
): Jobs {
  const { clock, chance, turnstile, journal, playJob, clockFor } = options;
  return createJobs({
    world,
    clock,
    chance: chance.fork("jobs"),
    turnstile,
    journal,
    playJob,
    clockFor,
    fetchFor: (own) => ways.traffic.calmFetch(own, true),
    shared: ways.shared,
    agents: ways.agents,
  });
}

/** Null where the scenario leaves everything to the App. */
function startActions(
  options: SimulationOptions,
  world: World,
  ways: { traffic: Traffic; shared: Shared },
): Actions | null {
  const { scenario, faults, clock, chance, turnstile, journal, clockFor, playRun, machineWaitMs } = options;
  if (!scenario.runs.action) return null;
  if (playRun === undefined) throw new Error("The scenario has runs of the Action, and nobody is here to play them.");
  return createActions({
    world,
    clock,
    chance: chance.fork("actions"),
    turnstile,
    journal,
    faults: faults.actions,
    playRun,
    clockFor,
    fetchFor: (caller) => ways.traffic.fetchFor(caller),
    ...(machineWaitMs === undefined ? {} : { machineWaitMs }),
    shared: ways.shared,
  });
}

/** What everybody who works in the run is given. */
function sharedOf(
  { scenario, vendorBaseUrls }: SimulationOptions,
  { baseUrl, linearUrl }: { readonly baseUrl: string; readonly linearUrl: string },
): Shared {
  return {
    baseUrl,
    repository: scenario.repository,
    vendorBaseUrls,
    vendorKeys,
    // A scenario without Linear is one of people who have none.
    ...(scenario.linear.issues.length === 0 ? {} : { linearKey, linearUrl }),
  };
}

/**
 * Builds a run around an empty repository. `setUp` brings it to time 0; nothing of the App runs yet. Rejects when the
 * repository cannot be made (git is missing, say).
 */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const { htmlUrl, journal } = options;
  const ground = await createGround(options);
  const { world } = ground;
  const { people, author, troupe, vendors, queue } = createInhabitants(options, ground);
  const linear = createLinearFor(options);
  const linearUrl = linearUrlOf(options);
  const traffic = createTraffic({
    ...options,
    world,
    vendors,
    linear,
    linearUrl,
    transport: options.transport ?? null,
  });
  const shared = sharedOf(options, { baseUrl: `${htmlUrl}/api/v3`, linearUrl });
  const workflowAgents = createWorkflowAgents({ store: vendors.store, script: troupe });
  const jobs = startJobs(options, world, { traffic, shared, agents: workflowAgents });
  let actions: Actions | null = null;
  return {
    world,
    linear,
    people,
    judge: ground.judge,
    timeline: ground.timeline,
    observed: ground.observed,
    agents: ground.agents,
    partsFor: ({ owner, clock, chance, caller }) => ({
      ...shared,
      ...ground.app,
      owner,
      fetch: caller === null ? traffic.calmFetch(chance, false) : traffic.fetchFor(caller),
      clock,
      chance,
      journal,
    }),
    handle: traffic.handle,
    sessions: () => vendors.store.sessions(),
    async setUp() {
      if (options.scenario.runs.app) world.installApp();
      await people.setUp(options.files);
      people.schedule();
      actions = startActions(options, world, { traffic, shared });
      actions?.start();
      await ground.ready();
    },
    get deliveryCount() {
      return ground.deliveryCount;
    },
    get endedRuns() {
      return actions?.ended ?? [];
    },
    get inFlightCount() {
      return troupe.liveCount + author.openCount + (queue?.openCount ?? 0) + people.pendingCount + jobs.openCount;
    },
  };
}
