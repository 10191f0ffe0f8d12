/** The guard against patterns that match everything has to bite. */
import { expect, test } from "vitest";

test("a bare pattern that stands for a string fails the test that has it, however deep it lies", () => {
  expect(() => expect({ a: "one" }).toMatchObject({ a: /one/ })).toThrow("expect.stringMatching");
  expect(() => expect({ a: [{ b: "one" }] }).toMatchObject({ a: [{ b: /two/ }] })).toThrow("expect.stringMatching");
  expect({ a: "one", b: /two/ }).toMatchObject({ a: expect.stringMatching(/one/), b: /two/ });
});
