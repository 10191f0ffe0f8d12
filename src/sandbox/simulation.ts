/** Assembles a run: world, vendors, people, scripted agents, jobs, network and judge over one clock and one seed. */
import { generateKeyPairSync } from "node:crypto";
import type { AgentConfig, AgentType } from "../model/config.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { createBacklog, type Backlog } from "./backlog.ts";
import { createWorld } from "./create-world.ts";
import { noFaults, type Faults } from "./faults.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { createJudge, type Judge } from "./judge.ts";
import { createLabelWatch } from "./label-watch.ts";
import { createNetwork, type Caller, type Destination, type Network } from "./network.ts";
import { createPeople, type People } from "./people.ts";
import { createPullAuthor, requiredCheck, type PullAuthor } from "./pull-author.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { PlayJob, ReplicaParts } from "./replica.ts";
import type { Observed } from "./report.ts";
import { readConfig, type Scenario } from "./scenario.ts";
import { createTroupe, type Troupe } from "./scripted-agent.ts";
import type { SeededChance } from "./seeded-chance.ts";
import { accountOf } from "./session-identity.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { openTurnstile, type Turnstile } from "./turnstile.ts";
import { createVendors, type Vendors } from "./vendors.ts";
import type { ClockFace } from "./virtual-clock.ts";
import type { World } from "./world.ts";

export type {
  JobParts,
  ListeningApp,
  PlayJob,
  Replica,
  ReplicaParts,
  StartListeningApp,
  StartReplica,
} from "./replica.ts";

const appId = 424_242;
export const appSlug = "orchestrate";
export const appLogin = `${appSlug}[bot]`;

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
  readonly vendorBaseUrls: Readonly<Record<AgentType, string>>;
  /** Other files of the default branch, such as the agent workflow. */
  readonly files: Readonly<Record<string, string>>;
  readonly playJob: PlayJob;
}

/** A run, set up and not yet going. */
export interface Simulation {
  readonly world: World;
  readonly backlog: Backlog;
  readonly people: People;
  readonly troupe: Troupe;
  readonly author: PullAuthor;
  readonly jobs: Jobs;
  readonly judge: Judge;
  readonly timeline: Timeline;
  readonly observed: Observed;
  readonly network: Network;
  readonly vendors: Vendors;
  /** Agents of the configuration in force. */
  agents(): readonly AgentConfig[];
  /** What a copy of the App gets; with no caller, over a network without faults. */
  partsFor(copy: { owner: string; clock: Clock; chance: SeededChance; caller: Caller | null }): ReplicaParts;
  /** The server's side of the network: the embedded GitHub and the vendors, without faults. */
  handle(request: Request): Promise<Response>;
  /** Time 0: the repository's files, the backlog opened and labelled, the App installed; and the events' timers. */
  setUp(): Promise<void>;
  /** Webhooks that the embedded GitHub sent. */
  readonly deliveryCount: number;
  /** Sessions, checks, acts of people and jobs that are under way. */
  readonly inFlightCount: number;
}

const vendorKeys: Readonly<Record<AgentType, string>> = {
  jules: "sandbox-jules",
  cursor: "sandbox-cursor",
  bifrost: "sandbox-sprites",
};

type Route = (url: URL) => Destination | null;

const vendorNames = ["jules", "cursor", "sprites"] as const;

/** Anonymous calls that nothing can crash: jobs, and the last look at the end. */
function calmCaller(chance: SeededChance): Caller {
  return { isAlive: () => true, crash: () => undefined, crashRate: 0, chance };
}

/** The task that an entry of the world is about, by its issue or the branch of its pull request. */
function withTask(entry: TimelineEntry, world: World, backlog: Backlog): Readonly<Record<string, unknown>> {
  const match = /^(?<pull>pull )?#(?<number>\d+)$/.exec(entry.target)?.groups;
  if (match === undefined || Object.hasOwn(entry.detail, "task")) return entry.detail;
  const number = Number(match["number"]);
  const record = world.issues().find((issue) => issue.number === number);
  const branch = record?.pull?.headBranch ?? "";
  const issueNumber = record?.pull ? Number(/^orchestrate\/(\d+)-/.exec(branch)?.[1] ?? 0) : number;
  const task = backlog.byNumber(issueNumber)?.issue.key;
  return task === undefined ? entry.detail : { task, ...entry.detail };
}

function findIssue(world: World, number: number): IssueRecord | null {
  return world.issues().find((issue) => issue.number === number) ?? null;
}

/** Routes by host: the embedded GitHub's own, else a vendor's. */
function createRoute(options: SimulationOptions, world: World, vendors: Vendors): Route {
  const github: Destination = { kind: "github", handle: (request) => world.handle(request) };
  const vendor: Destination = { kind: "vendor", handle: (request) => vendors.handle(request) };
  const vendorUrls = Object.values(options.vendorBaseUrls);
  return (url) => {
    if (vendorUrls.some((base) => url.href.startsWith(base))) return vendor;
    return url.origin === new URL(options.htmlUrl).origin ? github : null;
  };
}

function createKeys(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
}

/**
 * Builds a run around an empty repository. `setUp` brings it to time 0; nothing of the App runs yet. Rejects when the
 * repository cannot be made (git is missing, say).
 */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const { scenario, clock, chance, turnstile, journal } = options;
  const keys = createKeys();
  const webhookSecret = chance.fork("secret").id();
  const timeline = createTimeline(clock);
  const backlog = createBacklog(scenario);
  const world = await createWorld({
    clock,
    chance: chance.fork("world"),
    directory: options.directory,
    repository: scenario.repository,
    baseUrl: options.htmlUrl,
    app: { id: appId, slug: appSlug, publicKey: keys.publicKey, webhookSecret },
    requiredChecks: [requiredCheck],
  });
  world.onTimeline((entry) => timeline.record({ ...entry, detail: withTask(entry, world, backlog) }));
  const labels = createLabelWatch(timeline);
  const issue = (number: number): IssueRecord | null => findIssue(world, number);
  const observed: Observed = { timeline, backlog, issue, labels };
  const judge = createJudge({ timeline, backlog, issue, labels, appLogin });
  let agents: readonly AgentConfig[] = [];

  function configured(text: string): void {
    const read = readConfig(text);
    // A configuration that cannot be read changes nothing: the last good one stays in force.
    if (read === null) return;
    agents = read.agents;
    judge.configure(Object.fromEntries(agents.map((agent) => [agent.id, agent.maxCapacity ?? agent.capacity])));
  }

  const failed = (what: string, error: unknown): void =>
    journal.warn("An act of an agent was refused.", { what, reason: String(error) });
  const people = createPeople({
    world,
    scenario,
    backlog,
    clock,
    chance: chance.fork("people"),
    turnstile,
    journal,
    selectingLabel: readConfig(scenario.config)?.select.labels[0] ?? "orchestrate",
    configured,
  });
  const author = createPullAuthor({
    world,
    backlog,
    repository: scenario.repository,
    htmlUrl: options.htmlUrl,
    clock,
    chance: chance.fork("checks"),
    turnstile,
    pullIsGreen: (number, sha) => people.pullIsGreen(number, sha),
    failed,
  });
  const troupe = createTroupe({
    world,
    scenario,
    backlog,
    agents: () => agents,
    author,
    clock,
    chance: chance.fork("agents"),
    turnstile,
    timeline,
    failed,
    refused: (number) => judge.refused(number),
  });
  const { repository } = scenario;
  const vendors = createVendors({ clock, script: troupe, repository, keys: vendorKeys, baseUrls: options.vendorBaseUrls });
  troupe.join(vendors.store);
  timeline.onEntry((entry) => {
    const number = Number(/^#(\d+)$/.exec(entry.target)?.[1] ?? 0);
    if (entry.action === "comment" && number > 0) troupe.heard(number, entry.actor);
  });
  const direct = createRoute(options, world, vendors);
  const { transport } = options;
  const route: Route = (url) => {
    const destination = direct(url);
    if (destination === null || transport === undefined) return destination;
    return { kind: destination.kind, handle: transport };
  };
  // Requests that travel come to the turnstile at the server; waiting for it here as well would be for ever.
  const entrance = transport === undefined ? turnstile : openTurnstile;
  const network = createNetwork({ clock, turnstile: entrance, faults: options.faults, route });
  const calmNetwork = createNetwork({ clock, turnstile: entrance, faults: noFaults, route });
  let deliveryCount = 0;
  world.onDelivery(() => {
    deliveryCount += 1;
  });
  const shared = {
    baseUrl: `${options.htmlUrl}/api/v3`,
    repository: scenario.repository,
    vendorBaseUrls: options.vendorBaseUrls,
    vendorKeys,
  };
  const jobs = createJobs({
    world,
    clock,
    chance: chance.fork("jobs"),
    turnstile,
    journal,
    playJob: options.playJob,
    clockFor: options.clockFor,
    fetchFor: (own) => network.fetchFor(calmCaller(own)),
    shared,
  });
  for (const { login, id } of vendorNames.map(accountOf)) {
    world.addUser({ login, permission: "write", isBot: true, ...(id === null ? {} : { id }) });
  }
  return {
    world,
    backlog,
    people,
    troupe,
    author,
    jobs,
    judge,
    timeline,
    observed,
    network,
    vendors,
    agents: () => agents,
    partsFor: ({ owner, clock: own, chance: ownChance, caller }) => ({
      ...shared,
      owner,
      fetch: caller === null ? calmNetwork.fetchFor(calmCaller(ownChance)) : network.fetchFor(caller),
      clock: own,
      chance: ownChance,
      journal,
      appId,
      privateKey: keys.privateKey,
      webhookSecret,
    }),
    handle: async (request) => {
      const destination = direct(new URL(request.url));
      return destination === null ? new Response("Not Found", { status: 404 }) : destination.handle(request);
    },
    async setUp() {
      world.installApp();
      await people.setUp(options.files);
      people.schedule();
    },
    get deliveryCount() {
      return deliveryCount;
    },
    get inFlightCount() {
      return troupe.liveCount + author.openCount + people.pendingCount + jobs.openCount;
    },
  };
}
