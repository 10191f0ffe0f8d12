/** The mode `critical`: what heads the longest remaining path goes first, because everything is done no sooner. */
import type { RankInput, Standing } from "./standing.ts";

export function standByCriticalPath(input: RankInput): Standing {
  const { tailMinutes } = input;
  return { keys: [-tailMinutes], score: tailMinutes, parts: { tailMinutes } };
}
