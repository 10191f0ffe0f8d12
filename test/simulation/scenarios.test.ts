import { describe, expect, test } from "vitest";
import { allFaults } from "../../src/sandbox/faults.ts";
import { flawless, play, scenarioNames, shortcomings } from "./play.ts";

describe("every scenario of the documentation", () => {
  test.each(scenarioNames)(
    "%s gets its whole backlog done and breaks no rule",
    async (name) => {
      expect(shortcomings(await play(name, { seed: 1 }))).toEqual(flawless);
    },
    60_000,
  );
});

test("two runs from one seed are the same run, whatever goes wrong in them", async () => {
  const [one, other] = [
    await play("first-ten-minutes", { seed: 7, faults: allFaults }),
    await play("first-ten-minutes", { seed: 7, faults: allFaults }),
  ];
  expect({ ...one, wallMs: 0 }).toEqual({ ...other, wallMs: 0 });
}, 60_000);

test("another seed is another run", async () => {
  const [one, other] = [await play("first-ten-minutes", { seed: 8 }), await play("first-ten-minutes", { seed: 9 })];
  expect(one.timeline).not.toEqual(other.timeline);
}, 60_000);
