/** A tracker on the embedded GitHub through a real Octokit, as the App has it; every request goes through `fetch`. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProbotOctokit } from "probot";
import { createGithubClient } from "../../src/github/client.ts";
import { createApiConflicts } from "../../src/github/conflicts.ts";
import type { PullExtras } from "../../src/github/merge-queries.ts";
import { createWorkflowRuns } from "../../src/github/runs.ts";
import { createTracker } from "../../src/github/tracker.ts";
import type { Conflicts } from "../../src/ports/conflicts.ts";
import type { Journal } from "../../src/ports/journal.ts";
import type { Tracker, WorkflowRuns } from "../../src/ports/tracker.ts";
import { createWorld } from "../../src/sandbox/create-world.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import type { World } from "../../src/sandbox/world.ts";
import { createManualClock } from "../support/manual-clock.ts";
import type { ManualClock } from "../support/manual-clock.ts";

const baseUrl = "https://github.test";
/** One pair for all tests of a file: making one takes a tenth of a second. */
const keys = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** Answers in place of the world when it returns a response: faults of the network. */
export type Interfere = (request: Request) => Response | null | Promise<Response | null>;

export interface Embedded {
  readonly world: World;
  readonly clock: ManualClock;
  readonly tracker: Tracker;
  readonly runs: WorkflowRuns;
  readonly conflicts: Conflicts;
  /** Warnings of the log. */
  readonly warnings: string[];
  /** A second tracker with nothing in memory, as after a restart. */
  restart(): Tracker;
  /** A tracker with the token of a job, as the Action has it without an App. */
  asJob(): Tracker;
  /** `METHOD /path` of every request to the API so far, tokens left out. */
  readonly requests: string[];
  /** Bodies of the GraphQL requests so far. */
  readonly documents: string[];
  interfere: Interfere;
  close(): Promise<void>;
}

export const silent: Journal = { debug() {}, info() {}, warn() {}, error() {} };

export interface Setting {
  readonly hasMergeQueue?: boolean;
  readonly hasStrictChecks?: boolean;
  /** What looks at pull requests ask for beside the rest. */
  readonly extras?: PullExtras;
}

/** A repository `ada/shop` with the App installed; ada is admin, walt has write, tess triage, rita read. */
export async function createEmbedded(setting: Setting = {}): Promise<Embedded> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-github-"));
  const clock = createManualClock({ isEager: true });
  const world = await createWorld({
    clock,
    chance: createSeededChance(1),
    directory,
    repository: "ada/shop",
    baseUrl,
    app: { id: 7, slug: "orchestrate", publicKey: keys.publicKey, webhookSecret: "a secret of the test" },
    requiredChecks: ["ci"],
    hasStrictChecks: setting.hasStrictChecks ?? false,
    hasMergeQueue: setting.hasMergeQueue ?? false,
  });
  world.addUser({ login: "walt", permission: "write" });
  world.addUser({ login: "tess", permission: "triage" });
  world.addUser({ login: "rita", permission: "read" });
  const { installation } = world.installApp();
  const requests: string[] = [];
  const documents: string[] = [];
  const embedded = { interfere: (() => null) as Interfere };

  async function fetchWorld(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (!pathname.endsWith("/access_tokens")) {
      requests.push(`${request.method} ${pathname.replace("/api/v3/repos/ada/shop", "")}`);
      if (pathname.endsWith("/graphql")) documents.push(await request.clone().text());
      const answer = await embedded.interfere(request.clone());
      if (answer !== null) return answer;
    }
    return world.handle(request);
  }

  const common = {
    baseUrl: `${baseUrl}/api/v3`,
    request: { fetch: fetchWorld },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: silent,
  };
  const octokit = new ProbotOctokit({
    ...common,
    auth: { appId: 7, privateKey: keys.privateKey, installationId: installation },
  });
  const answer = await octokit.request("GET /repos/{owner}/{repo}", { owner: "ada", repo: "shop" });
  const repository = { owner: "ada", name: "shop", id: Number(answer.data.id), host: "github.test" };
  requests.length = 0;

  const warnings: string[] = [];
  const journal: Journal = { ...silent, warn: (message) => void warnings.push(message) };

  function connect(as = octokit): { tracker: Tracker; runs: WorkflowRuns; conflicts: Conflicts } {
    const client = createGithubClient({ octokit: as, clock, journal: silent });
    const selectLabels = () => ["orchestrate"];
    return {
      tracker: createTracker({
        client,
        repository,
        clock,
        journal,
        fetch: fetchWorld,
        selectLabels,
        ...(setting.extras === undefined ? {} : { extras: () => setting.extras ?? { files: false, queue: false } }),
      }),
      conflicts: createApiConflicts({ client, place: repository }),
      runs: createWorkflowRuns({ client, repository: { ...repository, defaultBranch: "main" } }),
    };
  }

  return Object.assign(embedded, {
    world,
    clock,
    ...connect(),
    restart: () => connect().tracker,
    asJob: () => connect(new ProbotOctokit({ ...common, auth: { token: world.jobToken(1) } })).tracker,
    requests,
    documents,
    warnings,
    async close() {
      await world.close();
      await rm(directory, { recursive: true, force: true });
    },
  });
}
