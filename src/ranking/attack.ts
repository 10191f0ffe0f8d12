/** The mode `attack`: quick wins before everything else, then as the mode `effort`. */
import { byEffort } from "./by-effort.ts";
import type { RankInput, Ranking, Scale } from "./standing.ts";

/** Labelled `quick-win`, or estimated below the threshold. What nobody has estimated may be anything. */
export function isQuickWin(input: Pick<RankInput, "quickWin" | "estimateMinutes">, belowMinutes: number): boolean {
  return input.quickWin || (input.estimateMinutes !== null && input.estimateMinutes < belowMinutes);
}

function quickWinOf(input: RankInput, scale: Scale): 0 | 1 {
  return isQuickWin(input, scale.quickWinBelow) ? 1 : 0;
}

export const byAttack: Ranking = {
  first: (input, scale) => -quickWinOf(input, scale),
  second: byEffort.first,
  stand(input, scale) {
    const quickWin = quickWinOf(input, scale);
    const effort = byEffort.stand(input, scale);
    return { score: quickWin + effort.score, parts: { quickWin, ...effort.parts } };
  },
};
