/** The mode `effort`: small tasks first. What nobody has estimated comes last, because it may be anything. */
import type { RankInput, Standing } from "./standing.ts";

/** A task of one hour scores one half, and a smaller one more; the constant only shapes what people see. */
const halfScoreMinutes = 60;

export function standByEffort(input: RankInput): Standing {
  const minutes = input.estimateMinutes;
  if (minutes === null) return { keys: [Number.POSITIVE_INFINITY], score: 0, parts: { effort: 0 } };
  const score = halfScoreMinutes / (halfScoreMinutes + minutes);
  return { keys: [minutes], score, parts: { effort: score, minutes } };
}
