/** The embedded GitHub on a real port, for what only a process of its own can show. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorld } from "../../src/sandbox/create-world.ts";
import { startLiveServer } from "../../src/sandbox/live-server.ts";
import { createScaledClock } from "../../src/sandbox/scaled-clock.ts";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import type { World } from "../../src/sandbox/world.ts";

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

export interface GithubServer {
  readonly world: World;
  readonly apiUrl: string;
  readonly appId: number;
  readonly privateKey: string;
  /** `METHOD /path` of every request so far. */
  readonly requests: string[];
  close(): Promise<void>;
}

export const agentWorkflowText = await readFile(".github/workflows/orchestrate-agent.yml", "utf8");

/** A repository `acme/shop` in which ann may write. The App is known and not installed. */
export async function startGithub(options: {
  readonly files?: Readonly<Record<string, string>>;
  readonly requiredChecks?: readonly string[];
  readonly hasMergeQueue?: boolean;
}): Promise<GithubServer> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-action-"));
  const server = await startLiveServer({ port: 0 });
  const world = await createWorld({
    clock: createScaledClock({ start: Date.now(), speed: 1 }),
    chance: createSeededChance(1),
    directory,
    repository: "acme/shop",
    baseUrl: server.url,
    app: { id: 7, slug: "orchestrate", publicKey: keys.publicKey, webhookSecret: "a secret of the test" },
    requiredChecks: options.requiredChecks ?? ["ci"],
    hasMergeQueue: options.hasMergeQueue ?? false,
    files: options.files ?? {},
  });
  world.addUser({ login: "ann", permission: "write" });
  world.addUser({ login: "eve", permission: "none" });
  const requests: string[] = [];
  server.serve((request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname.replace("/api/v3", "")}`);
    return world.handle(request);
  });
  return {
    world,
    apiUrl: `${server.url}/api/v3`,
    appId: 7,
    privateKey: keys.privateKey,
    requests,
    async close() {
      await server.close();
      await world.close();
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
