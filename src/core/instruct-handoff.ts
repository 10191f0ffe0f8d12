/** The slash command `handoff`: a running task goes to another agent with its work; the one that has it is seen ended first. */
import { agentOf, type AgentId, type WorkerId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import { canEndSessions } from "../model/vendors.ts";
import { Able } from "./able.ts";
import { costOf, spentCaps } from "./caps.ts";
import { requestCancel } from "./decide-outcome.ts";
import { isInterruption } from "./decide-preempt.ts";
import { endSession } from "./decide-session.ts";
import type { AssignedTask, Decision } from "./decision.ts";
import { isSilentAtDesk } from "./desk.ts";
import { approvalOf, assignTo, noteOnTarget, wantsApproval } from "./instruct-task.ts";
import { refused, unknownTarget, unselected, workersNamed, type Instruct, type Reply } from "./instruction.ts";
import { isEnded } from "../state/readiness.ts";
import { wishOf } from "./wish.ts";

/** Null when the command is not this one. A task that nobody is at is assigned. */
export function instructHandoff(decision: Decision, command: Instruct, instruction: SlashCommand): Reply | null {
  if (instruction.verb !== "handoff") return null;
  const task = decision.state.tasks.get(command.task);
  if (task === undefined) return refused(unselected(decision, command));
  const asked = { by: command.by.login, target: instruction.target };
  return isRunning(task) && !isEnded(task) ? handOver(decision, task, asked) : assignTo(decision, task, asked);
}

function isRunning(task: Task): task is AssignedTask {
  return task.assignment !== null;
}

interface Asked {
  readonly by: string;
  readonly target: string;
}

/** Whom the task goes to: an agent, or one of its workers. */
interface Successor {
  readonly agent: AgentId;
  readonly worker: WorkerId | null;
}

function handOver(decision: Decision, task: AssignedTask, asked: Asked): Reply {
  const there = whereItIs(task, asked.target);
  return there === null ? giveOver(decision, task, asked) : { kind: "done", answer: there };
}

type Place = Pick<Decision, "state" | "context">;

function successorNamed({ state, context }: Place, target: string): Successor | null {
  const [first] = workersNamed(state, context, target);
  if (first === undefined) return null;
  const agent = agentOf(first);
  return { agent, worker: target === agent ? null : first };
}

/** Why it cannot go to `target`, an agent or one of its workers, in words with what to do; null where it can. */
export function whyNotHandedOver(place: Place, task: AssignedTask, target: string): string | null {
  const successor = successorNamed(place, target);
  if (successor === null) return unknownTarget(place.context, target);
  return whereItIs(task, target) ?? whyNever(place, task, successor);
}

/** Gives it to whoever is asked for, who has not got it, as soon as the session is seen ended. */
export function giveOver(decision: Decision, task: AssignedTask, { by, target }: Asked): Reply {
  const successor = successorNamed(decision, target);
  if (successor === null) return refused(unknownTarget(decision.context, target));
  const refusal = whyNever(decision, task, successor);
  if (refusal !== null) return refused(refusal);
  if (wantsApproval(task)) decision.emit(approvalOf(task, by));
  decision.emit({ type: "TaskHandedOver", task: task.id, ...successor, by });
  const isSilent = isSilentAtDesk(task, decision.context);
  requestCancel(decision, task.id, { reason: "handed_over", by });
  const answer = describeHandover(decision, task, successor);
  // A person was asked whether it goes on, and this says that it does not.
  if (isSilent) endSession(decision, task.id, endedBy(by));
  return { kind: "done", answer };
}

function endedBy(by: string): SessionReport {
  const nothing = { session: null, pullUrl: null, branch: null, question: null, costUsd: null };
  return { ...nothing, state: "cancelled", reason: `${by} handed it over while it was silent.` };
}

/** Nothing is to be done; null where it is. One whose session is being ended is there no more. */
function whereItIs({ assignment }: AssignedTask, target: string): string | null {
  const { worker, agent, handedTo = null, cancelReason } = assignment;
  if (handedTo !== null) {
    return (handedTo.worker ?? handedTo.agent) === target ? `It is being handed over to \`${target}\` already.` : null;
  }
  const isThere = cancelReason === null && (target === worker || target === agent);
  return isThere ? `It is with \`${worker}\` already: it goes on there.` : null;
}

/** Nothing that runs is ended for somebody who could never go on with it, or may not for what it has cost. */
function whyNever({ state, context }: Place, task: AssignedTask, { agent, worker }: Successor): string | null {
  const { config } = context;
  // What it runs up now counts by then.
  const costUsd = costOf(task) + (agentBehind(config, task.assignment)?.cost ?? 0);
  const wish = {
    ...wishOf(state, task, context),
    pinnedAgent: agent,
    pinnedWorker: worker,
    avoidedAgents: [],
    costUsd,
  };
  const { agents, lack } = new Able(config).for(wish);
  if (agents.length > 0) return null;
  if (lack["cap_cost_per_task"] !== undefined) {
    return `Another session would cost more than one task may: the cap \`limits.costPerTask\` is ${config.limits.costPerTask} US dollars. Raise it in \`.github/orchestrate.yml\`, or let this session go on.`;
  }
  const needs = task.definition.needs.map((need) => `\`${need.replaceAll("`", "")}\``).join(", ");
  return `\`${agent}\` cannot do what the task needs (${needs}), so nothing was changed. Hand it over to another agent, or name it under \`capabilities\` of this one.`;
}

function describeHandover(decision: Decision, task: AssignedTask, { agent, worker }: Successor): string {
  const { state, context } = decision;
  const sentences = [
    `\`${worker ?? agent}\` takes over from \`${task.assignment.worker}\` once its session is seen ended, with its branch and pull request as far as there are any.`,
    isInterruption(state.tasks.get(task.id)?.assignment?.cancelReason ?? "success") ? "No attempt is used up." : null,
    noteOnEnd(decision, task),
    noteOnTarget(decision, agent, worker) ?? noteOnRoom(decision, worker ?? agent),
    task.isHeld ? `It is on hold: it goes on after \`/orchestrate resume #${task.definition.number}\`.` : null,
    state.isPaused ? "Orchestration is paused: it goes on after `/orchestrate resume`." : null,
    ...spentCaps(state, context).map(({ detail }) => `${detail} Nothing is started before that has passed.`),
  ];
  return sentences.filter((sentence) => sentence !== null).join(" ");
}

/** Where only the session itself or a person can end it. */
function noteOnEnd({ context }: Decision, { assignment }: AssignedTask): string | null {
  const config = agentBehind(context.config, assignment);
  if (config === undefined || (canEndSessions[config.type] && config.dispatch !== "label")) return null;
  return `Sessions of \`${assignment.agent}\` cannot be ended from here: end it there, or it goes on until it ends by itself.`;
}

function noteOnRoom({ state, context }: Decision, target: string): string | null {
  const isFree = workersNamed(state, context, target).some(
    (worker) => !state.occupied.has(worker) && !state.disabledWorkers.has(worker),
  );
  return isFree ? null : `\`${target}\` has no free worker now: it takes this when it has one.`;
}
