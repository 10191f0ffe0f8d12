/** How events change what the warnings are judged by: how long slots were taken, since when all of them are, when it was judged. */
import { defaultConfig, type Config } from "../model/config.ts";
import { takesItself } from "../model/config-agent.ts";
import type { EventOf } from "../model/event.ts";
import { slotCountsOf } from "../state/capacity.ts";
import { configOf } from "../state/config-in-force.ts";
import type { State } from "../state/state.ts";

/** The commands that only a pass with a tick has; a tick that decided nothing leaves no entry of its own. */
const withTick: ReadonlySet<string> = new Set(["Tick", "Schedule", "LeaseEffects"]);

/** Whether an entry of `command` is that of a pass. */
export function isOfPass(command: string): boolean {
  return withTick.has(command);
}

/**
 * After an entry of a pass. Whether workers are free is noted when their work has been handed out: a slot that a run has
 * freed and that the next pass fills again was never idle.
 */
export function notePassEnd(state: State, command: string): void {
  state.watch = { ...state.watch, tickedAt: state.at };
  if (command === "Tick") return;
  const fullSince = isFull(state, configOf(state, defaultConfig).agents) ? (state.watch.fullSince ?? state.at) : null;
  state.watch = { ...state.watch, fullSince };
}

/** Every slot that work is given to and that is not out of use is taken, and there is at least one. */
export function isFull(state: State, agents: Config["agents"]): boolean {
  let busy = 0;
  for (const agent of agents) {
    if (takesItself(agent)) continue;
    const counts = slotCountsOf(state, agent);
    if (counts.free > 0) return false;
    busy += counts.busy;
  }
  return busy > 0;
}

export function foldStockTaken(state: State): void {
  const { isStockDue: _isOver, ...watch } = state.watch;
  state.watch = watch;
}

export function foldCursorMoved(state: State, { cursor, wholeAt }: EventOf<"CursorMoved">): void {
  state.watch = { ...state.watch, readUpTo: { cursor, wholeAt } };
}
