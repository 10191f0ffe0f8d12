/**
 * The queue played through the time to come: at each instant at which something becomes free, the best ready tasks that somebody who may
 * and can is free for are started, within the limits of the configuration. An estimate for people, never a decision.
 */
import type { Config } from "../model/config.ts";
import { takesItself } from "../model/config-agent.ts";
import { slotOf, type AgentId, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { Able } from "../core/able.ts";
import { batchLimit } from "../core/attack-threshold.ts";
import { figuresOfTheDay, spentCapOf } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { askedOf } from "../core/dead-ends.ts";
import { expectedEnd, Lane } from "./lanes.ts";
import { NumberHeap } from "../graph/number-heap.ts";
import { expectedMs, readyInOrder } from "../core/rank-ready.ts";
import type { State } from "../state/state.ts";
import { wishOf } from "../core/wish.ts";
import { labelsOf, openWorkLimits, type WorkLimits } from "../core/work-limits.ts";

/** How far down the queue it is worth guessing. */
const queueMax = 1_000;

/** When a task of the queue starts, and with whom. */
export interface QueuedStart {
  readonly at: number;
  readonly agent: AgentId;
}

/** Those of the queue that ask for the same and count for the same limits, best first. */
interface Line {
  readonly lanes: readonly Suited[];
  readonly slot: number | null;
  readonly waiting: Queued[];
}

interface Suited {
  readonly lane: Lane;
  /** 0 to 1. */
  readonly capability: number;
  /** It has failed at such a task: only where nobody else is free. */
  readonly isAvoided: boolean;
}

interface Queued {
  readonly task: Task;
  readonly rank: number;
  /** It may not start before. */
  readonly from: number;
}

export class QueuePlay {
  readonly #state: State;
  readonly #context: Context;
  readonly #able: Able;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #limits: WorkLimits;
  /** What holds a limit, with its expected end. */
  readonly #runs: { readonly task: Task; readonly end: number }[] = [];
  readonly #ending = new NumberHeap((one, other) => this.#endOf(one) < this.#endOf(other));
  readonly #lines = new Map<string, Line>();
  readonly #starts = new Map<TaskId, QueuedStart>();
  readonly #limitedLabels: ReadonlySet<string>;
  #waitingCount = 0;
  /** Sessions that may still start today. */
  #sessionsLeft: number;

  constructor(state: State, context: Context) {
    const { config } = context;
    this.#state = state;
    this.#context = context;
    this.#able = new Able(config);
    // When an agent asks for work nobody can say.
    const given = config.agents.filter((agent) => !takesItself(agent));
    this.#lanes = new Map(given.map((agent) => [agent.id, new Lane(state, context, agent)]));
    this.#limits = openWorkLimits(state, config);
    this.#limitedLabels = new Set(Object.keys(config.limits.labels).map((label) => label.toLowerCase()));
    this.#sessionsLeft =
      config.limits.sessionsPerDay - figuresOfTheDay(state, context.now).sessions - state.unstartedCount;
    if (isLimited(config)) this.#noteRuns();
    this.#lineUp();
    this.#play();
  }

  /** When the task of the queue starts; undefined where it cannot be said, or the task is not in the queue. */
  startOf(id: TaskId): QueuedStart | undefined {
    return this.#starts.get(id);
  }

  /** The first instant at which anybody could take the task, the queue left aside; null where nobody ever can. */
  firstFor(task: Task): number | null {
    if (spentCapOf(task, this.#context) !== null) return null;
    const lanes = this.#lanesFor(task).map(({ lane }) => lane.first);
    const first = Math.min(...lanes);
    return Number.isFinite(first) ? first : null;
  }

  #noteRuns(): void {
    for (const [, id] of this.#state.occupied.entries()) {
      const task = this.#state.tasks.get(id);
      if (task !== undefined && task.assignment !== null)
        this.#run(task, expectedEnd(task.assignment, this.#context.now));
    }
  }

  #run(task: Task, end: number): void {
    this.#ending.push(this.#runs.push({ task, end }) - 1);
  }

  #lineUp(): void {
    let rank = 0;
    for (const { number } of readyInOrder(this.#state, this.#context)) {
      if (rank >= queueMax) return;
      rank += 1;
      const task = this.#state.tasks.at(number);
      if (task === undefined || spentCapOf(task, this.#context) !== null) continue;
      const line = this.#lineOf(task);
      if (line.lanes.length === 0) continue;
      line.waiting.push({ task, rank, from: task.retryAt ?? 0 });
      this.#waitingCount += 1;
    }
  }

  #lineOf(task: Task): Line {
    const wish = wishOf(this.#state, task, this.#context);
    const limited =
      this.#limitedLabels.size === 0 ? [] : labelsOf(task).filter((each) => this.#limitedLabels.has(each));
    const key = JSON.stringify([askedOf(wish), wish.avoidedAgents, limited.toSorted()]);
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const slot = wish.pinnedWorker === null ? null : slotOf(wish.pinnedWorker);
    const line: Line = { lanes: this.#lanesFor(task), slot, waiting: [] };
    this.#lines.set(key, line);
    return line;
  }

  #lanesFor(task: Task): readonly Suited[] {
    const wish = wishOf(this.#state, task, this.#context);
    return this.#able.for(wish).agents.flatMap(({ config, capability }) => {
      const lane = this.#lanes.get(config.id);
      const isBeyond = lane !== undefined && wish.pinnedWorker !== null && slotOf(wish.pinnedWorker) > lane.slots;
      return lane === undefined || isBeyond
        ? []
        : [{ lane, capability, isAvoided: wish.avoidedAgents.includes(lane.agent) }];
    });
  }

  #play(): void {
    const lanes = new Set([...this.#lines.values()].flatMap((line) => line.lanes.map(({ lane }) => lane)));
    for (let at = this.#context.now; Number.isFinite(at) && this.#waitingCount > 0 && this.#sessionsLeft > 0;) {
      for (const lane of lanes) lane.advance(at);
      this.#endRuns(at);
      const isMore = this.#startBatch(at);
      at = isMore ? at + this.#context.config.cycle.every : this.#nextAt(at, lanes);
    }
  }

  #endRuns(at: number): void {
    for (let run = this.#ending.peek(); run !== undefined && this.#endOf(run) <= at; run = this.#ending.peek()) {
      this.#ending.pop();
      const ended = this.#runs[run];
      if (ended !== undefined) this.#limits.leave(ended.task);
    }
  }

  #endOf(run: number): number {
    return this.#runs[run]?.end ?? Number.POSITIVE_INFINITY;
  }

  /** Starts what one pass may start; true where that was the reason for it to stop. */
  #startBatch(at: number): boolean {
    const batch = batchLimit(this.#state, this.#context);
    for (let started = 0; started < batch; started += 1) {
      const best = this.#bestAt(at);
      if (best === null || this.#sessionsLeft <= 0) return false;
      this.#start(best, at);
    }
    return true;
  }

  /** The best task that can start now. */
  #bestAt(at: number): Turn | null {
    let best: Turn | null = null;
    for (const line of this.#lines.values()) {
      const queued = line.waiting.find(({ from }) => from <= at);
      if (queued === undefined || (best !== null && best.queued.rank < queued.rank)) continue;
      const lane = this.#laneFor(line, at);
      if (lane !== null && this.#limits.blocks(queued.task) === null) best = { line, queued, lane };
    }
    return best;
  }

  /** The agent that suits best by what it can do and how much of it is free. */
  #laneFor({ lanes, slot }: Line, at: number): Lane | null {
    const { weights } = this.#context.config.matching;
    let best: Lane | null = null;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const { lane, capability, isAvoided } of lanes) {
      if (!lane.canStart(slot, at)) continue;
      const score = weights.capability * capability + weights.load * lane.freeShare - (isAvoided ? 10 : 0);
      if (score <= bestScore) continue;
      best = lane;
      bestScore = score;
    }
    return best;
  }

  #start({ line, queued, lane }: Turn, at: number): void {
    const { task } = queued;
    line.waiting.splice(line.waiting.indexOf(queued), 1);
    const end = at + expectedMs(task);
    lane.start(line.slot, at, end);
    this.#limits.take(task);
    if (isLimited(this.#context.config)) this.#run(task, end);
    this.#starts.set(task.id, { at, agent: lane.agent });
    this.#waitingCount -= 1;
    this.#sessionsLeft -= 1;
  }

  /** The next instant at which something becomes free, or a task may start. */
  #nextAt(at: number, lanes: Iterable<Lane>): number {
    const ending = this.#ending.peek();
    let next = ending === undefined ? Number.POSITIVE_INFINITY : this.#endOf(ending);
    for (const lane of lanes) next = Math.min(next, lane.nextAt(at));
    for (const { waiting } of this.#lines.values()) {
      for (const { from } of waiting) if (from > at && from < next) next = from;
    }
    return next;
  }
}

interface Turn {
  readonly line: Line;
  readonly queued: Queued;
  readonly lane: Lane;
}

function isLimited({ limits }: Config): boolean {
  return limits.inProgress !== undefined || Object.keys(limits.labels).length > 0;
}
