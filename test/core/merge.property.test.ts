/** Any history of merges: if this fails, something is merged that should not be. */
import { test } from "vitest";
import { assertMergesAreRight } from "./merge-histories.ts";

test("nothing is merged that is not green, before what it depends on, or beside a merge of the same files", () => {
  assertMergesAreRight(30);
});
