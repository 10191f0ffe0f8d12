/** The mode `blocker`: what most open tasks wait for, directly or through others, goes first. */
import type { RankInput, Standing } from "./standing.ts";

export function standByBlocker(input: RankInput): Standing {
  const { transitive, direct } = input.impact;
  return { keys: [-transitive, -direct], score: transitive, parts: { transitive, direct } };
}
