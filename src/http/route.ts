/** What a route is: data that says what it answers to and who may ask, and a function that answers. */
import type { z } from "zod";
import type { Repository } from "../engine/repository.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { Caller } from "./caller.ts";

/** Entries of `agents:`, by the rules of the configuration file and in its words. */
export interface AgentEntries {
  read(
    entry: Readonly<Record<string, unknown>>,
  ):
    | { readonly kind: "valid"; readonly definition: AgentConfig }
    | { readonly kind: "invalid"; readonly field: string; readonly message: string };
  write(definition: AgentConfig): Readonly<Record<string, unknown>>;
}

/** What the routes stand on. */
export interface Ground {
  /** The repositories at work. */
  repositories(): readonly Repository[];
  /** Null: only routes for anybody and for reporters are open. */
  readonly token: string | null;
  /** Who may report beside whoever has the token. */
  readonly reports: {
    /** The secret that worker tokens are signed with; null: there are none. */
    readonly workerSecret: string | null;
    /** Who makes the tokens of jobs, and for whom they must be; null: they are not taken. */
    readonly oidc: { readonly issuer: string; readonly audience: string; readonly fetch: Fetch } | null;
  };
  /** How entries of `agents:` are read and written. */
  readonly agentEntries: AgentEntries;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The commit that runs; null where nobody has said it. */
  readonly build: string | null;
  /** Since when the routes are answered; epoch milliseconds. */
  readonly startedAt: number;
  /** Resident megabytes of the process; left out where nobody can say. */
  readonly memory?: () => number;
}

export interface Call {
  /** The body of a POST or PATCH, the query parameters of the others; not yet parsed by the route's schema. */
  readonly input: unknown;
  /** What stands in the places of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The header `Idempotency-Key`; null without. */
  readonly key: string | null;
  /** The header `Last-Event-ID`; null without. */
  readonly lastEventId: string | null;
  /** Who sends it; null but for a route for reporters. */
  readonly caller: Caller | null;
  /** From now on the caller's token is for this very request and its repetitions. Throws a 401 where it is for another one. */
  bind(caller: Caller): void;
  readonly ground: Ground;
}

export type SuccessStatus = 200 | 201 | 202;

/** An answer that is no plain 200. */
export class Answer {
  readonly status: SuccessStatus;
  readonly body: unknown;

  constructor(status: SuccessStatus, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** A place, which stands for one segment whatever it is, is a name in braces: `/tasks/{id}/history`. */
  readonly path: string;
  /** What it is for, in a sentence without its end: for the description that programs read. */
  readonly summary: string;
  /** `reporter`: the token, a worker's token, or one that GitHub made for a job; what it may report the route finds out. */
  readonly access: "anybody" | "token" | "reporter";
  /** What the answer is where it is not JSON but text. */
  readonly mediaType?: string;
  /** What `answer` parses the input with. */
  readonly input: z.ZodType;
  /** What it answers: for the description that programs read, and the tests hold every answer against it. */
  readonly output: z.ZodType;
  /** Its answers that are no problem; left out: 200 alone. */
  readonly statuses?: readonly SuccessStatus[];
  /** It answers with an EventStream unless it is asked not to. */
  readonly isLive?: true;
  /** Returns the JSON, the text or the EventStream of a 200, or an `Answer` with another status. Throws a Problem. */
  answer(call: Call): unknown;
}
