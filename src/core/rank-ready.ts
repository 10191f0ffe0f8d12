/** The ready tasks in the order of the mode in force, with the numbers that put each where it stands. */
import { placeOf, scaleOf, scoreOf, type RankInput, type Scale } from "../ranking/rank.ts";
import type { TaskId } from "../model/ids.ts";
import type { Mode } from "../model/mode.ts";
import type { Task } from "../model/task.ts";
import { thresholdMinutes } from "./attack-threshold.ts";
import type { Context } from "../model/context.ts";
import type { Peaks } from "../state/open-scale.ts";
import { effortOf, estimateOf, priorityOf, settleReach } from "../state/reach.ts";
import type { Rank } from "../state/ready-heap.ts";
import type { Ordering, QueueReader } from "../state/ready-queue.ts";
import { barrierIn, type Barrier } from "../state/stages.ts";
import type { State } from "../state/state.ts";
import { isHeldUpByVendor } from "../state/vendor-trouble.ts";

export interface RankedTask {
  readonly id: TaskId;
  /** That of the state's numbering. */
  readonly number: number;
  readonly algorithm: Mode;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  /** It holds a promised slot, or is the retry that holds up the critical path, or urgent: no other is put before it for having waited. */
  readonly goesFirst: boolean;
}

/** The mode in force for the whole repository. */
export function modeInForce(state: State, context: Context): Mode {
  return state.mode ?? context.config.mode;
}

/** The mode that ranks `task`: its own, else its milestone's, else the repository's. */
export function modeOf(state: State, task: Task, context: Context): Mode {
  const own = task.modeOverride ?? task.definition.mode;
  if (own !== null) return own;
  const { milestone } = task.definition;
  const phase = milestone === null ? undefined : state.milestoneModes.get(milestone);
  return phase ?? modeInForce(state, context);
}

/**
 * The best `max` ready tasks. Ranks within each mode, then takes the heads of the modes in turn, but urgent ones first, so that scores of
 * different modes are never compared and no mode waits for another for ever. Nearly always there is one mode, and this is its order.
 */
export function rankReady(state: State, context: Context, max: number): readonly RankedTask[] {
  const found: RankedTask[] = [];
  for (const entry of readyInOrder(state, context)) {
    if (found.length >= max) break;
    found.push(entry);
  }
  return found;
}

/** All ready tasks, best first, found as they are asked for. The state must not change meanwhile. */
export function readyInOrder(state: State, context: Context): IterableIterator<RankedTask> {
  return inTurn(state, openQueue(state, context), state.queue.look());
}

/** The same, for whoever assigns them one by one: until it is done with them, nobody else may read the queue. */
export function takeInOrder(state: State, context: Context): IterableIterator<RankedTask> {
  return inTurn(state, openQueue(state, context), state.queue);
}

/** Brings the queue up to date, and returns the view for people. */
function openQueue(state: State, context: Context): View {
  settleReach(state);
  const view = openView(state, context);
  state.queue.measure(view.peaks.tail, state.failed);
  state.queue.sync(state.ready, orderingOf(state, view));
  return { ...view, ageUntil: context.now };
}

/** One ready task as the queue would give it, wherever it stands. */
export function rankedAt(state: State, context: Context, number: number): RankedTask {
  settleReach(state);
  const view = { ...openView(state, context), ageUntil: context.now };
  return scored(state, view, { number, mode: modeWithin(state.tasks.at(number), view) });
}

/** The head of the mode whose turn it is, until nothing is left. */
function* inTurn(state: State, view: View, reader: QueueReader): IterableIterator<RankedTask> {
  const modes = withFirst(view.mode, state.queue.modes());
  for (let turn = nextTurn(modes, -1, reader); turn !== -1; turn = nextTurn(modes, turn, reader)) {
    const mode = modes[turn] as Mode;
    yield scored(state, view, { number: reader.take(mode), mode });
  }
}

/** The mode in force goes before the others. */
function withFirst(first: Mode, modes: readonly Mode[]): readonly Mode[] {
  return modes.length < 2 || !modes.includes(first) ? modes : [first, ...modes.filter((mode) => mode !== first)];
}

/**
 * The place of the mode whose head goes next, after that at `last`: the head that was promised a slot or goes first for another reason,
 * then an urgent one; of those that are alike the next one around. -1 when nothing is left.
 */
function nextTurn(modes: readonly Mode[], last: number, reader: QueueReader): number {
  let next = -1;
  let best = Infinity;
  for (let step = 1; step <= modes.length; step += 1) {
    const place = (last + step) % modes.length;
    const rank = reader.bestRank(modes[place] as Mode);
    if (rank === undefined || classOf(rank) >= best) continue;
    next = place;
    best = classOf(rank);
  }
  return next;
}

/** Lower goes first, whatever the mode. */
function classOf({ tier, priority }: Rank): number {
  return 2 * tier + (priority === urgentPriority ? 0 : 1);
}

const urgentPriority = 1;

/** What one reading of the queue goes by. */
interface View {
  readonly mode: Mode;
  readonly scale: Scale;
  readonly peaks: Peaks;
  readonly inherits: boolean;
  /** What is behind it goes last, so that nobody who looks for work has to pass it over first. */
  readonly barrier: Barrier | null;
  readonly milestoneModes: ReadonlyMap<string, Mode>;
  /**
   * Ages count up to this instant. For the order it is the epoch: only differences matter to it, and a queue that knows no clock need
   * not be sorted again because time passes. For people it is now.
   */
  readonly ageUntil: number;
  readonly input: Writable<RankInput<TaskId>>;
}

const noModes: ReadonlyMap<string, Mode> = new Map();

function openView(state: State, context: Context): View {
  const { weights, ageing, blockers } = context.config;
  const peaks = state.scale.peaks();
  const scale = scaleOf(
    { weights, ageing: ageing.perWeek, quickWinBelow: thresholdMinutes(state, context.config) },
    { transitive: peaks.transitive, minutes: peaks.minutes },
  );
  const milestoneModes = state.milestoneModes.size === 0 ? noModes : new Map(state.milestoneModes.entries());
  const inherits = blockers.inherit;
  const input = blankInput();
  const barrier = barrierIn(state, context.config);
  return { mode: modeInForce(state, context), scale, peaks, inherits, barrier, milestoneModes, ageUntil: 0, input };
}

function orderingOf(state: State, view: View): Ordering {
  return {
    key: keyOf(view),
    modeOf: (number) => modeWithin(state.tasks.at(number), view),
    placeOf: (number, mode) => placeOf(mode, inputOf(state, number, view), view.scale),
  };
}

/** Everything that the order of most tasks depends on beside themselves, as one text. */
function keyOf({ mode, scale, peaks, inherits, barrier, milestoneModes }: View): string {
  const { weights, ageing, quickWinBelow } = scale;
  const numbers = `${weights.priority} ${weights.blocker} ${weights.effort} ${ageing} ${quickWinBelow}`;
  const highest = `${peaks.transitive} ${peaks.minutes}`;
  const phases = milestoneModes.size === 0 ? "" : JSON.stringify([...milestoneModes]);
  return `${mode} ${inherits} ${numbers} ${highest} ${barrier?.key ?? ""} ${phases}`;
}

/** As `modeOf`, by the modes of the view. */
function modeWithin(task: Task | undefined, view: View): Mode {
  if (task === undefined) return view.mode;
  const own = task.modeOverride ?? task.definition.mode;
  if (own !== null) return own;
  const { milestone } = task.definition;
  return (milestone === null ? undefined : view.milestoneModes.get(milestone)) ?? view.mode;
}

/** The tier of a task that has been promised a slot: it goes before all others, those of other modes too. */
const promisedTier = -2;

/** The tier of a task that an earlier stage holds back. */
const heldBackTier = 2;

/** The score for people, in their view. */
function scored(state: State, view: View, found: { readonly number: number; readonly mode: Mode }): RankedTask {
  const input = inputOf(state, found.number, view);
  const { score, parts } = scoreOf(found.mode, input, view.scale);
  const tier = tierPart(input);
  const id = state.numbering.keyOf(found.number);
  return {
    id,
    number: found.number,
    algorithm: found.mode,
    score,
    parts: tier === null ? parts : { ...parts, ...tier },
    goesFirst: classOf({ tier: input.tier ?? 0, priority: input.priority }) <= 0,
  };
}

function tierPart(input: RankInput): Readonly<Record<string, number>> | null {
  if (input.tier === undefined || input.tier === 0 || input.tier === heldBackTier) return null;
  return input.tier === promisedTier ? { promised: 1 } : { retry: -input.tier };
}

/** What the ranking goes by, written over by the next call: it is asked for of every task that moves. */
function inputOf(state: State, number: number, view: View): RankInput<TaskId> {
  const task = state.tasks.at(number);
  const reach = state.reach.at(number);
  if (task === undefined || reach === undefined) throw new Error(`Task ${number} is ready and not in the graph.`);
  const { input } = view;
  const { createdAt, quickWin, number: position } = task.definition;
  input.id = task.id;
  input.priority = view.inherits ? reach.priority : priorityOf(task);
  input.createdAt = createdAt;
  input.estimateMinutes = estimateOf(task);
  input.quickWin = quickWin;
  input.position = position;
  input.impact = reach;
  input.tailMinutes = reach.tailMinutes;
  input.ageMs = view.ageUntil - createdAt;
  input.tier = isHeldBack(state, number, view)
    ? heldBackTier
    : tierOf(state, task, { tailMinutes: reach.tailMinutes, peaks: view.peaks });
  return input;
}

function isHeldBack(state: State, number: number, { barrier }: View): boolean {
  return barrier !== null && state.stages.isBehind(number, barrier);
}

type Writable<Record> = { -readonly [Key in keyof Record]: Record[Key] };

function blankInput(): Writable<RankInput<TaskId>> {
  return {
    id: "" as TaskId,
    priority: 5,
    createdAt: 0,
    estimateMinutes: null,
    quickWin: false,
    position: 0,
    impact: { direct: 0, transitive: 0 },
    tailMinutes: 0,
    ageMs: 0,
    tier: 0,
  };
}

/**
 * A failed task on the critical path goes first: nobody's remaining path is longer. One that failed for its surroundings goes last
 * until they have recovered: its start was refused, or its session failed, by a vendor that is not back yet. Before all goes the
 * one that another task gives way to: the slot was freed for it.
 */
function tierOf(
  state: State,
  task: Task,
  { tailMinutes, peaks }: { readonly tailMinutes: number; readonly peaks: Peaks },
): -2 | -1 | 0 | 1 {
  if (task.promised !== null) return promisedTier;
  if (isHeldUpByVendor(state, task)) return 1;
  return task.failuresInRow > 0 && tailMinutes >= peaks.tail ? -1 : 0;
}

/** How long a session of the task is expected to take, milliseconds. */
export function expectedMs(task: Task): number {
  return effortOf(task) * 60_000;
}
