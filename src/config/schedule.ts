/**
 * The rules of `schedule` against the clock of their time zone: which one is in force, and when that changes. Begin and end of
 * a rule are instants, found from the local date, so that it begins once and ends once also when the clocks are changed.
 */
import type { Config } from "../model/config.ts";
import type { ScheduleNow } from "../model/mode.ts";

type Rule = Config["schedule"][number];

/** A time of day, and the day of the week (0 is Sunday) where the rule names one. */
interface Moment {
  readonly day: number | null;
  readonly minutes: number;
}

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
const momentPattern = /^(?:(?<day>mon|tue|wed|thu|fri|sat|sun) +)?(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)$/i;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** A weekly rule that began eight days ago is over, one that begins in eight days comes after the next one. */
const reachDays = 8;

/** `14:00` or `Fri 14:00`; null when it is neither. */
export function parseMoment(text: string): Moment | null {
  const groups = momentPattern.exec(text.trim())?.groups;
  if (groups === undefined) return null;
  const name = groups["day"]?.toLowerCase();
  const day = name === undefined ? null : days.findIndex((each) => each === name);
  return { day, minutes: Number(groups["hour"]) * 60 + Number(groups["minute"]) };
}

/**
 * The first rule of the list that is in force at `now`, and the next instant at which one begins or ends. Rules that cannot be
 * read or whose time zone is unknown are passed over: the check of the configuration refuses them. Never throws.
 */
export function scheduleAt(rules: readonly Rule[], now: number): ScheduleNow {
  const turns = rules.flatMap((rule) => turnsOf(rule, now));
  const inForce = turns.find(({ from, to }) => from <= now && now < to);
  const edges = turns.flatMap(({ from, to }) => [from, to]).filter((edge) => edge > now);
  return {
    rule: inForce === undefined ? null : { key: `${inForce.mode}@${inForce.from}`, mode: inForce.mode },
    nextAt: edges.length === 0 ? null : Math.min(...edges),
  };
}

/** `scheduleAt` for a caller that asks often: what it found is kept until the next edge, or until the rules are others. */
export function createTimetable(): (rules: readonly Rule[], now: number) => ScheduleNow {
  let kept: { readonly rules: readonly Rule[]; readonly at: number; readonly found: ScheduleNow } | null = null;
  return (rules, now) => {
    const isGood = kept !== null && kept.rules === rules && now >= kept.at && now < (kept.found.nextAt ?? Infinity);
    if (kept === null || !isGood) kept = { rules, at: now, found: scheduleAt(rules, now) };
    return kept.found;
  };
}

interface Turn {
  readonly mode: Rule["mode"];
  readonly from: number;
  readonly to: number;
}

/** The times around `now` at which the rule is in force, as instants. */
function turnsOf(rule: Rule, now: number): readonly Turn[] {
  const from = parseMoment(rule.from);
  const to = parseMoment(rule.to);
  const format = formatFor(rule.timezone);
  if (from === null || to === null || format === null) return [];
  const lasts = lengthOf(from, to);
  const today = Math.floor(wallTimeAt(format, now) / dayMs);
  const turns: Turn[] = [];
  for (let date = today - reachDays; date <= today + reachDays; date += 1) {
    if (from.day !== null && weekdayOf(date) !== from.day) continue;
    const begins = date * dayMs + from.minutes * minuteMs;
    const turn = { mode: rule.mode, from: instantOf(format, begins), to: instantOf(format, begins + lasts) };
    // One that lies wholly within an hour that the clocks leave out does not happen that day.
    if (turn.from < turn.to) turns.push(turn);
  }
  return turns;
}

/** On the wall clock; a rule that ends before it begins ends on the next day, or in the next week. */
function lengthOf(from: Moment, to: Moment): number {
  const span = from.day === null ? 24 * 60 : 7 * 24 * 60;
  const begins = (from.day ?? 0) * 24 * 60 + from.minutes;
  const ends = (to.day ?? 0) * 24 * 60 + to.minutes;
  return ((((ends - begins) % span) + span) % span) * minuteMs;
}

/** Day 0 was a Thursday. */
function weekdayOf(date: number): number {
  return (((date + 4) % 7) + 7) % 7;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  if (!isTimeZone(timeZone)) return null;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, format);
  return format;
}

/** Whether the platform knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    // The only way to ask: the constructor refuses a zone that the platform does not know.
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What the wall clock of the zone shows at an instant, counted as if it were UTC. */
function wallTimeAt(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
}

/**
 * The instant at which the wall clock shows `wallTime`: the first of two when an hour comes twice, and the one at which the clocks are
 * put forward when they leave it out.
 */
function instantOf(format: Intl.DateTimeFormat, wallTime: number): number {
  const offsetAt = (instant: number): number => wallTimeAt(format, instant) - instant;
  const before = offsetAt(wallTime - dayMs);
  const after = offsetAt(wallTime + dayMs);
  const first = wallTime - before;
  if (before === after || offsetAt(first) === before) return first;
  const second = wallTime - after;
  return offsetAt(second) === after ? second : changeBetween([second, first], (instant) => offsetAt(instant) === after);
}

/** The first whole minute between the two, the second of them included, of which `isAfter` is true: it is so from there on. */
function changeBetween([from, to]: readonly [number, number], isAfter: (instant: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > minuteMs) {
    const middle = low + Math.floor((high - low) / 2 / minuteMs) * minuteMs;
    if (isAfter(middle)) high = middle;
    else low = middle;
  }
  return high;
}
