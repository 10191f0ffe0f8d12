/** The story of two people who look after an agent, by the App, and by runs of the Action alone. */
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/sandbox/report.ts";
import { flawless, play, shortcomings } from "./play.ts";

const minute = 60_000;

/** Starts between two instants, in minutes. */
function startsIn(report: Report, [from, to]: readonly [number, number]): number {
  return report.timeline.filter(
    ({ action, at }) => action === "session_started" && at >= from * minute && at < to * minute,
  ).length;
}

/** The most sessions at once among those that start from `from` on, in minutes. */
function mostAtOnce(report: Report, [from, to]: readonly [number, number]): number {
  let [live, most] = [0, 0];
  for (const { action, at } of report.timeline) {
    if (action === "session_ended") live -= 1;
    if (action !== "session_started") continue;
    live += 1;
    if (at >= from * minute && at < to * minute) most = Math.max(most, live);
  }
  return most;
}

// Alice is busy from minute 15 to 200, bob from 75 to 195; it takes up to ten minutes to hear of it.
test("one is busy: one session at once; both are: none is started; they come back: it goes on and gets done", async () => {
  const report = await play("who-is-there", { seed: 3 });
  expect(shortcomings(report)).toEqual(flawless);
  expect(mostAtOnce(report, [0, 15])).toBe(2);
  expect(mostAtOnce(report, [26, 75])).toBe(1);
  expect(startsIn(report, [26, 75])).toBeGreaterThan(1);
  expect(startsIn(report, [86, 195])).toBe(0);
  // His status names its end: nobody has to be asked for it to be over.
  expect(startsIn(report, [195, 196])).toBe(1);
  expect(mostAtOnce(report, [200, 1_000])).toBe(2);
}, 60_000);

test("from one seed it is the same run", async () => {
  const [one, other] = [await play("who-is-there", { seed: 5 }), await play("who-is-there", { seed: 5 })];
  expect(JSON.stringify({ ...one, wallMs: 0 })).toBe(JSON.stringify({ ...other, wallMs: 0 }));
}, 60_000);

describe("where nobody serves the repository", () => {
  test.each([1, 2])(
    "runs of the Action ask, too (seed %i)",
    async (seed) => {
      const report = await play("who-is-there", { seed, runs: { app: false, action: true } });
      expect(shortcomings(report)).toEqual(flawless);
      expect(startsIn(report, [90, 195])).toBe(0);
    },
    60_000,
  );
});
