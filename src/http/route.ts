/** What a route is: data that says what it answers to and who may ask, and a function that answers. Types only. */
import type { Repository } from "../engine/repository.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { Caller } from "./caller.ts";

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
  readonly clock: Clock;
  readonly journal: Journal;
  /** Resident megabytes of the process; left out where nobody can say. */
  readonly memory?: () => number;
}

export interface Call {
  /** The body of a POST, the parameters of a GET; not yet parsed by a schema. */
  readonly input: unknown;
  /** The header `Idempotency-Key`; null without. */
  readonly key: string | null;
  /** Who sends it; null but for a route for reporters. */
  readonly caller: Caller | null;
  /** From now on the caller's token is for this very request and its repetitions. Throws a 401 where it is for another one. */
  bind(caller: Caller): void;
  readonly ground: Ground;
}

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** `reporter`: the token, a worker's token, or one that GitHub made for a job; what it may report the route finds out. */
  readonly access: "anybody" | "token" | "reporter";
  /** What the answer is where it is not JSON but text. */
  readonly mediaType?: string;
  /** Returns the JSON, or the text, of a 200. Throws a Problem. */
  answer(call: Call): unknown;
}
