/**
 * Where the benchmark runs: an embedded GitHub with a backlog, embedded vendors whose sessions never end, and one copy of
 * the App in front of them. Every request of the App is counted, and the one that asks an agent is told at once.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startListeningApp, startReplica } from "../../src/embed.ts";
import type { Chance } from "../../src/ports/chance.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import type { Journal } from "../../src/ports/journal.ts";
import { createWorld } from "../../src/sandbox/create-world.ts";
import { startLiveServer } from "../../src/sandbox/live-server.ts";
import type { Delivery } from "../../src/sandbox/records.ts";
import type { ReplicaParts } from "../../src/sandbox/replica.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import type { VendorScript } from "../../src/sandbox/vendor-store.ts";
import { createVendors, toVendorBaseUrls } from "../../src/sandbox/vendors.ts";
import type { World } from "../../src/sandbox/world.ts";

export type Transport = "in process" | "http";
export type Dispatch = "api" | "workflow";

export interface FieldOptions {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly dispatch: Dispatch;
  /** Open issues at the start: every other one is work that waits for the one before it, which nobody selected. */
  readonly backlog: number;
  /** Open issues beside them, to be labelled later. */
  readonly candidates: number;
  /** Least time between two writes of the App. */
  readonly minGapMs: number;
  /** Told what the App says goes wrong. */
  readonly onTrouble: (message: string, data: unknown) => void;
  /** Told of each request of the App when it arrives. */
  readonly onArrival?: (request: Request) => void;
}

export interface RequestCounts {
  requests: number;
  /** Answers that cost nothing at GitHub. */
  notModified: number;
  /** Requests that are under way. */
  open: number;
}

export interface Field {
  readonly world: World;
  /** Issues to label, by number. */
  readonly candidates: readonly number[];
  readonly counts: RequestCounts;
  startApp(): Promise<void>;
  /** Hands a webhook to the App; resolves when it was accepted. */
  deliver(delivery: Delivery): Promise<void>;
  close(): Promise<void>;
}

export const person = "maintainer";
export const label = "orchestrate";
const repository = "acme/bench";
const workflowPath = ".github/workflows/orchestrate-agent.yml";
const workflowFile = new URL(`../../${workflowPath}`, import.meta.url);
const vendorKeys = { jules: "bench-jules", cursor: "bench-cursor", bifrost: "bench-bifrost" };
const webhookSecret = "bench";
const appId = 424_242;

/** Sessions start, and never end. */
const endless: VendorScript = {
  admit: () => "accepted",
  started: () => undefined,
  message: () => undefined,
  cancelled: () => undefined,
};

/** The request that asks an agent, as the vendor or GitHub gets it. */
export function asksAgent(request: Request, dispatch: Dispatch): boolean {
  if (request.method !== "POST") return false;
  const { pathname } = new URL(request.url);
  return dispatch === "workflow" ? pathname.endsWith("/dispatches") : pathname.endsWith("/v1/agents");
}

function configure(dispatch: Dispatch): string {
  return JSON.stringify({
    agents: [{ id: "cursor", type: "cursor", capacity: 1_000, dispatch, timeout: "24h" }],
    limits: { queue: 100_000, sessionsPerDay: 100_000, costPerDay: 1_000_000 },
  });
}

interface Ground {
  readonly url: string;
  readonly fetch: Fetch;
  serve(handle: (request: Request) => Promise<Response>): void;
  close(): Promise<void>;
}

/** In process a request is handed over; over HTTP it goes through a port of this machine. */
async function prepareGround(transport: Transport): Promise<Ground> {
  let handle = async (_request: Request): Promise<Response> => new Response(null, { status: 503 });
  if (transport === "http") {
    const server = await startLiveServer({ port: 0 });
    return {
      url: server.url,
      fetch: (input, init) => fetch(input, init),
      serve: (next) => server.serve(next),
      close: () => server.close(),
    };
  }
  return {
    url: "https://github.test",
    async fetch(input, init) {
      const request = new Request(input, init);
      const response = await handle(request);
      Object.defineProperty(response, "url", { value: request.url });
      return response;
    },
    serve: (next) => void (handle = next),
    close: async () => undefined,
  };
}

function countRequests(inner: Fetch, counts: RequestCounts): Fetch {
  return async (input, init) => {
    counts.requests += 1;
    counts.open += 1;
    try {
      const response = await inner(input, init);
      if (response.status === 304) counts.notModified += 1;
      return response;
    } finally {
      counts.open -= 1;
    }
  };
}

async function openBacklog(world: World, options: FieldOptions): Promise<readonly number[]> {
  const open = async (title: string): Promise<number> => {
    const body = `## What\n\n${title}: as it was discussed.\n\n## Done when\n\n- [ ] it works\n- [ ] it is tested\n`;
    return (await world.openIssue({ by: person, title, body })).number;
  };
  for (let index = 0; index < options.backlog; index += 2) {
    const waitsFor = await open(`An issue that nobody selected, number ${index}`);
    const waits = await open(`Work that has to wait, number ${index}`);
    await world.addDependency({ by: person, number: waits, blockedBy: waitsFor });
    await world.addLabel({ by: person, number: waits, label });
  }
  const candidates: number[] = [];
  for (let index = 0; index < options.candidates; index += 1)
    candidates.push(await open(`Work that can start, number ${index}`));
  return candidates;
}

function createJournal(options: FieldOptions): Journal {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, data) => options.onTrouble(message, data),
    error: (message, data) => options.onTrouble(message, data),
  };
}

/** Builds it all but the App, which does not run before `startApp`. */
export async function createField(options: FieldOptions): Promise<Field> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-bench-"));
  const ground = await prepareGround(options.transport);
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const { clock } = options;
  const chance: Chance = createSeededChance(1);
  const world = await createWorld({
    clock,
    chance: createSeededChance(2),
    directory,
    repository,
    baseUrl: ground.url,
    app: { id: appId, slug: "orchestrate", publicKey: keys.publicKey, webhookSecret },
    requiredChecks: ["ci"],
    files: {
      ".github/orchestrate.yml": configure(options.dispatch),
      [workflowPath]: await readFile(workflowFile, "utf8"),
    },
  });
  const vendorBaseUrls = toVendorBaseUrls(ground.url);
  const vendors = createVendors({ clock, script: endless, repository, keys: vendorKeys, baseUrls: vendorBaseUrls });
  ground.serve((request) => {
    options.onArrival?.(request);
    return Object.values(vendorBaseUrls).some((base) => request.url.startsWith(base))
      ? vendors.handle(request)
      : world.handle(request);
  });
  world.addUser({ login: person, permission: "write" });
  world.installApp();
  const candidates = await openBacklog(world, options);
  const counts: RequestCounts = { requests: 0, notModified: 0, open: 0 };
  const { minGapMs } = options;
  const parts: ReplicaParts & { readonly minGapMs: number } = {
    owner: "bench",
    fetch: countRequests(ground.fetch, counts),
    clock,
    chance,
    journal: createJournal(options),
    baseUrl: `${ground.url}/api/v3`,
    repository,
    appId,
    privateKey: keys.privateKey,
    webhookSecret,
    vendorBaseUrls,
    vendorKeys,
    minGapMs,
  };
  const app = createApp(options.transport, parts);
  return {
    world,
    candidates,
    counts,
    startApp: app.start,
    deliver: app.deliver,
    async close() {
      await app.stop();
      await ground.close();
      await world.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function createApp(transport: Transport, parts: ReplicaParts) {
  let deliver: Field["deliver"] = () => Promise.reject(new Error("The App has not been started."));
  let stop = async (): Promise<void> => undefined;
  return {
    deliver: (delivery: Delivery) => deliver(delivery),
    stop: () => stop(),
    async start(): Promise<void> {
      if (transport === "in process") {
        const replica = await startReplica(parts);
        deliver = (delivery) => replica.receive(delivery);
        stop = () => replica.stop();
        return;
      }
      const app = await startListeningApp(parts);
      stop = () => app.stop();
      deliver = async ({ headers, body }) => {
        const response = await fetch(app.webhookUrl, { method: "POST", headers: { ...headers }, body });
        await response.arrayBuffer();
        if (!response.ok) throw new Error(`The App answered a webhook with ${response.status}.`);
      };
    },
  };
}
