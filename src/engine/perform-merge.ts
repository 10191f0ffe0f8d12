/** Performs a merge that was asked for, if it still is wanted: the configuration may be another one, or a check have turned red since. */
import { isMergeWanted } from "../core/decide-merge.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Effect } from "../model/effect.ts";
import type { Tracker } from "../ports/tracker.ts";
import type { Lane } from "./lane.ts";

/** What is merged or queued is done, what was overtaken by a newer commit is withdrawn; a refusal is given up with the reason. */
export async function performMerge(
  { tracker, lane }: { readonly tracker: Pick<Tracker, "mergePull" | "enqueuePull">; readonly lane: Lane },
  effect: Effect & { readonly type: "MergePull" },
): Promise<EffectOutcome> {
  const state = await lane.stream.current();
  if (!isMergeWanted(state, effect, lane.contextOf(state).config)) return { kind: "withdrawn" };
  const outcome = await (effect.way === "queue" ? tracker.enqueuePull : tracker.mergePull)(effect.pull, effect.sha);
  switch (outcome.kind) {
    case "merged":
    case "queued":
      return { kind: "done" };
    case "moved":
      return { kind: "withdrawn" };
    case "refused":
      return { kind: "dropped", reason: outcome.reason };
    case "delayed":
      return outcome;
  }
}
