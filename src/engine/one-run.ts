/** One run that starts, catches up, decides, acts and ends: what it leaves behind. */
import type { Context } from "../core/context.ts";
import type { State } from "../core/state.ts";
import type { Event } from "../model/event.ts";

export interface RunResult {
  readonly state: State;
  readonly context: Context;
  /** What this run has appended. */
  readonly events: readonly Event[];
  /** False: out of time, the next run goes on. */
  readonly isComplete: boolean;
  /** When something is due next by itself, epoch milliseconds. */
  readonly nextDueAt: number | null;
}
