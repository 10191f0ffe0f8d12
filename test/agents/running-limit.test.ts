import { expect, test } from "vitest";
import { spritesAtOnceMax } from "../../src/sandbox/vendor-sprites.ts";
import { embed } from "./embedded.ts";

test("Sprites say how many of them may run at once", async () => {
  expect(await embed().agent("bifrost").runningLimit?.()).toBe(spritesAtOnceMax);
});

test("when Sprites do not answer, that is not taken for having no limit", async () => {
  const world = embed();
  world.loseAnswers(/GET .*\/v1\/sprites/, 10);
  await expect(world.agent("bifrost").runningLimit?.()).rejects.toThrow(/Sprites|answer|connect/i);
});

test("Jules and Cursor have no such limit to tell", () => {
  expect([embed().agent("jules").runningLimit, embed().agent("cursor").runningLimit]).toEqual([undefined, undefined]);
});
