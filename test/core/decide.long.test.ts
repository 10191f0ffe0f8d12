/** The properties of decide.property.test.ts over many more histories. RUNS says how many (3000). */
import { test } from "vitest";
import { assertMergesAreRight } from "./merge-histories.ts";
import { assertReplays, assertRulesHold, assertSnapshotsAreTheState } from "./properties.ts";

const runs = Number(process.env["RUNS"] ?? 3_000);

test("no history breaks a rule", () => {
  assertRulesHold(runs);
});

test("the log read again gives the same state", () => {
  assertReplays(runs);
});

test("who starts from a snapshot goes on as if never away", () => {
  assertSnapshotsAreTheState(runs);
});

test("nothing is merged that should not be", () => {
  assertMergesAreRight(runs);
});
