/** The mode `priority`: what people called most urgent goes first. */
import { noSecond, type Ranking } from "./standing.ts";

export const byPriority: Ranking = {
  first: ({ priority }) => priority,
  second: noSecond,
  stand({ priority }) {
    const score = 5 - priority;
    return { score, parts: { priority: score } };
  },
};
