/**
 * POST /orchestrator/heartbeat: an agent is still at it. Kept in memory; the answer says whether it is to go on. Where nobody else could be
 * asked for it, it is written down now and then.
 */
import { z } from "zod";
import { deskAgentOf, isHeartbeatNews } from "../core/desk.ts";
import type { Repository } from "../engine/repository.ts";
import { failureReasons } from "../model/task.ts";
import { counted } from "./answer-fields.ts";
import { aboutFields, demandLive, findPlace, type Assigned } from "./find-assignment.ts";
import { parseInput } from "./read-input.ts";
import { callerOf } from "./report.ts";
import { demandAssignment, demandPlace } from "./reporters.ts";
import type { Call, Route } from "./route.ts";

const Input = z.strictObject(aboutFields);

const Output = z.object({
  repository: z.string(),
  taskId: z.string(),
  workerId: z.string(),
  fence: counted,
  attempt: counted,
  stop: z.boolean(),
  reason: z.enum(failureReasons).nullable(),
});

export const heartbeat: Route = {
  method: "POST",
  path: "/orchestrator/heartbeat",
  access: "reporter",
  summary: "An agent is still at work",
  input: Input,
  output: Output,
  answer: hearAgent,
};

/** The address under which others know it. */
export const agentHeartbeat: Route = { ...heartbeat, path: "/internal/agent/heartbeat" };

async function hearAgent(call: Call): Promise<unknown> {
  const { ground } = call;
  const about = parseInput(Input, call.input);
  const caller = callerOf(call);
  const repository = findPlace(ground, about);
  demandPlace(caller, { repository, worker: about.workerId });
  const task = await demandLive(repository, about, { caller, clock: ground.clock });
  demandAssignment(caller, { repository, assignment: task.assignment });
  call.bind(caller);
  const now = ground.clock.now();
  repository.heartbeats.note(task, now);
  await writeDown(repository, task);
  const { fence, attempt, phase, cancelReason } = task.assignment;
  const { taskId, workerId } = about;
  return {
    repository: repository.name,
    taskId,
    workerId,
    fence,
    attempt,
    stop: phase === "ending",
    reason: cancelReason,
  };
}

/** Of an agent at somebody's desk; the log bears at most one in a third of the time in which it may be silent. */
async function writeDown({ lane }: Repository, task: Assigned): Promise<void> {
  const context = lane.contextOf(await lane.stream.current());
  const agent = deskAgentOf(task, context);
  if (agent === null || !isHeartbeatNews(task, agent, context)) return;
  const { fence } = task.assignment;
  await lane.submit([{ type: "HearAgent", id: lane.nextId("heartbeat"), task: task.id, fence, note: null }]);
}
