/** Adapters against the embedded vendors: a network that loses on demand, a clock that stands, and scripted sessions. */
import { createAgents } from "../../src/agents/registry.ts";
import { Config } from "../../src/model/config.ts";
import { toAgentId, toTaskId, toWorkerId } from "../../src/model/ids.ts";
import type { Agent, Assignable } from "../../src/ports/agent.ts";
import { createVirtualClock, type VirtualClock } from "../../src/sandbox/virtual-clock.ts";
import { createVendors, toVendorBaseUrls } from "../../src/sandbox/vendors.ts";
import type { Admission, VendorSession, VendorStart, VendorStore } from "../../src/sandbox/vendor-store.ts";

export const keys = { jules: "secret-jules-key", cursor: "secret-cursor-key", bifrost: "secret-sprites-key" };
const baseUrls = toVendorBaseUrls("https://vendors.test");

export interface Embedded {
  readonly clock: VirtualClock;
  readonly store: VendorStore;
  /** What the script was told: `started sessions/1`, `message …`, `cancelled …`. */
  readonly heard: string[];
  readonly requests: { readonly method: string; readonly url: string; readonly body: string }[];
  readonly logged: string[];
  agent(id: string, overrides?: { readonly key?: string }): Agent;
  /** The one session there is; throws when there are more or none. */
  only(): VendorSession;
  /** Loses the answers to requests that match, as often as said; the requests land. */
  loseAnswers(pattern: RegExp, times?: number): void;
  /** Answers in place of the vendor, once. */
  answerOnce(pattern: RegExp, response: () => Response): void;
  admitNext(admission: Admission): void;
}

const config = Config.parse({
  agents: [
    { id: "jules", type: "jules" },
    { id: "cursor", type: "cursor", model: "composer-2" },
    { id: "bifrost", type: "bifrost", command: "run-bifrost" },
  ],
});

interface Trick {
  readonly pattern: RegExp;
  readonly act: (request: Request) => Promise<Response>;
  left: number;
}

export function embed(): Embedded {
  const clock = createVirtualClock(1_700_000_000_000);
  const heard: string[] = [];
  const requests: Embedded["requests"] = [];
  const logged: string[] = [];
  const tricks: Trick[] = [];
  const admissions: Admission[] = [];
  const script = {
    admit: (_start: VendorStart): Admission => admissions.shift() ?? "accepted",
    started: (session: VendorSession) => void heard.push(`started ${session.id}`),
    message: (session: VendorSession, text: string) => void heard.push(`message ${session.id} ${text}`),
    cancelled: (session: VendorSession) => void heard.push(`cancelled ${session.id}`),
  };
  const vendors = createVendors({ clock, script, repository: "acme/shop", keys, baseUrls });

  async function fetchEmbedded(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    requests.push({ method: request.method, url: request.url, body: await request.clone().text() });
    const name = `${request.method} ${request.url}`;
    const trick = tricks.find((candidate) => candidate.left > 0 && candidate.pattern.test(name));
    if (trick === undefined) return vendors.handle(request);
    trick.left -= 1;
    return trick.act(request);
  }

  const log = (message: string, data?: unknown): void => void logged.push(`${message} ${JSON.stringify(data)}`);
  const journal = { debug: log, info: log, warn: log, error: log };
  return {
    clock,
    store: vendors.store,
    heard,
    requests,
    logged,
    agent(id, overrides = {}) {
      const held =
        overrides.key === undefined ? keys : { jules: overrides.key, cursor: overrides.key, bifrost: overrides.key };
      const agents = createAgents({ config: () => config, keys: held, baseUrls, fetch: fetchEmbedded, clock, journal });
      const agent = agents.find(toAgentId(id));
      if (agent === null) throw new Error(`there is no agent ${id}`);
      return agent;
    },
    only() {
      const [first, ...more] = vendors.store.sessions();
      if (first === undefined || more.length > 0)
        throw new Error(`there are ${vendors.store.sessions().length} sessions`);
      return first;
    },
    loseAnswers(pattern, times = 1) {
      const act = async (request: Request): Promise<Response> => {
        await vendors.handle(request);
        throw new TypeError("fetch failed", { cause: new Error("socket hang up") });
      };
      tricks.push({ pattern, act, left: times });
    },
    answerOnce(pattern, response) {
      tricks.push({ pattern, act: () => Promise.resolve(response()), left: 1 });
    },
    admitNext: (admission) => void admissions.push(admission),
  };
}

export function assign(id: string, change: Partial<Assignable> = {}): Assignable {
  const agent = toAgentId(id);
  return {
    task: toTaskId(11, 22),
    number: 7,
    agent,
    worker: toWorkerId(agent, 2),
    attempt: 1,
    fence: 5,
    repository: "acme/shop",
    defaultBranch: "main",
    title: "Add a basket",
    body: "The shop needs a basket.",
    url: "https://github.com/acme/shop/issues/7",
    feedback: [],
    continues: null,
    ...change,
  };
}
