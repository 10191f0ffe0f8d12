/** Runs of the workflow under every fault, alone and beside the App, from many seeds. SEEDS says how many (20), FROM the first. */
import { describe, expect, test } from "vitest";
import { allFaults } from "../../src/sandbox/faults.ts";
import { flawless, play, shortcomings } from "./play.ts";

const count = Number(process.env["SEEDS"] ?? 20);
const from = Number(process.env["FROM"] ?? 1);
const seeds = Array.from({ length: count }, (_, index) => from + index);
const faults = { ...allFaults, actions: { cancel: 0.4, delay: [0, 40 * 60_000] as const } };

describe.each(["no-server", "app-and-action", "late-runs"])("%s with everything going wrong", (name) => {
  test.each(seeds)("from seed %i is done without a broken rule", async (seed) => {
    expect(shortcomings(await play(name, { seed, faults }))).toEqual(flawless);
  });
});

describe.each(["bad-week", "flaky-agents", "stranger-and-edits", "thirty-issues"])("%s by runs alone", (name) => {
  test.each(seeds)("from seed %i is done without a broken rule", async (seed) => {
    const runs = { app: false, action: true };
    expect(shortcomings(await play(name, { seed, runs, faults }))).toEqual(flawless);
  });
});
