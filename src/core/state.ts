/**
 * The state of one stream: what the log says, and the indexes that keep a decision in proportion to the change (who waits
 * for whom, what is ready, what is in flight, which worker is taken). Folded by evolve.ts, never written elsewhere.
 */
import type { Config } from "../model/config.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { AgentId, CommandId, EffectId, TaskId, WorkerId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { External, Task } from "../model/task.ts";
import { createTable, draftTable, type Table } from "./table.ts";

/** One session that reached a vendor; kept for a day, for the caps. */
export interface SessionStart {
  readonly at: number;
  readonly task: TaskId;
  readonly agent: AgentId;
  readonly costUsd: number;
}

export interface State {
  /** Entries folded. */
  version: number;
  /** Events folded. */
  eventCount: number;
  /** The instant of the entry being folded. */
  at: number;
  /** The last fence given out. */
  fence: number;
  /** The number of effects ever recorded; their ids are made of it. */
  effectCount: number;
  /** Null: the configuration's. */
  mode: Mode | null;
  isPaused: boolean;
  configuration: { readonly sha: string; readonly config: Config } | null;
  rejectedConfiguration: { readonly sha: string; readonly problems: readonly string[] } | null;
  /** Sessions of the last day, oldest first. */
  starts: readonly SessionStart[];
  readonly seen: Table<CommandId, true>;
  readonly tasks: Table<TaskId, Task>;
  readonly externals: Table<TaskId, External>;
  readonly disabledWorkers: Table<WorkerId, string>;
  readonly outbox: Table<EffectId, RecordedEffect>;
  /** Index: the effects that wait under a key, in order. */
  readonly outboxKeys: Table<string, readonly EffectId[]>;
  /** Index: who waits for a task or external. */
  readonly dependents: Table<TaskId, readonly TaskId[]>;
  /** Index: tasks that are ready but for a backoff. */
  readonly ready: Table<TaskId, true>;
  /** Index: tasks with an assignment, an open pull request, or one that is due. */
  readonly active: Table<TaskId, true>;
  /** Index: workers that are taken. */
  readonly occupied: Table<WorkerId, TaskId>;
  /** Index: which task a pull request belongs to, by number. */
  readonly pulls: Table<number, TaskId>;
}

export function createState(): State {
  return {
    version: 0,
    eventCount: 0,
    at: 0,
    fence: 0,
    effectCount: 0,
    mode: null,
    isPaused: false,
    configuration: null,
    rejectedConfiguration: null,
    starts: [],
    seen: createTable(),
    tasks: createTable(),
    externals: createTable(),
    disabledWorkers: createTable(),
    outbox: createTable(),
    outboxKeys: createTable(),
    dependents: createTable(),
    ready: createTable(),
    active: createTable(),
    occupied: createTable(),
    pulls: createTable(),
  };
}

/** A draft that can be folded into and thrown away; `state` is left as it is. */
export function draftState(state: State): State {
  const same = <Value>(value: Value): Value => value;
  return {
    ...state,
    seen: draftTable(state.seen, same),
    tasks: draftTable(state.tasks, copyTask),
    externals: draftTable(state.externals, same),
    disabledWorkers: draftTable(state.disabledWorkers, same),
    outbox: draftTable(state.outbox, (effect) => ({ ...effect })),
    outboxKeys: draftTable(state.outboxKeys, same),
    dependents: draftTable(state.dependents, same),
    ready: draftTable(state.ready, same),
    active: draftTable(state.active, same),
    occupied: draftTable(state.occupied, same),
    pulls: draftTable(state.pulls, same),
  };
}

function copyTask(task: Task): Task {
  return { ...task, assignment: task.assignment === null ? null : { ...task.assignment } };
}

/** The task for mutation. An event about a task that is not there is a broken log. */
export function ownTask(state: State, id: TaskId): Task {
  const task = state.tasks.own(id);
  if (task === undefined) throw new Error(`The log speaks of task ${id}, which was never tracked.`);
  return task;
}
