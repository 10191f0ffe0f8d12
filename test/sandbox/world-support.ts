/** A world in a folder of its own, with the deliveries and timeline that it gave, for the tests of the embedded GitHub. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { createWorld } from "../../src/sandbox/create-world.ts";
import { createActs } from "../../src/sandbox/create-acts.ts";
import { createGit } from "../../src/sandbox/git.ts";
import type { Git } from "../../src/sandbox/git-types.ts";
import { RepositoryState } from "../../src/sandbox/repository-state.ts";
import type { Acts } from "../../src/sandbox/world-acts.ts";
import type { Delivery, TimelineEntry, UserRecord } from "../../src/sandbox/records.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { createVirtualClock } from "../../src/sandbox/virtual-clock.ts";
import type { VirtualClock } from "../../src/sandbox/virtual-clock.ts";
import type { World, WorldOptions } from "../../src/sandbox/world.ts";

export const webhookSecret = "hush";
export const start = Date.UTC(2026, 0, 1);

/** Parsed JSON that tests look into. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test that reads a wrong key fails by itself.
export type Payload = Readonly<Record<string, any>>;

export interface GivenWorld {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly deliveries: readonly Delivery[];
  readonly timeline: readonly TimelineEntry[];
  /** `event.action` of what was delivered since the last call. */
  heard(): readonly string[];
  /** The parsed body of the last delivery of `event.action`. */
  payload(name: string): Payload;
}

const leftovers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of leftovers.splice(0)) await clean();
});

/** `ann` administers, `maria` writes, `tom` triages, `eve` is a stranger, `agent[bot]` is an agent with write. */
export async function givenWorld(options: Partial<WorldOptions> = {}): Promise<GivenWorld> {
  const directory = mkdtempSync(join(tmpdir(), "embedded-github-"));
  const clock = createVirtualClock(start);
  const world = await createWorld({
    clock,
    chance: createSeededChance(11),
    directory,
    repository: "octo/shop",
    baseUrl: "https://github.test",
    app: { id: 4242, slug: "orchestrate", publicKey: "", webhookSecret },
    requiredChecks: ["ci"],
    ...options,
  });
  leftovers.push(async () => {
    expect(world.openCount).toBe(0);
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  });
  world.addUser({ login: "ann", permission: "admin" });
  world.addUser({ login: "maria", permission: "write" });
  world.addUser({ login: "tom", permission: "triage" });
  world.addUser({ login: "eve", permission: "none" });
  world.addUser({ login: "agent[bot]", permission: "write", isBot: true });
  const deliveries: Delivery[] = [];
  const timeline: TimelineEntry[] = [];
  world.onDelivery((delivery) => deliveries.push(delivery));
  world.onTimeline((entry) => timeline.push(entry));
  world.installApp();
  let heardCount = deliveries.length;
  return {
    world,
    clock,
    deliveries,
    timeline,
    heard() {
      const names = deliveries.slice(heardCount).map(nameOf);
      heardCount = deliveries.length;
      return names;
    },
    payload(name) {
      const delivery = deliveries.findLast((candidate) => nameOf(candidate) === name);
      if (delivery === undefined) throw new Error(`Nothing was heard of ${name}.`);
      return JSON.parse(delivery.body);
    },
  };
}

/** The acts themselves, for what only the API's door lets through; `world` has its users. */
export async function givenActs(files: Readonly<Record<string, string>> = {}): Promise<{
  readonly acts: Acts;
  readonly state: RepositoryState;
  readonly git: Git;
  readonly clock: VirtualClock;
  readonly world: { user(login: string): UserRecord };
  readonly deliveries: readonly Delivery[];
  readonly timeline: readonly TimelineEntry[];
}> {
  const directory = mkdtempSync(join(tmpdir(), "embedded-github-"));
  const clock = createVirtualClock(start);
  const chance = createSeededChance(12);
  const git = await createGit(directory);
  const state = new RepositoryState({
    clock,
    chance,
    directory,
    repository: "octo/shop",
    baseUrl: "https://github.test",
    app: { id: 4242, slug: "orchestrate", publicKey: "", webhookSecret },
    requiredChecks: ["ci"],
  });
  const acts = createActs({ state, git, chance, webhookSecret });
  leftovers.push(async () => {
    expect(git.openCount).toBe(0);
    await git.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const people = { ann: "admin", maria: "write", tom: "triage", eve: "none" } as const;
  for (const [login, permission] of Object.entries(people)) {
    state.permissions.set(state.addUser({ login, type: "User" }).id, permission);
  }
  const deliveries: Delivery[] = [];
  const timeline: TimelineEntry[] = [];
  acts.onDelivery((delivery) => deliveries.push(delivery));
  acts.onTimeline((entry) => timeline.push(entry));
  const owner = { user: state.repository.owner, viaApp: null };
  await acts.push(owner, { branch: "main", files: { "README.md": "# shop\n", ...files }, message: "Initial commit" });
  acts.installApp(state.repository.owner);
  function user(login: string): UserRecord {
    const found = state.findUser(login);
    if (found === undefined) throw new Error(`Nobody is called ${login}.`);
    return found;
  }
  return { acts, state, git, clock, world: { user }, deliveries, timeline };
}

export function nameOf(delivery: Delivery): string {
  const { action } = JSON.parse(delivery.body);
  return action === undefined ? delivery.event : `${delivery.event}.${action}`;
}

/** An agent's pull request for an issue, with `ci` green unless told otherwise. */
export async function givenPull(
  world: World,
  options: {
    readonly issue: number;
    readonly branch?: string;
    readonly files?: Record<string, string>;
    readonly isGreen?: boolean;
  },
): Promise<{ readonly number: number; readonly sha: string; readonly branch: string }> {
  const branch = options.branch ?? `orchestrate/${options.issue}-work`;
  const files = options.files ?? { [`src/${options.issue}.txt`]: "done\n" };
  const { sha } = await world.push({ by: "agent[bot]", branch, files, message: `Work on #${options.issue}\n` });
  const pull = await world.openPull({ by: "agent[bot]", branch, title: "Work", body: `Closes #${options.issue}` });
  if (options.isGreen !== false) await world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
  return { number: pull.number, sha, branch };
}
