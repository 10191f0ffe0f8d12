/** The answer to `/orchestrate explain`: why a task runs where it runs, or everything that keeps it waiting. */
import type { AssignmentReasons, Priority } from "../model/task.ts";
import { escapeText, toCode, toReference } from "./markdown.ts";
import { describeNextStep } from "./next-step.ts";
import { describeReason, describeWaiting } from "./reasons.ts";
import { describeBlocker } from "./sticky-comment.ts";
import { agentName, type Standing, type TaskView, type Wait } from "./task-view.ts";
import {
  count,
  describeInstant,
  describeMinutes,
  describePriority,
  describeSpan,
  describeStatus,
  modeWords,
} from "./words.ts";

const linesMax = 30;

/** Markdown, without anything that the state does not say. */
export function renderExplain(view: TaskView): string {
  const { definition } = view.task;
  // The list below says why a ready task waits, and says it in full.
  const next = view.status === "ready" && view.waiting.length > 0 ? "" : ` ${describeNextStep(view)}`;
  const head = `${toReference(`#${definition.number}`, definition.url)} ${escapeText(definition.title)} is **${describeStatus(view.status, view.task)}**.${next}`;
  const parts = [
    head,
    renderWaiting(view),
    renderStanding(view),
    renderBlockers(view),
    renderInputs(view),
    renderAssignment(view),
    renderProblems(view),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function renderWaiting(view: TaskView): string {
  if (view.waiting.length === 0) return "";
  const lines = view.waiting.slice(0, linesMax).map((waiting) => `- ${describeWaiting(waiting)}`);
  return `**Why it waits**\n\n${lines.join("\n")}`;
}

/** Its place in the queue and when its turn is expected. */
function renderStanding(view: TaskView): string {
  const standing = view.standing ?? null;
  const expected = view.expectedStart ?? null;
  const lines: string[] = [];
  if (standing !== null) {
    lines.push(
      `- Rank ${standing.rank} of ${count(standing.readyCount, "ready task")}, ranked by ${standing.algorithm} (${modeWords[standing.algorithm]})`,
      `- Score ${toScore(standing.score)}${renderParts(standing.parts)}`,
      `- ${describeBehind(standing)}`,
    );
  }
  const wait = view.wait ?? null;
  if (wait !== null && wait.before !== null) lines.push(`- ${describeStarving(wait, wait.before)}`);
  if (expected !== null) {
    const sooner = describeSooner(wait, expected);
    lines.push(`- Expected to start about ${describeInstant(expected)}, if all goes as estimated${sooner}`);
  }
  return lines.length === 0 ? "" : `**Where it stands**\n\n${lines.join("\n")}`;
}

function describeStarving(wait: Wait, before: number): string {
  const others = before === 0 ? "for longer than any other" : `and ${count(before, "starving task")} for longer`;
  return `Starving: it has been ready for ${describeSpan(wait.waitedMs)}, ${others}; ${startsOfStarving(wait)}, whatever the mode`;
}

/** The estimate goes by the mode alone. */
function describeSooner(wait: Wait | null, expected: number): string {
  if (wait === null || wait.starvesAt >= expected) return "";
  if (wait.before !== null) return "; sooner where it is started because it is starving";
  return `; sooner where it is starving by then, from ${describeInstant(wait.starvesAt)} on: ${startsOfStarving(wait)}`;
}

function startsOfStarving({ everyNthStart }: Wait): string {
  const starts = everyNthStart === 1 ? "every start" : `one start in ${everyNthStart}`;
  return `${starts} is offered to the longest wait first`;
}

function describeBehind({ impact, tailMinutes }: Standing): string {
  const waits =
    impact.transitive === 0
      ? "Nothing waits for it"
      : `${count(impact.direct, "task")} wait for it directly, ${impact.transitive} in all`;
  return `${waits}; the longest way on from it takes ${describeMinutes(tailMinutes)}`;
}

function renderParts(parts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(parts).map(([name, value]) => `${escapeText(name)} ${toScore(value)}`);
  return shown.length === 0 ? "" : `: ${shown.join(", ")}`;
}

function renderBlockers(view: TaskView): string {
  if (view.blockers.length === 0) return "It depends on nothing.";
  const open = view.blockers.filter((blocker) => blocker.isOpen).length;
  const lines = view.blockers.slice(0, linesMax).map((blocker) => `- ${describeBlocker(blocker)}`);
  if (view.blockers.length > linesMax) lines.push(`- and ${view.blockers.length - linesMax} more`);
  return `**Depends on ${count(view.blockers.length, "issue")}, ${open} open**\n\n${lines.join("\n")}`;
}

/** What the ranking goes by, and whether a person or the issue said so. */
function renderInputs(view: TaskView): string {
  const { task } = view;
  const priority = task.priorityOverride ?? task.definition.priority;
  const estimate = task.estimateOverride ?? task.definition.estimateMinutes;
  const learned = task.definition.learnedMinutes;
  const lines = [
    `- ${describePriority(priority)}${task.priorityOverride === null ? "" : ", by command"}`,
    ...describeInherited(view.inheritedPriority ?? null),
    estimate === null
      ? describeUnestimated(learned)
      : `- estimated at ${describeMinutes(estimate)}${task.estimateOverride === null ? "" : ", by command"}`,
  ];
  if (task.assignTo !== null) lines.push(describeTarget(task.assignTo));
  else if (task.definition.pinnedAgent !== null)
    lines.push(`- pinned to ${toCode(task.definition.pinnedAgent)} by a label`);
  return `**What the ranking goes by**\n\n${lines.join("\n")}`;
}

function describeTarget({ worker, agent, reason }: NonNullable<TaskView["task"]["assignTo"]>): string {
  const target = toCode(worker ?? agent);
  return reason === undefined
    ? `- asked for ${target}`
    : `- moved to ${target} to balance the agents: ${escapeText(reason)}`;
}

function describeUnestimated(learned: number | null): string {
  if (learned === null) return "- no estimate, so 30 min is assumed";
  return `- no estimate, but tasks of its kind have taken about ${describeMinutes(learned)}`;
}

function describeInherited(priority: Priority | null): readonly string[] {
  return priority === null ? [] : [`- takes over ${describePriority(priority)} from what waits for it`];
}

function renderAssignment(view: TaskView): string {
  const reasons = view.reasons ?? null;
  if (reasons === null) return "";
  const { assignment, attempts } = view.task;
  const holder = assignment ?? attempts.at(-1) ?? null;
  const who = holder === null ? "a worker" : `${escapeText(agentName(view, holder.agent))} (${toCode(holder.worker)})`;
  const lines = [
    `- ${describeRank(reasons)}`,
    `- Score ${toScore(reasons.score)}${renderParts(reasons.parts)}`,
    `- Suits it with ${toScore(reasons.match)}${renderParts(reasons.matchParts)}`,
    ...(reasons.note === null ? [] : [`- ${escapeText(reasons.note)}`]),
    ...describeRejected(reasons),
    ...describeLeft(view),
  ];
  return `**Why ${who}**\n\n${lines.join("\n")}`;
}

/** It ends as any other; what comes after it is another agent's. */
function describeLeft({ agentLeft = null }: TaskView): readonly string[] {
  if (agentLeft === null) return [];
  const which = agentLeft === 1 ? "its last session" : `one of the ${agentLeft} sessions that it has left`;
  return [
    `- Its agent was taken out since, or is another system by now, and gets no new work as it was: this is ${which}, looked after to its end`,
  ];
}

/** A starving task was not started for its rank, nor one of a swarm. */
function describeRank({ rank, readyCount, algorithm, starvedMs, swarm }: AssignmentReasons): string {
  const among = count(readyCount, "ready task");
  const mode = `ranked by ${algorithm} (${modeWords[algorithm]})`;
  if (swarm !== undefined) {
    return `Started for the swarm of #${swarm}, whatever its rank among ${among}, ${mode}`;
  }
  if (starvedMs === undefined) return `Rank ${rank} of ${among}, ${mode}`;
  return `Started because it was starving after ${describeSpan(starvedMs)}, whatever its rank among ${among}, ${mode}`;
}

function describeRejected(reasons: AssignmentReasons): readonly string[] {
  const best = reasons.rejected.map((candidate) => {
    const score = candidate.score === null ? "" : ` (score ${toScore(candidate.score)})`;
    return `- Not ${toCode(candidate.worker)}${score}: ${describeReason(candidate.code)}`;
  });
  const counts = Object.entries(reasons.rejectedCount).filter(([, amount]) => amount > 0);
  if (counts.length === 0) return best;
  const summary = counts.map(([code, amount]) => `${amount} × ${escapeText(code.replaceAll("_", " "))}`);
  return [...best, `- Candidates not taken: ${summary.join(", ")}`];
}

function renderProblems(view: TaskView): string {
  return view.task.definition.problems
    .slice(0, linesMax)
    .map((problem) => `⚠️ ${escapeText(problem, 400)}`)
    .join("\n\n");
}

function toScore(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}
