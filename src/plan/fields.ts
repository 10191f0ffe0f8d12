/** Reads the values of a backlog one by one. What is wrong with one is said with its place, such as `tasks[3].priority`. */
import { nearest } from "../model/nearest.ts";
import { parsePriority, priorityChoices } from "../model/priority.ts";
import type { Priority } from "../model/task.ts";

/** A backlog that cannot be planned. The message is one line: the place, what is there, and what should be. */
export class BacklogInvalid extends Error {
  override readonly name = "BacklogInvalid";
  readonly place: string;
  readonly problem: string;
  constructor(problem: string, place = "") {
    super(place === "" ? problem : `${place.replace(/^\./, "")}: ${problem}`);
    this.problem = problem;
    this.place = place;
  }
}

export type Fields = Readonly<Record<string, unknown>>;
export type Read<Value> = (value: unknown) => Value;

/** What `read` gives for the value at `key`; undefined where there is none or null. */
export function optional<Value>(fields: Fields, key: string, read: Read<Value>): Value | undefined {
  const value = fields[key];
  return value === undefined || value === null ? undefined : within(key, read, value);
}

/** What `read` gives for the value at `key`, which must be there. */
export function required<Value>(fields: Fields, key: string, read: Read<Value>): Value {
  return within(key, read, fields[key]);
}

/** A list with `read` for each of its items. */
export function listOf<Item>(read: Read<Item>): Read<readonly Item[]> {
  return (value) => {
    if (!Array.isArray(value)) throw wrong(value, "is not a list");
    return value.map((item: unknown, index) => within(index, read, item));
  };
}

/**
 * An object, whose keys may be more than those that are `known`. A key that differs from a known one only in letter case,
 * dashes or underscores is refused: ignoring `blocked_by` would plan without any dependency.
 */
export function readFields(value: unknown, known: ReadonlyMap<string, string>): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(value, "is not an object");
  for (const key in value) {
    const meant = known.get(key) ?? known.get(fold(key));
    if (meant !== undefined && meant !== key) throw new BacklogInvalid(`unknown key ${show(key)}; write "${meant}"`);
  }
  return value as Fields;
}

/** The keys for `readFields`. */
export function knownKeys(...keys: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...keys.map((key) => [fold(key), key] as const), ...keys.map((key) => [key, key] as const)]);
}

function fold(key: string): string {
  return key.toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** Adds a step to the place of whatever `read` finds wrong. */
function within<Value>(step: string | number, read: Read<Value>, value: unknown): Value {
  try {
    return read(value);
  } catch (error) {
    if (!(error instanceof BacklogInvalid)) throw error;
    throw new BacklogInvalid(error.problem, `${toStep(step)}${error.place}`);
  }
}

/** What a value that does not fit is said to be. */
function wrong(value: unknown, complaint: string): BacklogInvalid {
  return new BacklogInvalid(value === undefined ? "is missing" : `${show(value)} ${complaint}`);
}

function toStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^\w{1,60}$/.test(step) ? `.${step}` : `[${show(step)}]`;
}

export function readText(value: unknown): string {
  if (typeof value !== "string") throw wrong(value, "is not a text");
  return value;
}

/** Ids are texts: as numbers 7, 7.0 and 07 would be hard to tell apart. */
export function readId(value: unknown): string {
  if (typeof value === "number") throw new BacklogInvalid(`${value} is a number; ids are texts: write "${value}"`);
  const id = readText(value);
  if (id === "") throw new BacklogInvalid("an id must not be empty");
  return id;
}

export function oneOf<Word extends string>(what: string, words: readonly Word[]): Read<Word> {
  return (value) => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const near = typeof value === "string" ? nearest(value, words) : null;
    const hint = near === null ? "" : `Did you mean ${near}? `;
    throw wrong(value, `is not a ${what}. ${hint}Write ${words.join(", ")}`);
  };
}

/** A number from `min` to `max`, both included. */
export function between(min: number, max: number, unit = ""): Read<number> {
  return (value) => {
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw wrong(value, `is not a number from ${min} to ${max}${unit}`);
  };
}

export function wholeBetween(min: number, max: number): Read<number> {
  return (value) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    throw wrong(value, `is not a whole number from ${min} to ${max}`);
  };
}

export function readPriority(value: unknown): Priority {
  const priority = typeof value === "number" || typeof value === "string" ? parsePriority(String(value)) : null;
  if (priority === null) throw wrong(value, `is not a priority: write ${priorityChoices}`);
  return priority;
}

const instantPattern =
  /^(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?<zone>Z|[+-]\d\d:\d\d)?)?$/i;
/** The last instant that a date can hold. */
const instantMax = 8.64e15;

/** Epoch milliseconds from a number of these or ISO 8601; without an offset the text is UTC, on every machine. */
export function readInstant(value: unknown): number {
  const instant = typeof value === "number" ? value : parseInstant(value);
  if (Number.isFinite(instant) && Math.abs(instant) <= instantMax) return instant;
  throw wrong(value, 'is not a time: write ISO 8601, such as "2026-03-01T09:00:00Z", or milliseconds since 1970');
}

function parseInstant(value: unknown): number {
  const parts = typeof value === "string" ? instantPattern.exec(value.trim())?.groups : undefined;
  const date = parts?.["date"] ?? "";
  const midnight = Date.parse(`${date}T00:00:00Z`);
  // The 30th of February would pass for the 2nd of March.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return Number.NaN;
  return Date.parse(`${date}T${parts?.["time"] ?? "00:00"}${parts?.["zone"]?.toUpperCase() ?? "Z"}`);
}

const shownMax = 60;

/** The value in a message: one short line, whatever it holds. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const short = value.length <= shownMax ? value : `${value.slice(0, shownMax)}…`;
    return JSON.stringify(short).replaceAll(/\p{C}/gu, "?");
  }
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
