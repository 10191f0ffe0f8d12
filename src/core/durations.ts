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

/** The id of an agent has no such character. */
const ofKind = (kind: string): string => `kind|${kind}`;

/** One more session of `agent` at `task` that ended well after `durationMs`. */
export function noteDuration(
  state: State,
  task: Task,
  how: { readonly agent: AgentId; readonly durationMs: number },
): void {
  const { agent, durationMs } = how;
  for (const kind of kindsOf(task)) append(state, ofKind(kind), durationMs);
  append(state, agent, durationMs);
}

/** The newest goes last, and the oldest falls off. */
function append(state: State, key: string, durationMs: number): void {
  const known = state.durations.get(key) ?? [];
  const kept = known.length < durationsMax ? known.slice() : known.slice(1 - durationsMax);
  kept.push(durationMs);
  state.durations.set(key, kept);
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
  const ofKinds = together(state, kindsOf(task).map(ofKind));
  if (ofKinds.length >= stale.sample) return percentile(ofKinds);
  const ofOne = state.durations.get(agent) ?? none;
  if (ofOne.length >= stale.sample) return percentile(ofOne);
  const agents = [...state.durations.keys()].filter((key) => !key.startsWith(ofKind("")));
  const ofAll = together(state, agents.toSorted());
  return ofAll.length >= stale.sample ? percentile(ofAll) : null;
}

const none: readonly number[] = [];

/** One list is given as it is. */
function together(state: Pick<State, "durations">, keys: readonly string[]): readonly number[] {
  const [only] = keys;
  if (only === undefined) return none;
  if (keys.length === 1) return state.durations.get(only) ?? none;
  return keys.flatMap((key) => state.durations.get(key) ?? none);
}

/** Lists are replaced, never changed: a thousand assignments ask for what one has found. */
const known = new WeakMap<readonly number[], number>();

function percentile(durations: readonly number[]): number {
  let found = known.get(durations);
  if (found === undefined) {
    const sorted = durations.toSorted((a, b) => a - b);
    found = sorted[Math.ceil(sorted.length * usualPart) - 1] ?? 0;
    known.set(durations, found);
  }
  return found;
}
