/** The state as lines of JSON and back: one line for the whole, one a record. Indexes are not written: they are derived. */
import { completeConfig } from "../model/config.ts";
import type { DeadLetter } from "../model/dead-letter.ts";
import type { RecordedEffect } from "../model/effect.ts";
import { byRecording, effectKey } from "../model/effect.ts";
import { agentOf, slotOf, type AgentId, type CommandId, type TaskId, type WorkerId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { External, Task } from "../model/task.ts";
import { readDurations } from "./durations.ts";
import { reviseSlot, slotsOf } from "./health.ts";
import { toMicros } from "./figures.ts";
import { indexDate } from "./task.ts";
import { isActive, isEnded, isMerging, isReady, isStuck } from "../state/readiness.ts";
import type {
  AgentRecord,
  Completion,
  Dossier,
  Learned,
  MilestoneSpan,
  PatternRecord,
  Reading,
  SessionEnd,
  SessionStart,
  SplitRecord,
  SubmissionRecord,
  Swarm,
  WorkerRecord,
  Watch,
} from "../state/records.ts";
import type { Ring } from "../state/ring.ts";
import { createState, type State } from "../state/state.ts";
import type { Values } from "../state/state-values.ts";
import type { Table } from "../state/table.ts";
import { readTask } from "../state/task-record.ts";

/** Command ids on one line: long enough to be few, short enough for a person to look at. */
const idsPerLine = 200;
/** Figures on one line. */
const figuresPerLine = 100;

/** Counts and sums are found again from the rest. */
type Whole = Omit<Values, "costMicros" | "unsettled" | "unstartedCount" | "openCount" | "cyclicCount">;

function wholeOf(state: State): Whole {
  const { version, eventCount, at, fence, starvingFence, effectCount, mode, modeBy, attack, rule, isPaused } = state;
  const { configuration, rejectedConfiguration, registry, cockpit, watch } = state;
  return {
    version,
    eventCount,
    at,
    fence,
    starvingFence,
    effectCount,
    mode,
    modeBy,
    attack,
    rule,
    isPaused,
    configuration,
    rejectedConfiguration,
    registry,
    cockpit,
    watch: inOrder(watch),
  };
}

/** Keys that come and go stand where they were put in last, which says when, and nothing of what is so. */
function inOrder(watch: Watch): Watch {
  const { told, ...rest } = watch;
  return sorted(told === undefined ? rest : { ...rest, told: sorted(told) });
}

function sorted<Keyed extends object>(keyed: Keyed): Keyed {
  const entries = Object.entries(keyed).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries) as Keyed;
}

/** The rings, by the name that each has in a line. */
interface Figures {
  readonly starts: SessionStart;
  readonly ends: SessionEnd;
  readonly completions: Completion;
  readonly readings: Reading;
}
const figureNames = ["starts", "ends", "completions", "readings"] as const;

/** Tables whose records are written one a line as they are, with their keys. */
interface Records {
  readonly workers: WorkerRecord;
  readonly agents: AgentRecord;
  readonly learned: Learned;
  readonly durations: readonly number[];
  readonly milestoneModes: Mode;
  readonly milestones: MilestoneSpan;
  readonly patterns: PatternRecord;
  readonly submissions: SubmissionRecord;
  readonly swarms: Swarm;
  readonly splits: SplitRecord;
  readonly dossiers: Dossier;
  readonly lastCommands: State["lastCommands"] extends { get(key: string): infer Value } ? Value : never;
  readonly letters: DeadLetter;
  readonly conflicts: number;
  readonly warnings: State["warnings"] extends { get(key: string): infer Value } ? Value : never;
}
const recordNames = [
  "workers",
  "agents",
  "learned",
  "durations",
  "milestoneModes",
  "milestones",
  "patterns",
  "submissions",
  "swarms",
  "splits",
  "dossiers",
  "lastCommands",
  "warnings",
  "letters",
  "conflicts",
] as const;

/** Returns the lines of `state`. The same state gives the same lines. */
export function toSnapshot(state: State): readonly string[] {
  const lines = [JSON.stringify({ whole: wholeOf(state) })];
  for (const task of tasksInOrder(state)) lines.push(JSON.stringify({ task }));
  for (const [, external] of byKey(state.externals)) lines.push(JSON.stringify({ external }));
  for (const [worker, by] of byKey(state.disabledWorkers)) lines.push(JSON.stringify({ disabled: { worker, by } }));
  for (const name of recordNames) {
    for (const [key, value] of byKey<string, unknown>(state[name]))
      lines.push(JSON.stringify({ record: { name, key, value } }));
  }
  for (const [agent, { busyMs, busyAt }] of byKey(state.slots)) {
    if (busyAt > 0) lines.push(JSON.stringify({ use: { agent, busyMs, busyAt } }));
  }
  for (const name of figureNames) lines.push(...figureLines(state, name));
  const outbox = [...state.outbox.entries()].map(([, effect]) => effect).toSorted(byRecording);
  for (const effect of outbox) lines.push(JSON.stringify({ effect }));
  const ids = [...state.seen.keys()];
  for (let start = 0; start < ids.length; start += idsPerLine) {
    lines.push(JSON.stringify({ seen: ids.slice(start, start + idsPerLine) }));
  }
  return lines;
}

/** A table says nothing of its order. */
function byKey<Key extends string, Value>(table: Table<Key, Value>): readonly (readonly [Key, Value])[] {
  return [...table.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** By id: the order in which they were first seen is another one in a state that was read from a snapshot. */
function tasksInOrder(state: State): readonly Task[] {
  return [...state.tasks.entries()].map(([, task]) => task).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function figureLines(state: State, name: (typeof figureNames)[number]): readonly string[] {
  const items: unknown[] = [...state[name]];
  const lines: string[] = [];
  const { first } = state[name];
  // Also without any left: assignments know their starts by number.
  for (let start = 0; start < items.length || (start === 0 && first > 0); start += figuresPerLine) {
    const part = items.slice(start, start + figuresPerLine);
    lines.push(JSON.stringify({ figures: { name, first: first + start, items: part } }));
  }
  return lines;
}

/** How long the slots of an agent were taken; see `Slots`. */
interface Use {
  readonly agent: AgentId;
  readonly busyMs: number;
  readonly busyAt: number;
}

interface Line {
  readonly whole?: Whole;
  readonly task?: Task;
  readonly external?: External;
  readonly disabled?: { readonly worker: WorkerId; readonly by: string };
  readonly record?: { readonly name: keyof Records; readonly key: string; readonly value: never };
  readonly figures?: { readonly name: keyof Figures; readonly first: number; readonly items: readonly never[] };
  readonly use?: Use;
  readonly effect?: RecordedEffect;
  readonly seen?: readonly CommandId[];
}

/** Builds the state that `toSnapshot` wrote. Throws on a line that is not JSON. */
export function fromSnapshot(lines: readonly string[]): State {
  const read = lines.map((line) => JSON.parse(line) as Line);
  const state = createState();
  for (const name of figureNames) fillRing(state, read, name);
  for (const line of read) readLine(state, line);
  index(state);
  return state;
}

function fillRing<Name extends keyof Figures>(state: State, lines: readonly Line[], name: Name): void {
  const parts = lines.flatMap((line) => (line.figures?.name === name ? [line.figures] : []));
  const items: readonly Figures[Name][] = parts.flatMap((part) => part.items as readonly Figures[Name][]);
  (state[name] as unknown as Ring<Figures[Name]>).fill(parts[0]?.first ?? 0, items);
}

function readLine(state: State, line: Line): void {
  if (line.whole !== undefined) Object.assign(state, line.whole);
  if (line.whole?.configuration) {
    // An older version did not know every key.
    state.configuration = { ...line.whole.configuration, config: completeConfig(line.whole.configuration.config) };
  }
  if (line.task !== undefined) state.tasks.set(line.task.id, readTask(line.task));
  if (line.external !== undefined) state.externals.set(line.external.id, line.external);
  if (line.disabled !== undefined) state.disabledWorkers.set(line.disabled.worker, line.disabled.by);
  if (line.record !== undefined) readRecord(state, line.record);
  if (line.use !== undefined) readUse(state, line.use);
  if (line.effect !== undefined) readEffect(state, line.effect);
  for (const id of line.seen ?? []) state.seen.set(id, true);
}

function readRecord(state: State, { name, key, value }: NonNullable<Line["record"]>): void {
  if (name === "durations") return readDurations(state, key, value);
  state[name].set(key as never, value);
  // Older versions kept it with the agent.
  const { busyMs, busyAt } = value as Partial<Use>;
  if (name === "agents" && busyMs !== undefined && busyAt !== undefined)
    readUse(state, { agent: key as AgentId, busyMs, busyAt });
}

function readUse(state: State, { agent, busyMs, busyAt }: Use): void {
  const slots = slotsOf(state, agent);
  slots.busyMs = busyMs;
  slots.busyAt = busyAt;
}

function readEffect(state: State, effect: RecordedEffect): void {
  const key = effectKey(effect.effect);
  state.outbox.set(effect.id, effect);
  state.outboxKeys.set(key, [...(state.outboxKeys.get(key) ?? []), effect.id]);
}

function index(state: State): void {
  indexEdges(state);
  for (const [, external] of state.externals.entries()) indexDate(state, external);
  for (const [, task] of state.tasks.entries()) indexTask(state, task);
  for (const [, task] of state.tasks.entries()) indexStanding(state, task);
  for (const worker of [...state.disabledWorkers.keys(), ...state.workers.keys()]) reviseSlot(state, worker);
  indexStarts(state);
}

function indexEdges(state: State): void {
  const waiters = new Map<TaskId, TaskId[]>();
  for (const [id, task] of state.tasks.entries()) {
    for (const edge of task.blockedBy) {
      const known = waiters.get(edge.on);
      if (known === undefined) waiters.set(edge.on, [id]);
      else known.push(id);
    }
    if (task.blockedBy.length === 0) continue;
    state.blockers.set(
      id,
      task.blockedBy.map(({ on }) => state.numbering.number(on)),
    );
  }
  for (const [id, ids] of waiters) {
    const numbers = ids.toSorted().map((waiter) => state.numbering.number(waiter));
    state.dependents.set(id, numbers);
  }
}

function indexTask(state: State, task: Task): void {
  state.numbers.set(task.definition.number, task.id);
  indexAssignment(state, task);
  const last = task.attempts.at(-1);
  if (last !== undefined) state.hands.set(task.id, slotsOf(state, last.agent).handOf(last.agent, last.worker));
  if (task.pull !== null) state.pulls.set(task.pull.number, task.id);
  if (task.discardedPull !== null) state.pulls.set(task.discardedPull, task.id);
  if (task.cycle !== null) state.cyclicCount += 1;
  if (isEnded(task)) return;
  state.openCount += 1;
  state.unsettled.push(task.id);
}

function indexStanding(state: State, task: Task): void {
  const ready = isReady(state, task);
  // Older versions did not record since when: since now is the latest that it can be.
  if (ready !== (task.readySince !== null)) task.readySince = ready ? state.at : null;
  if (ready) state.ready.set(task.id, true);
  if (task.readySince !== null) state.waits.note(task.readySince);
  if (ready && task.retryAt !== null) state.backingOff.set(task.id, true);
  if (ready && task.failuresInRow > 0) state.failed.set(task.id, true);
  if (isStuck(task)) state.stuck.set(task.id, true);
  if (isActive(task)) state.active.set(task.id, true);
  if (isMerging(task)) state.merging.set(task.id, true);
}

function indexAssignment(state: State, task: Task): void {
  if (task.assignment === null) return;
  const { worker, startedAt } = task.assignment;
  state.occupied.set(worker, task.id);
  slotsOf(state, agentOf(worker)).markBusy(slotOf(worker), true);
  if (startedAt === null) state.unstartedCount += 1;
}

function indexStarts(state: State): void {
  const counts = new Map<AgentId, number>();
  for (const start of state.starts) {
    counts.set(start.agent, (counts.get(start.agent) ?? 0) + 1);
    state.costMicros += toMicros(start.costUsd);
  }
  for (const [agent, count] of counts) state.startsOf.set(agent, count);
}
