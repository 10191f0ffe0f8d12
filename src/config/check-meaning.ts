/** Rules that a schema cannot say: times of day, time zones, and values that only make sense together. */
import type { Config } from "../model/config.ts";
import { toDurationText } from "./json-schema.ts";
import type { PathPart } from "./problem.ts";
import { isTimeZone, parseMoment } from "./schedule.ts";

export interface MeaningProblem {
  readonly path: readonly PathPart[];
  readonly message: string;
}

/** Every place where a configuration of the right shape makes no sense. */
export function checkMeaning(config: Config): readonly MeaningProblem[] {
  return [
    ...checkSchedule(config),
    ...checkAgents(config),
    ...checkBackoff(config),
    ...checkPauses(config),
    ...checkAttack(config),
    ...checkPhases(config),
    ...checkWindows(config),
  ];
}

function checkSchedule(config: Config): readonly MeaningProblem[] {
  const problems: MeaningProblem[] = [];
  for (const [index, entry] of config.schedule.entries()) {
    for (const key of ["from", "to"] as const) {
      if (parseMoment(entry[key]) !== null) continue;
      const shown = JSON.stringify(entry[key].slice(0, 60));
      problems.push({
        path: ["schedule", index, key],
        message: `is ${shown}: write a time such as "14:00", or with its day "Fri 14:00"`,
      });
    }
    const pair = describePair(entry);
    if (pair !== null) problems.push({ path: ["schedule", index, "to"], message: pair });
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

/** What is wrong with the end of a rule beside its beginning; null when nothing is, or when one of them cannot be read. */
function describePair(entry: Config["schedule"][number]): string | null {
  const from = parseMoment(entry.from);
  const to = parseMoment(entry.to);
  if (from === null || to === null) return null;
  const shown = JSON.stringify(entry.to);
  if ((from.day === null) !== (to.day === null))
    return `is ${shown}: write both from and to with their day, or both without`;
  const isSame = from.day === to.day && from.minutes === to.minutes;
  return isSame ? `is ${shown}, when the rule begins: write a later time; one before from is on the next day` : null;
}

function checkAttack({ attack }: Config): readonly MeaningProblem[] {
  const { min, max, threshold } = attack;
  const problems: MeaningProblem[] = [];
  if (threshold < min)
    problems.push(belowAbove(["attack", "threshold"], threshold, `below attack.min (${toDurationText(min)})`));
  if (threshold > max)
    problems.push(belowAbove(["attack", "threshold"], threshold, `above attack.max (${toDurationText(max)})`));
  return problems;
}

function belowAbove(path: readonly PathPart[], value: number, wrong: string): MeaningProblem {
  return { path, message: `is ${toDurationText(value)}, ${wrong}: the threshold begins between the two` };
}

function checkPhases({ phases }: Config): readonly MeaningProblem[] {
  if (phases === undefined || phases.middleFrom <= phases.lateFrom) return [];
  const message = `is ${phases.lateFrom}, before phases.middleFrom (${phases.middleFrom}): the late phase follows the middle one`;
  return [{ path: ["phases", "lateFrom"], message }];
}

/** Jules listens to the label `jules`; of any other agent only the user knows what it listens to. */
function checkAgents({ agents }: Config): readonly MeaningProblem[] {
  return agents.flatMap(({ type, dispatch, label }, index) => {
    if (dispatch !== "label" || label !== undefined || type === "jules") return [];
    const message = "is missing: write the label that the agent listens to, or leave dispatch out";
    return [{ path: ["agents", index, "label"], message }];
  });
}

function checkPauses({ health }: Config): readonly MeaningProblem[] {
  const { pause, pauseMax } = health;
  if (pauseMax >= pause) return [];
  const message = `is ${toDurationText(pauseMax)}, below health.pause (${toDurationText(pause)}): write at least that`;
  return [{ path: ["health", "pauseMax"], message }];
}

function checkBackoff(config: Config): readonly MeaningProblem[] {
  const { initial, max } = config.retry.backoff;
  if (max >= initial) return [];
  const message = `is ${toDurationText(max)}, below retry.backoff.initial (${toDurationText(initial)}): write at least that`;
  return [{ path: ["retry", "backoff", "max"], message }];
}

function checkWindows({ metrics }: Config): readonly MeaningProblem[] {
  const { short, middle, long } = metrics.velocity;
  const problems: MeaningProblem[] = [];
  if (short >= middle) problems.push(notLonger("middle", middle, "short"));
  if (middle >= long) problems.push(notLonger("long", long, "middle"));
  return problems;
}

function notLonger(key: string, ms: number, than: string): MeaningProblem {
  const message = `is ${toDurationText(ms)}, not longer than metrics.velocity.${than}: write the three from short to long`;
  return { path: ["metrics", "velocity", key], message };
}
