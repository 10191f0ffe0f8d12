/** How work that somebody asks for stands in the issue that is opened for it: its labels, and what it waits for. */
import { unknownTarget } from "../core/instruction.ts";
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";
import type { Config } from "../model/config.ts";
import { priorityWords } from "../model/priority.ts";
import type { Priority } from "../model/task.ts";
import { readText } from "../model/issue-text.ts";
import { describeLacks, findLacks } from "../planning/definition-of-ready.ts";
import { findTask, toTaskName, type TaskName } from "./find-task.ts";

export interface Wanted {
  readonly labels: readonly string[];
  readonly priority?: Priority | undefined;
  /** Milliseconds. */
  readonly estimate?: number | undefined;
  /** An agent by its id, else the first one of that type. */
  readonly agent?: string | undefined;
  readonly blockedBy: readonly TaskName[];
}

/** A sentence that says what cannot be asked for. */
export class NotAskable extends Error {
  override readonly name = "NotAskable";
}

/** What such an issue would lack of the definition of ready, in a sentence that says what to send; null: nothing. */
export function whyNotReady(
  { body, estimate }: { readonly body: string; readonly estimate?: number | undefined },
  { ready }: Config,
): string | null {
  const lacks = findLacks({ text: readText(body), isEstimated: estimate !== undefined, isContainer: false }, ready);
  return lacks.length === 0
    ? null
    : `${describeLacks(lacks)} \`ready\` in the configuration asks for that: put it into the text${lacks.includes("estimate") ? ", and send an estimate" : ""}.`;
}

/** Its labels, beside the one that selects the issue, and the issues that it waits for. Throws `NotAskable`. `state` is null where there is none yet. */
export function toAsked(
  { labels, priority, estimate, agent, blockedBy }: Wanted,
  state: State | null,
  context: Context,
): { readonly labels: readonly string[]; readonly blockedBy: readonly number[] } {
  const said = [
    ...(priority === undefined ? [] : [`priority:${priorityWords[priority]}`]),
    ...(estimate === undefined ? [] : [`estimate:${Math.round(estimate / 60_000)}m`]),
    ...(agent === undefined ? [] : [`agent:${agentNamed(context, agent)}`]),
  ];
  return { labels: [...labels, ...said], blockedBy: [...new Set(blockedBy.map((each) => numberOf(state, each)))] };
}

function agentNamed(context: Context, name: string): string {
  const { agents } = context.config;
  const found = agents.find(({ id }) => id === name) ?? agents.find(({ type }) => type === name);
  if (found !== undefined) return found.id;
  throw new NotAskable(unknownTarget(context, name).replaceAll("`", ""));
}

/** An issue need not be a task to be waited for; what is named by its id has to be one. */
function numberOf(state: State | null, name: TaskName): number {
  if ("number" in name) return name.number;
  const task = state === null ? undefined : findTask(state, name);
  if (task !== undefined) return task.definition.number;
  throw new NotAskable(`\`blockedBy\` names ${toTaskName(name)}, which is no task of this repository.`);
}

/** The selecting label first, each once whatever its letter case: GitHub knows no two that differ in it alone. */
export function selecting(labels: readonly string[], config: Config): readonly string[] {
  const wanted = [...config.select.labels.slice(0, 1), ...labels];
  return [...new Map(wanted.toReversed().map((label) => [label.toLowerCase(), label])).values()].toReversed();
}

/**
 * What it waits for comes first, in the words that every text may use: after what somebody else wrote, it could stand in code or in a comment
 * that was never closed.
 */
export function textOf(blockedBy: readonly number[], ...parts: readonly string[]): string {
  const waits = blockedBy.length === 0 ? "" : `Blocked by ${blockedBy.map((number) => `#${number}`).join(", ")}.`;
  return [waits, ...parts].filter((part) => part !== "").join("\n\n");
}
