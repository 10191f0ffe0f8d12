/**
 * The stage of each task, where stages are barriers (`strictStages`): the longest chain of edges before it in the whole graph. Tasks that have
 * ended count as links of the chain, or a stage that is done would be none; what is in or behind a cycle has no stage.
 *
 * Costs nothing until it is asked for first. From then on a look costs as much as there are tasks that have opened, ended or changed their
 * edges since the last one. All stages are found anew, linear in tasks and edges, ended ones included, where edges have changed of a
 * task that others wait for, or a task in or behind a cycle has opened or ended.
 */
import { at, buildGraphFromBlockers, type Graph } from "../graph/graph.ts";
import { topologicalOrder } from "../graph/order.ts";
import type { Config } from "../model/config.ts";
import type { TaskId } from "../model/ids.ts";
import type { Dependency, Task } from "../model/task.ts";
import type { DenseTable, Numbering } from "./dense-table.ts";
import { Flags } from "./flags.ts";

/** What stages are found from. */
interface Edges {
  readonly numbering: Numbering<TaskId>;
  readonly tasks: DenseTable<TaskId, Task>;
  readonly blockers: DenseTable<TaskId, readonly number[]>;
  readonly dependents: DenseTable<TaskId, readonly number[]>;
}

/** The earliest stage that is not over. */
export interface Barrier {
  /** From 1. */
  readonly stage: number;
  /** How many of its tasks have not ended. */
  readonly openCount: number;
  /** Changes whenever tasks may stand before another barrier than they did. */
  readonly key: string;
  /** Changes where tasks may be of another stage without having changed themselves. */
  readonly build: number;
}

/** What the stage of a task was found from; both lists are replaced when they change, never written to. */
type Seen = Pick<Task, "blockedBy" | "unblocked">;

const noStage = -1;

export class Stages {
  #isOn = false;
  readonly #touched: number[] = [];
  readonly #isTouched = new Flags();
  #seen: (Seen | undefined)[] = [];
  /** From 0, by task number. */
  #stageOf: number[] = [];
  /** By task number: it counts as open in its stage. */
  #isCounted = new Flags();
  /** By task number, where there is a cycle in or before which it lies in the whole graph: whether it was open. */
  readonly #looseOpen = new Map<number, boolean>();
  /** By stage. */
  #openCounts: number[] = [];
  /** No earlier stage has an open task. */
  #first = 0;
  #builds = 0;

  /** The task may have come, gone, opened, ended, or wait for others than before; also where that was taken back. */
  touch(number: number): void {
    if (!this.#isOn || this.#isTouched.has(number)) return;
    this.#isTouched.set(number, true);
    this.#touched.push(number);
  }

  /** The earliest stage with an open task; null when there is none. */
  barrier(edges: Edges): Barrier | null {
    this.#settle(edges);
    while (this.#openCounts[this.#first] === 0) this.#first += 1;
    const openCount = this.#openCounts[this.#first];
    return openCount === undefined
      ? null
      : { stage: this.#first + 1, openCount, key: `${this.#builds} ${this.#first}`, build: this.#builds };
  }

  /** Whether the task may not be started before the barrier is gone. */
  isBehind(number: number, barrier: Barrier): boolean {
    return (this.stageOf(number) ?? 0) > barrier.stage;
  }

  /** From 1, as of the last barrier; null for a task without one. */
  stageOf(number: number): number | null {
    const stage = this.#stageOf[number] ?? noStage;
    return stage === noStage ? null : stage + 1;
  }

  /** The open task of the stage with the lowest issue number; looks at every task. For people, who ask for one. */
  firstOpen({ tasks }: Edges, stage: number): Task | null {
    let first: Task | null = null;
    for (let number = 0; number < this.#stageOf.length; number += 1) {
      if (this.#stageOf[number] !== stage - 1 || !this.#isCounted.has(number)) continue;
      const task = tasks.at(number);
      if (task !== undefined && (first === null || task.definition.number < first.definition.number)) first = task;
    }
    return first;
  }

  /** Nobody asks any more. */
  rest(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#clear();
  }

  #settle(edges: Edges): void {
    if (!this.#isOn || !this.#touched.every((number) => this.#follow(edges, number))) this.#build(edges);
    for (const number of this.#touched) this.#isTouched.set(number, false);
    this.#touched.length = 0;
  }

  /** Brings one task up to date; false where others may have another stage because of it. */
  #follow(edges: Edges, number: number): boolean {
    const task = edges.tasks.at(number);
    const wasOpen = this.#looseOpen.get(number);
    if (wasOpen !== undefined && wasOpen !== isOpen(task)) return false;
    if (isSame(this.#seen[number], task)) {
      this.#count(number, task);
      return true;
    }
    if (wasOpen !== undefined || (edges.dependents.at(number)?.length ?? 0) > 0) return false;
    const stage = task === undefined ? noStage : this.#stageBehind(edges, number);
    if (stage === null) return false;
    this.#place(number, task, stage);
    return true;
  }

  /** The stage after those of its blockers; null where one has none, or might be given one. */
  #stageBehind(edges: Edges, number: number): number | null {
    const blockers: number[] = [];
    gatherBlockers(edges, number, blockers);
    let stage = 0;
    for (const blocker of blockers) {
      const before = this.#stageOf[blocker] ?? noStage;
      if (before === noStage || this.#looseOpen.has(blocker)) return null;
      stage = Math.max(stage, before + 1);
    }
    return stage;
  }

  #place(number: number, task: Task | undefined, stage: number): void {
    this.#count(number, undefined);
    while (this.#stageOf.length <= number) {
      this.#stageOf.push(noStage);
      this.#seen.push(undefined);
    }
    this.#stageOf[number] = stage;
    this.#seen[number] = task === undefined ? undefined : { blockedBy: task.blockedBy, unblocked: task.unblocked };
    this.#count(number, task);
  }

  /** Counts the task in its stage, or out of it. */
  #count(number: number, task: Task | undefined): void {
    const stage = this.#stageOf[number] ?? noStage;
    const holds = stage !== noStage && isHolding(task);
    if (stage === noStage || holds === this.#isCounted.has(number)) return;
    this.#isCounted.set(number, holds);
    while (this.#openCounts.length <= stage) this.#openCounts.push(0);
    this.#openCounts[stage] = (this.#openCounts[stage] ?? 0) + (holds ? 1 : -1);
    if (holds && stage < this.#first) this.#first = stage;
  }

  #build(edges: Edges): void {
    this.#clear();
    this.#isOn = true;
    this.#builds += 1;
    const { size } = edges.numbering;
    const whole = topologicalOrder(graphOf(edges, size, () => true));
    for (let number = 0; number < size; number += 1) {
      if (at(whole.stageOf, number) === noStage) this.#looseOpen.set(number, isOpen(edges.tasks.at(number)));
    }
    // Whoever has ended waits for nobody: a cycle that is over holds no stage back.
    const isLink = (number: number): boolean => this.#looseOpen.get(number) !== false;
    const hasEndedInCycle = [...this.#looseOpen.values()].includes(false);
    const { stageOf } = hasEndedInCycle ? topologicalOrder(graphOf(edges, size, isLink)) : whole;
    for (let number = 0; number < size; number += 1) {
      const task = edges.tasks.at(number);
      if (task !== undefined) this.#place(number, task, at(stageOf, number));
    }
  }

  #clear(): void {
    for (const number of this.#touched) this.#isTouched.set(number, false);
    this.#touched.length = 0;
    this.#seen = [];
    this.#stageOf = [];
    this.#isCounted = new Flags();
    this.#looseOpen.clear();
    this.#openCounts = [];
    this.#first = 0;
  }
}

/** The barrier that nothing may be started behind; null where there is none, and where stages are no barriers. */
export function barrierIn(
  state: Edges & { readonly stages: Stages },
  config: Pick<Config, "strictStages">,
): Barrier | null {
  if (config.strictStages) return state.stages.barrier(state);
  state.stages.rest();
  return null;
}

/** The edges between tasks that are not waived; those of a task count only where it is a link. */
function graphOf(edges: Edges, count: number, isLink: (number: number) => boolean): Graph {
  const start = new Int32Array(count + 1);
  const values: number[] = [];
  for (let number = 0; number < count; number += 1) {
    if (isLink(number)) gatherBlockers(edges, number, values);
    start[number + 1] = values.length;
  }
  return buildGraphFromBlockers(count, { start, values: Int32Array.from(values) });
}

/** Adds the tasks that the one with this number waits for. */
function gatherBlockers({ tasks, blockers }: Edges, number: number, into: number[]): void {
  const task = tasks.at(number);
  const all = blockers.at(number);
  if (task === undefined || all === undefined) return;
  const { blockedBy, unblocked } = task;
  for (let place = 0; place < all.length; place += 1) {
    const blocker = all[place] as number;
    if (tasks.at(blocker) === undefined) continue;
    if (unblocked.length === 0 || !unblocked.includes((blockedBy[place] as Dependency).on)) into.push(blocker);
  }
}

function isSame(seen: Seen | undefined, task: Task | undefined): boolean {
  return seen?.blockedBy === task?.blockedBy && seen?.unblocked === task?.unblocked;
}

function isOpen(task: Task | undefined): boolean {
  return task !== undefined && task.receipt === null && task.outcome === null;
}

/** A parent ends with its children: they are the work of a stage, it is none. */
function isHolding(task: Task | undefined): boolean {
  return task !== undefined && isOpen(task) && !task.definition.isContainer;
}
