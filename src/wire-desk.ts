/** What the commands at a desk do with a repository: claim, look, and write down what was just changed. Adapters and ports are those of wire.ts. */
import type { AtHand } from "./engine/at-hand.ts";
import { claimTask, type ClaimRequest, type ClaimResult } from "./engine/claim-task.ts";
import { noteIssue } from "./engine/note-issue.ts";
import { lookAtPulls, noteReview } from "./engine/review-task.ts";
import type { TaskId } from "./model/ids.ts";
import type { PullFacts } from "./model/observation.ts";
import { toClaimedWork, wire, type ClaimedWork, type RepositoryTarget, type Surroundings } from "./wire.ts";

/** Has a task claimed for an agent that takes its work itself. Null where Orchestrate has never run. */
export async function wireClaim(
  surroundings: Surroundings,
  target: RepositoryTarget & { readonly request: ClaimRequest },
): Promise<ClaimOutcome | null> {
  const { parts, world } = wire(surroundings, target);
  const result = await claimTask(parts, world.tracker, target.request);
  if (result?.kind !== "claimed") return result;
  return { kind: "claimed", task: result.task, work: toClaimedWork(result.assignable) };
}

/** Writes down how an issue is that somebody has just changed. Null where Orchestrate has never run. */
export async function wireIssue(
  surroundings: Surroundings,
  target: RepositoryTarget,
  number: number,
): Promise<AtHand | null> {
  const { parts, world } = wire(surroundings, target);
  return noteIssue(parts, world.tracker, number);
}

/** Facts of pull requests. Reads only. */
export async function wireLook(
  surroundings: Surroundings,
  target: RepositoryTarget,
  pulls: readonly number[],
): Promise<readonly PullFacts[]> {
  return lookAtPulls(wire(surroundings, target).world.tracker, pulls);
}

/** Writes down that a pull request is there to be looked at; returns the state as it is then. */
export async function wireReview(
  surroundings: Surroundings,
  told: RepositoryTarget & { readonly task: TaskId; readonly pull: number },
): Promise<AtHand> {
  const { parts, world } = wire(surroundings, told);
  return noteReview(parts, world.tracker, told);
}

export type ClaimOutcome =
  | {
      readonly kind: "claimed";
      readonly task: (ClaimResult & { readonly kind: "claimed" })["task"];
      readonly work: ClaimedWork;
    }
  | (ClaimResult & { readonly kind: "refused" });
