/** Performs a merge that was asked for, if it still is wanted: attack mode may have ended, or a check have turned red since. */
import { isMergeWanted } from "../core/decide-merge.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect } from "../model/effect.ts";
import type { Tracker } from "../ports/tracker.ts";
import type { Lane } from "./lane.ts";

/** What is merged, or was overtaken by a newer commit, is done; a refusal is given up with the reason. */
export async function performMerge(
  { tracker, lane }: { readonly tracker: Pick<Tracker, "mergePull">; readonly lane: Lane },
  effect: Effect & { readonly type: "MergePull" },
): Promise<EffectOutcome> {
  const state = await lane.stream.current();
  if (!isMergeWanted(state, effect, lane.contextOf(state).config)) return { kind: "done" };
  const outcome = await tracker.mergePull(effect.pull, effect.sha);
  switch (outcome.kind) {
    case "merged":
    case "moved":
      return { kind: "done" };
    case "refused":
      return { kind: "dropped", reason: outcome.reason };
    case "delayed":
      return outcome;
  }
}
