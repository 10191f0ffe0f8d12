/**
 * How much may be worked on at once: in the whole repository, with a label, and for one milestone while others wait; and what an earlier
 * stage holds back. What is counted are tasks with an assignment, once a schedule; open pull requests that wait for people hold nobody back,
 * unless stages are barriers.
 */
import type { Config } from "../model/config.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { capacityOf } from "../state/capacity.ts";
import { barrierIn, type Barrier } from "../state/stages.ts";
import type { State } from "../state/state.ts";

/** Why a task is passed over for now. */
export interface WorkLimit {
  readonly code: "earlier_stage" | "limit_in_progress" | "limit_label" | "fair_share";
  readonly detail: string;
}

/** What one schedule asks before each assignment and tells after it. */
export interface WorkLimits {
  /** Null when the task may be started. */
  blocks(task: Task): WorkLimit | null;
  /** The task has been started. */
  take(task: Task): void;
  /** Its session has ended, for those who look ahead. */
  leave(task: Task): void;
}

const noLimits: WorkLimits = { blocks: () => null, take: () => undefined, leave: () => undefined };

/** What keeps tasks from being started while others are open or under way: `strictStages`, then `limits.inProgress` and `limits.labels`. */
export function openWorkLimits(state: State, config: Config): WorkLimits {
  const limits = openLimits(state, config);
  const barrier = barrierIn(state, config);
  if (barrier === null) return limits;
  return {
    blocks: (task) => stageLimit(state, task, barrier) ?? limits.blocks(task),
    take: (task) => limits.take(task),
    leave: (task) => limits.leave(task),
  };
}

/** The first of the earlier stage is looked for where the words are read, not for each task that is passed over. */
function stageLimit(state: State, task: Task, barrier: Barrier): WorkLimit | null {
  const number = state.numbering.find(task.id);
  if (!state.stages.isBehind(number, barrier)) return null;
  const { stage, openCount } = barrier;
  return {
    code: "earlier_stage",
    get detail() {
      const first = state.stages.firstOpen(state, stage);
      const left = `${openCount} ${openCount === 1 ? "task has" : "tasks have"} not ended`;
      const named = first === null ? "" : `, first #${first.definition.number}`;
      return `It is of stage ${state.stages.stageOf(number) ?? stage + 1}. strictStages keeps it behind stage ${stage}, of which ${left}${named}.`;
    },
  };
}

/** How many more tasks the limits on work in progress let start: in all, and with each label that one counts. */
export interface Room {
  readonly all: number;
  /** By label, in lower case. */
  readonly labels: ReadonlyMap<string, number>;
}

const noLabels: ReadonlyMap<string, number> = new Map();

/** Costs nothing where no label is limited, else one look at what is in flight. */
export function roomOf(state: State, { limits }: Config): Room {
  const all = limits.inProgress === undefined ? Number.POSITIVE_INFINITY : limits.inProgress - state.occupied.size;
  const labels = limitsByLabel(limits);
  if (labels.size === 0) return { all, labels: noLabels };
  for (const task of tasksInFlight(state)) {
    for (const label of labelsOf(task)) if (labels.has(label)) add(labels, label, -1);
  }
  return { all, labels };
}

function limitsByLabel({ labels }: Config["limits"]): Map<string, number> {
  return new Map(Object.entries(labels).map(([label, limit]) => [label.toLowerCase(), limit]));
}

/** Costs nothing where neither is set, else one look at what is in flight. */
function openLimits(state: State, config: Config): WorkLimits {
  const { inProgress } = config.limits;
  const limitOf = limitsByLabel(config.limits);
  if (inProgress === undefined && limitOf.size === 0) return noLimits;
  const counts = new Map<string, number>();
  let all = state.occupied.size;
  const count = (task: Task, by: 1 | -1): void => {
    for (const label of labelsOf(task)) if (limitOf.has(label)) add(counts, label, by);
  };
  if (limitOf.size > 0) for (const task of tasksInFlight(state)) count(task, 1);
  return {
    blocks(task) {
      if (inProgress !== undefined && all >= inProgress) return inProgressReached(all, inProgress);
      for (const label of labelsOf(task)) {
        const limit = limitOf.get(label);
        const taken = counts.get(label) ?? 0;
        if (limit !== undefined && taken >= limit) return labelReached(label, taken, limit);
      }
      return null;
    },
    take(task) {
      all += 1;
      count(task, 1);
    },
    leave(task) {
      all -= 1;
      count(task, -1);
    },
  };
}

function inProgressReached(taken: number, limit: number): WorkLimit {
  const detail = `The limit limits.inProgress is reached: ${taken} of ${limit} tasks are being worked on.`;
  return { code: "limit_in_progress", detail };
}

function labelReached(label: string, taken: number, limit: number): WorkLimit {
  const detail = `The limit limits.labels is reached for ${label}: ${taken} of ${limit} tasks are being worked on.`;
  return { code: "limit_label", detail };
}

/** GitHub tells labels apart by their letters, not by their case. */
export function labelsOf(task: Task): readonly string[] {
  const labels = task.definition.labels.map((label) => label.toLowerCase());
  return task.definition.quickWin ? [...labels, "quick-win"] : labels;
}

function* tasksInFlight(state: State): IterableIterator<Task> {
  for (const [, id] of state.occupied.entries()) {
    const task = state.tasks.get(id);
    if (task !== undefined) yield task;
  }
}

/** Tasks without a milestone are together one that takes turns like the others. */
const noMilestone = "";

/**
 * Milestones take turns (`limits.fairShare`): one that holds its share of all slots, which is their number divided by that of
 * the milestones with work, rounded up, is passed over while another one that holds less than its share is among `lookedAt`, the best ready
 * tasks in order. Only those are looked at, never the backlog. Where nobody else can use the slot after all, the schedule comes
 * back to those passed over, so no slot stays empty for fairness.
 */
export function fairShare(state: State, context: Context, lookedAt: readonly Task[]): WorkLimits {
  if (!context.config.limits.fairShare) return noLimits;
  const held = new Map<string, number>();
  const waiting = new Map<string, number>();
  for (const task of tasksInFlight(state)) add(held, milestoneOf(task), 1);
  for (const task of lookedAt) add(waiting, milestoneOf(task), 1);
  const share = Math.max(1, Math.ceil(slotsOf(state, context) / new Set([...held.keys(), ...waiting.keys()]).size));
  const isBehind = (milestone: string): boolean =>
    (waiting.get(milestone) ?? 0) > 0 && (held.get(milestone) ?? 0) < share;
  return {
    blocks(task) {
      const own = milestoneOf(task);
      const taken = held.get(own) ?? 0;
      if (taken < share) return null;
      const other = [...waiting.keys()].find((milestone) => milestone !== own && isBehind(milestone));
      return other === undefined ? null : shareTaken(taken, share, other);
    },
    take(task) {
      add(held, milestoneOf(task), 1);
      add(waiting, milestoneOf(task), -1);
    },
    leave(task) {
      add(held, milestoneOf(task), -1);
    },
  };
}

function milestoneOf(task: Task): string {
  return task.definition.milestone ?? noMilestone;
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

function slotsOf(state: State, { config }: Context): number {
  const slots = config.agents.reduce((sum, agent) => sum + capacityOf(state, agent), 0);
  return Math.min(slots, config.limits.inProgress ?? slots);
}

function shareTaken(taken: number, share: number, other: string): WorkLimit {
  const whose = other === noMilestone ? "work without a milestone" : `the milestone ${other}`;
  return {
    code: "fair_share",
    detail: `Its milestone holds ${taken} of its share of ${share} slots, and ${whose} waits.`,
  };
}
