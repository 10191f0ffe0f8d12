/** What a route is: data that says what it answers to and who may ask, and a function that answers. Types only. */
import type { Repository } from "../engine/repository.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";

/** What the routes stand on. */
export interface Ground {
  /** The repositories at work. */
  repositories(): readonly Repository[];
  /** Null: only routes for anybody are open. */
  readonly token: string | null;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface Call {
  /** The body of a POST, the parameters of a GET; not yet parsed by a schema. */
  readonly input: unknown;
  /** The header `Idempotency-Key`; null without. */
  readonly key: string | null;
  readonly ground: Ground;
}

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly access: "anybody" | "token";
  /** Returns the JSON of a 200. Throws a Problem. */
  answer(call: Call): unknown;
}
