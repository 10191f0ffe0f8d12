/** Merges that we ask for ourselves, and what keeps them waiting. */
import type { TaskId } from "./ids.ts";

/** A merge that was asked for. */
export interface MergeAsked {
  readonly pull: number;
  readonly sha: string;
  readonly at: number;
  /** What it changes; missing where that is not known, which may be everything. */
  readonly files?: readonly string[];
  /** By GitHub's merge queue; missing: at once. */
  readonly way?: "queue";
  /** The branch is brought up to date with its base first: what is merged is the commit that GitHub makes of this one. */
  readonly isBehind?: true;
  /** A review that GitHub asks for was missing then. */
  readonly isUnreviewed?: true;
  /** It is on its way no more: GitHub refused it, it was not wanted any more when its turn came, or the merge queue gave it back. */
  readonly over?: "refused" | "withdrawn" | "returned";
}

/** Why a merge that could be asked for is not asked for yet. */
export interface MergeWait {
  /** What has to be merged first; the task itself where a person has to tick its criteria. */
  readonly on: TaskId;
  /**
   * The task depends on it, or its merge is on its way and changes the same file; or branches have to be up to date, and only one at a
   * time is: every merge puts all others behind. Or its acceptance criteria are not ticked.
   */
  readonly why: "blocker" | "overlap" | "turn" | "criteria";
  /** One that both change; null where nobody can say. */
  readonly file: string | null;
}
