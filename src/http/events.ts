/** GET /orchestrator/events: the entries of the log as they land, as Server-Sent Events, or the newest of them as one document. */
import { z } from "zod";
import type { LogTail } from "../engine/log-tail.ts";
import { toLoggedEntry, type LoggedEntry } from "../engine/logged-entry.ts";
import type { Repository } from "../engine/repository.ts";
import { count, counted, instant, loggedEvent } from "./answer-fields.ts";
import { EventStream, toFrame, type FrameSource } from "./event-stream.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Ground, Route } from "./route.ts";

/** Readers at a time, of all repositories: each may hold a frame that it has not taken yet. */
const readersMax = 32;
const limitMax = 500;

const version = "must be a version of the log: a whole number from 0 on";
const Version = z
  .string(version)
  .regex(/^\d{1,15}$/, version)
  .transform(Number);
const limit = `must be a whole number from 1 to ${limitMax}`;

const Input = z.strictObject({
  repository: repositoryName,
  after: Version.optional().describe("Only entries after this version of the log."),
  limit: z
    .string(limit)
    .regex(/^(?:[1-9]\d?|[1-4]\d\d|500)$/, limit)
    .transform(Number)
    .default(100)
    .describe("With stream=false: how many entries, at most."),
  stream: z.enum(["true", "false"], "must be true or false").default("true").describe("false: one document, at once."),
});

const Output = z.object({
  repository: z.string(),
  version: count,
  since: counted,
  isComplete: z.boolean(),
  entries: z.array(
    z.object({
      version: counted,
      at: instant,
      command: z.string(),
      events: z.array(
        z.object({
          type: z.string(),
          line: z.string(),
          task: z.string().nullable(),
          reference: z.string().nullable(),
          number: counted.nullable(),
          event: loggedEvent,
        }),
      ),
    }),
  ),
});

export const events: Route = {
  method: "GET",
  path: "/orchestrator/events",
  access: "token",
  summary: "What happens, as it goes into the log: a live stream, or with stream=false the newest of it",
  input: Input,
  output: Output,
  isLive: true,
  answer: answerEvents,
};

function answerEvents({ input, lastEventId, ground }: Call): unknown {
  const asked = parseInput(Input, input);
  const repository = findRepository(ground, asked.repository, "the query parameter `repository`");
  stateOf(repository);
  if (asked.stream === "false") return toPage(repository, asked);
  demandRoom(ground);
  return new EventStream(new LogFrames(repository, readLastEventId(lastEventId) ?? asked.after ?? null));
}

/** Reads what is in memory, and never the store. */
function toPage(
  repository: Repository,
  { after: asked, limit: most }: { readonly after?: number | undefined; readonly limit: number },
): unknown {
  const { tail } = repository.lane.stream;
  const after = asked ?? Math.max(0, tail.version - most);
  const first = Math.max(after + 1, tail.since);
  const last = Math.min(first + most - 1, tail.version);
  const entries = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    entryAt(repository, first + index),
  );
  return {
    repository: repository.name,
    version: tail.version,
    since: tail.since,
    isComplete: after + 1 >= tail.since,
    entries: entries.filter((entry) => entry !== null),
  };
}

function entryAt({ lane }: Repository, at: number): LoggedEntry | null {
  const line = lane.stream.tail.at(at);
  const state = lane.stream.peek();
  return line === null || state === null ? null : toLoggedEntry(at, line, state);
}

/** What an EventSource sends when it comes back: the version of the last entry that it has. */
function readLastEventId(id: string | null): number | null {
  if (id === null) return null;
  if (/^\d{1,15}$/.test(id)) return Number(id);
  throw new Problem(400, `The header \`Last-Event-ID\` ${version}.`);
}

function demandRoom(ground: Ground): void {
  const readers = ground.repositories().reduce((sum, { lane }) => sum + lane.stream.tail.followerCount, 0);
  if (readers < readersMax) return;
  const detail = `${readersMax} readers follow the log already, which is all that this copy of the App takes. Come back later, or ask with \`stream=false\`.`;
  throw new Problem(503, detail, { "retry-after": "30" });
}

/** The frames of one reader: where it begins, then an entry each, and where entries are missing that they are. */
class LogFrames implements FrameSource {
  readonly #repository: Repository;
  readonly #tail: LogTail;
  /** The version of the last entry that the reader has. */
  #cursor: number;
  #hasBegun = false;

  constructor(repository: Repository, after: number | null) {
    this.#repository = repository;
    this.#tail = repository.lane.stream.tail;
    this.#cursor = after ?? this.#tail.version;
  }

  next(): string | null {
    if (!this.#hasBegun) return this.#begin();
    const { since } = this.#tail;
    if (this.#cursor + 1 < since) return this.#skip(since);
    const entry = entryAt(this.#repository, this.#cursor + 1);
    if (entry === null) return null;
    this.#cursor = entry.version;
    return toFrame({ id: entry.version, data: { repository: this.#repository.name, ...entry } });
  }

  follow(follower: Parameters<FrameSource["follow"]>[0]): () => void {
    return this.#tail.follow(follower);
  }

  #begin(): string {
    this.#hasBegun = true;
    return this.#tell("start", { after: this.#cursor });
  }

  #skip(since: number): string {
    const after = this.#cursor;
    this.#cursor = since - 1;
    return this.#tell("gap", { after });
  }

  #tell(event: "start" | "gap", { after }: { readonly after: number }): string {
    const { name: repository } = this.#repository;
    const { version: newest, since } = this.#tail;
    return toFrame({ id: this.#cursor, event, data: { repository, after, since, version: newest } });
  }
}
