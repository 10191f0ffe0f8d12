/** The live assignment that a report means, or what holds instead. */
import { z } from "zod";
import { statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import type { Repository } from "../engine/repository.ts";
import { parseDuration } from "../model/duration.ts";
import type { TaskId, WorkerId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import type { Clock } from "../ports/clock.ts";
import { awaitReading } from "./await-decision.ts";
import type { Caller } from "./caller.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import type { Ground } from "./route.ts";

export type Assigned = Task & { readonly assignment: Assignment };

/** A whole number from 1 on; the inputs of a workflow are text, so its text does as well. */
const counted = z
  .union(
    [
      z.number(),
      z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ],
    "must be a whole number from 1 on",
  )
  .refine((value) => Number.isSafeInteger(value) && value >= 1, "must be a whole number from 1 on");

/** What every report says of whom it is about. */
export const aboutFields = {
  taskId: z
    .string("must be the id of a task, such as gh:123:456")
    .regex(/^(?:gh:\d{1,20}:\d{1,20}|linear:[\w-]{1,64})$/, "must be the id of a task, such as gh:123:456")
    .transform((text) => text as TaskId),
  workerId: z
    .string("must be a worker, such as jules/1")
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\/[1-9]\d{0,3}$/, "must be a worker, such as jules/1")
    .transform((text) => text as WorkerId),
  fence: counted.optional(),
  attempt: counted.optional(),
  repository: repositoryName,
};

const About = z.object(aboutFields);
export type About = z.output<typeof About>;

/** How long something took: `90s`, `25m`, `1h`; a bare number is minutes, as everywhere in this program. At most thirty days. */
export const durationField = z
  .union([z.string(), z.number()], "must be a duration such as 90s or 25m; a bare number is minutes")
  .transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null && ms <= durationMsMax) return ms;
    context.addIssue("must be a duration such as 90s or 25m, at most 30d; a bare number is minutes");
    return z.NEVER;
  });
const durationMsMax = 30 * 86_400_000;

/** The repository that the task is of. Throws a 404, and a 503 while its state is being read. */
export function findPlace(ground: Ground, about: Pick<About, "taskId" | "repository">): Repository {
  if (about.repository !== undefined) return findRepository(ground, about.repository, "`repository` in the body");
  const stream = about.taskId.split(":").slice(0, 2).join(":");
  const found = ground
    .repositories()
    .find((each) => each.stream === stream || each.lane.stream.peek()?.tasks.has(about.taskId) === true);
  if (found !== undefined) return found;
  throw new Problem(
    404,
    "The App knows no task of this id. Take it from the inputs of the run, or from the task's file.",
  );
}

/** What is known now. Throws a 503 while it is still being read. */
export function stateOf({ lane }: Repository): State {
  const state = lane.stream.peek();
  if (state !== null) return state;
  const detail = "The state of this repository is still being read. Send it again in some seconds.";
  throw new Problem(503, detail, { "retry-after": "5" });
}

/** The live assignment of exactly this worker, and of this fence and attempt where they are given; null when there is none. */
export function findAssignment(state: State, about: About): Assigned | null {
  const task = state.tasks.get(about.taskId);
  if (task === undefined || task.assignment === null) return null;
  const { worker, fence, attempt } = task.assignment;
  const isIt =
    worker === about.workerId &&
    (about.fence === undefined || about.fence === fence) &&
    (about.attempt === undefined || about.attempt === attempt);
  return isIt ? (task as Assigned) : null;
}

/**
 * The same on what other copies of the App have written, too, before it says that there is none, or to a job that nobody knows
 * which run has it. Rejects with a 404 or a 409, and with a 503 while the state is out of reach.
 */
export async function demandLive(
  repository: Repository,
  about: About,
  { caller, clock }: { readonly caller: Caller; readonly clock: Clock },
): Promise<Assigned> {
  const known = findAssignment(stateOf(repository), about);
  if (known !== null && (known.assignment.run !== null || caller.kind !== "job")) return known;
  // Which run was dispatched may be known in memory alone, and is written down then.
  if (known !== null) await awaitReading(repository.lane.flush(), clock);
  await awaitReading(repository.catchUp(), clock);
  const state = stateOf(repository);
  const found = findAssignment(state, about);
  if (found !== null) return found;
  throw conflict(state, about);
}

/** The 409 that says what holds now. */
export function conflict(state: State, about: About): Problem {
  const task = state.tasks.get(about.taskId);
  if (task === undefined) return new Problem(404, `${about.taskId} is no task of this repository.`);
  return new Problem(409, `Nothing was changed. ${standingOf(state, task, about)}`);
}

function standingOf(state: State, task: Task, about: About): string {
  const name = `Task #${task.definition.number}`;
  const { assignment } = task;
  if (assignment !== null) {
    const { worker, fence, attempt } = assignment;
    return `${name} is with worker ${worker} (fence ${fence}, attempt ${attempt}), and the report is for ${asked(about)}.`;
  }
  const last = task.attempts.at(-1);
  const status = (statusOf(state, task) ?? "pending").replaceAll("_", " ");
  const before =
    last === undefined ? "" : ` The last was with ${last.worker} (fence ${last.fence}) and ended with ${last.result}.`;
  return `${name} has no live assignment; it is ${status}.${before}`;
}

function asked({ workerId, fence, attempt }: About): string {
  const parts = [
    ...(fence === undefined ? [] : [`fence ${fence}`]),
    ...(attempt === undefined ? [] : [`attempt ${attempt}`]),
  ];
  return parts.length === 0 ? workerId : `${workerId} (${parts.join(", ")})`;
}
