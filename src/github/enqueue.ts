/**
 * Puts a pull request into the merge queue of its branch, at one commit. Where the branch has no queue it is merged at once, and the
 * log says so, once for each repository.
 */
import { z } from "zod";
import type { Journal } from "../ports/journal.ts";
import type { MergeOutcome } from "../ports/tracker.ts";
import { classifyGraphError, GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { mergePull } from "./merge.ts";
import type { Place } from "./place.ts";
import { enqueue, queueStanding } from "./merge-queries.ts";

interface EnqueueParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly journal: Journal;
}

interface Wish {
  readonly number: number;
  readonly sha: string;
}

const Standing = z.object({
  repository: z.object({
    pullRequest: z
      .object({
        id: z.string(),
        state: z.string(),
        headRefOid: z.string(),
        isInMergeQueue: z.boolean(),
        isMergeQueueEnabled: z.boolean(),
      })
      .nullish(),
  }),
});
type Pull = NonNullable<z.output<typeof Standing>["repository"]["pullRequest"]>;

/** GitHub has not counted a check yet that we have seen, or is at work on the pull request: the same again, later. */
const passingPattern = /status check|in progress|checking|not yet|try again/i;
const passingMs = 30_000;
const unreadableMs = 60_000;

/** Makes `enqueuePull` of one repository. It is safe to repeat, and never rejects. */
export function createEnqueue(parts: EnqueueParts): (number: number, sha: string) => Promise<MergeOutcome> {
  let isTold = false;

  function mergeInstead(wish: Wish): Promise<MergeOutcome> {
    if (!isTold) {
      parts.journal.warn("The default branch has no merge queue: `merge: queue` merges at once, as `auto` does.", {});
    }
    isTold = true;
    return mergePull(parts, wish);
  }

  return async function enqueuePull(number, sha) {
    const wish: Wish = { number, sha };
    try {
      const pull = await read(parts, number);
      const known = outcomeOf(pull, wish);
      if (known !== null || pull === null) return known ?? { kind: "moved" };
      return pull.isMergeQueueEnabled ? await send(parts, pull, wish) : await mergeInstead(wish);
    } catch (error) {
      if (error instanceof GithubFault) {
        return { kind: "delayed", reason: error.message, retryAfterMs: error.retryAfterMs };
      }
      return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: unreadableMs };
    }
  };
}

async function read({ client, place }: EnqueueParts, number: number): Promise<Pull | null> {
  const answer = await client.query(queueStanding, { owner: place.owner, name: place.name, number });
  return Standing.parse(answer.data).repository.pullRequest ?? null;
}

/** What is so already; null where something has to be done. */
function outcomeOf(pull: Pull | null, { sha }: Wish): MergeOutcome | null {
  if (pull?.state === "MERGED") return { kind: "merged" };
  if (pull === null || pull.state !== "OPEN" || pull.headRefOid !== sha) return { kind: "moved" };
  return pull.isInMergeQueue ? { kind: "queued" } : null;
}

async function send(parts: EnqueueParts, { id }: Pull, wish: Wish): Promise<MergeOutcome> {
  try {
    const { errors } = await parts.client.mutate(enqueue, { id, sha: wish.sha });
    const [error] = errors;
    if (error === undefined) return { kind: "queued" };
    return await judge(parts, wish, {
      message: error.message,
      kind: classifyGraphError(error),
      retryAfterMs: passingMs,
    });
  } catch (error) {
    if (error instanceof GithubFault) return judge(parts, wish, error);
    throw error;
  }
}

/** GitHub said no, or did not answer: how the pull request stands now tells what became of it. */
async function judge(
  parts: EnqueueParts,
  wish: Wish,
  fault: Pick<GithubFault, "message" | "kind" | "retryAfterMs">,
): Promise<MergeOutcome> {
  const delayed: MergeOutcome = { kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs };
  if (fault.kind === "limited") return delayed;
  const known = outcomeOf(await read(parts, wish.number), wish);
  if (known !== null) return known;
  if (fault.kind === "retry" || passingPattern.test(fault.message)) return delayed;
  const advice = "Put it there yourself, or give the App the right to.";
  const said = fault.message.replaceAll("..", ".");
  return {
    kind: "refused",
    reason: `Pull request #${wish.number} is green and could not be put into the merge queue: ${said} ${advice}`,
  };
}
