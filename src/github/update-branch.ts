/**
 * Merges the base into the branch of a pull request, where GitHub demands that branches are up to date before they are merged. With the
 * job's own token it refuses: no check would start for the new commit, which could then never be merged.
 */
import { z } from "zod";
import type { UpdateOutcome } from "../ports/tracker.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { branchStanding } from "./merge-queries.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

interface UpdateParts {
  readonly client: GithubClient;
  readonly place: Place;
}

interface Wish {
  readonly number: number;
  readonly sha: string;
}

const Standing = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    pullRequest: z
      .object({
        state: z.string(),
        headRefOid: z.string(),
        mergeable: z.string(),
        mergeStateStatus: z.string(),
        commits: z.object({
          nodes: z.array(
            z.object({
              commit: z.object({
                oid: z.string(),
                parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }),
              }),
            }),
          ),
        }),
      })
      .nullish(),
  }),
});
type Pull = NonNullable<z.output<typeof Standing>["repository"]["pullRequest"]>;

/** Whose name the job's own token acts in. */
const jobLogin = "github-actions[bot]";
const unreadableMs = 60_000;

/** Asks once for each head; safe to repeat: what is up to date already is left alone. Never rejects. */
export async function updateBranch(parts: UpdateParts, wish: Wish): Promise<UpdateOutcome> {
  try {
    const { viewer, pull } = await read(parts, wish.number);
    const known = outcomeOf(pull, wish);
    if (known !== null) return known;
    if (viewer === jobLogin) return refused(wish, jobTokenReason);
    const fault = await send(parts, wish);
    return fault === null ? { kind: "updated" } : await judge(parts, wish, fault);
  } catch (error) {
    if (error instanceof GithubFault) return delayed(error);
    return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: unreadableMs };
  }
}

const jobTokenReason =
  "this ran with the job's own token, and GitHub starts no checks for what that pushes. Update the branch yourself, or give the Action a GitHub App (`app-id` and `private-key`).";

async function read(
  { client, place }: UpdateParts,
  number: number,
): Promise<{ readonly viewer: string; readonly pull: Pull | null }> {
  const answer = await client.query(branchStanding, { owner: place.owner, name: place.name, number });
  const { viewer, repository } = Standing.parse(answer.data);
  return { viewer: viewer.login, pull: repository.pullRequest ?? null };
}

/** What is so already; null where the branch has still to be brought up to date. */
function outcomeOf(pull: Pull | null, { sha }: Wish): UpdateOutcome | null {
  if (pull === null || pull.state !== "OPEN") return { kind: "moved" };
  if (pull.headRefOid !== sha) return isMadeOf(pull, sha) ? { kind: "updated" } : { kind: "moved" };
  // A conflict, or a base that demands it no more: the next look sees it.
  const isBehind = pull.mergeStateStatus === "BEHIND" || pull.mergeStateStatus === "UNKNOWN";
  return pull.mergeable === "CONFLICTING" || !isBehind ? { kind: "moved" } : null;
}

/** The head is a merge into this very commit: an earlier try has landed, or a person was faster. */
function isMadeOf({ commits, headRefOid }: Pull, sha: string): boolean {
  const commit = commits.nodes.at(-1)?.commit;
  const [first, second] = commit?.parents.nodes ?? [];
  return commit?.oid === headRefOid && first?.oid === sha && second !== undefined;
}

/** Null when GitHub has taken it on; the new commit is there a moment later. */
async function send({ client, place }: UpdateParts, { number, sha }: Wish): Promise<GithubFault | null> {
  try {
    await client.send("PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch", {
      ...routeOf(place),
      pull_number: number,
      expected_head_sha: sha,
    });
    return null;
  } catch (error) {
    if (error instanceof GithubFault) return error;
    throw error;
  }
}

/** GitHub said no, or did not answer: how the pull request stands now tells what became of it. */
async function judge(parts: UpdateParts, wish: Wish, fault: GithubFault): Promise<UpdateOutcome> {
  if (fault.kind === "limited") return delayed(fault);
  if (fault.kind === "forbidden" || fault.kind === "gone") {
    const advice =
      "Update the branch yourself, or let the App write contents, pull requests and, where they change, workflows.";
    return refused(wish, `${fault.message} ${advice}`);
  }
  const { pull } = await read(parts, wish.number);
  const known = outcomeOf(pull, wish);
  if (known !== null) return known;
  return fault.kind === "invalid" ? refused(wish, `${fault.message} Update the branch yourself.`) : delayed(fault);
}

function refused({ number }: Wish, why: string): UpdateOutcome {
  const what = `Pull request #${number} is green and behind its base, and its branch could not be brought up to date`;
  return { kind: "refused", reason: `${what}: ${why.replaceAll("..", ".")}` };
}

function delayed(fault: GithubFault): UpdateOutcome {
  return { kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs };
}
