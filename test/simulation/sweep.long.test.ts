/** Every scenario under every fault, from many seeds. SEEDS says how many (20), FROM the first of them (1). */
import { describe, expect, test } from "vitest";
import { allFaults } from "../../src/sandbox/faults.ts";
import { flawless, play, scenarioNames, shortcomings } from "./play.ts";
import { knownSeeds } from "./seeds.ts";

const count = Number(process.env["SEEDS"] ?? 20);
const from = Number(process.env["FROM"] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => from + index);

describe("a seed that failed before", () => {
  test.each(knownSeeds)("$scenario from seed $seed: $reason", async ({ scenario, seed }) => {
    expect(shortcomings(await play(scenario, { seed, faults: allFaults }))).toEqual(flawless);
  });
});

describe.each(scenarioNames)("%s with everything going wrong", (name) => {
  test.each(seeds)("from seed %i is done without a broken rule", async (seed) => {
    expect(shortcomings(await play(name, { seed, faults: allFaults }))).toEqual(flawless);
  });
});
