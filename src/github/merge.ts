/** Merges a pull request at one commit, in whichever way the repository allows; what GitHub says against it is told in its words. */
import { z } from "zod";
import type { MergeOutcome } from "../ports/tracker.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

/** Tried in this order: the first that the repository allows is taken. */
const methods = ["merge", "squash", "rebase"] as const;

const Pull = z.object({
  merged: z.boolean().catch(false),
  state: z.string(),
  head: z.object({ sha: z.string() }),
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().catch(""),
});

/** The way of merging is not allowed here, another may be. */
const methodPattern = /merges? (?:commits )?are not allowed|must not contain merge commits/i;
/** The base moved while GitHub merged, or it has not counted a check yet that we have seen: the same again, later. */
const passingPattern = /base branch was modified|status check|is in progress/i;
const passingMs = 30_000;
const unreadableMs = 60_000;

interface MergeWish {
  readonly number: number;
  readonly sha: string;
}

/** Safe to repeat: what is merged already is merged. Never rejects. */
export async function mergePull(
  parts: { readonly client: GithubClient; readonly place: Place },
  wish: MergeWish,
): Promise<MergeOutcome> {
  try {
    for (const method of methods) {
      const fault = await tryMerge(parts, wish, method);
      if (fault === null) return { kind: "merged" };
      if (!isAboutMethod(fault)) return await judge(parts, wish, fault);
    }
    return refused(wish, "no way of merging is allowed on this repository.");
  } catch (error) {
    if (error instanceof GithubFault) return delayed(error);
    return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: unreadableMs };
  }
}

/** Null when it was merged. */
async function tryMerge(
  { client, place }: { readonly client: GithubClient; readonly place: Place },
  { number, sha }: MergeWish,
  method: (typeof methods)[number],
): Promise<GithubFault | null> {
  try {
    await client.send("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", {
      ...routeOf(place),
      pull_number: number,
      sha,
      merge_method: method,
    });
    return null;
  } catch (error) {
    if (error instanceof GithubFault) return error;
    throw error;
  }
}

function isAboutMethod(fault: GithubFault): boolean {
  return fault.status === 405 && methodPattern.test(fault.message);
}

/** GitHub said no, or did not answer: how the pull request stands now tells what became of it. */
async function judge(
  { client, place }: { readonly client: GithubClient; readonly place: Place },
  wish: MergeWish,
  fault: GithubFault,
): Promise<MergeOutcome> {
  if (fault.kind === "limited") return delayed(fault);
  if (fault.kind === "forbidden" || fault.kind === "gone") {
    const advice = "Let the App write contents and pull requests of this repository, or merge it yourself.";
    return refused(wish, `${fault.message} ${advice}`);
  }
  const answer = await client.read("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...routeOf(place),
    pull_number: wish.number,
  });
  const pull = Pull.parse(answer.data);
  if (pull.merged) return { kind: "merged" };
  if (pull.state !== "open" || pull.head.sha !== wish.sha) return { kind: "moved" };
  if (fault.status === 405 && hasBaseMoved(pull)) return { kind: "moved" };
  if (fault.status === 405 && !passingPattern.test(fault.message)) {
    return refused(wish, `${fault.message} Merge it yourself, or let the App bypass that rule.`);
  }
  return fault.kind === "invalid"
    ? { kind: "delayed", reason: fault.message, retryAfterMs: passingMs }
    : delayed(fault);
}

/**
 * The base has moved into its way, or has commits that its branch needs before it is merged: the next look sees that. GitHub's words for the
 * second are those of a missing check.
 */
function hasBaseMoved({ mergeable, mergeable_state: state }: z.output<typeof Pull>): boolean {
  return mergeable === false || state === "behind";
}

function refused({ number }: MergeWish, why: string): MergeOutcome {
  // GitHub's own sentences end with a full stop too.
  const reason = `Pull request #${number} is green and could not be merged: ${why.replaceAll("..", ".")}`;
  return { kind: "refused", reason };
}

function delayed(fault: GithubFault): MergeOutcome {
  return { kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs };
}
