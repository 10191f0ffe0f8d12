/**
 * What the labels of an issue say about its task. The order of the labels never matters: where two contradict each
 * other the choice is fixed (most urgent, longest, first by name) and a problem says so.
 */
import { type AgentId, toAgentId } from "./ids.ts";
import { parseDuration } from "./duration.ts";
import { isMode, type Mode, modes } from "./mode.ts";
import { nearest } from "./nearest.ts";
import { parsePriority, priorityChoices } from "./priority.ts";
import type { Priority } from "./task.ts";

export interface LabelReading {
  /** Null: no label says. */
  readonly priority: Priority | null;
  readonly estimateMinutes: number | null;
  /** Capabilities in lower case, sorted, each once. */
  readonly needs: readonly string[];
  /** Capabilities that would be good to have, in the same form. */
  readonly prefers: readonly string[];
  readonly quickWin: boolean;
  readonly mode: Mode | null;
  readonly agent: AgentId | null;
  readonly held: boolean;
  /** Sentences for the people of the issue; the labels they speak of changed nothing. */
  readonly problems: readonly string[];
}

/** Points (as text) to milliseconds, as in `config.estimateScale`. */
export type EstimateScale = Readonly<Record<string, number>>;

interface Draft {
  readonly priorities: Set<Priority>;
  readonly estimates: Set<number>;
  readonly needs: Set<string>;
  readonly prefers: Set<string>;
  readonly modes: Set<Mode>;
  readonly agents: Set<string>;
  readonly problems: Set<string>;
  readonly scale: EstimateScale;
}

const barePriorityPattern = /^p[0-3]$/;
const pairPattern = /^(?<key>priority|estimate|needs|prefers|agent|mode)\s*:\s*(?<value>.*)$/s;
const numberPattern = /^\d+(?:\.\d+)?$/;
const agentPattern = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
const minutesMax = 30 * 24 * 60;
/** Labels that are ours: the core reads them, or writes them. */
const ownPattern = /^(?:(?:priority|estimate|needs|prefers|agent|mode|status)\s*:.*|quick-win|hold|p[0-3])$/s;
/** GitHub's own bound of a label, and more kinds of work than anybody gives one issue. */
const kindLengthMax = 50;
const kindsMax = 30;

/** Reads labels in any letter case; unknown ones are somebody else's and say nothing. Never throws. */
export function readLabels(labels: readonly string[], scale: EstimateScale): LabelReading {
  const words = labels.map((label) => label.trim().toLowerCase());
  const draft: Draft = {
    priorities: new Set(),
    estimates: new Set(),
    needs: new Set(),
    prefers: new Set(),
    modes: new Set(),
    agents: new Set(),
    problems: new Set(),
    scale,
  };
  for (const word of words) readLabel(draft, word);
  const agent = [...draft.agents].toSorted()[0] ?? null;
  reportContradictions(draft);
  return {
    priority: [...draft.priorities].toSorted((left, right) => left - right)[0] ?? null,
    estimateMinutes: draft.estimates.size === 0 ? null : Math.max(...draft.estimates),
    needs: [...draft.needs].toSorted(),
    prefers: [...draft.prefers].toSorted(),
    quickWin: words.includes("quick-win"),
    mode: modes.find((mode) => draft.modes.has(mode)) ?? null,
    agent: agent === null ? null : toAgentId(agent),
    held: words.includes("hold"),
    problems: [...draft.problems].toSorted(),
  };
}

/**
 * The labels that are not ours, as written: the kinds of work that an issue is. Sorted, each once, at most 30, each cut to 50
 * characters.
 */
export function kindsOfWork(labels: readonly string[], selectLabels: readonly string[]): readonly string[] {
  const select = new Set(selectLabels.map((label) => label.trim().toLowerCase()));
  const kinds = labels
    .map((label) => label.trim())
    .filter((label) => label !== "" && !select.has(label.toLowerCase()) && !ownPattern.test(label.toLowerCase()))
    .map((label) => [...label].slice(0, kindLengthMax).join(""));
  return [...new Set(kinds)].toSorted().slice(0, kindsMax);
}

function readLabel(draft: Draft, word: string): void {
  const bare = barePriorityPattern.test(word) ? parsePriority(word) : null;
  if (bare !== null) {
    draft.priorities.add(bare);
    return;
  }
  const match = pairPattern.exec(word);
  const value = (match?.groups?.["value"] ?? "").trim();
  switch (match?.groups?.["key"]) {
    case "priority":
      readPriorityLabel(draft, value);
      break;
    case "estimate":
      readEstimateLabel(draft, value);
      break;
    case "needs":
      if (value !== "") draft.needs.add(value);
      break;
    case "prefers":
      if (value !== "") draft.prefers.add(value);
      break;
    case "agent":
      if (agentPattern.test(value)) draft.agents.add(value);
      else draft.problems.add(`The label agent:${harmless(value)} names no agent: write the id of the configuration.`);
      break;
    case "mode":
      readModeLabel(draft, value);
      break;
    default:
  }
}

function readPriorityLabel(draft: Draft, value: string): void {
  const priority = parsePriority(value);
  if (priority !== null) draft.priorities.add(priority);
  else draft.problems.add(`The label priority:${harmless(value)} is not a priority: write ${priorityChoices}.`);
}

function readEstimateLabel(draft: Draft, value: string): void {
  // A bare number is points, not minutes: an estimate:8 of a team that plans in points must not become 8 minutes.
  const isPoints = numberPattern.test(value);
  const points = Object.hasOwn(draft.scale, value) ? draft.scale[value] : undefined;
  const ms = isPoints ? (points ?? null) : (points ?? parseDuration(value));
  const minutes = ms === null ? 0 : Math.round(ms / 60_000);
  if (minutes >= 1 && minutes <= minutesMax) {
    draft.estimates.add(minutes);
    return;
  }
  const wish = isPoints
    ? `is not on the estimate scale (${Object.keys(draft.scale).join(", ") || "empty"}): write estimate:${harmless(value)}m for minutes, or add it to estimateScale`
    : "is not an effort: write 30m, 2h or points of the estimate scale";
  draft.problems.add(`The label estimate:${harmless(value)} ${wish}.`);
}

function readModeLabel(draft: Draft, value: string): void {
  if (isMode(value)) {
    draft.modes.add(value);
    return;
  }
  const near = nearest(value, modes);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  draft.problems.add(`The label mode:${harmless(value)} is not a mode.${hint} The modes are ${modes.join(", ")}.`);
}

function reportContradictions(draft: Draft): void {
  if (draft.priorities.size > 1) draft.problems.add("Several priority labels: the most urgent one counts.");
  if (draft.estimates.size > 1) draft.problems.add("Several estimate labels: the longest one counts.");
  if (draft.modes.size > 1) draft.problems.add(`Several mode labels: the first of ${modes.join(", ")} counts.`);
  if (draft.agents.size > 1) draft.problems.add("Several agent labels: the first by name counts.");
}

/** What a problem repeats of a label: labels are short, but whoever triages may write anything into one. */
function harmless(value: string): string {
  return value.replaceAll(/[^\w. -]/g, "").slice(0, 40);
}
