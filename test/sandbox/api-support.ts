/** The embedded GitHub behind a real Probot with real Octokit, for the tests of its API. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Probot, ProbotOctokit } from "probot";
import { afterEach, expect } from "vitest";
import { createApi } from "../../src/sandbox/api.ts";
import type { Api } from "../../src/sandbox/api.ts";
import { createActs } from "../../src/sandbox/create-acts.ts";
import { createGit } from "../../src/sandbox/git.ts";
import type { Git } from "../../src/sandbox/git-types.ts";
import type { Delivery } from "../../src/sandbox/records.ts";
import { RepositoryState } from "../../src/sandbox/repository-state.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { createVirtualClock } from "../../src/sandbox/virtual-clock.ts";
import type { VirtualClock } from "../../src/sandbox/virtual-clock.ts";
import type { Acts, Actor } from "../../src/sandbox/world-acts.ts";

export const appId = 4242;
export const baseUrl = "https://github.test/api/v3";
export const repository = { owner: "octo", repo: "shop" } as const;

const { privateKey: key, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
export const privateKey = key;

export type Octokit = Awaited<ReturnType<Probot["auth"]>>;

export interface GivenApi {
  readonly api: Api;
  readonly acts: Acts;
  readonly git: Git;
  readonly state: RepositoryState;
  readonly clock: VirtualClock;
  readonly deliveries: readonly Delivery[];
  readonly installation: number;
  /** `maria`, who has write. */
  readonly maria: Actor;
  readonly fetch: typeof fetch;
  /** As the App of the JWT. */
  app(): Promise<Octokit>;
  /** As the installation. */
  octokit(): Promise<Octokit>;
  /** With a bare token. */
  withToken(token: string): Octokit;
}

const leftovers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of leftovers.splice(0)) await clean();
});

const workflow = `name: Agent
run-name: "orchestrate \${{ inputs.task }}"
on:
  workflow_dispatch:
    inputs:
      task: { required: true }
`;

/** A repository with an installed App, a workflow, and `maria` (write), `eve` (nobody) and the owner. */
export async function givenApi(): Promise<GivenApi> {
  const directory = mkdtempSync(join(tmpdir(), "embedded-github-api-"));
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const options = {
    clock,
    chance: createSeededChance(7),
    directory,
    repository: "octo/shop",
    baseUrl: "https://github.test",
    app: { id: appId, slug: "orchestrate", publicKey, webhookSecret: "hush" },
    requiredChecks: ["ci"],
  };
  const git = await createGit(directory);
  const state = new RepositoryState(options);
  const acts = createActs({ state, git, chance: options.chance, webhookSecret: "hush" });
  const deliveries: Delivery[] = [];
  const api = createApi({ state, acts, git, options });
  const owner = { user: state.repository.owner, viaApp: null };
  const files = { "README.md": "# shop\n", ".github/workflows/agent.yml": workflow };
  await acts.push(owner, { branch: "main", files, message: "Initial commit\n" });
  const maria = state.addUser({ login: "maria", type: "User" });
  state.permissions.set(maria.id, "write");
  state.addUser({ login: "eve", type: "User" });
  acts.onDelivery((delivery) => deliveries.push(delivery));
  const { installation } = acts.installApp(state.repository.owner);
  leftovers.push(async () => {
    expect(api.failures).toEqual([]);
    await git.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const fetchIt: typeof fetch = (input, init) => api.handle(new Request(input, init));
  const Quiet = ProbotOctokit.defaults((given: object) => ({
    ...given,
    throttle: { enabled: false },
    retry: { enabled: false },
  }));
  const request = { fetch: fetchIt };
  const probot = new Probot({ appId, privateKey, secret: "hush", baseUrl, request, Octokit: Quiet, logLevel: "fatal" });
  return {
    api,
    acts,
    git,
    state,
    clock,
    deliveries,
    installation,
    maria: { user: maria, viaApp: null },
    fetch: fetchIt,
    app: () => probot.auth(),
    octokit: () => probot.auth(installation),
    withToken: (token) =>
      new Quiet({ auth: { token }, baseUrl, request, retry: { enabled: false }, throttle: { enabled: false } }),
  };
}

export interface Refused {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers: Readonly<Record<string, string>>; readonly data: unknown };
  readonly errors?: readonly { readonly message: string }[];
  readonly data?: unknown;
}

/** What is found at a path of an answer; undefined where there is nothing. */
export function dig(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (Object(at) as Record<string | number, unknown>)[key], value);
}

/** What a promise is rejected with. */
export async function refusal(promise: Promise<unknown>): Promise<Refused> {
  try {
    await promise;
  } catch (error) {
    return error as Refused;
  }
  throw new Error("It was not refused.");
}
