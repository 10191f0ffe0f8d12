/** What is amiss with the whole: a long or growing queue, workers all taken or hardly used, failures, tasks and vendors that take too long. Pure reads of the state. */
import { takesItself } from "../model/config-agent.ts";
import { toAgentId, toWorkerId } from "../model/ids.ts";
import { agentConfigOf } from "./agent-config.ts";
import { quotaLeft, roomOfDay, spentCaps } from "./caps.ts";
import { toMicros } from "../fold/figures.ts";
import {
  countOf,
  isAbove,
  isBelow,
  isNear,
  minutesOf,
  openWarning,
  pausedUntil,
  percentOf,
  takenMsOf,
  waitingOf,
  type Finding,
  type Look,
} from "./finding.ts";
import { isFull } from "../fold/watch.ts";
import { leftOver, longestWaitMs, startable } from "./queue-depth.ts";
import { effortOf } from "../state/reach.ts";
import { offSlots } from "../state/slots.ts";
import { isAtRest } from "./stock.ts";
import { readingBefore, useOfAgents, utilisationByType, type AgentUse } from "./utilisation.ts";

const hourMs = 60 * 60_000;
/** The last so many are enough to know the rate. */
const failureSampleMax = 1_000;
/** A queue that has grown by fewer tasks in an hour is no trend. */
const growthMin = 10;
/** From this pause in a row on, the outage is no passing one. */
const pausesUntilCritical = 3;

/** Every anomaly that there is now. Work in proportion to agents and to what is in flight. */
export function detectAnomalies(look: Look): readonly Finding[] {
  return [
    ...longQueue(look),
    ...growingQueue(look),
    ...fullWorkers(look),
    ...failures(look),
    ...overdueTasks(look),
    ...idleAgents(look),
    ...restingWorkers(look),
    ...pausedAgents(look),
  ];
}

/** More ready tasks than `alerts.queueDepth` were left over when work was last handed out, without those that are held back. */
function longQueue(look: Look): readonly Finding[] {
  const { state, context } = look;
  const bound = context.config.alerts.queueDepth;
  // Nearly always there are too few, held back or not.
  if (!isNear(state.ready.size, bound)) return [];
  const waiting = leftOver(state, context);
  if (!isAbove(waiting, bound, openWarning(look, "queue_depth", "all") !== undefined)) return [];
  const words = (): ReturnType<Finding["words"]> => {
    const waitedMs = longestWaitMs(state, context);
    return {
      detail: `${waitingOf(waiting)} for a worker, more than ${bound}; the oldest for ${minutesOf(waitedMs)}.`,
      suggestion: "Add workers (`agents[].capacity`), or put on hold what can wait.",
    };
  };
  return [{ code: "queue_depth", subject: "all", severity: "warning", words }];
}

/**
 * In the last hour, and still in its second half, the open tasks have become more by a greater number than were completed: for
 * each task that was done, more than two arrived. A backlog that came at once is no growth any more half an hour later.
 */
function growingQueue(look: Look): readonly Finding[] {
  const isOpen = openWarning(look, "queue_grows", "all") !== undefined;
  const hour = growthOver(look, hourMs);
  const half = growthOver(look, hourMs / 2);
  if (hour === null || half === null) return [];
  const begins = hour.grown >= growthMin && hour.grown > hour.completed && half.grown > half.completed;
  if (isOpen ? hour.grown <= 0 : !begins) return [];
  const words = (): ReturnType<Finding["words"]> => ({
    detail: `The queue has grown by ${countOf(hour.grown, "open task")} in an hour while ${hour.completed} were completed.`,
    suggestion: "Add workers (`agents[].capacity`), or select fewer issues until they have caught up.",
  });
  return [{ code: "queue_grows", subject: "all", severity: "warning", words }];
}

/** Null without a reading that is old enough. */
function growthOver(
  { state, context }: Look,
  ms: number,
): { readonly grown: number; readonly completed: number } | null {
  const from = readingBefore(state, context.now, ms);
  if (from === null) return null;
  let completed = 0;
  for (const { at } of state.completions.since(from.at)) if (at <= context.now) completed += 1;
  return { grown: state.openCount - from.open, completed };
}

/** No worker was free when work was last handed out, and none has been since `alerts.fullFor`. */
function fullWorkers({ state, context }: Look): readonly Finding[] {
  const { agents, alerts } = context.config;
  const since = state.watch.fullSince;
  if (since === null || context.now - since <= alerts.fullFor) return [];
  const waiting = startable(state, context);
  // A worker that was freed since then gets its next task in this pass, if there is one.
  if (waiting === 0 && !isFull(state, agents)) return [];
  const words = (): ReturnType<Finding["words"]> => ({
    detail: `All workers have been taken for ${minutesOf(context.now - since)}; ${waitingOf(waiting)}.`,
    suggestion: "Add workers (`agents[].capacity`) or another agent.",
  });
  return [{ code: "workers_full", subject: "all", severity: "warning", words }];
}

/**
 * The share of attempts in the last `alerts.failureWindow` (of the last thousand) that failed, from `alerts.failureSample` on. What says nothing of the worker is not
 * counted; an attempt whose pull request turned red has failed.
 */
function failures(look: Look): readonly Finding[] {
  const { state, context } = look;
  const { failureRate: bound, failureWindow, failureSample } = context.config.alerts;
  let [ended, failed, seen] = [0, 0, 0];
  for (const end of state.ends.since(context.now - failureWindow)) {
    seen += 1;
    if (seen > failureSampleMax) break;
    if (end.isGood !== null && !end.isSecondThought) ended += 1;
    if (end.isGood === false) failed += 1;
  }
  const rate = Math.min(1, failed / ended);
  const open = openWarning(look, "failure_rate", "all");
  if (ended < failureSample || !isAbove(rate, bound, open !== undefined)) return [];
  const isCritical = isAbove(rate, (1 + bound) / 2, open?.severity === "critical");
  const attack = state.attack === null ? "" : " Attack mode relaxes review: leave it with `/orchestrate attack off`.";
  const words = (): ReturnType<Finding["words"]> => ({
    detail: `${failed} of the last ${countOf(ended, "attempt")} failed (${percentOf(rate)}), more than ${percentOf(bound)}.`,
    suggestion: `Look at what failed last: a broken base, a missing secret, or issues that say too little.${attack}`,
  });
  return [{ code: "failure_rate", subject: "all", severity: isCritical ? "critical" : "warning", words }];
}

/** Sessions that take more than `alerts.overdue` times the effort of their task. */
function overdueTasks(look: Look): readonly Finding[] {
  const { overdue } = look.context.config.alerts;
  const found: Finding[] = [];
  for (const task of look.inFlight) {
    const takenMs = takenMsOf(look, task);
    const effortMs = effortOf(task) * 60_000;
    if (!isNear(takenMs, overdue * effortMs)) continue;
    if (!isAbove(takenMs, overdue * effortMs, openWarning(look, "task_overdue", task.id) !== undefined)) continue;
    const { worker } = task.assignment;
    const words = (): ReturnType<Finding["words"]> => ({
      detail: `It has been with ${worker} for ${minutesOf(takenMs)} and was estimated at ${minutesOf(effortMs)}.`,
      suggestion: "Look at its session; correct the estimate with `/orchestrate estimate`, or split the issue.",
    });
    found.push({ code: "task_overdue", subject: task.id, severity: "warning", words });
  }
  return found;
}

/**
 * Agents with free workers that were used less than `alerts.utilisation` over `alerts.every` or longer, while work waited at
 * both ends of that time. Where everything is paused or a cap is reached nobody is to be balanced.
 */
function idleAgents(look: Look): readonly Finding[] {
  const { state, context } = look;
  const from = readingBefore(state, context.now, context.config.alerts.every);
  const waiting = startable(state, context);
  if (from === null || (waiting === 0 && from.ready === 0)) return [];
  if (isAtRest(state) || spentCaps(state, context).length > 0) return [];
  return useOfAgents(state, context, from).flatMap((use) => {
    const isOpen = openWarning(look, "low_use", use.agent) !== undefined;
    const isWaitedFor = isOpen || (waiting > 0 && from.ready > 0);
    if (!isWaitedFor || !canTakeMore(look, use)) return [];
    if (!isBelow(use.utilisation, context.config.alerts.utilisation, isOpen)) return [];
    const words = (): ReturnType<Finding["words"]> => ({
      detail: `Its ${countOf(use.capacity, "worker")} ${use.capacity === 1 ? "was" : "were"} used to ${percentOf(use.utilisation)} over the last ${minutesOf(context.now - from.at)} while ${waitingOf(waiting)}. By system, in the last hour: ${byType(look)}.`,
      suggestion:
        "Rebalance: see with `/orchestrate explain` on a waiting issue what keeps it from this agent (capabilities, a pin, history), or move its capacity to the busy ones.",
    });
    return [{ code: "low_use" as const, subject: use.agent, severity: "notice" as const, words }];
  });
}

function canTakeMore(look: Look, use: AgentUse): boolean {
  const agent = agentConfigOf(look.context.config, use.agent);
  if (agent === undefined || takesItself(agent) || use.free === 0 || pausedUntil(look, use.agent) !== null)
    return false;
  if (toMicros(agent.cost) > Math.max(0, roomOfDay(look.state, look.context))) return false;
  return quotaLeft(look.state, look.context, agent) !== 0;
}

function byType({ state, context }: Look): string {
  const shares = Object.entries(utilisationByType(state, context));
  return shares.map(([type, share]) => `${type} ${percentOf(share)}`).join(", ");
}

/** Workers that rest after failures, found by the slots that are out of use. */
function restingWorkers({ state, context }: Look): readonly Finding[] {
  return context.config.agents.flatMap((agent) => {
    const id = toAgentId(agent.id);
    const slots = state.slots.get(id);
    const workers = slots === undefined ? [] : offSlots(slots).map((slot) => toWorkerId(id, slot));
    return workers.flatMap((worker): readonly Finding[] => {
      const record = state.workers.get(worker);
      const until = record?.restsUntil ?? null;
      if (until === null) return [];
      const words = (): ReturnType<Finding["words"]> => ({
        detail: `It rests until ${new Date(until).toISOString()}. ${record?.restReason ?? ""}`.trim(),
        suggestion: `It is tried out with one task then; \`/orchestrate enable ${worker}\` puts it back to work at once.`,
      });
      return [{ code: "worker_resting", subject: worker, severity: "notice", words }];
    });
  });
}

/**
 * Agents that are paused because of their vendor. A pause that is over has not passed until a start was accepted; where nothing
 * has been started for as long again as a first pause, it has.
 */
function pausedAgents(look: Look): readonly Finding[] {
  const { state, context } = look;
  return context.config.agents.flatMap((agent): readonly Finding[] => {
    const id = toAgentId(agent.id);
    const record = state.agents.get(id);
    const until = record?.pausedUntil ?? null;
    if (record === undefined || until === null || context.now >= until + context.config.health.pause) return [];
    const words = (): ReturnType<Finding["words"]> => ({
      detail: `It is paused until ${new Date(until).toISOString()}. ${record.pauseReason ?? ""}`.trim(),
      suggestion:
        "See whether its vendor has an outage, and whether its key is still good; other agents go on meanwhile.",
    });
    const severity = record.pauses >= pausesUntilCritical ? "critical" : "warning";
    return [{ code: "agent_paused", subject: id, severity, words }];
  });
}
