import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/parse-config.ts";
import { renderProblem } from "../../src/config/problem.ts";
import { createTimetable, parseMoment, scheduleAt } from "../../src/config/schedule.ts";
import type { Config } from "../../src/model/config.ts";
import type { Mode } from "../../src/model/mode.ts";

type Rule = Config["schedule"][number];

function rule(from: string, to: string, how: { readonly mode?: Mode; readonly timezone?: string } = {}): Rule {
  return { mode: how.mode ?? "attack", from, to, timezone: how.timezone ?? "Europe/Berlin" };
}

/** The mode of the rule in force at an instant, and when that may next change. */
function at(instant: string, ...rules: readonly Rule[]): readonly [Mode | null, string | null] {
  const { rule: found, nextAt } = scheduleAt(rules, Date.parse(instant));
  return [found?.mode ?? null, nextAt === null ? null : new Date(nextAt).toISOString().slice(0, 16)];
}

describe("a weekly rule", () => {
  const friday = rule("Fri 14:00", "Fri 18:00");

  test("is in force from its beginning up to, and without, its end, on the clock of its time zone", () => {
    expect(at("2026-01-09T12:59:59Z", friday)).toEqual([null, "2026-01-09T13:00"]);
    expect(at("2026-01-09T13:00:00Z", friday)).toEqual(["attack", "2026-01-09T17:00"]);
    expect(at("2026-01-09T16:59:59Z", friday)).toEqual(["attack", "2026-01-09T17:00"]);
    expect(at("2026-01-09T17:00:00Z", friday)).toEqual([null, "2026-01-16T13:00"]);
  });

  test("follows the clock into summer", () => {
    expect(at("2026-07-10T12:00:00Z", friday)).toEqual(["attack", "2026-07-10T16:00"]);
    expect(at("2026-07-10T11:59:59Z", friday)).toEqual([null, "2026-07-10T12:00"]);
  });

  test("may cross the end of the week", () => {
    const weekend = rule("Sat 20:00", "Mon 06:00", { timezone: "UTC" });
    expect(at("2026-01-11T12:00:00Z", weekend)).toEqual(["attack", "2026-01-12T06:00"]);
    expect(at("2026-01-12T06:00:00Z", weekend)).toEqual([null, "2026-01-17T20:00"]);
  });

  test("that ends earlier on its own weekday lasts until the week after", () => {
    const nearlyAlways = rule("Fri 18:00", "Fri 14:00", { timezone: "UTC" });
    expect(at("2026-01-09T15:00:00Z", nearlyAlways)).toEqual([null, "2026-01-09T18:00"]);
    expect(at("2026-01-16T13:59:00Z", nearlyAlways)).toEqual(["attack", "2026-01-16T14:00"]);
  });
});

describe("a daily rule", () => {
  test("may cross midnight", () => {
    const night = rule("22:00", "6:30", { timezone: "UTC" });
    expect(at("2026-01-09T21:59:00Z", night)).toEqual([null, "2026-01-09T22:00"]);
    expect(at("2026-01-10T06:29:00Z", night)).toEqual(["attack", "2026-01-10T06:30"]);
  });

  test("begins later where the clocks leave its hour out, and once where they repeat it", () => {
    const early = rule("02:30", "04:00");
    expect(at("2026-03-29T00:59:00Z", early)).toEqual([null, "2026-03-29T01:00"]);
    expect(at("2026-03-29T01:00:00Z", early)).toEqual(["attack", "2026-03-29T02:00"]);
    expect(at("2026-10-25T00:30:00Z", early)).toEqual(["attack", "2026-10-25T03:00"]);
    expect(at("2026-10-25T01:10:00Z", early)).toEqual(["attack", "2026-10-25T03:00"]);
  });
});

describe("on the day on which the clocks leave an hour out", () => {
  const on = (zone: string, [from, to]: readonly [string, string], instant: string) =>
    at(instant, rule(from, to, { timezone: zone }));

  test("a rule that begins in it has what is left: the hour that the clock does show", () => {
    expect(on("Europe/Berlin", ["02:30", "03:30"], "2026-03-29T00:59:00Z")).toEqual([null, "2026-03-29T01:00"]);
    expect(on("Europe/Berlin", ["02:30", "03:30"], "2026-03-29T01:00:00Z")).toEqual(["attack", "2026-03-29T01:30"]);
    expect(on("Europe/Berlin", ["02:30", "03:30"], "2026-03-29T01:30:00Z")).toEqual([null, "2026-03-30T00:30"]);
    // By half an hour only, from 02:00 to 02:30.
    expect(on("Australia/Lord_Howe", ["02:15", "03:00"], "2026-10-03T15:30:00Z")).toEqual([
      "attack",
      "2026-10-03T16:00",
    ]);
    // At midnight.
    expect(on("Africa/Cairo", ["00:30", "02:00"], "2026-04-23T22:00:00Z")).toEqual(["attack", "2026-04-23T23:00"]);
  });

  test("a rule that ends in it ends when the clocks are put forward, and the next one begins there", () => {
    expect(on("Europe/Berlin", ["01:00", "02:30"], "2026-03-29T00:59:00Z")).toEqual(["attack", "2026-03-29T01:00"]);
    const both = [rule("01:00", "02:30", { mode: "effort" }), rule("02:30", "05:00")];
    expect(at("2026-03-29T01:00:00Z", ...both)).toEqual(["attack", "2026-03-29T03:00"]);
  });

  test("a rule that lies wholly within it does not happen", () => {
    expect(on("Europe/Berlin", ["02:15", "02:45"], "2026-03-29T00:00:00Z")).toEqual([null, "2026-03-30T00:15"]);
  });
});

test("of rules that overlap the first in the list counts", () => {
  const day = rule("09:00", "17:00", { mode: "priority", timezone: "UTC" });
  const lunch = rule("12:00", "13:00", { mode: "effort", timezone: "UTC" });
  expect(at("2026-01-09T12:30:00Z", day, lunch)[0]).toBe("priority");
  expect(at("2026-01-09T12:30:00Z", lunch, day)).toEqual(["effort", "2026-01-09T13:00"]);
});

test("the same rule next week is another turn", () => {
  const friday = rule("Fri 14:00", "Fri 18:00");
  const [one, other] = ["2026-01-09T14:00:00Z", "2026-01-16T14:00:00Z"].map(
    (instant) => scheduleAt([friday], Date.parse(instant)).rule?.key,
  );
  expect(one).not.toBe(other);
});

test("without rules nothing is in force and nothing is to come; what cannot be read is passed over", () => {
  const nothing = { rule: null, nextAt: null };
  expect(scheduleAt([], 0)).toEqual(nothing);
  expect(scheduleAt([rule("noon", "18:00"), rule("09:00", "10:00", { timezone: "Mars/Base" })], 0)).toEqual(nothing);
});

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"];
const days = ["", "Sun ", "Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat "];
const clock = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom("00", "15", "30", "59") })
  .map(({ hour, minute }) => `${hour}:${minute}`);
const anyRule = fc
  .record({
    from: clock,
    to: clock,
    day: fc.constantFrom(...days),
    lasts: fc.integer({ min: 0, max: 6 }),
    timezone: fc.constantFrom(...zones),
  })
  .filter((draw) => draw.from !== draw.to || (draw.day !== "" && draw.lasts > 0))
  .map(({ from, to, day, lasts, timezone }) => {
    const end = day === "" ? "" : (days[((days.indexOf(day) - 1 + lasts) % 7) + 1] ?? "");
    return rule(`${day}${from}`, `${end}${to}`, { timezone });
  });
const instants = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) });

test("nothing changes before the instant that is told, in any zone at any time of the year", () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 3 }),
      instants,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rules, now, share) => {
        const { rule: found, nextAt } = scheduleAt(rules, now);
        const end = nextAt ?? now + 14 * 86_400_000;
        const later = Math.floor(now + (end - 1 - now) * share);
        expect(scheduleAt(rules, later).rule).toEqual(found);
        expect(nextAt === null || nextAt > now).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

test("a timetable that is asked again and again answers as a fresh reading does", () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 2 }),
      fc.array(instants, { minLength: 1, maxLength: 6 }),
      (rules, asked) => {
        const timetable = createTimetable();
        expect(asked.map((now) => timetable(rules, now))).toEqual(asked.map((now) => scheduleAt(rules, now)));
      },
    ),
    { numRuns: 40 },
  );
});

test("a moment is a time of day, with a weekday or without", () => {
  expect(parseMoment("14:00")).toEqual({ day: null, minutes: 840 });
  expect(parseMoment(" fri 9:05 ")).toEqual({ day: 5, minutes: 545 });
  expect(["24:00", "Fri", "14:60", "Freitag 14:00", "", "14:00 Fri"].map((text) => parseMoment(text))).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});

describe("a rule that makes no sense is refused with its place", () => {
  test.each([
    [
      "schedule: [{mode: attack, from: Fri 14:00, to: '18:00'}]",
      'line 1: schedule[0].to is "18:00": write both from and to with their day, or both without',
    ],
    [
      "schedule: [{mode: attack, from: Fri 14:00, to: fri 14:00}]",
      'line 1: schedule[0].to is "fri 14:00", when the rule begins: write a later time; one before from is on the next day',
    ],
    [
      "attack: { threshold: 2m }",
      "line 1: attack.threshold is 2m, below attack.min (5m): the threshold begins between the two",
    ],
    [
      "attack: { threshold: 2h }",
      "line 1: attack.threshold is 2h, above attack.max (1h): the threshold begins between the two",
    ],
    [
      "phases: { middleFrom: 0.9 }",
      "line 1: phases.lateFrom is 0.8, before phases.middleFrom (0.9): the late phase follows the middle one",
    ],
  ])("%s", (text, problem) => {
    const reading = parseConfig(text);
    expect(reading.kind === "invalid" ? reading.problems.map(renderProblem) : []).toEqual([problem]);
  });
});
