/** The mode `effort`: small tasks first. What nobody has estimated comes last, because it may be anything. */
import { noSecond, type Ranking } from "./standing.ts";

/** A task of one hour scores one half, and a smaller one more; the constant only shapes what people see. */
const halfScoreMinutes = 60;

export const byEffort: Ranking = {
  first: ({ estimateMinutes }) => estimateMinutes ?? Number.POSITIVE_INFINITY,
  second: noSecond,
  stand({ estimateMinutes: minutes }) {
    if (minutes === null) return { score: 0, parts: { effort: 0 } };
    const score = halfScoreMinutes / (halfScoreMinutes + minutes);
    return { score, parts: { effort: score, minutes } };
  },
};
