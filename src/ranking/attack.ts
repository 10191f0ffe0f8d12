/** The mode `attack`: quick wins before everything else, then as the mode `effort`. */
import { standByEffort } from "./by-effort.ts";
import type { RankInput, Scale, Standing } from "./standing.ts";

/** Labelled `quick-win`, or estimated below the threshold. What nobody has estimated may be anything. */
export function isQuickWin(input: Pick<RankInput, "quickWin" | "estimateMinutes">, belowMinutes: number): boolean {
  return input.quickWin || (input.estimateMinutes !== null && input.estimateMinutes < belowMinutes);
}

export function standInAttack(input: RankInput, scale: Scale): Standing {
  const isQuick = isQuickWin(input, scale.quickWinBelow);
  const effort = standByEffort(input);
  const quickWin = isQuick ? 1 : 0;
  return { keys: [-quickWin, ...effort.keys], score: quickWin + effort.score, parts: { quickWin, ...effort.parts } };
}
