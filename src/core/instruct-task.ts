/** Slash commands about the task of the issue they stand on: approve, assign, retry, complete, fail, cancel, hold, and what ranks it. */
import type { Command } from "../model/command.ts";
import { takesItself } from "../model/config-agent.ts";
import type { EventOf } from "../model/event.ts";
import { agentOf, type AgentId, type TaskId, type WorkerId } from "../model/ids.ts";
import { agentBehind } from "../model/registry.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import { agentConfigOf } from "./agent-config.ts";
import { spentCapOf } from "./caps.ts";
import type { Context } from "../model/context.ts";
import { cancelTask, completeTask, failTask, reopenTask, requestCancel } from "./decide-outcome.ts";
import { rejudge } from "./decide-rejudge.ts";
import { endSession } from "./decide-session.ts";
import type { Decision } from "./decision.ts";
import { done, refused, unknownTarget, unselected, workersNamed, type Instruct, type Reply } from "./instruction.ts";
import { isDoubtful, isEnded } from "../state/readiness.ts";
import { callSwarm } from "./swarm-call.ts";
import { attemptsUsed } from "./retry-policy.ts";

/** Null when the command is not one of these. */
export function instructTask(decision: Decision, command: Instruct, instruction: SlashCommand): Reply | null {
  if (instruction.verb === "resume") return resumeTask(decision, command, instruction.number);
  const perform = acts[instruction.verb];
  if (perform === undefined) return null;
  const task = decision.state.tasks.get(command.task);
  if (task === undefined) return refused(unselected(decision, command));
  return perform(decision, { task, by: command.by.login, instruction });
}

interface Act {
  readonly task: Task;
  readonly by: string;
  readonly instruction: SlashCommand;
}

const acts: Partial<Record<SlashCommand["verb"], (decision: Decision, act: Act) => Reply>> = {
  approve,
  assign,
  retry,
  complete,
  fail,
  cancel,
  hold,
  priority: (decision, { task, by, instruction }) => {
    if (instruction.verb !== "priority") return done;
    decision.emit({ type: "PriorityOverridden", task: task.id, priority: instruction.priority, by });
    return done;
  },
  swarm: callSwarm,
  estimate: (decision, { task, by, instruction }) => {
    if (instruction.verb !== "estimate") return done;
    decision.emit({ type: "EstimateOverridden", task: task.id, minutes: instruction.minutes, by });
    return done;
  },
};

function approve(decision: Decision, { task, by }: Act): Reply {
  decision.emit(approvalOf(task, by));
  return done;
}

/** A person lets the text be worked on as it is now, whatever it lacks or looks like. */
export function approvalOf(task: Task, by: string): EventOf<"TaskTrusted"> {
  const { hash } = task.definition;
  return { type: "TaskTrusted", task: task.id, by, hash, ...(isDoubtful(task) ? { isWaiver: true } : {}) };
}

/** Somebody has to say so before it may be worked on. */
export function wantsApproval(task: Task): boolean {
  return task.trust === null || task.pendingReason !== null || isDoubtful(task);
}

function assign(decision: Decision, { task, by, instruction }: Act): Reply {
  return instruction.verb === "assign" ? assignTo(decision, task, { by, target: instruction.target }) : done;
}

/** What whoever asks for an agent or a worker in person gets: the task goes there and to nobody else, as soon as there is room. */
export function assignTo(
  decision: Decision,
  task: Task,
  { by, target }: { readonly by: string; readonly target: string },
): Reply {
  const refusal = whyNotAssigned(decision, task, target);
  const [first] = workersNamed(decision.state, decision.context, target);
  if (refusal !== null || first === undefined) return refused(refusal ?? unknownTarget(decision.context, target));
  const agent = agentOf(first);
  const worker = target === agent ? null : first;
  if (wantsApproval(task)) decision.emit(approvalOf(task, by));
  decision.emit({ type: "AssignmentRequested", task: task.id, agent, worker, by });
  rejudge(decision, [task.id]);
  return { kind: "done", answer: noteOnTarget(decision, agent, worker) };
}

/** Why the task cannot be given to `target`, an agent or one of its workers, in words with what to do; null when it can. */
export function whyNotAssigned(place: Pick<Decision, "state" | "context">, task: Task, target: string): string | null {
  const { state, context } = place;
  if (workersNamed(state, context, target).length === 0) return unknownTarget(context, target);
  if (task.assignment !== null && !isEnded(task)) {
    return `It is with \`${task.assignment.worker}\` now: \`/orchestrate handoff ${target}\` gives it over with what was done of it.`;
  }
  if (task.assignment !== null) {
    return `It is with \`${task.assignment.worker}\` now: \`/orchestrate cancel\` it first, then \`retry\` and \`assign\`.`;
  }
  return whyNoAttempt(context, task);
}

/** The same from a door that answers by itself; nothing where it is refused. */
export function decideAssignmentRequest(
  decision: Decision,
  { task: id, target, by }: Extract<Command, { readonly type: "RequestAssignment" }>,
): void {
  const task = decision.state.tasks.get(id);
  if (task !== undefined && !isEnded(task)) assignTo(decision, task, { by, target });
}

/** Why whoever was asked for does not take it at once, and what to do about it; null where it can, or is only busy. */
export function noteOnTarget(
  { state, context }: Pick<Decision, "state" | "context">,
  agent: AgentId,
  worker: WorkerId | null,
): string | null {
  const config = agentConfigOf(context.config, agent);
  if (config !== undefined && takesItself(config)) {
    return `\`${worker ?? agent}\` takes its work itself: this is kept for it, and starts with \`orchestrate claim\` there.`;
  }
  const pausedUntil = state.agents.get(agent)?.pausedUntil ?? 0;
  if (pausedUntil > context.now) return noteUntil(agent, "is paused because of its vendor", pausedUntil);
  if (worker === null) return null;
  if (state.disabledWorkers.has(worker)) {
    return `\`${worker}\` is disabled: it takes this after \`/orchestrate enable ${worker}\`.`;
  }
  const restsUntil = state.workers.get(worker)?.restsUntil ?? 0;
  return restsUntil > context.now ? noteUntil(worker, "rests after failures", restsUntil) : null;
}

function noteUntil(name: string, what: string, until: number): string {
  const then = new Date(until).toISOString();
  return `\`${name}\` ${what} until ${then}: it takes this then, or at once after \`/orchestrate enable ${name}\`.`;
}

/** A merged or completed task is not tried again by accident; everything else that has ended or waits for a person is. */
function retry(decision: Decision, { task: before, by }: Act): Reply {
  endByWord(decision, before.id, by);
  const task = decision.state.tasks.get(before.id) ?? before;
  if (task.assignment !== null && task.outcome === null) {
    return refused(
      `Attempt ${task.assignment.attempt} is still running on \`${task.assignment.worker}\`: \`/orchestrate cancel\` it first.`,
    );
  }
  if (!isEnded(task) && task.manualReview === null && task.attempts.length === 0) return done;
  if (task.receipt !== null) return refused("It is completed. Reopen the issue to work on it again.");
  if (!task.definition.isOpen) return refused("The issue is closed. Reopen it to work on it again.");
  const spent = whyNoAttempt(decision.context, task);
  if (spent !== null) return refused(spent);
  reopenTask(decision, task.id, by);
  return done;
}

/** Another attempt is not to be had by a command: the cap is for the whole life of the task, and who may raise it says so in the configuration. */
function whyNoAttempt(context: Context, task: Task): string | null {
  if (spentCapOf(task, context)?.code !== "cap_attempts_per_task") return null;
  const { attemptsPerTask } = context.config.limits;
  return `Agents have tried it ${attemptsUsed(task)} times, and the cap \`limits.attemptsPerTask\` allows ${attemptsPerTask} in the life of a task. Raise it in \`.github/orchestrate.yml\`, then ask again; or do it by hand, and \`/orchestrate complete\` accepts it.`;
}

function complete(decision: Decision, { task, by }: Act): Reply {
  if (task.receipt !== null) return done;
  requestCancel(decision, task.id, { reason: "cancelled", by });
  completeTask(decision, task.id, {
    kind: "command",
    by,
    at: decision.context.now,
    reference: `/orchestrate complete by ${by}`,
    warning: null,
  });
  return done;
}

function fail(decision: Decision, { task, by, instruction }: Act): Reply {
  if (instruction.verb !== "fail") return done;
  if (isEnded(task)) return refused("It has ended already.");
  requestCancel(decision, task.id, { reason: "reported", by });
  failTask(decision, task.id, { reason: `${by} said: ${instruction.reason}` });
  return done;
}

function cancel(decision: Decision, { task, by }: Act): Reply {
  const wasEnded = isEnded(task);
  if (!wasEnded) cancelTask(decision, task.id, { reason: `Cancelled by ${by}.`, by });
  return endByWord(decision, task.id, by) || !wasEnded ? done : refused("It has ended already.");
}

/**
 * A session that was started by a label can be asked for nowhere. Where a person was asked to end it, the command that was named for
 * afterwards is the word that it has ended, and nothing else would ever free its slot. False where it is none of these.
 */
function endByWord(decision: Decision, id: TaskId, by: string): boolean {
  const assignment = decision.state.tasks.get(id)?.assignment ?? null;
  if (assignment === null || !assignment.personAsked) return false;
  if (agentBehind(decision.context.config, assignment)?.dispatch !== "label") return false;
  endSession(decision, id, {
    state: "cancelled",
    session: assignment.session,
    pullUrl: null,
    branch: null,
    question: null,
    reason: `${by} says that the session has ended.`,
    costUsd: null,
  });
  return true;
}

function hold(decision: Decision, { task, by }: Act): Reply {
  if (!task.isHeld) decision.emit({ type: "TaskHeld", task: task.id, by });
  return done;
}

function resumeTask(decision: Decision, command: Instruct, number: number | null): Reply {
  const id = number === null ? undefined : decision.state.numbers.get(number);
  const task = id === undefined ? undefined : decision.state.tasks.get(id);
  if (task === undefined) return refused(`#${number ?? ""} is not a task here.`);
  if (task.definition.heldByLabel)
    return refused(`#${task.definition.number} carries the label \`hold\`: take it off.`);
  if (task.isHeld) decision.emit({ type: "TaskResumed", task: task.id, by: command.by.login });
  return done;
}
