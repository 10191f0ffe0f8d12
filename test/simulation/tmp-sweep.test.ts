import { allFaults } from "../../src/sandbox/faults.ts";
import { expect, test } from "vitest";
import { flawless, play, shortcomings } from "./play.ts";
test.each(Array.from({ length: 16 }, (_, i) => i + 1))("strict %i", async (seed) => {
  const report = await play("merge-strict", { seed, faults: allFaults });
  const updates = report.timeline.filter((e) => e.action === "pr_updated" && e.actor === "orchestrate[bot]").length;
  console.log(seed, report.outcome, "updates", updates, "merges", report.timeline.filter((e) => e.action === "merged").length);
  expect(shortcomings(report)).toEqual(flawless);
}, 120_000);
test.each(["merge-auto", "merge-queue", "attack", "friday-attack"])("%s", async (name) => {
  expect(shortcomings(await play(name, { seed: 3, faults: allFaults }))).toEqual(flawless);
}, 120_000);
