/**
 * After a restore from a backup nothing is begun before everything was looked at once and decided on the restored state, whoever says
 * `resume` meanwhile: what the backup shows as open may long be done.
 */
import type { Command } from "../model/command.ts";
import type { Decision } from "./decision.ts";
import type { State } from "../state/state.ts";

/** Whether the state was restored and nobody has looked at everything since. */
export function isStockDue({ watch }: Pick<State, "watch">): boolean {
  return watch.isStockDue === true;
}

/** Whether nothing new may begin: no start, no merge, no issue of a pattern. */
export function isAtRest(state: Pick<State, "isPaused" | "watch">): boolean {
  return state.isPaused || isStockDue(state);
}

/** A look that began before the restore has not seen what this state asks for. */
export function decideStock(decision: Decision, command: Extract<Command, { readonly type: "TakeStock" }>): void {
  const { state } = decision;
  if (isStockDue(state) && state.watch.restoredAt === command.restoredAt) decision.emit({ type: "StockTaken" });
}
