/**
 * When the open tasks of a milestone are expected to be done, if everything takes as long as it is taken to: no sooner than their longest chain,
 * than their work shared among who may do it, or than their own pace lets them. Pure reads of the state.
 */
import { takesItself } from "../model/config-agent.ts";
import { toAgentId, toWorkerId, type TaskId } from "../model/ids.ts";
import type { Dependency, Task } from "../model/task.ts";
import { Able } from "./able.ts";
import { capacityOf } from "../state/capacity.ts";
import type { Context } from "../model/context.ts";
import { milestoneLookMax } from "../model/limits.ts";
import { effortOf } from "../state/reach.ts";
import { isActive, isEnded } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { wishOf } from "./wish.ts";

const hourMs = 60 * 60_000;
/** Fewer completions say nothing of a pace. */
const paceSample = 5;
/** Of so many completions, the newest, the pace of milestones is read. */
const completionsLookMax = 1_000;

/** Open tasks that wait for each other, each for the one before it. */
export interface Chain {
  readonly tasks: readonly Task[];
  readonly minutes: number;
}

export interface MilestoneOutlook {
  /** By issue number; none where there are more than are looked at. */
  readonly tasks: readonly Task[];
  readonly openCount: number;
  /** Minutes of work that are left in them. */
  readonly minutes: number;
  /** Null where there are more tasks than are looked at. */
  readonly chain: Chain | null;
  /** Workers of the agents that may and can do any of them. */
  readonly workers: number;
  /** Its tasks completed lately, and over how many hours; null where that says nothing. */
  readonly pace: { readonly completed: number; readonly hours: number } | null;
  /** How long the rest takes at least, milliseconds, and what decides it. Infinite where nobody does it. */
  readonly needMs: number;
  readonly decider: "chain" | "work" | "pace";
}

/** What of several milestones is found in one go. */
export interface Survey {
  readonly state: State;
  readonly context: Context;
  readonly able: Able;
  /** What has been done of tasks in flight, minutes by milestone. */
  readonly doneMinutes: ReadonlyMap<string, number>;
  /** Completions by milestone. */
  readonly completed: ReadonlyMap<string, number>;
  readonly hours: number;
}

/** Looks at what is in flight and at the newest completions. */
export function openSurvey(state: State, context: Context): Survey {
  const doneMinutes = new Map<string, number>();
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    const milestone = task?.definition.milestone ?? null;
    if (task === undefined || milestone === null || isEnded(task) || task.definition.isContainer) continue;
    add(doneMinutes, milestone, effortOf(task) - minutesLeft(task, context.now));
  }
  return { state, context, able: new Able(context.config), doneMinutes, ...completionsOf(state, context) };
}

function completionsOf(state: State, { now, config }: Context): Pick<Survey, "completed" | "hours"> {
  const windowMs = config.metrics.velocity.long;
  const completed = new Map<string, number>();
  let [seen, first] = [0, now];
  for (const { at, task } of state.completions.since(now - windowMs)) {
    if ((seen += 1) > completionsLookMax) break;
    first = Math.min(first, at);
    const milestone = state.tasks.get(task)?.definition.milestone ?? null;
    if (milestone !== null) add(completed, milestone, 1);
  }
  // Of what was before anything was started nothing can be said.
  const oldest = seen > completionsLookMax ? first : Math.min(first, state.starts.oldest?.at ?? now);
  const historyMs = Math.min(windowMs, now - oldest);
  return { completed, hours: Math.max(1, historyMs / hourMs) };
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** What is left of the task, minutes: nothing where its work is done and it is up to people. */
function minutesLeft(task: Task, now: number): number {
  if (task.definition.isContainer) return 0;
  const { assignment } = task;
  if (assignment === null) return isActive(task) && task.retryAt === null ? 0 : effortOf(task);
  const since = assignment.startedAt;
  return since === null ? effortOf(task) : Math.max(0, effortOf(task) - (now - since) / 60_000);
}

/** Work in proportion to the tasks of the milestone and what they wait for, up to `milestoneLookMax` of them; null where none is open. */
export function outlookOf(survey: Survey, milestone: string): MilestoneOutlook | null {
  const { state, context } = survey;
  const work = state.milestoneTasks.workOf(milestone, state.tasks, state.numbering.size);
  const openCount = work.numbers.size;
  if (openCount === 0) return null;
  const tasks = openCount > milestoneLookMax ? [] : tasksAt(state, work.numbers);
  const chain = tasks.length === 0 ? null : longestChain(state, tasks, context.now);
  const minutes = Math.max(0, work.minutes - (survey.doneMinutes.get(milestone) ?? 0));
  const workers = workersFor(survey, tasks);
  const completed = survey.completed.get(milestone) ?? 0;
  const pace = completed < paceSample ? null : { completed, hours: survey.hours };
  const chainMs = (chain?.minutes ?? 0) * 60_000;
  const restMs = pace === null ? shareOf(minutes, workers) : (openCount * pace.hours * hourMs) / pace.completed;
  const rest = pace === null ? ("work" as const) : ("pace" as const);
  const needMs = Math.max(chainMs, restMs);
  return { tasks, openCount, minutes, chain, workers, pace, needMs, decider: chainMs >= restMs ? "chain" : rest };
}

function shareOf(minutes: number, workers: number): number {
  return minutes === 0 ? 0 : (minutes * 60_000) / workers;
}

function tasksAt(state: State, numbers: Iterable<number>): readonly Task[] {
  const tasks = [...numbers].flatMap((number) => state.tasks.at(number) ?? []);
  return tasks.toSorted((one, other) => one.definition.number - other.definition.number);
}

/** Workers that a person has not switched off, of agents that are given work and may and can do one of the tasks; of any where none was looked at. */
function workersFor({ state, context, able }: Survey, tasks: readonly Task[]): number {
  const { agents, limits } = context.config;
  const ids = new Set<string>(tasks.length === 0 ? agents.map(({ id }) => id) : []);
  for (const task of tasks) {
    if (ids.size === agents.length) break;
    for (const { config } of able.for(wishOf(state, task, context)).agents) ids.add(config.id);
  }
  let workers = 0;
  for (const agent of agents) {
    if (takesItself(agent) || !ids.has(agent.id)) continue;
    const id = toAgentId(agent.id);
    for (let slot = 1; slot <= capacityOf(state, agent); slot += 1) {
      if (!state.disabledWorkers.has(toWorkerId(id, slot))) workers += 1;
    }
  }
  return Math.min(workers, limits.inProgress ?? workers);
}

/**
 * The chain with the most minutes that ends with one of `tasks`, over hard edges, through whatever open tasks these wait for. At most
 * `milestoneLookMax` tasks are looked at: beyond that there may be a longer one.
 */
export function longestChain(state: State, tasks: readonly Task[], now: number): Chain {
  const links = new Map<TaskId, Link>();
  const entered = new Set<TaskId>();
  let best: Link | null = null;
  for (const task of tasks) {
    follow(state, task, { links, entered, now });
    const link = links.get(task.id);
    if (link !== undefined && (best === null || link.minutes > best.minutes)) best = link;
  }
  const chain: Task[] = [];
  for (let link = best; link !== null; link = link.before) chain.push(link.task);
  return { tasks: chain.toReversed(), minutes: best?.minutes ?? 0 };
}

/** A task with the longest chain before it. */
interface Link {
  readonly task: Task;
  readonly minutes: number;
  readonly before: Link | null;
}

interface Walk {
  readonly links: Map<TaskId, Link>;
  readonly entered: Set<TaskId>;
  readonly now: number;
}

/** Finds the link of `last` and of everything before it. What is in a circle is passed over: nobody gets out of it. */
function follow(state: State, last: Task, { links, entered, now }: Walk): void {
  const stack: Task[] = [last];
  for (let task = stack.at(-1); task !== undefined; task = stack.at(-1)) {
    if (entered.has(task.id)) {
      stack.pop();
      if (!links.has(task.id)) links.set(task.id, linkOf(state, task, { links, now }));
      continue;
    }
    entered.add(task.id);
    if (entered.size >= milestoneLookMax) continue;
    for (const blocker of openHardBlockers(state, task)) if (!entered.has(blocker.id)) stack.push(blocker);
  }
}

function linkOf(state: State, task: Task, { links, now }: Pick<Walk, "links" | "now">): Link {
  let before: Link | null = null;
  for (const blocker of openHardBlockers(state, task)) {
    const link = links.get(blocker.id);
    if (link === undefined) continue;
    const isLower = link.task.definition.number < (before?.task.definition.number ?? Infinity);
    if (before === null || link.minutes > before.minutes || (link.minutes === before.minutes && isLower)) before = link;
  }
  return { task, minutes: minutesLeft(task, now) + (before?.minutes ?? 0), before };
}

function openHardBlockers(state: State, task: Task): readonly Task[] {
  if (task.blockedBy.length === 0) return [];
  const numbers = state.blockers.get(task.id) ?? [];
  return numbers.flatMap((number, place) => {
    const blocker = state.tasks.at(number);
    const { kind, on } = task.blockedBy[place] as Dependency;
    const isOpen = blocker !== undefined && !isEnded(blocker);
    return isOpen && kind === "hard" && !task.unblocked.includes(on) ? [blocker] : [];
  });
}
