/** Patterns of the configuration: after so many merged tasks of a kind an issue is asked for, once for each such series. */
import { effectKey } from "../model/effect.ts";
import type { Decision } from "./decision.ts";
import { isEnded } from "../state/readiness.ts";
import type { PatternRecord } from "../state/records.ts";
import type { State } from "../state/state.ts";
import { isAtRest } from "./stock.ts";

/** Work in proportion to the patterns. While the issue of an earlier series is open, merged tasks are counted and nothing is asked for. */
export function decidePatterns(decision: Decision): void {
  if (isAtRest(decision.state)) return;
  for (const { id, merged } of decision.context.config.patterns) {
    const record = decision.state.patterns.get(id);
    if (record === undefined || record.merged < merged || isSeriesOpen(decision.state, id, record)) continue;
    decision.emit({ type: "PatternMatched", pattern: id, series: record.series + 1 });
  }
}

/** It is still to be created, or created and not done. */
function isSeriesOpen(state: State, pattern: string, record: PatternRecord): boolean {
  if (record.series === 0) return false;
  if (state.outboxKeys.has(effectKey({ type: "CreateIssue", pattern, series: record.series }))) return true;
  const id = record.issue === undefined ? undefined : state.numbers.get(record.issue);
  const task = id === undefined ? undefined : state.tasks.get(id);
  return task !== undefined && !isEnded(task);
}
