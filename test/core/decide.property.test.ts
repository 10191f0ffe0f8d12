/** Any history at all: if one of these fails, work would be started twice, too early, or not the same on two machines. */
import { test } from "vitest";
import { assertReplays, assertRulesHold, assertSnapshotsAreTheState } from "./properties.ts";

test("no history breaks a rule: one session a task, one task a worker, nothing started that may not be", () => {
  assertRulesHold(60);
});

test("the log read again gives the same state, and the same history the same log", () => {
  assertReplays(20);
});

test("who starts from a snapshot goes on as if never away", () => {
  assertSnapshotsAreTheState(30);
});
