/** What goes wrong with a request, as the RFC 9457 problem document that answers it. */
import { STATUS_CODES } from "node:http";

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;

/** Thrown by whatever handles a request. `detail` is for the person who sent it: what happened, and what they can do. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.headers = headers;
  }
}

/** The document. The status code says everything that a program has to know, so the type is the one that stands for that. */
export function toDocument({ status, message }: Problem): Readonly<Record<string, unknown>> {
  return { type: "about:blank", title: STATUS_CODES[status], status, detail: message };
}

/** A 401 that says how to authenticate. */
export function unauthorised(detail: string): Problem {
  return new Problem(401, detail, { "www-authenticate": 'Bearer realm="orchestrate"' });
}
