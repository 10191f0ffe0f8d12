/** When the backlog is done if it goes on like this: by the pace of the last day, and no sooner than its longest chain. */
import type { Context } from "../model/context.ts";
import type { State } from "../state/state.ts";

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

export interface Forecast {
  readonly open: number;
  /** Tasks completed in the last 24 hours. */
  readonly completed: number;
  /** The hours that the pace is taken over: fewer than 24 where work began later. */
  readonly hours: number;
  /** Epoch milliseconds, a whole hour; null where nothing was completed, or nothing is open. */
  readonly doneAt: number | null;
}

/** Reads the figures of the last day. An estimate for people, never a decision. */
export function forecastOf(state: State, { now }: Pick<Context, "now">): Forecast {
  const since = now - dayMs;
  let completed = 0;
  let first = now;
  for (const { at } of state.completions.since(since)) {
    completed += 1;
    first = Math.min(first, at);
  }
  for (const { at } of state.starts.since(since)) first = Math.min(first, at);
  const hours = Math.min(24, Math.max(1, (now - first) / hourMs));
  const open = state.openCount;
  const isKnown = completed > 0 && open > 0;
  const doneAt = isKnown ? Math.ceil((now + (open / (completed / hours)) * hourMs) / hourMs) * hourMs : null;
  return { open, completed, hours, doneAt };
}
