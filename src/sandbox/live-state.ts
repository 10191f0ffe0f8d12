/** What the live page shows, as data: the graph in stages, agents with their slots, and the log. */
import type { AgentConfig } from "../model/config-agent.ts";
import type { BacklogEntry } from "./backlog.ts";
import { renderEntry } from "./log-line.ts";
import { taskStatusOf, type Observed, type Report } from "./report.ts";

export interface LiveTask {
  readonly key: string;
  readonly number: number;
  readonly title: string;
  readonly status: string;
  readonly stage: number;
  readonly blockedBy: readonly string[];
  readonly worker: string | null;
  readonly attempts: number;
}

export interface LiveState {
  readonly name: string;
  readonly elapsedMs: number;
  readonly outcome: Report["outcome"] | null;
  readonly summary: string | null;
  readonly tasks: readonly LiveTask[];
  readonly agents: readonly { readonly id: string; readonly slots: readonly (string | null)[] }[];
  /** Lines after the cursor that was asked for. */
  readonly lines: readonly string[];
  readonly cursor: number;
}

/** How deep each issue lies: behind its deepest blocker. Members of a cycle stay where the others put them. */
function stagesOf(entries: readonly BacklogEntry[]): ReadonlyMap<string, number> {
  const stages = new Map(entries.map((entry) => [entry.issue.key, 0]));
  for (let round = 0; round < entries.length; round += 1) {
    let hasMoved = false;
    for (const { issue } of entries) {
      const behind = issue.blockedBy.map((blocker) => (stages.get(blocker.key) ?? 0) + 1);
      const stage = Math.min(entries.length - 1, Math.max(0, ...behind));
      hasMoved ||= stage > (stages.get(issue.key) ?? 0);
      stages.set(issue.key, stage);
    }
    if (!hasMoved) break;
  }
  return stages;
}

interface Live {
  /** Sessions under way, worker by task. */
  readonly workers: ReadonlyMap<string, string>;
  readonly attempts: ReadonlyMap<string, number>;
}

function readSessions(observed: Observed): Live {
  const workers = new Map<string, string>();
  const attempts = new Map<string, number>();
  for (const { action, detail } of observed.timeline.entries) {
    const task = String(detail["task"]);
    if (action === "session_started") {
      workers.set(task, String(detail["worker"]));
      attempts.set(task, (attempts.get(task) ?? 0) + 1);
    }
    if (action === "session_ended") workers.delete(task);
  }
  return { workers, attempts };
}

/** The state now, with the log lines from `cursor` on. */
export function readLiveState(options: {
  readonly name: string;
  readonly observed: Observed;
  readonly agents: readonly AgentConfig[];
  readonly cursor: number;
  readonly ended: { readonly report: Report; readonly summary: string } | null;
}): LiveState {
  const { observed, cursor } = options;
  const { entries } = observed.backlog;
  const stages = stagesOf(entries);
  const { workers, attempts } = readSessions(observed);
  const busy = [...workers].map(([task, worker]) => ({ task, worker }));
  return {
    name: options.name,
    elapsedMs: observed.timeline.elapsedMs(),
    outcome: options.ended?.report.outcome ?? null,
    summary: options.ended?.summary ?? null,
    tasks: entries.map((entry) => ({
      key: entry.issue.key,
      number: entry.number,
      title: observed.issue(entry.number)?.title ?? entry.issue.title,
      status: taskStatusOf(observed, entry),
      stage: stages.get(entry.issue.key) ?? 0,
      blockedBy: entry.issue.blockedBy.map((blocker) => blocker.key),
      worker: workers.get(entry.issue.key) ?? null,
      attempts: attempts.get(entry.issue.key) ?? 0,
    })),
    agents: options.agents.map((agent) => ({
      id: agent.id,
      slots: Array.from(
        { length: agent.capacity },
        (_, slot) => busy.find(({ worker }) => worker === `${agent.id}/${slot + 1}`)?.task ?? null,
      ),
    })),
    lines: observed.timeline.entries.slice(cursor).map(renderEntry),
    cursor: observed.timeline.entries.length,
  };
}
