/**
 * Milestones whose open tasks cannot be done by their due date, told once when that is so and once when it has passed. Judged every `alerts.every`,
 * by the tasks of milestones that have a due date: the backlog is not walked for it.
 */
import type { Task } from "../model/task.ts";
import { milestoneSubject, warningKey, type Warning } from "../model/warning.ts";
import type { Context } from "../model/context.ts";
import type { Decision } from "./decision.ts";
import { clear, raise } from "./decide-warnings.ts";
import { countOf, instantOf, isAbove, type Finding } from "./finding.ts";
import { deadlinesMax } from "../model/limits.ts";
import { openSurvey, outlookOf, type Chain, type MilestoneOutlook, type Survey } from "./milestone-outlook.ts";
import { modeInForce } from "./rank-ready.ts";
import { priorityOf } from "../state/reach.ts";
import { isActive, isEnded } from "../state/readiness.ts";
import type { MilestoneSpan } from "../state/records.ts";
import { numbersOfWaiters, type State } from "../state/state.ts";

/** So many tasks are named in a list. */
const namedMax = 5;
/** A later date tells nobody more, and a calendar ends somewhere. */
const foreseenMs = 100 * 365 * 24 * 60 * 60_000;
/** From this priority on a task can be done without for a while. */
const lowPriority = 4;

/** Brings the warnings to what is so now, where it is time to. */
export function decideDeadlines(decision: Decision): void {
  const { state, context } = decision;
  const open = openDeadlines(state);
  if (state.milestones.size === 0) state.milestoneTasks.rest();
  if ((state.milestones.size === 0 && open.length === 0) || !isTime(decision)) return;
  const found = deadlinesAtRisk(state, context);
  const keys = new Set(found.map(warningKey));
  for (const warning of open) if (!keys.has(warningKey(warning))) clear(decision, warning.code, warning.subject);
  for (const { words, ...finding } of found) {
    const known = state.warnings.get(warningKey(finding));
    if (known?.severity !== finding.severity) raise(decision, { ...finding, ...words() });
  }
}

function openDeadlines(state: State): readonly Warning[] {
  if (state.warnings.size === 0) return [];
  const open = [...state.warnings.entries()].filter(([, { code }]) => code === "deadline");
  return open.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, warning]) => warning);
}

/** No pass of this stretch of `alerts.every` has left an entry; see `isJudged`. */
function isTime({ state, context: { now, config } }: Decision): boolean {
  const { every } = config.alerts;
  return Math.floor(now / every) !== Math.floor(state.watch.tickedAt / every);
}

/** By due date; of those to come the first `deadlinesMax` alone are looked at. */
function deadlinesAtRisk(state: State, context: Context): readonly Finding[] {
  const survey = openSurvey(state, context);
  const found: Finding[] = [];
  let looked = 0;
  for (const [milestone, span] of byDueDate(state)) {
    if (looked >= deadlinesMax) break;
    const outlook = outlookOf(survey, milestone);
    if (outlook === null) continue;
    looked += 1;
    const finding = judge(survey, { milestone, span, outlook });
    if (finding !== null) found.push(finding);
  }
  return found;
}

function byDueDate({ milestones }: State): readonly (readonly [string, MilestoneSpan])[] {
  return [...milestones.entries()].toSorted(
    ([one, { to }], [other, { to: otherTo }]) => to - otherTo || (one < other ? -1 : 1),
  );
}

interface Case {
  readonly milestone: string;
  readonly span: MilestoneSpan;
  readonly outlook: MilestoneOutlook;
}

/** Null where it can be done in time. Where nobody works on it nobody can say: what was told stays so. */
function judge(survey: Survey, one: Case): Finding | null {
  const { state, context } = survey;
  const subject = milestoneSubject(one.milestone);
  const leftMs = one.span.to - context.now;
  const isOpen = state.warnings.has(warningKey({ code: "deadline", subject }));
  const { needMs } = one.outlook;
  const isOver = leftMs <= 0;
  if (!isOver && !(Number.isFinite(needMs) ? isAbove(needMs, leftMs, isOpen) : isOpen)) return null;
  const words = (): ReturnType<Finding["words"]> => ({
    detail: `${describeDate(one, context.now)}. ${describeDecider(one.outlook)}`,
    suggestion: suggestFor(survey, one),
  });
  return { code: "deadline", subject, severity: isOver ? "critical" : "warning", words };
}

function describeDate({ span, outlook }: Case, now: number): string {
  const due = `It ${span.to <= now ? "was" : "is"} due on ${instantOf(span.to)}`;
  if (!Number.isFinite(outlook.needMs)) return `${due}, and no worker can be given its tasks`;
  return `${due} and is expected to be done about ${instantOf(now + Math.min(outlook.needMs, foreseenMs))}`;
}

/** What of it decides when it is done, with its numbers. */
function describeDecider({ openCount, minutes, workers, chain, pace, decider }: MilestoneOutlook): string {
  const open = `There ${openCount === 1 ? "is" : "are"} ${countOf(openCount, "open task")} with ${hoursOf(minutes)} of work`;
  if (decider === "chain" && chain !== null)
    return `${open}. Their longest chain decides, ${hoursOf(chain.minutes)}: ${namesOf(chain)}.`;
  const by =
    decider === "pace" && pace !== null
      ? `${open}. Its pace decides, ${countOf(pace.completed, "task")} in the last ${hoursOf(pace.hours * 60)}`
      : `${open} for ${countOf(workers, "worker")}, and that decides`;
  return chain === null ? `${by}.` : `${by}; the longest chain takes ${hoursOf(chain.minutes)}: ${namesOf(chain)}.`;
}

function namesOf({ tasks }: Chain): string {
  const more = tasks.length - namedMax;
  const names = tasks.slice(0, namedMax).map(nameOf);
  return `${names.join(", then ")}${more > 0 ? `, then ${more} more` : ""}`;
}

function nameOf({ definition }: Task): string {
  return `#${definition.number}`;
}

/** `40 minutes`, `6 hours`. */
function hoursOf(minutes: number): string {
  return minutes < 120 ? countOf(Math.round(minutes), "minute") : countOf(Math.round(minutes / 60), "hour");
}

function suggestFor({ state, context }: Survey, { outlook }: Case): string {
  const { tasks, decider } = outlook;
  const spare = tasks.filter((task) => isSpare(state, task)).slice(0, namedMax);
  const ways = [
    spare.length === 0
      ? ""
      : `move out what nothing waits for and is of low priority (${spare.map(nameOf).join(", ")})`,
    decider === "chain" ? "split the tasks of the chain" : "add workers (`agents[].capacity`)",
    modeInForce(state, context) === "critical" ? "" : "put the longest chain first with `/orchestrate mode critical`",
    "or move the due date",
  ].filter((way) => way !== "");
  const all = ways.join(", ");
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}.`;
}

/** Not begun, of low priority, and nothing open waits for it. */
function isSpare(state: State, task: Task): boolean {
  if (isActive(task) || task.definition.isContainer || priorityOf(task) < lowPriority) return false;
  return numbersOfWaiters(state, task.id).every((number) => {
    const waiter = state.tasks.at(number);
    return waiter === undefined || isEnded(waiter);
  });
}
