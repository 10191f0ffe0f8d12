/** The rules by which a retrospective says what went well and what to do better. */
import type { AgentPart, Improvement, LookBack, Success } from "../model/retrospective.ts";
import type { FailureReason } from "../model/task.ts";

/** The same failure so often is no accident. */
const sameFailureMin = 2;
/** Work that was sent back so often, all tasks together, was not said clearly. */
const sentBackMin = 2;
/** Off by more than this many times is worth a word. */
const offFactor = 2;
/** So many attempts at one task, and it was too large or too vague. */
const manyAttempts = 3;
/** An agent that failed less often says nothing. */
const failingMin = 2;
/** Where nobody else took part: more than this share of its attempts. */
const failingShare = 0.5;

/** What is said only where it holds for half of the tasks at least. */
export function judgeSuccesses(tasks: readonly LookBack[]): readonly Success[] {
  const worked = tasks.filter(({ attempts }) => attempts > 0);
  if (worked.length === 0) return [];
  const first = worked.filter(({ attempts, failures }) => attempts === 1 && failures.length === 0).length;
  const estimated = worked.filter(({ estimateMinutes }) => estimateMinutes !== null);
  const onTime = estimated.filter(({ minutes, estimateMinutes }) => minutes <= (estimateMinutes ?? 0)).length;
  const hasFailed = worked.some(({ failures }) => failures.length > 0);
  const wasSentBack = worked.some(({ sentBack }) => sentBack > 0);
  const attempts = worked.reduce((sum, task) => sum + task.attempts, 0);
  const found: (Success | false)[] = [
    2 * first >= worked.length && { code: "first_attempt", count: first, of: worked.length },
    !hasFailed && { code: "no_failure", attempts },
    estimated.length > 0 && 2 * onTime >= estimated.length && { code: "on_time", count: onTime, of: estimated.length },
    !wasSentBack && { code: "not_sent_back", tasks: worked.length },
  ];
  return found.filter((each) => each !== false);
}

/** The most telling first. */
export function judgeImprovements(tasks: readonly LookBack[], agents: readonly AgentPart[]): readonly Improvement[] {
  return [
    ...sameFailures(tasks),
    ...failingAgents(agents),
    ...sentBack(tasks),
    ...ofTasks(
      "many_attempts",
      tasks.filter(({ attempts }) => attempts >= manyAttempts),
    ),
    ...ofTasks(
      "underestimated",
      tasks.filter((task) => factorOf(task) > offFactor),
    ),
    ...ofTasks(
      "overestimated",
      tasks.filter((task) => factorOf(task) < 1 / offFactor),
    ),
  ];
}

function ofTasks(
  code: "many_attempts" | "underestimated" | "overestimated",
  tasks: readonly LookBack[],
): readonly Improvement[] {
  return tasks.length === 0 ? [] : [{ code, tasks: referencesOf(tasks) }];
}

function referencesOf(tasks: readonly LookBack[]): readonly string[] {
  return tasks.map(({ reference }) => reference);
}

/** How many times its estimate the task took; 1 where nobody can say. */
function factorOf({ minutes, estimateMinutes }: LookBack): number {
  return estimateMinutes === null || estimateMinutes <= 0 || minutes <= 0 ? 1 : minutes / estimateMinutes;
}

function sameFailures(tasks: readonly LookBack[]): readonly Improvement[] {
  const byReason = new Map<FailureReason, { times: number; readonly tasks: LookBack[] }>();
  for (const task of tasks) {
    for (const { reason, times } of task.failures) {
      const known = byReason.get(reason) ?? { times: 0, tasks: [] };
      known.times += times;
      known.tasks.push(task);
      byReason.set(reason, known);
    }
  }
  return [...byReason]
    .filter(([, { times }]) => times >= sameFailureMin)
    .toSorted(([one, a], [other, b]) => b.times - a.times || (one < other ? -1 : 1))
    .map(([reason, { times, tasks: its }]) => ({ code: "same_failure", reason, times, tasks: referencesOf(its) }));
}

/** An agent that failed more often than the others together, each by the share of its attempts. */
function failingAgents(agents: readonly AgentPart[]): readonly Improvement[] {
  return agents.flatMap(({ agent, attempts, failed }): readonly Improvement[] => {
    if (failed < failingMin) return [];
    const others = agents.filter((other) => other.agent !== agent);
    const tried = others.reduce((sum, other) => sum + other.attempts, 0);
    const lost = others.reduce((sum, other) => sum + other.failed, 0);
    const bound = tried === 0 ? failingShare : lost / tried;
    return failed / attempts > bound ? [{ code: "failing_agent", agent, failed, attempts }] : [];
  });
}

function sentBack(tasks: readonly LookBack[]): readonly Improvement[] {
  const those = tasks.filter((task) => task.sentBack > 0);
  const times = those.reduce((sum, task) => sum + task.sentBack, 0);
  return times < sentBackMin ? [] : [{ code: "sent_back", times, tasks: referencesOf(those) }];
}
