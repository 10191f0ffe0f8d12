/**
 * POST /orchestrator/complete and /orchestrator/fail: an agent says how its session has ended. It is a claim about the session, never
 * about the task: what completes a task is decided as ever.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { awaitDecision } from "./await-decision.ts";
import { demandAssignment, demandPlace } from "./reporters.ts";
import { subjectOf, type Caller } from "./caller.ts";
import {
  aboutFields,
  conflict,
  demandLive,
  durationField,
  findAssignment,
  findPlace,
  stateOf,
  type About,
  type Assigned,
} from "./find-assignment.ts";
import { Problem } from "./problem.ts";
import { parseInput } from "./read-input.ts";
import type { Call, Route } from "./route.ts";
import { toSessionReport, type Told } from "./session-report.ts";
import type { Repository } from "../engine/repository.ts";
import { toCommandId, type CommandId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { pullNumberOf } from "../model/pull-url.ts";

const textMax = 10_000;
const text = (max: number): z.ZodOptional<z.ZodNullable<z.ZodString>> =>
  z.string("must be text").max(max, `must have at most ${max} characters`).nullable().optional();

/** More than any session costs; what is above is a mistake in the unit, and would spend the budget of the day. */
const costMax = 1_000;

const common = {
  ...aboutFields,
  duration: durationField.nullable().optional(),
  cost: z
    .number("must be a number of US dollars")
    .min(0, "must be 0 or more US dollars")
    .max(costMax, `must be at most ${costMax} US dollars`)
    .nullable()
    .optional(),
  sessionId: text(200),
  pullUrl: text(500),
  branch: text(250),
  reason: text(textMax),
};

const Complete = z.strictObject({ ...common, success: z.boolean("must be true or false") });
const Fail = z.strictObject({
  ...common,
  failureReason: z
    .string("must say why it failed")
    .min(1, "must say why it failed")
    .max(textMax, `must have at most ${textMax} characters`),
  retriable: z.boolean("must be true or false").default(true),
});

const Output = z.object({
  repository: z.string(),
  taskId: z.string(),
  workerId: z.string(),
  outcome: z.enum(["success", "failure"]),
});

export const complete: Route = {
  method: "POST",
  path: "/orchestrator/complete",
  access: "reporter",
  summary: "An agent's session has ended",
  input: Complete,
  output: Output,
  answer: (call) => {
    const { success, ...told } = parseInput(Complete, call.input);
    return take(call, { ...told, isSuccess: success, failureReason: null, isRetriable: true });
  },
};

export const fail: Route = {
  method: "POST",
  path: "/orchestrator/fail",
  access: "reporter",
  summary: "An agent's session has failed",
  input: Fail,
  output: Output,
  answer: (call) => {
    const { retriable: isRetriable, ...told } = parseInput(Fail, call.input);
    return take(call, { ...told, isSuccess: false, isRetriable });
  },
};

type Report = About & Told;

/** Rejects with a problem, and has changed nothing then. */
async function take(call: Call, report: Report): Promise<unknown> {
  const { ground } = call;
  const caller = callerOf(call);
  const repository = findPlace(ground, report);
  demandPlace(caller, { repository, worker: report.workerId });
  const answer = answerTo(repository, report);
  if (isRepetition(call, repository, report)) return answer;
  const task = await demandLive(repository, report, { caller, clock: ground.clock });
  demandAssignment(caller, { repository, assignment: task.assignment });
  call.bind(caller);
  const id = idOf(call, report, task.assignment.fence);
  if (isKnown(repository, id)) return answer;
  const sessionReport = await confirm(repository, task, toSessionReport(report, { caller, task }));
  const { fence } = task.assignment;
  const command = { type: "ReportSession", id, task: task.id, fence, report: sessionReport } as const;
  await awaitDecision(repository.lane.submit([command]), { clock: ground.clock, what: "The report" });
  if (!isKnown(repository, id)) throw conflict(stateOf(repository), report);
  const pull = pullNumberOf(task.definition.url, report.pullUrl ?? "");
  // Whose it is, the look says: that an agent names it proves nothing.
  if (pull !== null) repository.hear([{ kind: "pull", number: pull }]);
  return answer;
}

export function callerOf({ caller }: Call): Caller {
  if (caller === null) throw new Error("A route for reporters is called with one.");
  return caller;
}

/** Only of what was sent: the answer to a repetition is the same, whatever has happened since. */
function answerTo(repository: Repository, { taskId, workerId, isSuccess }: Report): unknown {
  return { repository: repository.name, taskId, workerId, outcome: isSuccess ? "success" : "failure" };
}

/** With a key of the caller's own, or by what it says of which assignment. */
function idOf(call: Call, report: Report, fence: number | null): CommandId {
  const about = call.key ?? JSON.stringify([fence, ...Object.entries(report).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  const parts = [subjectOf(callerOf(call)), call.key === null ? "body" : "key", report.taskId, report.workerId, about];
  return toCommandId(`report:${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40)}`);
}

/** Whether it came before, and its assignment is over since. What is said without a fence while one is live is about that one. */
function isRepetition(call: Call, repository: Repository, report: Report): boolean {
  const state = stateOf(repository);
  const last = state.tasks.get(report.taskId)?.attempts.findLast(({ worker }) => worker === report.workerId);
  const fence = findAssignment(state, report)?.assignment.fence ?? last?.fence ?? null;
  return isKnown(repository, idOf(call, report, fence));
}

function isKnown(repository: Repository, id: CommandId): boolean {
  return stateOf(repository).seen.has(id);
}

/** Where the App asks the vendor itself, the vendor's word counts: a session that goes on there must not be followed by another one. */
async function confirm(repository: Repository, task: Assigned, report: SessionReport): Promise<SessionReport> {
  const seen = await repository.askVendor(task);
  if (seen === null || seen.state === "not_found") return report;
  if (seen.state === "unknown") {
    const detail = "The vendor could not be asked whether the session has ended. Send the report again.";
    throw new Problem(503, detail, { "retry-after": "30" });
  }
  if (seen.state === "queued" || seen.state === "running" || seen.state === "waiting") {
    const detail = `Nothing was changed: the vendor says that the session is ${seen.state}. The App asks it itself, so no report is needed.`;
    throw new Problem(409, detail);
  }
  return { ...report, ...seen, reason: seen.reason ?? report.reason, costUsd: seen.costUsd ?? report.costUsd };
}
