/** From the facts of an issue to the definition and the edges of its task. */
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import { readLabels } from "../model/labels.ts";
import type { BlockerFacts, IssueFacts } from "../model/observation.ts";
import type { Dependency, Task, TaskDefinition } from "../model/task.ts";

/** What the issue says now. A pinned agent is kept only from before the first assignment: later we set that label. */
export function defineTask(facts: IssueFacts, config: Config, before: Task | null): TaskDefinition {
  const labels = readLabels(facts.labels, config.estimateScale);
  const milestone = readLabels(facts.milestone?.labels ?? [], config.estimateScale);
  const wasTouched =
    before !== null && (before.attempts.length > 0 || before.assignment !== null || before.surface.digest !== null);
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
    learnedMinutes: null,
    labels: [],
    needs: labels.needs,
    prefers: [],
    quickWin: labels.quickWin,
    mode: labels.mode ?? milestone.mode,
    milestone: facts.milestone?.title ?? null,
    milestoneSpan: null,
    pinnedAgent: wasTouched ? before.definition.pinnedAgent : labels.agent,
    heldByLabel: labels.held,
    isContainer: facts.children.length > 0,
    problems: labels.problems,
    isOpen: facts.state === "open",
  };
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
    .map((blocker) => ({ on: blocker.id, kind: blocker.kind, source: blocker.source }));
  return uniteEdges([...found, ...kept], facts.id);
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
  return JSON.stringify({ ...a, updatedAt: 0 }) === JSON.stringify({ ...b, updatedAt: 0 });
}

export function isSameEdges(a: readonly Dependency[], b: readonly Dependency[]): boolean {
  return (
    a.length === b.length &&
    a.every((edge, index) => {
      const other = b[index];
      return edge.on === other?.on && edge.kind === other.kind && edge.source === other.source;
    })
  );
}
