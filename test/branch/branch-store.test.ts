/** The branch store keeps the contract on the embedded GitHub: real git, GraphQL that is validated, tokens that expire. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProbotOctokit } from "probot";
import { expect, test } from "vitest";
import { toRequest } from "../../src/branch/octokit-request.ts";
import type { RestCall, StateRequest } from "../../src/branch/request.ts";
import { toStreamId } from "../../src/model/ids.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { createWorld } from "../../src/sandbox/create-world.ts";
import { createScaledClock } from "../../src/sandbox/scaled-clock.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import type { World } from "../../src/sandbox/world.ts";
import { appendOf, contentOf, describeEventStore, entry } from "../contract/event-store.contract.ts";
import { earlyCompaction, givenStore } from "./store-given.ts";

const stream = toStreamId(42);
const baseUrl = "https://github.test";
const appId = 4_711;
const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

interface Host {
  readonly world: World;
  readonly request: StateRequest;
  readonly clock: Clock;
  close(): Promise<void>;
}

async function createHost(): Promise<Host> {
  const directory = await mkdtemp(join(tmpdir(), "state-branch-"));
  // A minute passes in 60 ms, so that racers meet GitHub's limits for points a minute and still get through.
  const clock = createScaledClock({ start: 1_790_000_000_000, speed: 1_000 });
  const world = await createWorld({
    clock,
    chance: createSeededChance(7),
    directory,
    repository: "octo/shop",
    baseUrl,
    app: { id: appId, slug: "orchestrate", publicKey, webhookSecret: "hush" },
    requiredChecks: [],
  });
  const { installation } = world.installApp();
  const octokit = new ProbotOctokit({
    auth: { appId, privateKey, installationId: installation },
    baseUrl: `${baseUrl}/api/v3`,
    request: { fetch: (url: string, init: RequestInit) => world.handle(new Request(url, init)) },
    throttle: { enabled: false },
  });
  return {
    world,
    clock,
    request: toRequest(octokit),
    async close() {
      await world.close();
      clock.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

describeEventStore("The branch store on the embedded GitHub", {
  runs: 3,
  async createHost() {
    const host = await createHost();
    const { request, clock } = host;
    return {
      connect: () => givenStore(request, { compaction: earlyCompaction, clock }),
      wait: (ms) => clock.sleep(ms, "retry"),
      close: () => host.close(),
    };
  },
});

test("the branch is an orphan that people can read with plain git", async () => {
  const host = await createHost();
  try {
    const store = givenStore(host.request);
    const files = [{ path: "tasks/ready/7.md", text: "# Seven: größer\n" }];
    expect(await store.append(stream, 0, appendOf(["a"], { files }))).toBe("appended");
    expect(await store.append(stream, 1, appendOf(["b"]))).toBe("appended");
    expect(await host.world.readFile("orchestrate/state", "tasks/ready/7.md")).toBe("# Seven: größer\n");
    expect(await host.world.readFile("orchestrate/state", "state/schema.json")).toBe('{"version":3}\n');
    expect(await host.world.readFile("main", "state/schema.json")).toBeNull();
  } finally {
    await host.close();
  }
});

test("a cold load of 1,000 tasks takes at most three requests, and own writes are known afterwards", async () => {
  const host = await createHost();
  let requests = 0;
  function count<Answer>(answer: Promise<Answer>): Promise<Answer> {
    requests += 1;
    return answer;
  }
  const counted: StateRequest = {
    graphql: (query, variables) => count(host.request.graphql(query, variables)),
    rest: (call: RestCall) => count(host.request.rest(call)),
  };
  try {
    const writer = givenStore(host.request, { compaction: { smallMax: 1, bytesMin: 0 } });
    const lines = Array.from({ length: 1_000 }, (_, index) => JSON.stringify({ task: index, body: "x".repeat(1_500) }));
    await writer.append(stream, 0, appendOf(["a"]));
    await writer.append(stream, 1, appendOf(["b"], { snapshot: () => lines }));
    const reader = givenStore(counted);
    const log = await reader.read(stream);
    expect(requests).toBeLessThanOrEqual(3);
    expect(log.snapshot?.lines).toEqual(lines);
    expect(contentOf(log)).toEqual([...lines, entry("b")]);
    expect(await reader.append(stream, 2, appendOf(["c"]))).toBe("appended");
    requests = 0;
    expect(await reader.peek(stream)).toBe(3);
    await reader.read(stream);
    expect(requests).toBe(2);
  } finally {
    await host.close();
  }
});
