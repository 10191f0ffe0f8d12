/** What each mode makes of a backlog, as a table for people. */
import type { Comparison } from "../model/plan.ts";
import { renderTable, type Cell } from "./plan-table.ts";

/** The table with what no order can beat above it; ends without a line break. */
export function renderComparison(comparison: Comparison): string {
  const { tasks, capacity, workMinutes, criticalPathMinutes, lowerBoundMinutes } = comparison;
  const rows = comparison.modes.map((each): readonly Cell[] => [
    each.mode,
    whole(each.makespanMinutes),
    each.ratio,
    each.meanUnblockedMinutes === null ? "-" : whole(each.meanUnblockedMinutes),
    each.meanCompletedMinutes === null ? "-" : whole(each.meanCompletedMinutes),
  ]);
  return [
    `${tasks} tasks, ${whole(workMinutes)} minutes of work, ${capacity} at a time, critical path ${whole(criticalPathMinutes)} minutes.`,
    `No order is done before minute ${whole(lowerBoundMinutes)}: the longer of the critical path and the work shared by all.`,
    "",
    ...renderTable(["mode", "done at", "of bound", "mean until unblocked", "mean until done"], rows),
  ].join("\n");
}

function whole(minutes: number): number {
  return Math.round(minutes);
}
