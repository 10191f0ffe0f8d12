/** Performs a merge that was asked for, if it still is wanted: the configuration may be another one, or a check have turned red since. */
import { isMergeWanted } from "../core/decide-merge.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect } from "../model/effect.ts";
import type { MergeOutcome, Tracker, UpdateOutcome } from "../ports/tracker.ts";
import type { Lane } from "./lane.ts";

interface MergeParts {
  readonly tracker: Pick<Tracker, "mergePull" | "enqueuePull" | "updateBranch">;
  readonly lane: Lane;
}

/** What is merged or queued is done, what was overtaken by a newer commit is withdrawn; a refusal is given up with the reason. */
export function performMerge(
  parts: MergeParts,
  effect: Effect & { readonly type: "MergePull" },
): Promise<EffectOutcome> {
  const { tracker } = parts;
  const ask = effect.way === "queue" ? tracker.enqueuePull : tracker.mergePull;
  return performWanted(parts, effect, () => ask(effect.pull, effect.sha));
}

/** The same for bringing a branch up to date, which a merge waits for. */
export function performUpdate(
  parts: MergeParts,
  effect: Effect & { readonly type: "UpdateBranch" },
): Promise<EffectOutcome> {
  return performWanted(parts, effect, () => parts.tracker.updateBranch(effect.pull, effect.sha));
}

async function performWanted(
  { lane }: MergeParts,
  effect: Effect & { readonly type: "MergePull" | "UpdateBranch" },
  act: () => Promise<MergeOutcome | UpdateOutcome>,
): Promise<EffectOutcome> {
  const state = await lane.stream.current();
  if (!isMergeWanted(state, effect, lane.contextOf(state).config)) return { kind: "withdrawn" };
  const outcome = await act();
  switch (outcome.kind) {
    case "merged":
    case "queued":
    case "updated":
      return { kind: "done" };
    case "moved":
      return { kind: "withdrawn" };
    case "refused":
      return { kind: "dropped", reason: outcome.reason };
    case "delayed":
      return outcome;
  }
}
