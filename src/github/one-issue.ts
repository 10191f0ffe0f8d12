/** One issue by its number over REST, which alone tells a deleted issue from a transferred one. */
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

export type OneIssue =
  | { readonly kind: "here"; readonly data: unknown }
  | { readonly kind: "transferred" }
  | { readonly kind: "deleted" }
  | { readonly kind: "not_found" };

const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";

/** Reads it where it is; one that moved to another repository is not followed. Rejects with `GithubFault`. */
export async function readOneIssue(
  parts: { readonly client: GithubClient; readonly place: Place },
  number: number,
): Promise<OneIssue> {
  const { client, place } = parts;
  const parameters = { ...routeOf(place), issue_number: number };
  try {
    const answer = await client.read(route, parameters, { redirect: "manual" });
    if (answer.status !== 301) return { kind: "here", data: answer.data };
    // A renamed repository redirects too, to itself by its id.
    const location = String(answer.headers["location"] ?? "");
    if (!location.includes(`/repositories/${place.id}/`)) return { kind: "transferred" };
    return { kind: "here", data: (await client.read(route, parameters)).data };
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== "gone") throw error;
    return { kind: error.status === 410 ? "deleted" : "not_found" };
  }
}
