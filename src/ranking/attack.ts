/** The mode `attack`: quick wins before everything else, then as the mode `effort`. */
import { standByEffort } from "./by-effort.ts";
import type { RankInput, Standing } from "./standing.ts";

/** Below this many minutes a task is a quick win without the label. */
const quickWinMinutes = 15;

export function standInAttack(input: RankInput): Standing {
  const isQuick = input.quickWin || (input.estimateMinutes !== null && input.estimateMinutes < quickWinMinutes);
  const effort = standByEffort(input);
  const quickWin = isQuick ? 1 : 0;
  return { keys: [-quickWin, ...effort.keys], score: quickWin + effort.score, parts: { quickWin, ...effort.parts } };
}
