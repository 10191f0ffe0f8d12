/**
 * The embedded Cursor: cloud agents and their runs over the paths of `v1`. The client may choose an agent's id, a taken
 * one is a conflict, and a repeated `Idempotency-Key` gets the first answer again.
 */
import {
  answer,
  toBody,
  toIso,
  toObject,
  toPage,
  toText,
  type Door,
  type DoorOptions,
  type DoorRequest,
} from "./vendor-reply.ts";
import { isEnded, type VendorSession, type VendorState } from "./vendor-store.ts";

/** Cursor has no state for a question: its agents go on, or end with the question in their result. */
const statuses: Readonly<Record<VendorState, string>> = {
  queued: "CREATING",
  running: "RUNNING",
  waiting: "RUNNING",
  succeeded: "FINISHED",
  failed: "ERROR",
  cancelled: "CANCELLED",
};

interface AgentRecord {
  readonly id: string;
  readonly name: string;
  readonly repoUrl: string;
  readonly startingRef: string;
  readonly createdAt: number;
  readonly runs: string[];
  isArchived: boolean;
}

const idPattern = /^bc-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function problem(status: number, code: string, message: string): Response {
  return answer(status, { error: { code, message } });
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

function refuse(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

function invalid(message: string): Reply {
  return refuse(400, "validation_error", message);
}

/** The door of Cursor. */
export function createCursorDoor(options: DoorOptions): Door {
  const door = new CursorDoor(options);
  return (incoming) => {
    if (!door.isAllowed(incoming.request)) return problem(401, "unauthorized", "The API key is not valid.");
    const answered = door.collection(incoming);
    if (answered !== null) return answered;
    const match = /^\/v1\/agents\/(?<id>[\w-]+)(?<rest>\/.*)?$/.exec(incoming.path)?.groups;
    return door.agent(incoming, match?.["id"] ?? "", match?.["rest"] ?? "");
  };
}

class CursorDoor {
  readonly #options: DoorOptions;
  readonly #agents = new Map<string, AgentRecord>();
  /** Answers by Idempotency-Key: status and body. */
  readonly #answered = new Map<string, { readonly request: string; readonly status: number; readonly body: string }>();

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  isAllowed(request: Request): boolean {
    const header = request.headers.get("authorization") ?? "";
    const basic = `Basic ${Buffer.from(`${this.#options.key}:`).toString("base64")}`;
    return header === `Bearer ${this.#options.key}` || header === basic;
  }

  /** The routes without an agent in their path. */
  collection(incoming: DoorRequest): Response | null {
    const route = `${incoming.request.method} ${incoming.path}`;
    if (route === "POST /v1/agents") {
      return this.#once(incoming, () => this.#createAgent(toBody(incoming.body)));
    }
    return route === "GET /v1/agents" ? this.#listAgents(incoming.url) : null;
  }

  agent(incoming: DoorRequest, id: string, rest: string): Response {
    const agent = this.#agents.get(id);
    if (agent === undefined) return problem(404, "agent_not_found", "There is no such agent.");
    switch (`${incoming.request.method} ${rest}`) {
      case "GET ":
        return answer(200, this.#toAgent(agent));
      case "DELETE ":
        this.#agents.delete(id);
        return answer(200, { id });
      case "POST /archive":
      case "POST /unarchive":
        agent.isArchived = rest === "/archive";
        return answer(200, { id });
      case "GET /runs":
        return this.#listRuns(agent, incoming.url);
      case "POST /runs":
        return this.#once(incoming, () => this.#createRun(agent, toBody(incoming.body)));
    }
    return this.#run(agent, incoming, rest);
  }

  #run(agent: AgentRecord, { request }: DoorRequest, rest: string): Response {
    const match = /^\/runs\/(?<run>[\w-]+)(?<verb>\/cancel)?$/.exec(rest)?.groups;
    const session = this.#options.store.latest("cursor", `${agent.id}/${match?.["run"] ?? ""}`);
    if (session === null) return problem(404, "run_not_found", "There is no such run.");
    const isCancel = match?.["verb"] !== undefined;
    if (!isCancel && request.method === "GET") return answer(200, this.#toRun(agent, session));
    if (!isCancel || request.method !== "POST") return problem(405, "method_not_allowed", "Not that way.");
    if (!this.#options.store.move(session, { state: "cancelled" })) {
      return problem(409, "run_not_cancellable", "The run has ended.");
    }
    this.#options.script.cancelled(session);
    return answer(200, { id: toRunId(session) });
  }

  /** Answers a repeated key as it was answered first; with another request it is a conflict. Refusals are not kept. */
  #once(incoming: DoorRequest, act: () => Reply): Response {
    const key = incoming.request.headers.get("idempotency-key");
    const request = `${incoming.path}\n${incoming.body}`;
    const known = key === null ? undefined : this.#answered.get(key);
    if (known !== undefined && known.request !== request) {
      return problem(409, "idempotency_conflict", "The key was used for another request.");
    }
    if (known !== undefined) return answer(known.status, JSON.parse(known.body));
    const { status, body } = act();
    if (key !== null && status < 300) this.#answered.set(key, { request, status, body: JSON.stringify(body) });
    return answer(status, body);
  }

  #createAgent(body: Readonly<Record<string, unknown>>): Reply {
    const { clock } = this.#options;
    const prompt = toText(toObject(body["prompt"])["text"]);
    const repos = Array.isArray(body["repos"]) ? (body["repos"] as readonly unknown[]) : [];
    const repo = toObject(repos[0]);
    const startingRef = toText(repo["startingRef"]) ?? "main";
    const repoUrl = toText(repo["url"]) ?? "";
    if (prompt === null) return invalid("prompt.text is required");
    if (!repoUrl.endsWith(`/${this.#options.repository}`)) return invalid("The repository is not accessible");
    const id = toText(body["agentId"]) ?? toNewId(this.#agents.size + 1);
    if (!idPattern.test(id)) return invalid("agentId must be bc- and a UUID");
    if (this.#agents.has(id)) return refuse(409, "agent_id_conflict", "The agent exists.");
    const name = toText(body["name"]) ?? prompt.slice(0, 60);
    const agent: AgentRecord = { id, name, repoUrl, startingRef, createdAt: clock.now(), runs: [], isArchived: false };
    const run = this.#begin(agent, prompt, null);
    if ("body" in run) return run;
    this.#agents.set(id, agent);
    return { status: 200, body: { agent: this.#toAgent(agent), run: this.#toRun(agent, run) } };
  }

  #createRun(agent: AgentRecord, body: Readonly<Record<string, unknown>>): Reply {
    const prompt = toText(toObject(body["prompt"])["text"]);
    if (prompt === null) return invalid("prompt.text is required");
    const last = this.#options.store.latest("cursor", `${agent.id}/${agent.runs.at(-1) ?? ""}`);
    if (agent.isArchived) return refuse(409, "agent_archived", "The agent is archived.");
    if (last !== null && !isEnded(last.state)) return refuse(409, "agent_busy", "The agent has an active run.");
    const run = this.#begin(agent, prompt, last);
    if ("body" in run) return run;
    return { status: 200, body: { run: this.#toRun(agent, run) } };
  }

  #begin(agent: AgentRecord, prompt: string, follows: VendorSession | null): VendorSession | Reply {
    const { script, store } = this.#options;
    const start = {
      vendor: "cursor",
      prompt,
      startingBranch: agent.startingRef,
      isFollowUp: follows !== null,
    } as const;
    const admission = script.admit(start);
    if (admission !== "accepted") {
      const { status, message } = admission.refused;
      return refuse(status, status === 429 ? "rate_limit_exceeded" : "request_refused", message);
    }
    const run = `run-${store.sessions().length + 1}`;
    const session = store.begin({
      ...start,
      id: `${agent.id}/${run}`,
      title: agent.name,
      ...(follows === null ? {} : { follows }),
    });
    agent.runs.push(run);
    script.started(session);
    return session;
  }

  #listAgents(url: URL): Response {
    const wanted = url.searchParams.get("prUrl");
    const isArchivedToo = url.searchParams.get("includeArchived") === "true";
    const all = [...this.#agents.values()].toReversed().filter((agent) => {
      const urls = agent.runs.map((run) => this.#options.store.latest("cursor", `${agent.id}/${run}`)?.pullUrl);
      return (wanted === null || urls.includes(wanted)) && (isArchivedToo || !agent.isArchived);
    });
    const wish = { size: url.searchParams.get("limit"), token: url.searchParams.get("cursor"), sizeDefault: 20 };
    const page = toPage(all, wish);
    const next = page.next === null ? {} : { nextCursor: page.next };
    return answer(200, { items: page.items.map((agent) => this.#toAgent(agent)), ...next });
  }

  #listRuns(agent: AgentRecord, url: URL): Response {
    const runs = agent.runs.toReversed().flatMap((run) => {
      const session = this.#options.store.latest("cursor", `${agent.id}/${run}`);
      return session === null ? [] : [this.#toRun(agent, session)];
    });
    const wish = { size: url.searchParams.get("limit"), token: url.searchParams.get("cursor"), sizeDefault: 20 };
    const page = toPage(runs, wish);
    return answer(200, { items: page.items, ...(page.next === null ? {} : { nextCursor: page.next }) });
  }

  #toAgent(agent: AgentRecord): unknown {
    const last = this.#options.store.latest("cursor", `${agent.id}/${agent.runs.at(-1) ?? ""}`);
    return {
      id: agent.id,
      name: agent.name,
      status: agent.isArchived ? "ARCHIVED" : "ACTIVE",
      url: `${this.#options.pageUrl}/agents/${agent.id}`,
      repos: [{ url: agent.repoUrl, startingRef: agent.startingRef }],
      createdAt: toIso(agent.createdAt),
      updatedAt: toIso(last?.updatedAt ?? agent.createdAt),
      latestRunId: agent.runs.at(-1),
    };
  }

  #toRun(agent: AgentRecord, session: VendorSession): unknown {
    const branch = session.branch === null ? {} : { branch: session.branch };
    const prUrl = session.pullUrl === null ? {} : { prUrl: session.pullUrl };
    return {
      id: toRunId(session),
      agentId: agent.id,
      status: statuses[session.state],
      createdAt: toIso(session.startedAt),
      updatedAt: toIso(session.updatedAt),
      ...(session.reason === null ? {} : { result: session.reason }),
      git: { branches: session.branch === null ? [] : [{ repoUrl: agent.repoUrl, ...branch, ...prUrl }] },
    };
  }
}

/** `bc-<uuid>` for a client that names none. */
function toNewId(count: number): string {
  return `bc-00000000-0000-4000-8000-${count.toString(16).padStart(12, "0")}`;
}

function toRunId(session: VendorSession): string {
  return session.id.slice(session.id.indexOf("/") + 1);
}
