/** Scenarios that nobody thought of, played by the real App. SEEDS says how many fours of them (20), FROM the first (1). */
import { expect, test } from "vitest";
import { flawless, playScenario, shortcomings } from "./play.ts";
import { drawScenario } from "./random-scenario.ts";

const count = Number(process.env["SEEDS"] ?? 20) * 4;
const from = Number(process.env["FROM"] ?? 1);

test.each(Array.from({ length: count }, (_, index) => from + index))(
  "a scenario drawn from seed %i is done without a broken rule",
  async (seed) => {
    const { scenario } = drawScenario(seed);
    expect(shortcomings(await playScenario(scenario, { seed }))).toEqual(flawless);
  },
);
