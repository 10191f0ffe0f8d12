/** Rules that a schema cannot say: times of day, time zones, and values that only make sense together. */
import type { Config } from "../model/config.ts";
import { toDurationText } from "./json-schema.ts";
import type { PathPart } from "./problem.ts";

export interface MeaningProblem {
  readonly path: readonly PathPart[];
  readonly message: string;
}

const momentPattern = /^(?:(?:mon|tue|wed|thu|fri|sat|sun) +)?(?:[01]?\d|2[0-3]):[0-5]\d$/i;

/** Every place where a configuration of the right shape makes no sense. */
export function checkMeaning(config: Config): readonly MeaningProblem[] {
  return [...checkSchedule(config), ...checkBackoff(config)];
}

function checkSchedule(config: Config): readonly MeaningProblem[] {
  const problems: MeaningProblem[] = [];
  for (const [index, entry] of config.schedule.entries()) {
    for (const key of ["from", "to"] as const) {
      if (momentPattern.test(entry[key].trim())) continue;
      const shown = JSON.stringify(entry[key].slice(0, 60));
      problems.push({
        path: ["schedule", index, key],
        message: `is ${shown}: write a time such as "14:00", or with its day "Fri 14:00"`,
      });
    }
    if (!isTimeZone(entry.timezone)) {
      const shown = JSON.stringify(entry.timezone.slice(0, 60));
      problems.push({
        path: ["schedule", index, "timezone"],
        message: `is ${shown}: write a time zone such as Europe/Berlin or UTC`,
      });
    }
  }
  return problems;
}

function checkBackoff(config: Config): readonly MeaningProblem[] {
  const { initial, max } = config.retry.backoff;
  if (max >= initial) return [];
  const message = `is ${toDurationText(max)}, below retry.backoff.initial (${toDurationText(initial)}): write at least that`;
  return [{ path: ["retry", "backoff", "max"], message }];
}

function isTimeZone(name: string): boolean {
  try {
    // The only way to ask: the constructor refuses a zone that the platform does not know.
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
