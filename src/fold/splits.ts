/** How the split of a task changes the state: proposed, approved, opened piece by piece, settled; and forgotten when the task ends. */
import type { EventOf } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { SplitRecord } from "../state/records.ts";
import { ownTask, type State } from "../state/state.ts";

export function foldSplitProposed(state: State, { task, by, proposal }: EventOf<"SplitProposed">): void {
  const opened = proposal.pieces.map(() => null);
  state.splits.set(task, { proposal, by, at: state.at, approvedBy: null, opened, openedAt: null, refused: [] });
  ownTask(state, task).split = "proposed";
}

export function foldSplitWithdrawn(state: State, { task }: EventOf<"SplitWithdrawn">): void {
  forgetSplit(state, task);
}

export function foldSplitApproved(state: State, { task, by }: EventOf<"SplitApproved">): void {
  change(state, task, { approvedBy: by, refused: [] });
  ownTask(state, task).split = "opening";
}

export function foldPieceOpened(state: State, { task, piece, issue, id }: EventOf<"PieceOpened">): void {
  const opened = state.splits.get(task)?.opened.map((known, at) => (at === piece ? { issue, id } : known)) ?? [];
  change(state, task, { opened, openedAt: state.at });
}

/** The issues have the texts now. */
export function foldSplitSettled(state: State, { task }: EventOf<"SplitSettled">): void {
  const record = state.splits.get(task);
  if (record === undefined) return;
  const pieces = record.proposal.pieces.map((piece) => ({ ...piece, text: "" }));
  change(state, task, { proposal: { ...record.proposal, pieces } });
  ownTask(state, task).split = "open";
}

/** GitHub will not take the piece. */
export function notePieceRefused(state: State, task: TaskId, piece: number): void {
  const record = state.splits.get(task);
  if (record !== undefined) change(state, task, { refused: [...new Set([...record.refused, piece])] });
}

/** It has ended, or is work as a whole again: its issues, where there are any, stand for themselves. */
export function forgetSplit(state: State, id: TaskId): void {
  if (!state.splits.has(id)) return;
  state.splits.delete(id);
  const task = state.tasks.own(id);
  if (task !== undefined) task.split = null;
}

function change(state: State, task: TaskId, to: Partial<SplitRecord>): void {
  const record = state.splits.get(task);
  if (record !== undefined) state.splits.set(task, { ...record, ...to });
}
