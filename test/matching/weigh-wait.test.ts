/** Whether a task waits for the better agent or takes the idle one, and the reason that people read. */
import { describe, expect, test } from "vitest";
import { chooseAgent } from "../../src/matching/choose-agent.ts";
import type { AgentCandidate, Choice, MatchingPolicy, Wish } from "../../src/matching/fit.ts";
import { agent, full, minuteMs, standard, wishFor } from "./given-agents.ts";

/** A fit of (.4 + 0 + .05) / .7 = .64: 30 minutes of work are 46.7 expected ones. */
const idle = agent("jules", { history: 0 });
/** A fit of (.4 + .2 + .1) / .7 = 1: 30 minutes of work are 30 expected ones. */
const better = { history: 1, cohesion: 1 };

function choose(
  candidates: readonly AgentCandidate[],
  wish: Partial<Wish> = {},
  policy: Partial<MatchingPolicy> = {},
): Choice {
  return chooseAgent(wishFor(wish), candidates, { ...standard, ...policy });
}

function noteOf(choice: Choice): string | null {
  return choice.kind === "assign" ? choice.note : `not assigned: ${choice.kind}`;
}

describe("a task waits", () => {
  test("for a better agent that is done before the idle one, and says so", () => {
    const choice = choose([idle, full("cursor", 9, better)]);
    expect(choice).toEqual({
      kind: "wait",
      agent: "cursor",
      score: expect.closeTo(0.7, 12),
      forMs: 9 * minuteMs,
      note: "cursor is free in 9 min and is likely done before the idle jules",
      rejected: [{ worker: "jules/1", code: "awaited", score: expect.closeTo(0.75, 12) }],
      rejectedCount: { at_capacity: 1, awaited: 1 },
    });
  });
  test("for up to 1.5 times as long when other work keeps the idle one busy meanwhile", () => {
    const short = { minutes: 12, readyCount: 2 };
    // Now: 12 / .643 = 18.7 minutes, and 1.5 times that is 28; later: 10 + 12 = 22.
    const choice = choose([idle, full("cursor", 10, better)], short);
    expect(choice).toMatchObject({
      kind: "wait",
      note: "the better cursor is free in 10 min, and the idle jules has other work to take",
    });
    expect(choose([idle, full("cursor", 10, better)], { ...short, minutes: 6 })).toMatchObject({ kind: "assign" });
  });
  test("for the one of several that is expected to be done first", () => {
    const choice = choose([idle, full("slow", 9, better), full("soon", 2, { history: 0.9 }), full("later", 8, better)]);
    expect(choice).toMatchObject({ kind: "wait", agent: "soon" });
  });
  test("for one that is soon enough, though another one would be done sooner but is free too late", () => {
    const soonEnough = full("soon", 9, { history: 0.8 });
    const tooLate = full("late", 11, better);
    expect(choose([idle, tooLate, soonEnough], { minutes: 120 })).toMatchObject({ kind: "wait", agent: "soon" });
  });
  test("for no time at all when the better one is overdue", () => {
    expect(choose([idle, full("cursor", -3, better)])).toMatchObject({ kind: "wait", forMs: 0 });
  });
  test("behind those that wait already: their sessions come first", () => {
    const cursor = (awaitedBy: number): AgentCandidate =>
      full("cursor", 1, { ...better, capacity: 6, busy: 6, awaitedBy });
    expect(choose([idle, cursor(1)])).toMatchObject({ kind: "wait", forMs: 6 * minuteMs });
    expect(noteOf(choose([idle, cursor(2)]))).toBe("the wait for the better cursor would be 11 min, too long");
  });
});

describe("a task takes the idle agent", () => {
  test("at or above the bar, without a look at who would be better", () => {
    const good = agent("jules", { history: 0.2 });
    // Exactly at the bar: (.4 + .04 + .05) / .7.
    expect(noteOf(choose([good, full("cursor", 1, better)]))).toBeNull();
    expect(choose([good, full("cursor", 1, better)], {}, { bar: 0.71 })).toMatchObject({ kind: "wait" });
  });
  test("however full it is, because the bar leaves load out", () => {
    const nearlyFull = agent("jules", { capacity: 10, busy: 9 });
    expect(choose([nearlyFull, full("cursor", 1, better)])).toMatchObject({ kind: "assign", note: null });
  });
  test("when it is sooner done, and nothing else would keep it busy", () => {
    expect(noteOf(choose([idle, full("cursor", 10, better)], { minutes: 12 }))).toBe(
      "idle now is sooner than the better cursor in 10 min",
    );
  });
  test("when other work could keep it busy but there are free slots for that too", () => {
    const candidates = [{ ...idle, capacity: 2, free: 2 }, full("cursor", 10, better)];
    expect(choose(candidates, { minutes: 12, readyCount: 2 })).toMatchObject({ kind: "assign" });
    expect(choose(candidates, { minutes: 12, readyCount: 3 })).toMatchObject({ kind: "wait" });
  });
  test("not counting slots that take nothing now, paused or out of quota, as free for other work", () => {
    const idleToo = [
      agent("paused", { capacity: 5, paused: "the vendor is down" }),
      agent("spent", { capacity: 5, quotaLeft: 0 }),
    ];
    const candidates = [idle, full("cursor", 10, better), ...idleToo];
    expect(choose(candidates, { minutes: 12, readyCount: 2 })).toMatchObject({ kind: "wait" });
  });
  test.each<{ why: string; rival: AgentCandidate; wish: Partial<Wish>; note: string | null }>([
    {
      why: "urgent",
      rival: full("cursor", 1, better),
      wish: { isUrgent: true },
      note: "urgent work does not wait for the better cursor",
    },
    {
      why: "blind",
      rival: full("cursor", null, better),
      wish: {},
      note: "nobody can say when the better cursor is free",
    },
    {
      why: "too long",
      rival: full("cursor", 11, better),
      wish: {},
      note: "the wait for the better cursor would be 11 min, too long",
    },
    {
      why: "too long by now",
      rival: full("cursor", 4, better),
      wish: { waitedMs: 7 * minuteMs },
      note: "the wait for the better cursor would be 11 min, too long",
    },
    { why: "for no better one", rival: full("cursor", 1, { history: 0, cohesion: 0.1 }), wish: {}, note: null },
    { why: "for a paused one", rival: full("cursor", 1, { ...better, paused: "down" }), wish: {}, note: null },
    { why: "for a spent one", rival: full("cursor", 1, { ...better, quotaLeft: 0 }), wish: {}, note: null },
  ])("where waiting would be $why", ({ rival, wish, note }) => {
    expect(noteOf(choose([idle, rival], wish))).toBe(note);
  });
  test("always when tasks never wait, even for one that is free this instant", () => {
    expect(choose([idle, full("cursor", 0, better)], {}, { waitMax: 0 })).toMatchObject({ kind: "assign", note: null });
  });
  test("when the idle ones with less load suit badly but another idle one is above the bar", () => {
    const candidates = [agent("empty", { history: 0 }), agent("fit", { ...better, capacity: 10, busy: 9 })];
    const choice = choose([...candidates, full("cursor", 1, better)]);
    expect(choice).toMatchObject({ kind: "assign", agent: "empty", note: null });
  });
});

test("nobody waits when nobody is idle: the first slot that comes free is looked at then", () => {
  expect(choose([full("jules", 1), full("cursor", 1, better)])).toMatchObject({
    kind: "none",
    rejectedCount: { at_capacity: 2 },
  });
});
