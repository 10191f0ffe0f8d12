/**
 * A stretch of changes that is kept or taken back as a whole. Decisions fold their events into the state itself, so that each sees what
 * the one before it has done, and nothing is folded twice; what is not written to the log in the end is taken back.
 */
import { settleReach } from "./reach.ts";
import type { State } from "./state.ts";
import { copyValues } from "./state-values.ts";
import type { Undoable } from "./undo.ts";

/** Begins a stretch and returns its mark. Stretches lie within each other; each is ended, by `keep` or by `takeBack`. */
export function begin(state: State): number {
  if (!state.undo.isOn) tidy(state);
  const { undo, marks } = state;
  const saved = copyValues(state, marks[undo.depth]);
  marks[undo.depth] = saved;
  const mark = undo.mark();
  undo.note(values, state, saved);
  return mark;
}

/** What only follows from the state is brought up to date first, where nothing has to be noted for it. */
function tidy(state: State): void {
  settleReach(state);
  for (const ring of [state.starts, state.ends, state.completions, state.readings]) ring.compact();
}

/** Ends the stretch: its changes stay. */
export function keep(state: State): void {
  state.undo.keep();
}

/** Ends the stretch: the state is as it was at its mark. */
export function takeBack(state: State, mark: number): void {
  state.undo.takeBack(mark);
}

/**
 * Ends the outermost stretch: the state is as it was before it. Returns what brings the changes in force again, once, as long as
 * nothing else has changed the state.
 */
export function suspend(state: State): () => void {
  // What was saved is not over with the mark.
  state.marks.length = 0;
  return state.undo.suspend();
}

/** What `look` sees in the state as it was before the outermost stretch; as it is, outside of any. It must change nothing. */
export function lookBefore<Seen>(state: State, look: (state: State) => Seen): Seen {
  return state.undo.isOn ? state.undo.before(() => look(state)) : look(state);
}

/** The values of a state that are no collections, as one thing that can be put back; its key is the state. */
const values: Undoable = {
  exchange(state: State, saved: ReturnType<typeof copyValues>) {
    const now = copyValues(state);
    Object.assign(state, saved);
    return now;
  },
};
