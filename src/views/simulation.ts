/** The answer to `/orchestrate simulate`: what each mode makes of the open tasks, and what another one than that in force would save. */
import type { Mode } from "../model/mode.ts";
import type { Comparison, ModeFigures } from "../model/plan.ts";
import { renderTable } from "./markdown.ts";
import { count, describeMinutes } from "./words.ts";

export interface SimulationView {
  /** The mode in force. */
  readonly mode: Mode;
  readonly comparison: Comparison;
  readonly openCount: number;
  /** Open tasks that wait for a person, for something outside, or in a circle; null where not all were looked at. */
  readonly leftOut: number | null;
  /** Somebody may be given work now. */
  readonly hasWorkers: boolean;
  /** Somebody asked for this mode alone: it is measured against the one in force, and nothing is said of others. */
  readonly only?: Mode | null;
}

/** Less is no news: estimates are not as good as that. */
const newsMinutes = 1;

/** Markdown; the same figures give the same text. */
export function renderSimulation(view: SimulationView): string {
  if (view.comparison.tasks === 0) {
    return view.openCount === 0
      ? "Nothing is open, so every mode is done already."
      : `Nothing can be played through: ${describeLeftOut(view.openCount)}`;
  }
  return [
    describeWork(view),
    renderFigures(view),
    describeBest(view),
    "An estimate: every task takes as long as it was estimated, or as tasks of its kind have taken, all workers are alike, merges take no time, and caps are left aside. Nothing was started or changed.",
  ].join("\n\n");
}

function describeWork({ comparison, openCount, leftOut, hasWorkers }: SimulationView): string {
  const { tasks, capacity, workMinutes, criticalPathMinutes, lowerBoundMinutes } = comparison;
  const workers = hasWorkers
    ? count(capacity, "worker")
    : `${count(capacity, "worker")} (as if: there is none that may be given work now)`;
  const bound =
    `**No order is done sooner than in ${describeMinutes(lowerBoundMinutes)}**: ` +
    `${describeMinutes(workMinutes)} of work are shared by ${workers}, and the critical path takes ${describeMinutes(criticalPathMinutes)}.`;
  if (leftOut === null) {
    return `Played through ${count(tasks, "task")} of ${openCount} that are open: what runs, the first of the order, and what waits for these. ${bound}`;
  }
  const rest = leftOut === 0 ? "" : ` ${describeLeftOut(leftOut)}`;
  return `Played through ${count(tasks, "open task")}.${rest} ${bound}`;
}

function describeLeftOut(amount: number): string {
  const [verb, wait] = amount === 1 ? ["is", "waits"] : ["are", "wait"];
  return `${count(amount, "open task")} ${verb} left out, because ${amount === 1 ? "it" : "they"} ${wait} for a person, for something outside, or in a circle.`;
}

function renderFigures({ mode: inForce, comparison }: SimulationView): string {
  const rows = comparison.modes.map((figures) => [
    figures.mode === inForce ? `**${figures.mode}** (in force)` : figures.mode,
    describeMinutes(figures.makespanMinutes),
    `${toHundredths(figures.ratio)} ×`,
    describeMean(figures.meanUnblockedMinutes),
    describeMean(figures.meanCompletedMinutes),
  ]);
  return renderTable(
    [
      "Mode",
      "All is done in",
      "Of the lower bound",
      "A waiting task can start after, on average",
      "A task is done after, on average",
    ],
    rows,
  );
}

function describeMean(minutes: number | null): string {
  return minutes === null ? "" : describeMinutes(minutes);
}

/** First by when all is done, then by how soon tasks are done on the way there. */
function describeBest({ mode: inForce, only = null, comparison: { modes } }: SimulationView): string {
  const current = modes.find(({ mode }) => mode === inForce);
  if (only !== null)
    return describeOne(
      modes.find(({ mode }) => mode === only),
      current,
    );
  const soonest = Math.min(...modes.map(({ makespanMinutes }) => makespanMinutes));
  const best = soonestOnAverage(modes.filter(({ makespanMinutes }) => makespanMinutes === soonest));
  if (current === undefined || best === null) return "";
  const saved = current.makespanMinutes - best.makespanMinutes;
  if (saved >= newsMinutes) {
    return `With \`/orchestrate mode ${best.mode}\` all is done ${describeMinutes(saved)} sooner than in mode ${inForce}, which is in force.`;
  }
  const asFast = modes.filter(({ makespanMinutes }) => makespanMinutes < current.makespanMinutes + newsMinutes);
  const sooner = soonestOnAverage(asFast);
  const earlier = (current.meanCompletedMinutes ?? 0) - (sooner?.meanCompletedMinutes ?? 0);
  const none = `No mode is done sooner than ${inForce}, which is in force.`;
  if (sooner === null || earlier < newsMinutes) return none;
  return `${none} With \`/orchestrate mode ${sooner.mode}\` a task is done ${describeMinutes(earlier)} sooner on average.`;
}

function describeOne(asked: ModeFigures | undefined, current: ModeFigures | undefined): string {
  if (asked === undefined || current === undefined) return "";
  if (asked === current) return `Mode ${asked.mode} is the one in force.`;
  const all = describeDifference(current.makespanMinutes - asked.makespanMinutes);
  const each = describeDifference((current.meanCompletedMinutes ?? 0) - (asked.meanCompletedMinutes ?? 0));
  const onAverage = each === null ? "" : ` A task is done ${each} on average.`;
  return `With \`/orchestrate mode ${asked.mode}\` all is done ${all === null ? "as soon as" : `${all} than`} in mode ${current.mode}, which is in force.${onAverage}`;
}

/** Null: it makes no difference that estimates could tell. */
function describeDifference(savedMinutes: number): string | null {
  if (Math.abs(savedMinutes) < newsMinutes) return null;
  return `${describeMinutes(Math.abs(savedMinutes))} ${savedMinutes > 0 ? "sooner" : "later"}`;
}

/** With which a task is done soonest on average; of equal ones the first. */
function soonestOnAverage(modes: readonly ModeFigures[]): ModeFigures | null {
  let best: ModeFigures | null = null;
  for (const figures of modes) {
    if (best === null || (figures.meanCompletedMinutes ?? 0) < (best.meanCompletedMinutes ?? 0)) best = figures;
  }
  return best;
}

function toHundredths(value: number): string {
  return String(Math.round(value * 100) / 100);
}
