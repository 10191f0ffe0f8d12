/** The mode `priority`: what people called most urgent goes first. */
import type { RankInput, Standing } from "./standing.ts";

export function standByPriority(input: RankInput): Standing {
  const score = 5 - input.priority;
  return { keys: [input.priority], score, parts: { priority: score } };
}
