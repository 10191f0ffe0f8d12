/**
 * How long sessions that ended well have taken, of every kind of work, of every agent and of all: the newest few of each, so that
 * neither noting one nor asking costs more in a repository with a long history.
 */
import type { Config } from "../model/config.ts";
import type { AgentId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { kindsOf } from "./health.ts";
import { durationsMax } from "../model/limits.ts";
import { NewestNumbers } from "../state/newest-numbers.ts";
import type { State } from "../state/state.ts";

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
  for (const kind of kindsOf(task)) durationsOf(state, ofKind(kind)).note(durationMs);
  durationsOf(state, agent).note(durationMs);
}

function durationsOf(state: State, key: string): NewestNumbers {
  const known = state.durations.get(key);
  if (known !== undefined) return known;
  const durations = new NewestNumbers(state.undo, durationsMax);
  state.durations.set(key, durations);
  return durations;
}

/** Puts back what a snapshot has written. */
export function readDurations(state: State, key: string, durations: readonly number[]): void {
  state.durations.set(key, new NewestNumbers(state.undo, durationsMax, durations));
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
  const ofKinds = usualOf(state, kindsOf(task).map(ofKind), stale.sample);
  if (ofKinds !== null) return ofKinds;
  const ofOne = usualOf(state, [agent], stale.sample);
  if (ofOne !== null) return ofOne;
  const agents = [...state.durations.keys()].filter((key) => !key.startsWith(ofKind("")));
  return usualOf(state, agents, stale.sample);
}

/** The percentile of all that is known under these keys together; null where that is less than the sample. */
function usualOf(state: Pick<State, "durations">, keys: readonly string[], sample: number): number | null {
  const known = keys.flatMap((key) => state.durations.get(key) ?? []);
  if (known.reduce((sum, { size }) => sum + size, 0) < sample) return null;
  return percentile(known);
}

function percentile(known: readonly NewestNumbers[]): number {
  const [only] = known;
  const sorted =
    only !== undefined && known.length === 1 ? only.sorted() : known.flatMap((each) => each.list()).toSorted(byNumber);
  return sorted[Math.ceil(sorted.length * usualPart) - 1] ?? 0;
}

function byNumber(a: number, b: number): number {
  return a - b;
}
