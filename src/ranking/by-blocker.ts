/** The mode `blocker`: what most open tasks wait for, directly or through others, goes first. */
import type { Ranking } from "./standing.ts";

export const byBlocker: Ranking = {
  first: ({ impact }) => -impact.transitive,
  second: ({ impact }) => -impact.direct,
  stand: ({ impact: { transitive, direct } }) => ({ score: transitive, parts: { transitive, direct } }),
};
