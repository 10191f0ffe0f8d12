/**
 * The embedded Sprites: small machines with files and services over the paths of `v1`. Starting the service `agent` is the
 * start of a session; instead of running a program, its outcome file shows how the session is.
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
import { isEnded, type VendorSession } from "./vendor-store.ts";

/** What the embedded organisation may run at once: more than any story needs. */
export const spritesAtOnceMax = 100;
const folder = "/home/sprite/orchestrate";
const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

interface SpriteRecord {
  readonly name: string;
  readonly createdAt: number;
  readonly files: Map<string, string>;
  readonly services: Map<string, Readonly<Record<string, unknown>>>;
  policy: unknown;
  session: VendorSession | null;
}

function problem(status: number, code: string, message: string): Response {
  return answer(status, { error: code, message });
}

function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** A stream of one or more JSON lines, as services answer. */
function lines(...events: readonly unknown[]): Response {
  const body = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  return new Response(body, { status: 200, headers: { "content-type": "application/x-ndjson" } });
}

class SpritesDoor {
  readonly #options: DoorOptions;
  readonly #sprites = new Map<string, SpriteRecord>();

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  create(body: Readonly<Record<string, unknown>>): Response {
    const name = toText(body["name"]) ?? "";
    if (!namePattern.test(name)) return problem(400, "invalid_name", "The name is not valid.");
    if (this.#sprites.has(name)) return problem(409, "sprite_exists", `A Sprite ${name} exists.`);
    const sprite: SpriteRecord = {
      name,
      createdAt: this.#options.clock.now(),
      files: new Map(),
      services: new Map(),
      policy: { rules: [] },
      session: null,
    };
    this.#sprites.set(name, sprite);
    return answer(201, this.#toSprite(sprite));
  }

  list(url: URL): Response {
    const prefix = url.searchParams.get("prefix") ?? "";
    const all = [...this.#sprites.values()].filter(({ name }) => name.startsWith(prefix));
    const token = url.searchParams.get("continuation_token");
    const page = toPage(all, { size: url.searchParams.get("max_results"), token, sizeDefault: 50 });
    return answer(200, {
      sprites: page.items.map((sprite) => this.#toSprite(sprite)),
      running: this.#sprites.size,
      running_limit: spritesAtOnceMax,
      has_more: page.next !== null,
      ...(page.next === null ? {} : { next_continuation_token: page.next }),
    });
  }

  sprite(incoming: DoorRequest, name: string, rest: string): Response {
    const sprite = this.#sprites.get(name);
    if (sprite === undefined) return problem(404, "not_found", "There is no such Sprite.");
    const { request, url } = incoming;
    switch (`${request.method} ${rest}`) {
      case "GET ":
        return answer(200, this.#toSprite(sprite));
      case "DELETE ":
        return this.#destroy(sprite);
      case "GET /policy/network":
        return answer(200, sprite.policy);
      case "POST /policy/network":
        return setPolicy(sprite, incoming.body);
      case "GET /fs/read":
        return readFile(sprite, toFilePath(url));
      case "PUT /fs/write":
        sprite.files.set(toFilePath(url), incoming.body);
        return answer(200, { path: toFilePath(url), size: incoming.body.length });
      case "GET /services":
        return answer(
          200,
          [...sprite.services.keys()].map((service) => toService(sprite, service)),
        );
    }
    const service = /^\/services\/(?<service>[\w-]+)$/.exec(rest)?.groups?.["service"];
    if (service === undefined) return problem(404, "not_found", "There is no such path.");
    return this.#service(sprite, incoming, service);
  }

  #service(sprite: SpriteRecord, incoming: DoorRequest, service: string): Response {
    const exists = sprite.services.has(service);
    if (incoming.request.method === "GET") {
      return exists ? answer(200, toService(sprite, service)) : problem(404, "not_found", "There is no such service.");
    }
    if (incoming.request.method !== "PUT") return problem(405, "method_not_allowed", "Not that way.");
    const body = toBody(incoming.body);
    if (toText(body["cmd"]) === null) return problem(400, "invalid_request", "cmd is required.");
    const begun = exists || service !== "agent" ? null : this.#begin(sprite);
    if (begun !== null) return begun;
    sprite.services.set(service, body);
    const timestamp = this.#options.clock.now();
    return lines({ type: "started", timestamp }, { type: "complete", timestamp, log_files: {} });
  }

  /** The program begins: what it is to do is in the files. Null when it did. */
  #begin(sprite: SpriteRecord): Response | null {
    const { script, store } = this.#options;
    const prompt = sprite.files.get(`${folder}/prompt.md`) ?? "";
    const job = toBody(sprite.files.get(`${folder}/job.json`) ?? "");
    const startingBranch = toText(job["startingBranch"]) ?? "main";
    // Each Sprite is a new machine, so there is no follow-up in the sense of the other vendors.
    const start = { vendor: "sprites", prompt, startingBranch, isFollowUp: false } as const;
    const admission = script.admit(start);
    if (admission !== "accepted") return problem(admission.refused.status, "refused", admission.refused.message);
    sprite.session = store.begin({ ...start, id: sprite.name, title: sprite.name });
    script.started(sprite.session);
    return null;
  }

  #destroy(sprite: SpriteRecord): Response {
    const { session } = sprite;
    this.#sprites.delete(sprite.name);
    if (session !== null && this.#options.store.move(session, { state: "cancelled" })) {
      this.#options.script.cancelled(session);
    }
    return noContent();
  }

  #toSprite(sprite: SpriteRecord): unknown {
    const isLive = sprite.session !== null && !isEnded(sprite.session.state);
    return {
      id: `sprite-${sprite.name}`,
      name: sprite.name,
      organization: "sandbox",
      status: isLive ? "running" : "cold",
      url: `${this.#options.pageUrl}/${sprite.name}`,
      created_at: toIso(sprite.createdAt),
    };
  }
}

function setPolicy(sprite: SpriteRecord, body: string): Response {
  const policy = toBody(body);
  if (!Array.isArray(policy["rules"])) return problem(400, "invalid_policy", "rules is required.");
  sprite.policy = policy;
  return noContent();
}

function toFilePath(url: URL): string {
  const path = url.searchParams.get("path") ?? "";
  return path.startsWith("/") ? path : `${(url.searchParams.get("workingDir") ?? "").replace(/\/$/, "")}/${path}`;
}

function readFile(sprite: SpriteRecord, path: string): Response {
  const content = path === `${folder}/outcome.json` ? toOutcome(sprite.session) : (sprite.files.get(path) ?? null);
  if (content === null) return answer(404, { error: "no such file or directory", code: "ENOENT", path });
  return new Response(content, { status: 200, headers: { "content-type": "application/octet-stream" } });
}

/** The file that the program would have written by now; null when it would not have. */
function toOutcome(session: VendorSession | null): string | null {
  if (session === null || (session.state !== "waiting" && !isEnded(session.state))) return null;
  const { state, pullUrl, branch, reason, question } = session;
  return JSON.stringify({ state, pullUrl, branch, reason, question });
}

function toService(sprite: SpriteRecord, service: string): unknown {
  const definition = toObject(sprite.services.get(service));
  const status = sprite.session?.state === "queued" ? "starting" : "running";
  return { name: service, cmd: definition["cmd"], args: definition["args"] ?? [], state: { name: service, status } };
}

/** The door of Sprites. */
export function createSpritesDoor(options: DoorOptions): Door {
  const door = new SpritesDoor(options);
  return (incoming) => {
    const { request, path, url } = incoming;
    if (request.headers.get("authorization") !== `Bearer ${options.key}`) {
      return problem(401, "unauthorized", "The token is not valid.");
    }
    if (path === "/v1/sprites" && request.method === "POST") return door.create(toBody(incoming.body));
    if (path === "/v1/sprites" && request.method === "GET") return door.list(url);
    const match = /^\/v1\/sprites\/(?<name>[\w-]+)(?<rest>\/.*)?$/.exec(path)?.groups;
    return door.sprite(incoming, match?.["name"] ?? "", match?.["rest"] ?? "");
  };
}
