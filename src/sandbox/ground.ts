/** The ground that a run stands on: the embedded GitHub, what was seen of it, the configuration in force, and the judge. */
import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import { createBacklog, type Backlog } from "./backlog.ts";
import { createWorld } from "./create-world.ts";
import { createJudge, type Judge } from "./judge.ts";
import { createLabelWatch } from "./label-watch.ts";
import { requiredCheck } from "./pull-author.ts";
import { createReceipts, type Receipts } from "./receipts.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { Observed } from "./report.ts";
import { readConfig, type Scenario } from "./scenario.ts";
import type { SeededChance } from "./seeded-chance.ts";
import { accountOf } from "./session-identity.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { issueOfBranch } from "./work-branch.ts";
import type { World } from "./world.ts";

const appId = 424_242;
const appSlug = "orchestrate";
/** Whom the App acts as. */
export const appLogin = `${appSlug}[bot]`;
/** Whom runs with their job token act as. */
const actionsLogin = "github-actions[bot]";
const vendorNames = ["jules", "cursor", "sprites", "actions"] as const;

export interface GroundOptions {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly directory: string;
  readonly htmlUrl: string;
}

export interface Ground {
  readonly world: World;
  readonly timeline: Timeline;
  readonly backlog: Backlog;
  readonly judge: Judge;
  readonly observed: Observed;
  /** Resolves when the App has its keys; before, `app` throws. */
  ready(): Promise<void>;
  readonly app: { readonly appId: number; readonly privateKey: string; readonly webhookSecret: string };
  /** Agents of the configuration in force. */
  agents(): readonly AgentConfig[];
  /** The configuration file was written. */
  configured(text: string): void;
  /** Webhooks that the embedded GitHub sent. */
  readonly deliveryCount: number;
}

interface Keys {
  readonly privateKey: string;
  readonly publicKey: string;
}

let keys: Promise<Keys> | null = null;

/** One pair a process: to make one takes longer than a short run does, and the worlds of a process never meet. */
function createKeys(): Promise<Keys> {
  keys ??= promisify(generateKeyPair)("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return keys;
}

function findIssue(world: World, number: number): IssueRecord | null {
  return world.issues().find((issue) => issue.number === number) ?? null;
}

/** The issue that a target is about: itself, or the one that the branch of a pull request names. */
function issueNumberOf(target: string, world: World): number | null {
  const match = /^(?:pull )?#(?<number>\d+)$/.exec(target)?.groups;
  if (match === undefined) return null;
  const number = Number(match["number"]);
  const pull = findIssue(world, number)?.pull ?? null;
  return pull === null ? number : issueOfBranch(pull.headBranch);
}

/** What an entry of the world tells, with the task that it is about. */
function withTask(entry: TimelineEntry, world: World, backlog: Backlog): Readonly<Record<string, unknown>> {
  if (Object.hasOwn(entry.detail, "task")) return entry.detail;
  const number = issueNumberOf(entry.target, world);
  const task = number === null ? null : backlog.byNumber(number);
  return task === null ? entry.detail : { task: task.issue.key, ...entry.detail };
}

/** The rules that the run is judged by from now on. */
function instruct(
  { judge, receipts }: { readonly judge: Judge; readonly receipts: Receipts },
  { agents, merge, done }: Config,
): void {
  receipts.configure(done);
  const most = agents.map((agent) => [agent.id, agent.maxCapacity ?? agent.capacity] as const);
  judge.operators.configure(agents);
  judge.configure(Object.fromEntries(most), merge !== "person");
}

/** The judge sees by the time since the start who is busy. */
function showStatuses(world: World, { judge, start }: { readonly judge: Judge; readonly start: number }): void {
  world.onStatus(({ user, at, expiresAt, isBusy }) => {
    const end = expiresAt === null ? null : expiresAt - start;
    judge.operators.seeStatus({ login: user.login, isBusy, at: at - start, expiresAt: end });
  });
}

/** The accounts that agents push and comment as. */
function addVendors(world: World): void {
  for (const { login, id } of vendorNames.map(accountOf)) {
    world.addUser({ login, permission: "write", isBot: true, ...(id === null ? {} : { id }) });
  }
}

/** An empty repository with an App that is registered and not yet installed. */
export async function createGround(options: GroundOptions): Promise<Ground> {
  const { scenario, clock, chance } = options;
  // Made on another thread, while the backlog is opened.
  const making = createKeys();
  let keys: Keys | null = null;
  const known = (): Keys => {
    if (keys === null) throw new Error("The keys of the App are still being made: await `ready` first.");
    return keys;
  };
  const webhookSecret = chance.fork("secret").id();
  const timeline = createTimeline(clock);
  const backlog = createBacklog(scenario);
  const world = await createWorld({
    clock,
    chance: chance.fork("world"),
    directory: options.directory,
    repository: scenario.repository,
    baseUrl: options.htmlUrl,
    app: { id: appId, slug: appSlug, publicKey: () => known().publicKey, webhookSecret },
    requiredChecks: [requiredCheck],
    hasStrictChecks: scenario.settings.strictChecks,
    hasMergeQueue: scenario.settings.mergeQueue !== null,
  });
  addVendors(world);
  const labels = createLabelWatch(timeline);
  const issue = (number: number): IssueRecord | null => findIssue(world, number);
  const receipts = createReceipts({ timeline, backlog, issue, repository: scenario.repository });
  const observed = { timeline, backlog, issue, labels, receiptAt: receipts.at };
  const judge = createJudge({ ...observed, ownLogins: [appLogin, actionsLogin] });
  world.onTimeline((entry) => timeline.record({ ...entry, detail: withTask(entry, world, backlog) }));
  showStatuses(world, { judge, start: timeline.start });
  let deliveryCount = 0;
  world.onDelivery(() => {
    deliveryCount += 1;
  });
  let agents: readonly AgentConfig[] = [];
  return {
    world,
    timeline,
    backlog,
    judge,
    observed,
    get app() {
      return { appId, privateKey: known().privateKey, webhookSecret };
    },
    async ready() {
      keys = await making;
    },
    agents: () => agents,
    configured(text) {
      const read = readConfig(text);
      // A configuration that cannot be read changes nothing: the last good one stays in force.
      if (read === null) return;
      agents = read.agents;
      instruct({ judge, receipts }, read);
    },
    get deliveryCount() {
      return deliveryCount;
    },
  };
}
