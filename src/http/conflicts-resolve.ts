/** POST /api/orchestrator/conflicts/resolve: gives the task to somebody else, lets it wait, or asks a person, because somebody says so. */
import { z } from "zod";
import { conflictsOf, readConflictId } from "../core/conflicts.ts";
import { whyNotResolved, type Wanted } from "../core/resolve-conflict.ts";
import { statusOf } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { findTask, toTaskName } from "../engine/find-task.ts";
import type { Repository } from "../engine/repository.ts";
import { toTaskView } from "../engine/task-views.ts";
import type { Conflict } from "../model/conflict.ts";
import { resolutions } from "../model/conflict.ts";
import { toCommandId, type TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { toExplanation } from "../views/explain-json.ts";
import { anyStatus, assignmentAnswer, blockersAnswer, counted, noteAnswer, waitingAnswer } from "./answer-fields.ts";
import { awaitDecision } from "./await-decision.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository, repositoryName } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";
import { byField } from "./task-input.ts";
import { taskField } from "./task-name.ts";

const conflictNamed = "must be the id of a conflict, such as merge:gh:123:456";
const reasoned = "must be one line of at most 300 characters";

const Input = z.strictObject({
  conflict: z
    .string(conflictNamed)
    .transform((text, context) => {
      const found = readConflictId(text);
      if (found !== null) return found;
      context.addIssue(conflictNamed);
      return z.NEVER;
    })
    .optional(),
  task: taskField().optional(),
  resolution: z.enum(resolutions, `must be ${resolutions.slice(0, -1).join(", ")} or ${resolutions.at(-1)}`),
  agent: z.string("must be an agent or a worker, such as jules or jules/2").optional(),
  after: taskField().optional(),
  by: byField,
  reason: z
    .string(reasoned)
    .trim()
    .min(1, reasoned)
    .max(300, reasoned)
    .refine((text) => !/\p{Cc}/u.test(text), reasoned)
    .optional(),
  repository: repositoryName,
});
type Asked = z.output<typeof Input>;

const Output = z.object({
  resolution: z.enum(resolutions),
  repository: z.string(),
  task: z.string(),
  number: counted,
  status: anyStatus,
  next: z.string(),
  assignment: assignmentAnswer.nullable(),
  askedFor: z.string().nullable(),
  waiting: waitingAnswer,
  blockers: blockersAnswer,
  conflicts: z.array(z.string()),
  note: noteAnswer,
});

export const resolveConflict: Route = {
  method: "POST",
  path: "/api/orchestrator/conflicts/resolve",
  access: "token",
  summary: "Resolves a conflict: another agent goes on with the task, it waits, or a person is asked",
  input: Input,
  output: Output,
  answer: resolve,
};

async function resolve({ input, key, ground }: Call): Promise<unknown> {
  const asked = parseInput(Input, input);
  const repository = findRepository(ground, asked.repository, "`repository` in the body");
  const { lane } = repository;
  const id = key === null ? lane.nextId("resolve") : toCommandId(`http:resolve:${key}`);
  const isRepeated = stateOf(repository).seen.has(id);
  const wanted = isRepeated ? null : demandResolvable(repository, asked);
  if (wanted !== null) {
    // No login has a colon.
    const command = {
      type: "ResolveConflict",
      id,
      ...wanted,
      by: `http:${asked.by}`,
      reason: asked.reason ?? null,
    } as const;
    await awaitDecision(lane.submit([command]), { clock: ground.clock, what: "The resolution" });
  }
  const task = wanted?.task ?? meant(stateOf(repository), asked).id;
  return { resolution: asked.resolution, ...standingOf(repository, task, isRepeated) };
}

/** Throws a 404 where there is no such task or conflict, and a 409 where that is nothing to be done about it. */
function demandResolvable(repository: Repository, asked: Asked): Wanted {
  const state = stateOf(repository);
  const context = repository.lane.contextOf(state);
  const task = meant(state, asked);
  const conflict = conflictMeant(conflictsOf(state, task.id, context), asked);
  const name = `#${task.definition.number}`;
  if (conflict === undefined) {
    const status = (statusOf(state, task) ?? "pending").replaceAll("_", " ");
    throw new Problem(404, `Nothing was changed. ${name} has no such conflict now; it is ${status}.`);
  }
  const after = asked.after === undefined ? null : findIn(state, asked.after, "`after`").id;
  const { agent = null, resolution } = asked;
  const wanted: Wanted = {
    task: task.id,
    kind: conflict.kind,
    resolution,
    target: targetNamed(repository, agent),
    after,
  };
  const refusal = whyNotResolved({ state, context }, wanted);
  if (refusal !== null) throw new Problem(409, `Nothing was changed. ${refusal.replaceAll("`", "")}`);
  return wanted;
}

function meant(state: State, { conflict, task }: Asked): Task {
  if ((conflict === undefined) === (task === undefined)) {
    throw new Problem(400, "Say either `conflict`, by its id, or `task`, by its number or id.");
  }
  return findIn(state, task ?? { id: conflict?.task ?? ("" as TaskId) }, "This");
}

function findIn(state: State, name: Parameters<typeof findTask>[1], what: string): Task {
  const task = findTask(state, name);
  if (task !== undefined) return task;
  throw new Problem(404, `Nothing was changed. ${what}: ${toTaskName(name)} is no task of this repository.`);
}

/** Of a task the first that the resolution is for, else the first. */
function conflictMeant(found: readonly Conflict[], { conflict, resolution }: Asked): Conflict | undefined {
  if (conflict !== undefined) return found.find(({ kind }) => kind === conflict.kind);
  return found.find((each) => each.resolutions.includes(resolution)) ?? found[0];
}

/** An agent may be named by its type as well. */
function targetNamed({ lane }: Repository, name: string | null): string | null {
  const state = lane.stream.peek();
  if (name === null || state === null) return null;
  const { agents } = lane.contextOf(state).config;
  const isKnown = agents.some(({ id }) => id === name || name.startsWith(`${id}/`));
  return isKnown ? name : (agents.find(({ type }) => type === name)?.id ?? name);
}

/** What holds now. */
function standingOf(repository: Repository, id: TaskId, isRepeated: boolean): Readonly<Record<string, unknown>> {
  const state = stateOf(repository);
  const task = state.tasks.get(id);
  if (task === undefined) throw new Problem(404, `${id} is no task of this repository any more.`);
  const context = repository.lane.contextOf(state);
  const { status, next, assignment, waiting, blockers } = toExplanation(toTaskView(state, task, context));
  const successor = task.assignment?.handedTo ?? task.assignTo;
  return {
    repository: repository.name,
    task: id,
    number: task.definition.number,
    status,
    next,
    assignment,
    askedFor: successor === null ? null : (successor.worker ?? successor.agent),
    waiting,
    blockers,
    conflicts: conflictsOf(state, id, context).map((each) => each.id),
    note: isRepeated ? "This Idempotency-Key was used before, so nothing was changed now." : null,
  };
}
