/**
 * How long sessions that ended well have taken, of every kind of work, of every agent and of all: the newest few of each, so that
 * neither noting one nor asking costs more in a repository with a long history.
 */
import type { Config } from "../model/config.ts";
import type { AgentId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { kindsOf } from "./fold-health.ts";
import { durationsMax } from "./limits.ts";
import type { State } from "./state.ts";

/** What so large a part of the sessions took at most is as long as one usually takes. */
const usualPart = 0.9;

const ofAll = "all";
const ofAgent = (agent: AgentId): string => `agent|${agent}`;
const ofKind = (kind: string): string => `kind|${kind}`;

/** One more session of `agent` at `task` that ended well after `durationMs`. */
export function noteDuration(
  state: State,
  task: Task,
  how: { readonly agent: AgentId; readonly durationMs: number },
): void {
  const { agent, durationMs } = how;
  for (const kind of kindsOf(task)) append(state, ofKind(kind), durationMs);
  append(state, ofAgent(agent), durationMs);
  append(state, ofAll, durationMs);
}

/** The newest goes last, and the oldest falls off. */
function append(state: State, key: string, durationMs: number): void {
  const known = state.durations.own(key);
  if (known === undefined) {
    state.durations.set(key, [durationMs]);
    return;
  }
  known.push(durationMs);
  if (known.length > durationsMax) known.shift();
}

/**
 * The ninetieth percentile of what sessions took at tasks of these kinds; of the agent's where those are fewer than `stale.sample`, else
 * of all. Null where a person has estimated the task, and where too little is known.
 */
export function usualMs(
  state: Pick<State, "durations">,
  task: Task,
  { agent, stale }: { readonly agent: AgentId; readonly stale: Config["stale"] },
): number | null {
  if ((task.estimateOverride ?? task.definition.estimateMinutes) !== null) return null;
  const samples = [kindsOf(task).map(ofKind), [ofAgent(agent)], [ofAll]].map((keys) =>
    keys.flatMap((key) => state.durations.get(key) ?? []),
  );
  const known = samples.find((durations) => durations.length >= stale.sample);
  return known === undefined ? null : percentile(known);
}

function percentile(durations: readonly number[]): number {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * usualPart) - 1] ?? 0;
}
