/**
 * The counts of the report: of whatever comes through the API, with a person's token as well. Commits to the state branch are counted by
 * themselves: git data that was written for one is known as such only when a ref is put on it, so it waits until then.
 */
import type { ApiCall } from "./api-call.ts";
import type { Route } from "./api-router.ts";
import { stateRef } from "./graphql-context.ts";
import type { ApiCounters } from "./world.ts";

export interface Counts {
  readonly counters: ApiCounters;
  /** After a REST request was answered. */
  rest(route: Route, call: ApiCall, isDone: boolean): void;
}

/** The ref that a request of git data moves; null: none yet. */
function refOf(call: ApiCall): string | null {
  const { body, params, url } = call;
  if (url.pathname.includes("/contents/")) {
    return `refs/heads/${typeof body["branch"] === "string" ? body["branch"] : call.state.repository.defaultBranch}`;
  }
  if (params["ref"] !== undefined) return `refs/${params["ref"]}`;
  return url.pathname.endsWith("/git/refs") && typeof body["ref"] === "string" ? body["ref"] : null;
}

/** Starts counting from nothing. */
export function createCounts(): Counts {
  const counters: ApiCounters = { rest: 0, graphqlPoints: 0, mutations: 0, contentCreations: 0, stateCommits: 0 };
  const waiting = new Map<string, number>();

  function gitData(call: ApiCall, isDone: boolean): void {
    const { bucket } = call.credential;
    const ref = refOf(call);
    const held = waiting.get(bucket) ?? 0;
    if (ref === null) {
      waiting.set(bucket, held + 1);
      return;
    }
    waiting.delete(bucket);
    if (ref !== stateRef) counters.mutations += held + 1;
    else if (isDone) counters.stateCommits += 1;
  }

  return {
    counters,
    rest(route, call, isDone) {
      if (route.isFree === true) return;
      counters.rest += 1;
      if (route.isContent === true && isDone) counters.contentCreations += 1;
      if (route.method === "GET") return;
      // A branch that is deleted is no commit on it.
      if (route.isGitData === true && route.method !== "DELETE") gitData(call, isDone);
      else counters.mutations += 1;
    },
  };
}
