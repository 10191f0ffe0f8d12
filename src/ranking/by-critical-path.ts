/** The mode `critical`: what heads the longest remaining path goes first, because everything is done no sooner. */
import { noSecond, type Ranking } from "./standing.ts";

export const byCriticalPath: Ranking = {
  first: ({ tailMinutes }) => -tailMinutes,
  second: noSecond,
  stand: ({ tailMinutes }) => ({ score: tailMinutes, parts: { tailMinutes } }),
};
