/** A task that is split: the pieces that are proposed for it, and what became of them. */
import type { TaskId } from "./ids.ts";

/** One part of a task. In force it is an issue of its own. */
export interface Piece {
  readonly title: string;
  /** Its own part of the text, which names nobody and commands nothing; empty where the title says it all. */
  readonly text: string;
  /** What it is estimated at; null: nobody can say. */
  readonly minutes: number | null;
  /** Positions, from 0, of the pieces that it comes after; ascending, never in a circle. */
  readonly after: readonly number[];
}

/** What of the text the pieces are. */
export type PieceSource = "checklist" | "steps" | "sections" | "criteria";

/** How much there is to a text, and why: sentences without an end. */
export interface Complexity {
  readonly level: "low" | "medium" | "high";
  readonly reasons: readonly string[];
}

export interface Proposal {
  /** Of the text that it was read from: no other one is split by it. */
  readonly hash: string;
  readonly source: PieceSource;
  readonly pieces: readonly Piece[];
  readonly complexity: Complexity;
  /** The number of the milestone, where the issue has one. */
  readonly milestone: number | null;
}

/** The issue of a piece. */
export interface OpenedPiece {
  readonly issue: number;
  readonly id: TaskId;
}

/** proposed: waits for approval. opening: approved, and not every piece is there and seen below its parent. open: all are. */
export type SplitPhase = "proposed" | "opening" | "open";

/** Which piece of which task: what an issue of ours was made for. `hash` is the beginning of the proposal's. */
export interface PieceName {
  readonly task: TaskId;
  readonly hash: string;
  /** From 0. */
  readonly piece: number;
}

/** What happens to a task that is split. */
export type SplitEvent =
  /** Pieces were read from its text; they wait for approval, and nothing starts on it meanwhile. Replaces an earlier proposal. */
  | { readonly type: "SplitProposed"; readonly task: TaskId; readonly by: string; readonly proposal: Proposal }
  | { readonly type: "SplitWithdrawn"; readonly task: TaskId; readonly by: string }
  /** An issue is opened for each piece, once; said again, for those that could not be opened. */
  | { readonly type: "SplitApproved"; readonly task: TaskId; readonly by: string }
  /** The issue of a piece is there, below its parent. `piece` is its position, from 0. */
  | ({ readonly type: "PieceOpened"; readonly task: TaskId; readonly piece: number } & OpenedPiece)
  /** Every piece is there and seen: from here on the issue is a parent like any other. */
  | { readonly type: "SplitSettled"; readonly task: TaskId };
