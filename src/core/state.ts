/**
 * The state of one stream: what the log says, and the indexes that keep a decision in proportion to the change (who waits
 * for whom, what is ready, what is in flight, which worker is taken). Folded by evolve.ts, never written elsewhere.
 */
import type { Config } from "../model/config.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { AgentId, CommandId, EffectId, TaskId, WorkerId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { External, Task } from "../model/task.ts";
import type { Warning } from "../model/warning.ts";
import { DenseTable, Numbering } from "./dense-table.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { OpenScale } from "./open-scale.ts";
import type {
  AgentRecord,
  Attack,
  Completion,
  Dossier,
  Learned,
  MilestoneSpan,
  PatternRecord,
  Reach,
  Reading,
  SessionEnd,
  SessionStart,
  TimeRule,
  Watch,
  WorkerRecord,
} from "./records.ts";
import { Ring } from "./ring.ts";
import { copySlots, type Slots } from "./slots.ts";
import { createTable, draftTable, type Table } from "./table.ts";

export interface State {
  /** Null in the base; in a draft the state that it was drafted from. */
  readonly base: State | null;
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
  /** Who set the mode; null while it is the configuration's. */
  modeBy: string | null;
  attack: Attack | null;
  /** The time rule in force; null while there is none. */
  rule: TimeRule | null;
  isPaused: boolean;
  configuration: { readonly sha: string; readonly config: Config } | null;
  rejectedConfiguration: { readonly sha: string; readonly problems: readonly string[] } | null;
  /** Sessions of the last day. */
  readonly starts: Ring<SessionStart>;
  readonly ends: Ring<SessionEnd>;
  readonly completions: Ring<Completion>;
  readonly readings: Ring<Reading>;
  /** What the sessions in `starts` cost, in millionths of a US dollar, so that sums are exact. */
  costMicros: number;
  readonly startsOf: Table<AgentId, number>;
  readonly seen: Table<CommandId, true>;
  readonly tasks: Table<TaskId, Task>;
  readonly externals: Table<TaskId, External>;
  readonly disabledWorkers: Table<WorkerId, string>;
  readonly workers: Table<WorkerId, WorkerRecord>;
  readonly agents: Table<AgentId, AgentRecord>;
  /** By `<agent>|<kind of work>`. */
  readonly learned: Table<string, Learned>;
  readonly milestoneModes: Table<string, Mode>;
  /** Milestones with a due date, as the issue that was read last says. */
  readonly milestones: Table<string, MilestoneSpan>;
  readonly patterns: Table<string, PatternRecord>;
  /** Of open tasks, at most `dossiersMax` of them: a task file and a prompt say less without. */
  readonly dossiers: Table<TaskId, Dossier>;
  /** By `warningKey`; `since` is when it was raised. */
  readonly warnings: Table<string, Warning & { readonly since: number }>;
  watch: Watch;
  readonly outbox: Table<EffectId, RecordedEffect>;
  /** Index: the effects that wait under a key, in order. */
  readonly outboxKeys: Table<string, readonly EffectId[]>;
  /** Index: who waits for a task or external. */
  readonly dependents: Table<TaskId, readonly TaskId[]>;
  /** Index: the task of an issue number. */
  readonly numbers: Table<number, TaskId>;
  /** Index: tasks that are ready but for a backoff. */
  readonly ready: Table<TaskId, true>;
  /** Index: those of them that wait for an instant (`retryAt`). */
  readonly backingOff: Table<TaskId, true>;
  /** Index: tasks with an assignment, an open pull request, or one that is due. */
  readonly active: Table<TaskId, true>;
  /** Index: workers that are taken. */
  readonly occupied: Table<WorkerId, TaskId>;
  /** Index: the slots of each agent. */
  readonly slots: Table<AgentId, Slots>;
  /** Index: dates that have not come, with their instants. */
  readonly dates: Table<TaskId, number>;
  /** Index: which task a pull request belongs to, by number. */
  readonly pulls: Table<number, TaskId>;
  /** Index: what waits behind each open task, but for those in `unsettled`. */
  readonly reach: Table<TaskId, Reach>;
  /** Tasks whose reach has to be found again, with those before them, some of them twice; of this layer alone (reach.ts). */
  unsettled: TaskId[];
  /** Index: assignments whose session has not started. */
  unstartedCount: number;
  /** Index: how many tasks have not ended. */
  openCount: number;
  /** Index: how many are known to be in a cycle. */
  cyclicCount: number;
  /** Index: the scale that balanced scores are measured on. */
  readonly scale: OpenScale;
  /** Index of the base, shared by its drafts: the ready tasks in the order in which they were last asked for. */
  readonly queue: ReadyQueue;
}

export function createState(): State {
  const numbering = new Numbering<TaskId>();
  return {
    base: null,
    version: 0,
    eventCount: 0,
    at: 0,
    fence: 0,
    effectCount: 0,
    mode: null,
    modeBy: null,
    attack: null,
    rule: null,
    isPaused: false,
    configuration: null,
    rejectedConfiguration: null,
    starts: Ring.empty(),
    ends: Ring.empty(),
    completions: Ring.empty(),
    readings: Ring.empty(),
    costMicros: 0,
    startsOf: createTable(),
    seen: createTable(),
    tasks: new DenseTable(numbering),
    externals: createTable(),
    disabledWorkers: createTable(),
    workers: createTable(),
    agents: createTable(),
    learned: createTable(),
    milestoneModes: createTable(),
    milestones: createTable(),
    patterns: createTable(),
    dossiers: createTable(),
    warnings: createTable(),
    watch: { tickedAt: 0, fullSince: null, passed: [] },
    outbox: createTable(),
    outboxKeys: createTable(),
    dependents: new DenseTable(numbering),
    numbers: createTable(),
    ready: new DenseTable(numbering),
    backingOff: createTable(),
    active: createTable(),
    occupied: createTable(),
    slots: createTable(),
    dates: createTable(),
    pulls: createTable(),
    reach: new DenseTable(numbering),
    unsettled: [],
    unstartedCount: 0,
    openCount: 0,
    cyclicCount: 0,
    scale: new OpenScale(),
    queue: new ReadyQueue(),
  };
}

const same = <Value>(value: Value): Value => value;
// One function a kind of record: a copy that only ever sees one shape is ten times as fast as one that sees them all.
const copyWorker = (record: WorkerRecord): WorkerRecord => ({ ...record, results: record.results.slice() });
const copyAgent = (record: AgentRecord): AgentRecord => ({ ...record, learned: { ...record.learned } });
const copyLearned = (learned: Learned): Learned => ({ ...learned });
const copyPattern = (record: PatternRecord): PatternRecord => ({ ...record });
const copyEffect = (effect: RecordedEffect): RecordedEffect => ({ ...effect });

/** A draft that can be folded into and thrown away; `state` is left as it is. */
export function draftState(state: State): State {
  return {
    base: state,
    version: state.version,
    eventCount: state.eventCount,
    at: state.at,
    fence: state.fence,
    effectCount: state.effectCount,
    mode: state.mode,
    modeBy: state.modeBy,
    attack: state.attack === null ? null : { ...state.attack },
    rule: state.rule,
    isPaused: state.isPaused,
    configuration: state.configuration,
    rejectedConfiguration: state.rejectedConfiguration,
    starts: state.starts.draft(),
    ends: state.ends.draft(),
    completions: state.completions.draft(),
    readings: state.readings.draft(),
    costMicros: state.costMicros,
    startsOf: draftTable(state.startsOf, same),
    seen: draftTable(state.seen, same),
    tasks: draftTable(state.tasks, copyTask),
    externals: draftTable(state.externals, same),
    disabledWorkers: draftTable(state.disabledWorkers, same),
    workers: draftTable(state.workers, copyWorker),
    agents: draftTable(state.agents, copyAgent),
    learned: draftTable(state.learned, copyLearned),
    milestoneModes: draftTable(state.milestoneModes, same),
    milestones: draftTable(state.milestones, same),
    patterns: draftTable(state.patterns, copyPattern),
    dossiers: draftTable(state.dossiers, same),
    warnings: draftTable(state.warnings, same),
    watch: { ...state.watch },
    outbox: draftTable(state.outbox, copyEffect),
    outboxKeys: draftTable(state.outboxKeys, same),
    dependents: draftTable(state.dependents, same),
    numbers: draftTable(state.numbers, same),
    ready: draftTable(state.ready, same),
    backingOff: draftTable(state.backingOff, same),
    active: draftTable(state.active, same),
    occupied: draftTable(state.occupied, same),
    slots: draftTable(state.slots, copySlots),
    dates: draftTable(state.dates, same),
    pulls: draftTable(state.pulls, same),
    reach: draftTable(state.reach, same),
    unsettled: [],
    unstartedCount: state.unstartedCount,
    openCount: state.openCount,
    cyclicCount: state.cyclicCount,
    scale: state.scale.draft(),
    queue: state.queue,
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

/** The state at the bottom: the one that is no draft. */
export function rootOf(state: State): State {
  let root = state;
  while (root.base !== null) root = root.base;
  return root;
}
