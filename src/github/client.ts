/**
 * The way out: every call to GitHub goes through here, is admitted by the budget, sent once, and its failure classified.
 * Octokit is given, never made. Writes are never repeated by Octokit: a lost answer may hide a landed write.
 */
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { TrackerUnavailable } from "../ports/tracker.ts";
import { createBudget } from "./budget.ts";
import type { AnswerHeaders, Budget, Call } from "./budget.ts";
import { classifyError, readPartialAnswer } from "./classify-error.ts";
import type { GithubFault, GraphError } from "./classify-error.ts";

export interface RestAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly data: unknown;
}

/** What this room needs of an Octokit. Throttle and retry plugins are best off: pace and repetition are ours. */
export interface GithubOctokit {
  graphql(document: string, parameters?: Record<string, unknown>): Promise<unknown>;
  request(route: string, parameters?: Record<string, unknown>): Promise<RestAnswer>;
  readonly hook: {
    after(name: "request", listener: (response: { headers: AnswerHeaders }, options: { url: string }) => void): void;
  };
}

export interface GraphAnswer {
  readonly data: unknown;
  /** Errors that belong to a part of the answer; an answer that failed as a whole rejects. */
  readonly errors: readonly GraphError[];
}

export interface ReadOptions {
  /** May use the reserve of the budget; true unless said otherwise. */
  readonly isVital?: boolean;
  readonly redirect?: "follow" | "manual";
}

type Parameters = Readonly<Record<string, unknown>>;

/** A paced, budgeted, classified connection. Every method rejects with `GithubFault` and nothing else. */
export interface GithubClient {
  /** A GET; an outage is tried again twice. With `redirect: "manual"` a redirect is an answer of its own. */
  read(route: string, parameters: Parameters, options?: ReadOptions): Promise<RestAnswer>;
  /** A conditional GET; null when nothing changed since `etag`. */
  readIfChanged(route: string, parameters: Parameters, etag: string | null): Promise<RestAnswer | null>;
  /** A REST write, sent once. */
  send(route: string, parameters: Parameters, options?: { readonly creations?: number }): Promise<RestAnswer>;
  /** A GraphQL query; an outage is tried again twice. `cost` is its estimate in points. */
  query(
    document: string,
    variables: Parameters,
    options?: { readonly cost?: number; readonly isVital?: boolean },
  ): Promise<GraphAnswer>;
  /** A GraphQL mutation, sent once. */
  mutate(document: string, variables: Parameters, options?: { readonly creations?: number }): Promise<GraphAnswer>;
}

/** Version of the REST API that the answers are read by; GitHub's default moves on. */
const apiVersion = "2022-11-28";
const readTriesMax = 3;
const firstRetryMs = 500;
const once = { retries: 0 };

export interface GithubClientOptions {
  readonly octokit: GithubOctokit;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Least time between two writes; 1,000 ms unless said otherwise. */
  readonly minGapMs?: number;
}

/** Makes the connection that a tracker and its workflow runs share, so that they share one budget. */
export function createGithubClient(options: GithubClientOptions): GithubClient {
  const { octokit, clock, journal } = options;
  const budget = createBudget({ clock, ...(options.minGapMs === undefined ? {} : { minGapMs: options.minGapMs }) });
  octokit.hook.after("request", (response, sent) => {
    // The App's own requests (for tokens) are counted in a bucket of their own.
    if (!sent.url.startsWith("/app")) budget.note(response.headers);
  });
  const perform = createPerform({ budget, clock, journal });

  function rest(route: string, parameters: Parameters, headers: Parameters): Promise<RestAnswer> {
    return octokit.request(route, {
      request: once,
      ...parameters,
      headers: { "x-github-api-version": apiVersion, ...headers },
    });
  }

  async function graph(document: string, variables: Parameters): Promise<GraphAnswer> {
    try {
      return { data: await octokit.graphql(document, { ...variables, request: once }), errors: [] };
    } catch (error) {
      const partial = readPartialAnswer(error);
      if (partial !== null) return partial;
      throw error;
    }
  }

  return {
    read: (route, parameters, { isVital = true, redirect = "follow" } = {}) =>
      perform(() => rest(route, { ...parameters, request: { ...once, redirect } }, {}), {
        ...readCall("core"),
        isVital,
      }),
    async readIfChanged(route, parameters, etag) {
      try {
        const headers: Parameters = etag === null ? {} : { "if-none-match": etag };
        return await perform(() => rest(route, parameters, headers), { ...readCall("core"), isVital: false });
      } catch (error) {
        if (classifyError(error, clock.now()).status === 304) return null;
        throw error;
      }
    },
    send: (route, parameters, { creations = 0 } = {}) =>
      perform(() => rest(route, parameters, {}), { ...writeCall("core"), creations }),
    query: (document, variables, { cost = 1, isVital = true } = {}) =>
      perform(() => graph(document, variables), { ...readCall("graphql"), cost, isVital }),
    mutate: (document, variables, { creations = 0 } = {}) =>
      perform(() => graph(document, variables), { ...writeCall("graphql"), creations }),
  };
}

function readCall(bucket: Call["bucket"]): Call {
  return { bucket, cost: 1, isWrite: false, creations: 0, isVital: true };
}

function writeCall(bucket: Call["bucket"]): Call {
  return { bucket, cost: 1, isWrite: true, creations: 0, isVital: true };
}

function createPerform(parts: { budget: Budget; clock: Clock; journal: Journal }) {
  const { budget, clock, journal } = parts;

  async function attempt<Answer>(send: () => Promise<Answer>, call: Call): Promise<Answer> {
    await budget.admit(call);
    try {
      return await send();
    } catch (error) {
      const fault = classifyError(error, clock.now());
      if (fault.isHourSpent) budget.spend(call.bucket, fault.retryAfterMs);
      else if (fault.kind === "limited") budget.stop(fault.retryAfterMs);
      throw fault;
    }
  }

  return async function perform<Answer>(send: () => Promise<Answer>, call: Call): Promise<Answer> {
    for (let tryCount = 1; ; tryCount += 1) {
      try {
        return await attempt(send, call);
      } catch (error) {
        const fault = classifyError(error, clock.now());
        if (call.isWrite || fault.kind !== "retry" || tryCount >= readTriesMax) throw fault;
        journal.debug("A read of GitHub failed and is tried again.", { reason: fault.message, tryCount });
        await clock.sleep(firstRetryMs * 2 ** (tryCount - 1), "retry");
      }
    }
  };
}

/** The error that the port promises, for a fault that stops a whole look. */
export function toTrackerUnavailable(fault: GithubFault): TrackerUnavailable {
  return new TrackerUnavailable(fault.message, { cause: fault, retryAfterMs: fault.retryAfterMs });
}
