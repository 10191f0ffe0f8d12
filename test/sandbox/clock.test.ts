import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSeededChance } from "../../src/sandbox/seeded-chance.ts";
import { createTurnstile } from "../../src/sandbox/turnstile.ts";
import { createVirtualClock, immediate, settle } from "../../src/sandbox/virtual-clock.ts";

describe("virtual time", () => {
  test("timers fire by time, and at one instant in the order in which they were set", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (waits) => {
        const clock = createVirtualClock(1_000);
        const fired: { at: number; index: number }[] = [];
        for (const [index, wait] of waits.entries())
          clock.after(wait, "t", () => fired.push({ at: clock.now(), index }));
        while (clock.fireNext() !== null);
        const expected = waits
          .map((wait, index) => ({ at: 1_000 + wait, index }))
          .toSorted((a, b) => a.at - b.at || a.index - b.index);
        expect(fired).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test("a cancelled timer never fires and does not move time", () => {
    const clock = createVirtualClock(0);
    clock.after(5, "a", () => undefined).cancel();
    clock.after(9, "b", () => undefined);
    expect(clock.nextAt).toBe(9);
    expect(clock.fireNext()?.label).toBe("b");
    expect(clock.now()).toBe(9);
  });

  test("a stopped face loses its timers and sets no new ones, and others keep theirs", () => {
    const clock = createVirtualClock(0);
    const dead = clock.face("dead");
    dead.after(1, "x", () => expect.unreachable());
    clock.face("other").after(2, "y", () => undefined);
    dead.stop();
    dead.after(1, "x", () => expect.unreachable());
    expect(clock.pending()).toEqual([{ at: 2, owner: "other", label: "y" }]);
  });

  test("settling waits for what is open and for the rounds after it", async () => {
    let open = 1;
    let isAfter = false;
    setImmediate(() => {
      open = 0;
      setImmediate(() => {
        isAfter = true;
      });
    });
    await settle({ openCount: () => open });
    expect(isAfter).toBe(true);
  });
});

test("the turnstile lets one act in after another, each after what the one before set in motion", async () => {
  const seen: string[] = [];
  const turnstile = createTurnstile(immediate);
  async function visit(name: string): Promise<void> {
    await turnstile.pass(async () => {
      seen.push(`${name} in`);
      await immediate();
      seen.push(`${name} out`);
    });
    seen.push(`${name} goes on`);
  }
  await Promise.all([visit("a"), visit("b")]);
  expect(seen).toEqual(["a in", "a out", "a goes on", "b in", "b out", "b goes on"]);
});

test("a failing act leaves the turnstile open for the next", async () => {
  const turnstile = createTurnstile(immediate);
  await expect(turnstile.pass(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(turnstile.pass(async () => 1)).resolves.toBe(1);
});

test("one seed gives the same draws, and a fork does not depend on what was drawn before", () => {
  const draws = (seed: number): number[] => {
    const chance = createSeededChance(seed);
    return [chance.next(), chance.next(), chance.next()];
  };
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  const used = createSeededChance(1);
  used.next();
  expect(used.fork("x").next()).toBe(createSeededChance(1).fork("x").next());
  const mean = Array.from({ length: 5_000 }, () => used.next()).reduce((sum, draw) => sum + draw, 0) / 5_000;
  expect(mean).toBeCloseTo(0.5, 1);
});
