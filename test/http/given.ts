/** The routes on a real port, over repositories on the memory store: what a client sends is what a test sends. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { readAgentEntry, writeAgentEntry } from "../../src/config/agent-entry.ts";
import { Repository } from "../../src/engine/repository.ts";
import { parseDependencies } from "../../src/github/references.ts";
import { createHttpHandler } from "../../src/http/handler.ts";
import type { Ground } from "../../src/http/route.ts";
import type { Event } from "../../src/model/event.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import {
  countingStore,
  createManualClock,
  fakeWorld,
  partsOf,
  rest,
  type CountingStore,
  type FakeWorld,
} from "../engine/given.ts";
import { assertDescribed } from "./answers.ts";
import { blocker, configOf, issue } from "../support/build.ts";
import type { ManualClock } from "../support/manual-clock.ts";

export const token = "0123456789abcdef0123456789abcdef";

const jules = { id: "jules", type: "jules", dispatch: "api" };

/** An urgent long task and a short one of little importance, behind one that keeps the worker busy. */
export const backlog: readonly IssueFacts[] = [
  issue(1, { labels: ["orchestrate", "priority:urgent"] }),
  issue(2, { labels: ["orchestrate", "priority:high", "estimate:4h"] }),
  issue(3, { labels: ["orchestrate", "priority:low", "estimate:20m"] }),
];

export interface Routes {
  readonly url: string;
  readonly clock: ManualClock;
  /** The repositories, in the order in which they were named, with the events of each. */
  readonly places: readonly {
    readonly repository: Repository;
    readonly store: CountingStore;
    readonly fake: FakeWorld;
    events(): Promise<readonly Event[]>;
  }[];
  /** What the App wrote for its operator. */
  readonly journal: readonly string[];
  ask(path: string, init?: RequestInit): Promise<Answer>;
  /** A POST of JSON; `headers` are added. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- A test says what it expects of it.
  readonly json: any;
}

/** Repositories at work, and a server that has the routes; everything ends with the test. */
export async function givenRoutes(
  options: {
    readonly names?: readonly string[];
    /** Null: no token is set. */
    readonly token?: string | null;
    readonly reports?: Ground["reports"];
    /** The agents of the configuration; one of the type `jules` that the App calls itself, unless said otherwise. */
    readonly agents?: readonly Record<string, unknown>[];
    /** Other keys of the configuration. */
    readonly config?: Readonly<Record<string, unknown>>;
    readonly issues?: readonly IssueFacts[];
    /** Workers; one, so that there is a queue, unless said otherwise. */
    readonly capacity?: number;
    /** Every start is refused. */
    readonly isVendorDown?: boolean;
    /** Not started: the state has not been read. */
    readonly isStarted?: boolean;
  } = {},
): Promise<Routes> {
  const clock = createManualClock();
  const journal: string[] = [];
  const places = (options.names ?? ["acme/shop"]).map((repository) => {
    const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
    const fake = fakeWorld(
      options.issues ?? backlog,
      configOf({ agents: options.agents ?? [{ ...jules, capacity: options.capacity ?? 1 }], ...options.config }),
    );
    openIssues(fake);
    if (options.isVendorDown === true) fake.onStart = () => ({ kind: "refused", reason: "full", retryAfterMs: null });
    const started = new Repository({ ...partsOf("one", { store, clock }), repository }, fake.world);
    onTestFinished(() => started.stop());
    return { repository: started, store, fake, events: () => store.events() };
  });
  if (options.isStarted ?? true) for (const { repository } of places) void repository.start();
  await rest();
  const note = (message: string, data?: object): void => void journal.push(`${message} ${JSON.stringify(data ?? {})}`);
  const url = await listen(
    createHttpHandler({
      repositories: () => places.map(({ repository }) => repository),
      token: options.token === undefined ? token : options.token,
      reports: options.reports ?? { workerSecret: null, oidc: null },
      agentEntries: { read: readAgentEntry, write: writeAgentEntry },
      clock,
      build: "1f0c2d4e5b6a79880011223344556677889900aa",
      startedAt: clock.now(),
      journal: { ...silentJournal, error: note },
    }),
  );
  const described = await fetch(`${url}/openapi.json`).then((response) => response.json());
  const ask: Routes["ask"] = async (path, init = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    const json = isJson ? JSON.parse(text) : null;
    assertDescribed(described, { method: init.method ?? "GET", path, status: response.status }, json);
    return { status: response.status, headers: response.headers, text, json };
  };
  const post: Routes["post"] = (path, body, headers = {}) =>
    ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { url, clock, places, journal, ask, post };
}

/** Issues that are asked for are opened under the next number, once for each submission, by ourselves. */
export function openIssues(fake: FakeWorld): void {
  const made = new Map<string, number>();
  const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;
  fake.world.tracker.createIssue = async (wanted) => {
    if (!("submission" in wanted)) return { kind: "dropped", reason: "It is not one." };
    const { submission, title, body, labels } = wanted;
    const number = made.get(submission) ?? Math.max(0, ...fake.issues.keys()) + 1;
    made.set(submission, number);
    const blockedBy = parseDependencies(body, { repository: null }).map((each) =>
      blocker(each.number, { source: "body" }),
    );
    const own = { author: "orchestrate", selectedBy: { actor: bot, at: 1 }, madeFor: { submission } };
    fake.issues.set(number, issue(number, { ...own, title, labels, blockedBy }));
    return { kind: "created", number };
  };
}

/** A server with one handler. */
async function listen(handle: ReturnType<typeof createHttpHandler>): Promise<string> {
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
