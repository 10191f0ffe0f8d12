/** A bare pattern as the expected value of a string is equal to everything in `toMatchObject`: such a test would assert nothing, so it fails. */
import { expect } from "vitest";

expect.addEqualityTesters([
  (received: unknown, expected: unknown): undefined => {
    if (expected instanceof RegExp && !(received instanceof RegExp))
      throw new Error(`${String(expected)} is compared with a value that is no pattern: write expect.stringMatching.`);
  },
]);
