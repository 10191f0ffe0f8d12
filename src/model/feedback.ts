/**
 * What checks and reviewers said of a pull request: as GitHub gave it (`FailureFacts`), and as it is kept and passed on to the
 * next attempt (`Feedback`): bounded, and stripped of secrets.
 */
import type { Actor } from "./actor.ts";

/** A place that a check points at. */
export interface AnnotationFacts {
  readonly path: string;
  readonly line: number | null;
  readonly level: "failure" | "warning" | "notice";
  readonly title: string | null;
  readonly message: string;
}

/** A failing check or status of a commit, word for word. */
export interface CheckFacts {
  readonly name: string;
  /** `failure`, `timed_out`, `cancelled`, `action_required`, `error`, … */
  readonly conclusion: string;
  readonly url: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly AnnotationFacts[];
  /** The end of the job's log; null where the check is no job of Actions, or its log cannot be had. */
  readonly log: string | null;
}

export interface ReviewFacts {
  readonly by: Actor;
  readonly state: "changes_requested" | "commented";
  readonly at: number;
  readonly url: string | null;
  readonly body: string;
  readonly comments: readonly { readonly path: string; readonly line: number | null; readonly body: string }[];
}

/** What there is to say about the head of a pull request of this repository. */
export interface FailureFacts {
  readonly pull: number;
  readonly sha: string;
  /** Failing ones; required ones first, at most as many as logs were asked for. */
  readonly checks: readonly CheckFacts[];
  /** How many more fail. */
  readonly moreChecks: number;
  /** Everybody's, whatever they may do here; oldest first. */
  readonly reviews: readonly ReviewFacts[];
}

export interface CheckFeedback {
  readonly name: string;
  readonly conclusion: string;
  readonly url: string | null;
  /** What it printed where it failed; `path:line: message` for what it points at. */
  readonly lines: readonly string[];
}

export interface ReviewFeedback {
  readonly by: string;
  readonly state: ReviewFacts["state"];
  readonly url: string | null;
  /** The words of the review, then `path:line: words` for each remark on the code. */
  readonly lines: readonly string[];
}

export interface ConflictFeedback {
  /** The base branch. */
  readonly base: string;
  readonly paths: readonly string[];
  /** How many more there are. */
  readonly more: number;
}

export interface Feedback {
  readonly pull: number;
  readonly sha: string;
  readonly checks: readonly CheckFeedback[];
  readonly reviews: readonly ReviewFeedback[];
  /** What was left out: checks beyond the bound, and reviews of people who may not write here. */
  readonly moreChecks: number;
  readonly strangers: number;
  /** What stands in the way of merging the base branch; missing or null: no conflict, or nobody can say where. */
  readonly conflicts?: ConflictFeedback | null;
  /** When the last review that asks for changes, and is in it, was given; null where none is. */
  readonly reviewedAt: number | null;
}
