/** From the facts of an issue to the definition and the edges of its task. */
import type { Config } from "../model/config.ts";
import { toAgentId, type TaskId } from "../model/ids.ts";
import { kindsOfWork, readLabels } from "../model/labels.ts";
import type { BlockerFacts, IssueFacts } from "../model/observation.ts";
import type { Dependency, Task, TaskDefinition } from "../model/task.ts";
import { findLacks } from "../planning/definition-of-ready.ts";
import { toKept } from "./criteria.ts";
import { learnedKey } from "../fold/health.ts";
import { isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { compactDefinition } from "../state/task-record.ts";

/** Fewer good attempts say nothing of a kind of work; finer steps than these say more than is known. */
const learnedSample = 3;
const learnedStepMinutes = 5;

/** What a definition is made with, beside the facts. */
export interface Ground {
  readonly config: Config;
  readonly state: Pick<State, "learned">;
}

/** What the issue says now. A pinned agent is kept only from before the first assignment: later we set that label. */
export function defineTask(facts: IssueFacts, ground: Ground, before: Task | null): TaskDefinition {
  const { config } = ground;
  const kinds = kindsOfWork(facts.labels, config.select.labels);
  const labels = readLabels(facts.labels, config.estimateScale);
  const milestone = readLabels(facts.milestone?.labels ?? [], config.estimateScale);
  const wasTouched =
    before !== null && (before.attempts.length > 0 || before.assignment !== null || hasAgentLabel(before));
  return {
    node: facts.node,
    number: facts.number,
    title: facts.title.slice(0, 256),
    url: facts.url,
    createdAt: facts.createdAt,
    updatedAt: facts.updatedAt,
    hash: facts.hash,
    priority: labels.priority ?? 5,
    estimateMinutes: labels.estimateMinutes,
    learnedMinutes: labels.estimateMinutes === null ? learnMinutes(kinds, ground, before) : null,
    labels: kinds,
    needs: labels.needs,
    prefers: labels.prefers,
    quickWin: labels.quickWin,
    mode: labels.mode ?? milestone.mode,
    milestone: facts.milestone?.title ?? null,
    milestoneSpan: spanOf(facts.milestone),
    pinnedAgent: wasTouched ? before.definition.pinnedAgent : labels.agent,
    heldByLabel: labels.held,
    isContainer: facts.children.length > 0,
    problems: labels.problems,
    ...lacksIn(facts, labels.estimateMinutes !== null, { config, before }),
    ...untickedIn(facts, config, before),
    isOpen: facts.state === "open",
  };
}

/** Left out where it lacks nothing. What has ended is not judged by another definition of ready than the one that it was worked on under. */
function lacksIn(
  facts: IssueFacts,
  isEstimated: boolean,
  { config, before }: { readonly config: Config; readonly before: Task | null },
): Pick<TaskDefinition, "lacks"> {
  const isOver = before !== null && isEnded(before) && before.definition.hash === facts.hash;
  const lacks = isOver
    ? (before.definition.lacks ?? [])
    : findLacks({ text: facts.text ?? null, isEstimated, isContainer: facts.children.length > 0 }, config.ready);
  return lacks.length === 0 ? {} : { lacks };
}

/** Left out where nobody asks for them, or none is open. What has ended stays as it ended. */
function untickedIn(facts: IssueFacts, config: Config, before: Task | null): Pick<TaskDefinition, "unticked"> {
  if (config.finished.criteria === "off") return {};
  const isOver = before !== null && isEnded(before);
  const unticked = isOver ? (before.definition.unticked ?? []) : toKept(facts.text?.unticked ?? []);
  return unticked.length === 0 ? {} : { unticked };
}

/** From the making of the milestone to its due date; null where that is not a time to come. */
function spanOf(milestone: IssueFacts["milestone"]): TaskDefinition["milestoneSpan"] {
  const from = milestone?.createdAt ?? null;
  const to = milestone?.dueAt ?? null;
  return from === null || to === null || to <= from ? null : { from, to };
}

/**
 * The mean of what good attempts at these kinds of work have taken, all agents together. What was said before stays, unless
 * it was nothing or is off by more than half: a definition must not change with every look.
 */
function learnMinutes(kinds: readonly string[], ground: Ground, before: Task | null): number | null {
  const { successes, minutes } = learnedOf(kinds, ground);
  const isSameKind = before !== null && JSON.stringify(before.definition.labels) === JSON.stringify(kinds);
  const said = isSameKind ? (before.definition.learnedMinutes ?? null) : null;
  if (successes < learnedSample || (before !== null && isEnded(before))) return said;
  const mean = Math.max(1, Math.round(minutes / successes / learnedStepMinutes)) * learnedStepMinutes;
  return said !== null && Math.abs(mean - said) <= said / 2 ? said : mean;
}

function learnedOf(kinds: readonly string[], { config, state }: Ground): { successes: number; minutes: number } {
  let [successes, minutes] = [0, 0];
  for (const { id } of config.agents) {
    for (const kind of kinds) {
      const learned = state.learned.get(learnedKey(toAgentId(id), kind));
      if (learned === undefined) continue;
      successes += learned.successes;
      minutes += learned.minutes;
    }
  }
  return { successes, minutes };
}

/** One of ours: the issue shows who has it. */
function hasAgentLabel(task: Task): boolean {
  return task.surface.labels.some((label) => label.startsWith("agent:"));
}

/**
 * The edges the task has: native ones, sub-issues and those of commands always; those written in the body only as of the
 * text that was trusted, so an untrusted edit neither adds nor removes one.
 */
export function defineDependencies(
  facts: IssueFacts,
  before: Task | null,
  isTrustedText: boolean,
): readonly Dependency[] {
  const kept = (before?.blockedBy ?? []).filter(
    (edge) => edge.source === "command" || (edge.source === "body" && !isTrustedText),
  );
  const found = [...facts.blockedBy, ...facts.children]
    .filter((blocker) => blocker.source !== "body" || isTrustedText)
    .map(toEdge);
  return uniteEdges([...found, ...kept], facts.id);
}

function toEdge({ id, kind, source, partial }: BlockerFacts): Dependency {
  return { on: id, kind, source, ...(partial === true && kind === "soft" ? { partial } : {}) };
}

/** One edge a blocker: hard wins over soft, the first source stays. Nothing waits for itself. Sorted, so equal sets are equal. */
export function uniteEdges(edges: readonly Dependency[], self: TaskId): readonly Dependency[] {
  const united = new Map<TaskId, Dependency>();
  for (const edge of edges) {
    if (edge.on === self) continue;
    const known = united.get(edge.on);
    if (known === undefined || (known.kind === "soft" && edge.kind === "hard")) united.set(edge.on, edge);
  }
  return [...united.values()].toSorted((a, b) => (a.on < b.on ? -1 : 1));
}

export function blockersOf(facts: IssueFacts): readonly BlockerFacts[] {
  return [...facts.blockedBy, ...facts.children];
}

/** Equal but for the instant: a comment alone is no news. */
export function isSameDefinition(a: TaskDefinition, b: TaskDefinition): boolean {
  return textOf(a) === textOf(b);
}

/** With the fields in one order, whoever has put it together. */
function textOf(definition: TaskDefinition): string {
  return JSON.stringify({ ...compactDefinition(definition), updatedAt: 0 });
}

export function isSameEdges(a: readonly Dependency[], b: readonly Dependency[]): boolean {
  return (
    a.length === b.length &&
    a.every((edge, index) => {
      const other = b[index];
      return (
        edge.on === other?.on &&
        edge.kind === other.kind &&
        edge.source === other.source &&
        edge.partial === other.partial
      );
    })
  );
}
