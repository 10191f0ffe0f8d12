/**
 * The state of one stream: what the log says, and the indexes that keep a decision in proportion to the change (who waits
 * for whom, what is ready, what is in flight, which worker is taken). Folded by evolve.ts, never written elsewhere.
 */
import type { CockpitRecord } from "../model/cockpit.ts";
import type { Config } from "../model/config.ts";
import type { DeadLetter } from "../model/dead-letter.ts";
import type { RecordedEffect } from "../model/effect.ts";
import type { AgentId, CommandId, EffectId, TaskId, WorkerId } from "../model/ids.ts";
import type { LastCommand } from "../model/last-command.ts";
import type { Mode } from "../model/mode.ts";
import type { Registry } from "../model/registry.ts";
import type { External, Task } from "../model/task.ts";
import type { Warning } from "../model/warning.ts";
import { DenseSet } from "./dense-set.ts";
import { DenseTable, Numbering } from "./dense-table.ts";
import { NumberTable } from "./number-table.ts";
import { completionRow, endRow, PackedList, startRow } from "./packed-list.ts";
import { ReadyKinds } from "./ready-kinds.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { OpenScale } from "./open-scale.ts";
import {
  copyAgent,
  copyLearned,
  copyWorker,
  type AgentRecord,
  type Attack,
  type Completion,
  type Dossier,
  type Learned,
  type MilestoneSpan,
  type PatternRecord,
  type Reach,
  type Reading,
  type SessionEnd,
  type SessionStart,
  type SplitRecord,
  type SubmissionRecord,
  type Swarm,
  type TimeRule,
  type Watch,
  type WorkerRecord,
} from "./records.ts";
import { Ring } from "./ring.ts";
import { SameText } from "./same-text.ts";
import { Stages } from "./stages.ts";
import type { NewestNumbers } from "./newest-numbers.ts";
import type { Hand, Slots } from "./slots.ts";
import { initialValues, type Values } from "./state-values.ts";
import { createTable, type Table } from "./table.ts";
import { TaskCells } from "./task-cells.ts";
import { copyTask } from "./task-record.ts";
import { UndoLog } from "./undo.ts";
import { Unjudged } from "./unjudged.ts";
import { Waits } from "./waits.ts";

export interface State {
  /** Every change is noted here while a decision may be taken back; see transaction.ts. */
  readonly undo: UndoLog;
  /**
   * The copies of the values at the marks that are set, one a depth, to be written over when a mark is set there again. Of two marks at one
   * depth the first has been kept by then: on the way back its copy is only passed through, because that of an outer mark comes after it.
   */
  readonly marks: Values[];
  /** Entries folded. */
  version: number;
  /** Events folded. */
  eventCount: number;
  /** The instant of the entry being folded. */
  at: number;
  /** The last fence given out. */
  fence: number;
  /** That of the last start which a starving task was given for its wait; 0 before the first. */
  starvingFence: number;
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
  /** Agents beside those of the file; replaced, never mutated. Null: nothing was ever registered. */
  registry: Registry | null;
  /** Null: none was opened yet. */
  cockpit: CockpitRecord | null;
  /** Sessions of the last day. */
  readonly starts: Ring<SessionStart>;
  readonly ends: Ring<SessionEnd>;
  readonly completions: Ring<Completion>;
  readonly readings: Ring<Reading>;
  /** What the sessions in `starts` cost, in millionths of a US dollar, so that sums are exact. */
  costMicros: number;
  readonly startsOf: Table<AgentId, number>;
  readonly seen: Table<CommandId, true>;
  /** The numbers of all tasks and externals that were ever spoken of; what is indexed by them needs no look at an id. */
  readonly numbering: Numbering<TaskId>;
  readonly tasks: DenseTable<TaskId, Task>;
  /** What of a task is changed by itself. */
  readonly cells: TaskCells;
  readonly externals: Table<TaskId, External>;
  readonly disabledWorkers: Table<WorkerId, string>;
  readonly workers: Table<WorkerId, WorkerRecord>;
  readonly agents: Table<AgentId, AgentRecord>;
  /** By `<agent>|<kind of work>`. */
  readonly learned: Table<string, Learned>;
  /** The newest durations of sessions that ended well, milliseconds; see durations.ts. */
  readonly durations: Table<string, NewestNumbers>;
  readonly milestoneModes: Table<string, Mode>;
  /** Milestones with a due date, as the issue that was read last says. */
  readonly milestones: Table<string, MilestoneSpan>;
  readonly patterns: Table<string, PatternRecord>;
  /** By the name that the marker of its issue has; at most `submissionsMax` of those that are over. */
  readonly submissions: Table<string, SubmissionRecord>;
  /** How many workers at once the sub-issues of a task may have before other work, and who said so; of open tasks. */
  readonly swarms: Table<TaskId, Swarm>;
  /** Of open tasks that are split, or are to be. */
  readonly splits: Table<TaskId, SplitRecord>;
  /** Of open tasks, at most `dossiersMax` of them: a task file and a prompt say less without. */
  readonly dossiers: Table<TaskId, Dossier>;
  /** By task, and of the whole by `wholeKey`: the last command, while it can be taken back; `order` grows with each. */
  readonly lastCommands: Table<string, LastCommand & { readonly order: number }>;
  /** By `warningKey`; `since` is when it was raised. */
  readonly warnings: Table<string, Warning & { readonly since: number }>;
  /** What was given up and nobody has seen to: at most `lettersMax`, by effect or by `letterOf`. */
  readonly letters: Table<string, DeadLetter>;
  /** The conflicts that were told and have not passed, by their ids: since when they are known. */
  readonly conflicts: Table<string, number>;
  watch: Watch;
  readonly outbox: Table<EffectId, RecordedEffect>;
  /** Index: the effects that wait under a key, in order. */
  readonly outboxKeys: Table<string, readonly EffectId[]>;
  /** Index: who waits for a task or external, by number, in the order of their ids; see `dependentsOf`. */
  readonly dependents: DenseTable<TaskId, readonly number[]>;
  /** Index: the numbers of what `blockedBy` of the task names, in its order. */
  readonly blockers: DenseTable<TaskId, readonly number[]>;
  /**
   * Index: of a task that is not ready because of its blockers, the number of one that is open. As long as that one has not moved,
   * nothing that happens to another blocker makes the task ready.
   */
  readonly watched: DenseTable<TaskId, number>;
  /** Index: the task of an issue number. */
  readonly numbers: Table<number, TaskId>;
  /** Index: tasks that are ready but for a backoff. */
  readonly ready: DenseSet<TaskId>;
  /** Index: those of them that wait for an instant (`retryAt`). */
  readonly backingOff: DenseSet<TaskId>;
  /** Index: those of them that have failed since they were last forgiven: whether they go first depends on the longest path. */
  readonly failed: DenseSet<TaskId>;
  /** Index: tasks with an assignment, an open pull request, or one that is due. */
  readonly active: DenseSet<TaskId>;
  /** Index: tasks whose merge was asked for and is on its way. */
  readonly merging: DenseSet<TaskId>;
  /** Index: the worker of the last attempt. */
  readonly hands: DenseTable<TaskId, Hand>;
  /** Index: workers that are taken. */
  readonly occupied: Table<WorkerId, TaskId>;
  /** Index: the slots of each agent. */
  readonly slots: Table<AgentId, Slots>;
  /** Index: dates that have not come, with their instants. */
  readonly dates: Table<TaskId, number>;
  /** Index: which task a pull request belongs to, by number. */
  readonly pulls: Table<number, TaskId>;
  /** Index: what waits behind each open task, but for those in `unsettled`. */
  readonly reach: DenseTable<TaskId, Reach>;
  /** Tasks whose reach has to be found again, with those before them, some of them twice; see reach.ts. */
  unsettled: TaskId[];
  /** Index: assignments whose session has not started. */
  unstartedCount: number;
  /** Index: how many tasks have not ended. */
  openCount: number;
  /** Index: how many are known to be in a cycle. */
  cyclicCount: number;
  /** Index: the scale that balanced scores are measured on. */
  readonly scale: OpenScale;
  /** Index: the ready tasks in the order in which they were last asked for. */
  readonly queue: ReadyQueue;
  /** Index: the stages of tasks, where anybody has asked for them. */
  readonly stages: Stages;
  /** Index: the ready tasks by their urgency, as they were last asked for; see urgency.ts. */
  readonly urgent: ReadyQueue;
  /** Index: the ready tasks by how long they have been so, as they were last asked for; see starving.ts. */
  readonly waits: Waits;
  /** Index: how many ready tasks stages and limits hold back alike, where anybody has asked; see held-back.ts. */
  readonly kinds: ReadyKinds;
  /** Index: the open tasks that say the same, where anybody has asked; see same-text.ts. */
  readonly sameText: SameText;
  /** Index: the ready tasks that changed since somebody looked whether anybody can take them. */
  readonly unjudged: Unjudged;
}

/** The indexes that note for themselves what has moved, also where a change was taken back, and look at it when they are asked. */
function createFollowers(numbering: Numbering<TaskId>) {
  const queue = new ReadyQueue((number) => numbering.keyOf(number));
  const urgent = new ReadyQueue((number) => numbering.keyOf(number));
  const waits = new Waits((number) => numbering.keyOf(number));
  const kinds = new ReadyKinds();
  const unjudged = new Unjudged();
  const stages = new Stages();
  const sameText = new SameText();
  /** The task may stand elsewhere. */
  const onMoved = (number: number): void => {
    queue.touch(number);
    urgent.touch(number);
    waits.touch(number);
    kinds.touch(number);
    unjudged.touch(number);
  };
  /** It is another one than it was. */
  const onChanged = (number: number): void => {
    onMoved(number);
    stages.touch(number);
    sameText.touch(number);
  };
  return { queue, urgent, waits, kinds, unjudged, stages, sameText, onMoved, onChanged };
}

/** The state before anything has happened. */
export function createState(): State {
  const undo = new UndoLog();
  const numbering = new Numbering<TaskId>(undo);
  const ids = { tasks: numbering, agents: new Numbering<AgentId>(undo) };
  const { onMoved, onChanged, ...followers } = createFollowers(numbering);
  const ranked = { undo, onExchange: onMoved };
  const tasks = new DenseTable<TaskId, Task>(numbering, { undo, onExchange: onChanged, copy: copyTask });
  return {
    undo,
    marks: [],
    numbering,
    tasks,
    cells: new TaskCells(tasks, undo),
    ...initialValues(),
    starts: new Ring<SessionStart>(undo, new PackedList(startRow(ids))),
    ends: new Ring<SessionEnd>(undo, new PackedList(endRow(ids))),
    completions: new Ring<Completion>(undo, new PackedList(completionRow(ids))),
    readings: new Ring<Reading>(undo),
    startsOf: createTable(undo),
    seen: createTable(undo),
    externals: createTable(undo),
    disabledWorkers: createTable(undo),
    workers: createTable(undo, copyWorker),
    agents: createTable(undo, copyAgent),
    learned: createTable(undo, copyLearned),
    durations: createTable(undo),
    milestoneModes: createTable(undo),
    milestones: createTable(undo),
    patterns: createTable(undo, copyPattern),
    submissions: createTable(undo),
    swarms: createTable(undo),
    splits: createTable(undo),
    dossiers: createTable(undo),
    lastCommands: createTable(undo),
    warnings: createTable(undo),
    letters: createTable(undo),
    conflicts: createTable(undo),
    outbox: createTable(undo, copyEffect),
    outboxKeys: createTable(undo),
    dependents: new DenseTable(numbering, { undo }),
    blockers: new DenseTable(numbering, { undo }),
    watched: new DenseTable(numbering, { undo }),
    numbers: new NumberTable(undo),
    ready: new DenseSet(numbering, ranked),
    backingOff: new DenseSet(numbering, { undo }),
    failed: new DenseSet(numbering, { undo }),
    active: new DenseSet(numbering, { undo }),
    merging: new DenseSet(numbering, { undo }),
    hands: new DenseTable(numbering, { undo }),
    occupied: createTable(undo),
    slots: createTable(undo),
    dates: createTable(undo),
    pulls: createTable(undo),
    reach: new DenseTable(numbering, ranked),
    scale: new OpenScale(undo),
    ...followers,
  };
}

// One function a kind of record: a copy that only ever sees one shape is ten times as fast as one that sees them all.
const copyPattern = (record: PatternRecord): PatternRecord => ({ ...record });
const copyEffect = (effect: RecordedEffect): RecordedEffect => ({ ...effect });

/** The task for mutation. An event about a task that is not there is a broken log. */
export function ownTask(state: State, id: TaskId): Task {
  return tracked(id, state.tasks.own(id));
}

/** The task with this number and id, for reading and for its cells. */
export function taskAt(state: State, number: number, id: TaskId): Task {
  return tracked(id, state.tasks.at(number));
}

function tracked(id: TaskId, task: Task | undefined): Task {
  if (task === undefined) throw new Error(`The log speaks of task ${id}, which was never tracked.`);
  return task;
}

/** Who waits for a task or external, in the order of their ids. */
export function dependentsOf(state: State, id: TaskId): readonly TaskId[] {
  return numbersOfWaiters(state, id).map((number) => state.numbering.keyOf(number));
}

const nobody: readonly number[] = [];

/** The same by number; a list that is replaced when it changes. */
export function numbersOfWaiters(state: State, id: TaskId): readonly number[] {
  return state.dependents.get(id) ?? nobody;
}
