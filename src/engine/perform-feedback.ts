/**
 * Reads what checks and reviewers said of a pull request that is tried again, and where it conflicts with its base, and makes of it
 * what the next attempt is told.
 */
import { composeFeedback, type ConflictFacts } from "../core/compose-feedback.ts";
import { feedbackChecksMax } from "../model/limits.ts";
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect } from "../model/effect.ts";
import { TrackerUnavailable, type Tracker } from "../ports/tracker.ts";
import type { EngineParts, World } from "./parts.ts";

interface Reading {
  readonly parts: Pick<EngineParts, "defaultBranch">;
  readonly world: { readonly tracker: Pick<Tracker, "readFailures"> } & Pick<World, "conflicts">;
  readonly state: State;
}

/** Never rejects. Only what is bounded and without secrets comes back; what was read is dropped here. */
export async function collectFeedback(
  reading: Reading,
  effect: Effect & { readonly type: "CollectFeedback" },
): Promise<EffectOutcome> {
  try {
    const facts = await reading.world.tracker.readFailures(effect.pull, feedbackChecksMax);
    const conflict = facts === null ? null : await findConflict(reading, effect);
    return { kind: "collected", feedback: facts === null ? null : composeFeedback(facts, conflict) };
  } catch (error) {
    const retryAfterMs = error instanceof TrackerUnavailable ? error.retryAfterMs : 5_000;
    return { kind: "delayed", reason: error instanceof Error ? error.message : String(error), retryAfterMs };
  }
}

/** Null where there is no conflict to find, or nobody can say where it is. */
async function findConflict(
  { parts, world, state }: Reading,
  { task, pull: number }: Effect & { readonly type: "CollectFeedback" },
): Promise<ConflictFacts | null> {
  const pull = state.tasks.get(task)?.pull;
  if (world.conflicts === undefined || pull?.number !== number || pull.mergeable !== "conflict") return null;
  const base = parts.defaultBranch;
  const paths = await world.conflicts.find({ head: pull.branch, base });
  return paths === null ? null : { base, paths };
}
