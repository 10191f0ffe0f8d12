/** Any history of merges: if this fails, something is merged that should not be. */
import { expect, test } from "vitest";
import { assertMergesAreRight, mergeEventsIn } from "./merge-histories.ts";

test("nothing is merged that is not green, before what it depends on, or beside a merge of the same files", () => {
  assertMergesAreRight(30);
});

test("the histories are about merges: everything that can become of one happens in them", () => {
  expect([...mergeEventsIn(40)].toSorted()).toEqual([
    "BranchUpdateRequested",
    "MergePutOff",
    "MergeRequested",
    "MergeReturned",
  ]);
});
