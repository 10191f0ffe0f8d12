/**
 * How well the whole is, as one number from 0 to 1, with the four shares that it is made of and what to do about the worst of them. Pure
 * reads of the state.
 */
import { toAgentId, toWorkerId } from "../model/ids.ts";
import {
  ailingParts,
  describeHealthPart,
  healthParts,
  hundredths,
  type HealthPart,
  type HealthPartName,
  type SystemHealth,
} from "../model/system-health.ts";
import { slotCountsOf } from "../state/capacity.ts";
import { isBelow, isNear, openLook, openWarning, pausedUntil, takenMsOf, type Finding, type Look } from "./finding.ts";
import type { Context } from "../model/context.ts";
import type { AssignedTask } from "./decision.ts";
import { healthTasksMin } from "../model/limits.ts";
import { leftOver } from "./queue-depth.ts";
import { effortOf } from "../state/reach.ts";
import { recentAttempts } from "./recent-attempts.ts";
import { offSlots, untouched } from "../state/slots.ts";
import type { State } from "../state/state.ts";

/** Without one of these nothing gets done. A backlog that is longer than it may be has a warning of its own, and is no illness by itself. */
const vital = ["workers", "attempts", "tasks"] as const;

/** What so much of the number comes from; the rest comes from the worst part alone, so that three good parts do not hide one that is at nothing. */
const meanWeight = 0.6;

/**
 * The health of the system: six tenths the mean of four shares, four tenths the worst of the first three. 1 where nothing has happened. The
 * requirement (`CALCULATE_SYSTEM_HEALTH`) gives a bound, 0.7, and no formula; this one passes below it when one of the three falls under 0.45.
 *
 * - `workers`: of the workers that are configured and that nobody has disabled, those that do not rest after failures, and whose agent is not
 *   paused because of its vendor;
 * - `attempts`: of those that ended within `alerts.failureWindow`, from `alerts.failureSample` on, those that did not fail;
 * - `tasks`: of the open tasks and those that failed, from five on, those that do not stand still: failed, in review by hand, waiting for a
 *   person, or `alerts.overdue` times over their estimate;
 * - `queue`: of the ready tasks that find no worker, the `alerts.queueDepth` that may wait.
 *
 * A person's pause is no illness. Work in proportion to agents, to what is in flight and to what stands still.
 */
export function systemHealthOf(state: State, context: Context): SystemHealth {
  return judge(openLook(state, context));
}

function judge(look: Look): SystemHealth {
  const parts = {
    workers: workersOf(look),
    attempts: attemptsOf(look),
    tasks: tasksOf(look),
    queue: queueOf(look),
  };
  const shares = healthParts.map((name) => parts[name].share);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const worst = Math.min(...vital.map((name) => parts[name].share));
  const value = meanWeight * mean + (1 - meanWeight) * worst;
  return { value: Math.round(value * 10_000) / 10_000, parts };
}

function partOf(good: number, of: number): HealthPart {
  return { share: of === 0 ? 1 : Math.max(0, good) / of, good: Math.max(0, good), of };
}

/** Whom a person has disabled is not counted: that is no illness. */
function workersOf(look: Look): HealthPart {
  const { state, context } = look;
  let [good, all] = [0, 0];
  for (const agent of context.config.agents) {
    const { capacity, off } = slotCountsOf(state, agent);
    const id = toAgentId(agent.id);
    const out = off === 0 ? [] : offSlots(state.slots.get(id) ?? untouched);
    const disabled = out.filter((slot) => state.disabledWorkers.has(toWorkerId(id, slot))).length;
    const counted = Math.max(0, capacity - Math.min(off, disabled));
    const resting = Math.max(0, off - disabled);
    all += counted;
    if (pausedUntil(look, id) === null) good += counted - resting;
  }
  return partOf(good, all);
}

function attemptsOf({ state, context }: Look): HealthPart {
  const { ended, failed } = recentAttempts(state, context);
  return ended < context.config.alerts.failureSample ? partOf(0, 0) : partOf(ended - failed, ended);
}

function tasksOf(look: Look): HealthPart {
  const { state } = look;
  let [still, failed] = [state.stuck.size, 0];
  for (const id of state.stuck.keys()) if (state.tasks.get(id)?.outcome === "failed") failed += 1;
  for (const id of state.active.keys()) {
    if (state.stuck.has(id)) continue;
    const task = state.tasks.get(id);
    if (task === undefined) continue;
    const isSlow = task.assignment !== null && standsStill(look, task as AssignedTask);
    if (task.escalated !== null || isSlow) still += 1;
  }
  const all = state.openCount + failed;
  return all < healthTasksMin ? partOf(0, 0) : partOf(all - still, all);
}

function standsStill(look: Look, task: AssignedTask): boolean {
  const { phase, personAsked } = task.assignment;
  if (phase === "waiting" || personAsked) return true;
  return takenMsOf(look, task) > look.context.config.alerts.overdue * effortOf(task) * 60_000;
}

function queueOf({ state, context }: Look): HealthPart {
  const bound = context.config.alerts.queueDepth;
  // Nearly always there are too few, held back or not.
  const waiting = isNear(state.ready.size, bound) ? leftOver(state, context) : state.ready.size;
  return partOf(Math.min(waiting, bound), waiting);
}

/** What to do about each. */
export const remedies: Readonly<Record<HealthPartName, string>> = {
  workers:
    "See with `/orchestrate agents` who rests or is paused and until when; `/orchestrate enable <worker>` puts one back to work at once.",
  attempts: "Look at what failed last: a broken base, a missing secret, or issues that say too little.",
  tasks:
    "See to the tasks that need a person, which `/orchestrate status` lists; `/orchestrate retry` starts one again, `/orchestrate cancel` calls it off.",
  queue: "Add workers (`agents[].capacity`), or put on hold what can wait.",
};

/** More than the two worst parts tell nobody what to begin with. */
const namedMax = 2;

/** A health below `alerts.systemHealth`. */
export function ailingSystem(look: Look): readonly Finding[] {
  const bound = look.context.config.alerts.systemHealth;
  if (bound === 0) return [];
  const isOpen = openWarning(look, "system_health", "all") !== undefined;
  const health = judge(look);
  // A bound near 1 must leave room to be well again.
  if (!isBelow(health.value, bound, isOpen && health.value < 1)) return [];
  const words = (): ReturnType<Finding["words"]> => {
    const worst = ailingParts(health).slice(0, namedMax);
    const found = worst.map((name) => describeHealthPart(name, health.parts[name])).join("; ");
    return {
      detail: `The health of the system is ${hundredths(health.value)}, below ${bound}: ${found}.`,
      suggestion: worst.map((name) => remedies[name]).join(" "),
    };
  };
  return [{ code: "system_health", subject: "all", severity: "critical", words }];
}
