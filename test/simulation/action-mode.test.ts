import { describe, expect, test } from "vitest";
import { flawless, play, shortcomings } from "./play.ts";

const seeds = [2, 3, 4];

describe.each(["no-server", "app-and-action", "late-runs"])("the scenario %s, from other seeds", (name) => {
  test.each(seeds)(
    "gets its whole backlog done and breaks no rule (seed %i)",
    async (seed) => {
      expect(shortcomings(await play(name, { seed }))).toEqual(flawless);
    },
    60_000,
  );
});
