/** From the state to what `/orchestrate plan` answers. One walk over the tasks, as for the status; what is costly is asked for the few that are shown. */
import { spentCaps } from "../core/caps.ts";
import type { Context } from "../model/context.ts";
import { expectedStarts } from "../insight/expected-start.ts";
import { expectedEnd } from "../insight/lanes.ts";
import { outlookOf } from "../insight/outlook.ts";
import { modeInForce, rankReady, type RankedTask } from "../core/rank-ready.ts";
import { isEnded, statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { waitingReasons } from "../core/waiting.ts";
import type { Task } from "../model/task.ts";
import type { PlanAnswer, PlannedIssue, RunningTask, UpcomingTask } from "../views/plan-answer.ts";
import { needsPerson } from "./cockpit-view.ts";

/** Lines of a list: an answer, not a report. */
const shownMax = 10;
/** Tasks of the critical path that are named. */
const stepsMax = 8;

/** What happens next, at the instant of `context`. */
export function toPlanAnswer(state: State, context: Context): PlanAnswer {
  const { open, running, needPerson, inReview } = walk(state);
  const outlook = outlookOf(state, open);
  const { chain, chainMinutes, stages, areStagesCounted, cycles, inCycles } = outlook;
  return {
    at: context.now,
    mode: modeInForce(state, context),
    isPaused: state.isPaused,
    caps: spentCaps(state, context).map(({ detail }) => detail),
    next: toUpcoming(state, context),
    readyCount: state.ready.size,
    running: toRunning(running, context),
    runningCount: running.length,
    openCount: open.length,
    path: { first: chain.slice(0, stepsMax).map(toIssue), tasks: chain.length, minutes: chainMinutes },
    stages,
    areStagesCounted,
    cycles,
    inCycles,
    needPerson,
    inReview,
  };
}

interface Walked {
  readonly open: readonly Task[];
  readonly running: readonly Task[];
  readonly needPerson: number;
  readonly inReview: number;
}

function walk(state: State): Walked {
  const [open, running]: [Task[], Task[]] = [[], []];
  let [needPerson, inReview] = [0, 0];
  for (const [, task] of state.tasks.entries()) {
    if (!isEnded(task)) open.push(task);
    if (task.assignment !== null) running.push(task);
    const status = statusOf(state, task);
    if (needsPerson(status, task)) needPerson += 1;
    if (status === "review") inReview += 1;
  }
  return { open, running, needPerson, inReview };
}

function toUpcoming(state: State, context: Context): readonly UpcomingTask[] {
  const ranked = rankReady(state, context, shownMax).flatMap((entry) => {
    const task = state.tasks.get(entry.id);
    return task === undefined ? [] : [{ entry, task }];
  });
  const starts = expectedStarts(
    state,
    ranked.map(({ task }) => task),
    context,
  );
  return ranked.map(({ entry, task }) => toLine(entry, task, { state, context, start: starts.get(task.id) ?? null }));
}

function toLine(
  { algorithm, score }: RankedTask,
  task: Task,
  {
    state,
    context,
    start,
  }: { readonly state: State; readonly context: Context; readonly start: UpcomingTask["start"] },
): UpcomingTask {
  const reason = start === null ? (waitingReasons(state, task, context)[0] ?? null) : null;
  return { ...toIssue(task), mode: algorithm, score, start, reason };
}

/** Those that are expected to end first. */
function toRunning(running: readonly Task[], { now }: Context): readonly RunningTask[] {
  return running
    .flatMap((task) => {
      const { assignment } = task;
      if (assignment === null) return [];
      return [{ ...toIssue(task), worker: assignment.worker, expectedEnd: expectedEnd(assignment, now) }];
    })
    .toSorted((one, other) => one.expectedEnd - other.expectedEnd || (one.worker < other.worker ? -1 : 1))
    .slice(0, shownMax);
}

function toIssue({ definition: { number, url, title } }: Task): PlannedIssue {
  return { reference: `#${number}`, url, title };
}
