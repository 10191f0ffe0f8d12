/** The end of the log of a job of Actions. GitHub answers with the address of a file elsewhere, which is fetched without any token. */
import type { Fetch } from "../ports/fetch.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

/** What failed stands near the end; a log may have hundreds of megabytes. */
const tailMax = 256 * 1024;
/** No more than this is even downloaded: then there is no end to be had. */
const downloadMax = 64 * 1024 * 1024;

export interface JobLogParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly fetch: Fetch;
}

/**
 * At most 256 KB of whole lines. Null where there is no log: it has expired, the job was never run, or it may not be read. Rejects with
 * `GithubFault` when GitHub cannot be asked.
 */
export async function readJobLog({ client, place, fetch }: JobLogParts, job: string): Promise<string | null> {
  const location = await findLog({ client, place }, job);
  if (location === null) return null;
  try {
    const response = await fetch(location, { redirect: "follow" });
    return response.ok && response.body !== null ? await readTail(response.body) : null;
  } catch (error) {
    // What the check itself says must do; an attempt that knows less is better than none.
    if (error instanceof TypeError) return null;
    throw new GithubFault("The log of a job could not be read.", { kind: "retry", retryAfterMs: 5_000, cause: error });
  }
}

async function findLog({ client, place }: Omit<JobLogParts, "fetch">, job: string): Promise<string | null> {
  const route = "GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs";
  try {
    const answer = await client.read(route, { ...routeOf(place), job_id: job }, { redirect: "manual" });
    const location = answer.headers["location"];
    return answer.status === 302 && typeof location === "string" && /^https?:/.test(location) ? location : null;
  } catch (error) {
    const isAbsent = error instanceof GithubFault && ["gone", "forbidden", "invalid"].includes(error.kind);
    if (isAbsent) return null;
    throw error;
  }
}

async function readTail(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let tail = "";
  let read = 0;
  let isCut = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    read += value.byteLength;
    if (read > downloadMax) {
      await reader.cancel();
      return null;
    }
    tail += decoder.decode(value, { stream: true });
    // Cut seldom: each cut copies what is kept.
    if (tail.length > 4 * tailMax) {
      tail = tail.slice(-tailMax);
      isCut = true;
    }
  }
  tail += decoder.decode();
  if (tail.length > tailMax) isCut = true;
  if (!isCut) return tail;
  const last = tail.slice(-tailMax);
  // Half a line could hold half a secret, which nothing tells.
  return last.includes("\n") ? last.slice(last.indexOf("\n") + 1) : "";
}
