/** The open tasks of each milestone and what they need, found by looking at every task: what the core's index has to say. */
import type { State } from "../../src/state/state.ts";

/** What is wrong with the index. */
export function wrongMilestones(state: State): readonly string[] {
  const titles = ["M", "None such", ...state.milestones.keys()];
  return titles.flatMap((title) => {
    const work = state.milestoneTasks.workOf(title, state.tasks, state.numbering.size);
    const found = JSON.stringify([[...work.numbers].toSorted((one, other) => one - other), work.minutes]);
    const wanted = JSON.stringify(slowWork(state, title));
    return found === wanted ? [] : [`milestone ${title} has the work ${found}, and it is ${wanted}`];
  });
}

function slowWork(state: State, title: string): readonly [numbers: readonly number[], minutes: number] {
  const numbers: number[] = [];
  let minutes = 0;
  for (const [id, { definition, receipt, outcome, estimateOverride }] of state.tasks.entries()) {
    if (definition.milestone !== title || receipt !== null || outcome !== null) continue;
    numbers.push(state.numbering.find(id));
    const own = estimateOverride ?? definition.estimateMinutes ?? definition.learnedMinutes ?? 30;
    minutes += definition.isContainer ? 0 : own;
  }
  return [numbers.toSorted((one, other) => one - other), minutes];
}
