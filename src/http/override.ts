/** POST /orchestrator/override: an agent, or one of its workers, takes a task because a person says so, whatever matching would choose. */
import { z } from "zod";
import { unknownTarget, workersNamed } from "../core/instruction.ts";
import { noteOnTarget, whyNotAssigned } from "../core/instruct-task.ts";
import { isEnded, statusOf } from "../state/readiness.ts";
import type { Repository } from "../engine/repository.ts";
import { toCommandId, type TaskId } from "../model/ids.ts";
import { anyStatus } from "./answer-fields.ts";
import { awaitDecision } from "./await-decision.ts";
import { aboutFields, findPlace, stateOf } from "./find-assignment.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";
import { byField } from "./task-input.ts";

const Input = z.strictObject({
  taskId: aboutFields.taskId,
  workerId: aboutFields.workerId.optional(),
  agent: z.string("must be the id or the type of an agent, such as jules").optional(),
  by: byField,
  repository: aboutFields.repository,
});
type Wanted = z.output<typeof Input>;

const Output = z.object({
  repository: z.string(),
  taskId: z.string(),
  agent: z.string().nullable(),
  workerId: z.string().nullable(),
  status: anyStatus.nullable(),
  note: z.string().nullable(),
});

export const override: Route = {
  method: "POST",
  path: "/orchestrator/override",
  access: "token",
  summary: "Gives a task to an agent or a worker, whatever matching would choose",
  input: Input,
  output: Output,
  answer: answerOverride,
};

async function answerOverride({ input, key, ground }: Call): Promise<unknown> {
  const wanted = parseInput(Input, input);
  const repository = findPlace(ground, wanted);
  const { lane } = repository;
  const id = key === null ? lane.nextId("override") : toCommandId(`http:override:${key}`);
  const target = targetOf(repository, wanted);
  if (lane.stream.peek()?.seen.has(id) !== true) demandFree(repository, wanted.taskId, target);
  // No login has a colon.
  const command = { type: "RequestAssignment", id, task: wanted.taskId, target, by: `http:${wanted.by}` } as const;
  await awaitDecision(lane.submit([command]), { clock: ground.clock, what: "The override" });
  return { repository: repository.name, taskId: wanted.taskId, ...standingOf(repository, wanted.taskId) };
}

/** The agent or worker that is meant: an agent by its id, else the first one of that type. Throws a 400 where there is none. */
function targetOf(repository: Repository, { workerId, agent }: Wanted): string {
  if ((workerId === undefined) === (agent === undefined)) {
    throw new Problem(400, "Say either `workerId`, such as jules/1, or `agent`, such as jules.");
  }
  const state = stateOf(repository);
  const context = repository.lane.contextOf(state);
  const { agents } = context.config;
  const found = agents.find(({ id }) => id === agent) ?? agents.find(({ type }) => type === agent);
  const target = workerId ?? found?.id ?? agent ?? "";
  if (workersNamed(state, context, target).length > 0) return target;
  throw new Problem(400, unknownTarget(context, target).replaceAll("`", ""));
}

/** Throws a 404 where there is no such task, and a 409 where it has ended, somebody has it, or it has had all of its attempts. */
function demandFree(repository: Repository, id: TaskId, target: string): void {
  const state = stateOf(repository);
  const task = state.tasks.get(id);
  if (task === undefined) throw new Problem(404, `${id} is no task of this repository.`);
  const name = `Nothing was changed. Task #${task.definition.number}`;
  if (task.assignment !== null) {
    throw new Problem(409, `${name} is with worker ${task.assignment.worker}: cancel it first.`);
  }
  if (isEnded(task)) throw new Problem(409, `${name} has ended: it is ${statusOf(state, task)}.`);
  const context = repository.lane.contextOf(state);
  const refusal = whyNotAssigned({ state, context }, task, target);
  if (refusal !== null) throw new Problem(409, `${name}: ${refusal.replaceAll("`", "")}`);
}

/** What holds now: who has it or was asked for, and why whoever was asked for does not take it at once. */
function standingOf(repository: Repository, id: TaskId): Readonly<Record<string, unknown>> {
  const state = stateOf(repository);
  const task = state.tasks.get(id);
  if (task === undefined) return { agent: null, workerId: null, status: null, note: "It is no task any more." };
  const { agent = null, worker = null } = task.assignment ?? task.assignTo ?? {};
  const isWaiting = task.assignment === null && agent !== null;
  const context = repository.lane.contextOf(state);
  const note = isWaiting ? noteOnTarget({ state, context }, agent, worker) : null;
  return { agent, workerId: worker, status: statusOf(state, task), note };
}
