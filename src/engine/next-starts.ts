/** From the state to what `orchestrate next` tells: what the schedule would start now, then what stands next in the queue. Changes nothing. */
import type { Context } from "../model/context.ts";
import { couldTake, type Taker } from "../core/could-take.ts";
import { expectedStarts } from "../insight/expected-start.ts";
import { modeInForce, readyInOrder, type RankedTask } from "../core/rank-ready.ts";
import type { State } from "../state/state.ts";
import { waitingReasons } from "../core/waiting.ts";
import { whyIdle } from "../insight/why-idle.ts";
import type { EventOf } from "../model/event.ts";
import { toCommandId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { NextTask, NextView } from "../views/next-page.ts";
import { runPass } from "./pass.ts";

export interface NextAsked {
  readonly repository: string;
  /** The agent or worker that is asked about, as it was written; null: all of them. */
  readonly taker: (Taker & { readonly name: string }) | null;
  readonly max: number;
}

/** Tasks that are named where nothing would be started. */
const idleMax = 10;

export function toNextView(state: State, context: Context, asked: NextAsked): NextView {
  const { repository, taker, max } = asked;
  const next = taker === null ? startsOfAll(state, context, max) : startsOf(state, context, { taker, max });
  const isIdle = taker === null && next.every(({ worker }) => worker === null);
  // Those that are listed say it themselves.
  const listed = new Set(next.map(({ reference }) => reference));
  const idle = isIdle ? whyIdle(state, context, idleMax).tasks : [];
  return {
    repository,
    at: context.now,
    mode: modeInForce(state, context),
    target: taker?.name ?? null,
    readyCount: state.ready.size,
    next,
    idle: idle
      .map(({ number, codes }) => ({ reference: `#${number}`, codes }))
      .filter(({ reference }) => !listed.has(reference)),
  };
}

/** What the next pass would do, by the very rules of the schedule; then the rest of the queue as it would stand after it. */
function startsOfAll(state: State, context: Context, max: number): readonly NextTask[] {
  const queue = [...takeFirst(readyInOrder(state, context), max)].map((entry, place) => ({ entry, rank: place + 1 }));
  const pass = runPass(state, [{ type: "Schedule", id: toCommandId("~next") }], context);
  try {
    const events = pass.entries.flatMap((entry) => entry.events);
    const assigned = events.filter((event) => event.type === "TaskAssigned").slice(0, max);
    const started = assigned.flatMap((event) => {
      const task = pass.state.tasks.get(event.task);
      return task === undefined ? [] : [toStarted(task, event, context)];
    });
    const isStarted = new Set(assigned.map(({ task }) => task));
    const left = queue.filter(({ entry }) => !isStarted.has(entry.id)).slice(0, max - started.length);
    return [...started, ...toLater(pass.state, context, left)];
  } finally {
    pass.takeBack();
  }
}

function* takeFirst<Item>(items: Iterable<Item>, max: number): Iterable<Item> {
  let count = 0;
  for (const item of items) {
    if (count >= max) return;
    count += 1;
    yield item;
  }
}

interface Queued {
  readonly entry: RankedTask;
  readonly rank: number;
}

function toLater(state: State, context: Context, queued: readonly Queued[]): readonly NextTask[] {
  const found = queued.flatMap(({ entry, rank }) => {
    const task = state.tasks.get(entry.id);
    return task === undefined ? [] : [{ task, entry, rank }];
  });
  const tasks = found.map(({ task }) => task);
  const starts = expectedStarts(state, tasks, context);
  return found.map(({ task, entry, rank }) => {
    const start = starts.get(task.id);
    return {
      ...toLine(task, entry, rank),
      agent: start?.agent ?? null,
      startsAt: start === undefined || start.at <= context.now ? null : start.at,
      waiting: waitingReasons(state, task, context),
    };
  });
}

function toStarted(task: Task, { agent, worker, reasons }: EventOf<"TaskAssigned">, { now }: Context): NextTask {
  return { ...toLine(task, reasons, reasons.rank), agent, worker, startsAt: now, reasons };
}

function startsOf(
  state: State,
  context: Context,
  how: { readonly taker: Taker; readonly max: number },
): readonly NextTask[] {
  return couldTake(state, context, how).map(({ task, entry, rank, worker, match, note, waiting }) => ({
    ...toLine(task, entry, rank),
    agent: how.taker.agent,
    worker,
    startsAt: worker === null ? null : context.now,
    match: match === null ? null : { score: match, note },
    waiting,
  }));
}

function toLine(
  { id, definition: { number, url, title } }: Task,
  { algorithm, score, parts }: Pick<RankedTask, "algorithm" | "score" | "parts">,
  rank: number,
): NextTask {
  const place = { task: id, reference: `#${number}`, url, title, algorithm, score, parts, rank };
  return { ...place, agent: null, worker: null, startsAt: null, reasons: null, match: null, waiting: [] };
}
