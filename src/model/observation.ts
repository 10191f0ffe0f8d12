/**
 * What a look at the tracker found: facts with the actors and their permissions, no judgement.
 * Webhooks only say where to look; every decision about an issue is made on one of these.
 */
import type { Actor } from "./actor.ts";
import type { TextFacts } from "./issue-text.ts";
import type { DependencyKind, DependencySource, External, FailureReason } from "./task.ts";
import type { TaskId } from "./ids.ts";
import type { PieceName } from "./split.ts";

export interface BlockerFacts extends External {
  readonly kind: DependencyKind;
  readonly source: DependencySource;
  /** A soft edge for which partial results are enough. */
  readonly partial?: true;
}

export interface PullFacts {
  readonly number: number;
  readonly url: string;
  readonly node: string;
  /** The pull request's own `updatedAt`. */
  readonly updatedAt: number;
  readonly state: "open" | "merged" | "closed";
  readonly isDraft: boolean;
  /** The last review of somebody asks for changes. */
  readonly isObjectedTo?: boolean;
  /** Who asks for changes now, and since when. */
  readonly objections?: readonly { readonly by: Actor; readonly at: number }[];
  readonly branch: string;
  readonly sha: string;
  /** The head is in this repository, not in a fork. */
  readonly isSameRepository: boolean;
  readonly baseIsDefault: boolean;
  readonly author: Actor;
  /** `<!-- orchestrate:task=… attempt=… fence=… -->` in the description; proves nothing alone. */
  readonly marker: { readonly task: TaskId; readonly fence: number } | null;
  /** Issues of this repository that its description closes. */
  readonly closes: readonly TaskId[];
  /** Roll-up of all checks and statuses of the head. */
  readonly checks: "success" | "failure" | "pending" | "none";
  /** Only those that branch protection or a ruleset requires; `none` when nothing is required. */
  readonly requiredChecks: "success" | "failure" | "pending" | "none";
  readonly failedChecks: readonly string[];
  readonly mergeable: "yes" | "conflict" | "unknown";
  /** The paths that it changes; missing or null where nobody asked, or they are too many: it may be every file. */
  readonly files?: readonly string[] | null;
  /** GitHub demands a review that nobody has given yet. */
  readonly isUnreviewed?: boolean;
  /** Its branch lacks commits of its base, and GitHub demands that it has them before it is merged. */
  readonly isBehind?: boolean;
  /** Its base takes merges through a merge queue. */
  readonly hasQueue?: boolean;
  readonly isInQueue?: boolean;
  /** When it was last taken out of the merge queue unmerged, and why; missing or null: never. */
  readonly leftQueue?: { readonly at: number; readonly why: "checks" | "conflict" | "person" } | null;
  readonly mergedBy: Actor | null;
  readonly mergedAt: number | null;
  /** Numbers of merged pull requests that this one reverts (from `Reverts owner/repo#n`). */
  readonly reverts: readonly number[];
}

/** A series of a pattern, a submission by its id, or a piece of a split task. */
export type MadeFor =
  | { readonly pattern: string; readonly series: number }
  | { readonly submission: string }
  | PieceName;

export interface IssueFacts {
  readonly id: TaskId;
  readonly node: string;
  readonly number: number;
  readonly url: string;
  readonly title: string;
  /** sha256 of title and body, hex. */
  readonly hash: string;
  /** What its text says; missing: nobody has read it. */
  readonly text?: TextFacts;
  readonly author: string;
  readonly createdAt: number;
  /** The issue's own `updatedAt`: an older look never overrules a newer one, whichever is decided first. */
  readonly updatedAt: number;
  readonly state: "open" | "closed";
  readonly stateReason: "completed" | "not_planned" | "duplicate" | null;
  readonly closedBy: Actor | null;
  /** A merged pull request of this repository closed it, whoever merged. */
  readonly isClosedByMerge?: true;
  /** Who reopened it last; null when it never was. */
  readonly reopenedBy?: Actor | null;
  readonly labels: readonly string[];
  readonly milestone: {
    readonly title: string;
    readonly labels: readonly string[];
    readonly createdAt?: number;
    /** Null: it has no due date. */
    readonly dueAt?: number | null;
  } | null;
  /** Who put the selecting label on last, and when; null while the issue does not carry it. */
  readonly selectedBy: { readonly actor: Actor; readonly at: number } | null;
  readonly editedBy: Actor | null;
  readonly editedAt: number | null;
  /** Native dependencies and those of the body. Sub-issues are in `children`. */
  readonly blockedBy: readonly BlockerFacts[];
  readonly children: readonly BlockerFacts[];
  /**
   * What it was made for: written by ourselves, with the marker, and never edited since, so that its text is the
   * configuration's, or that of whoever submitted it.
   */
  readonly madeFor?: MadeFor | null | undefined;
  /** Our own sticky comment, found by its marker and our authorship. */
  readonly sticky: string | null;
}

export interface Observation {
  /** True when every open issue that is selected was read: what is not in it is gone. */
  readonly isComplete: boolean;
  readonly issues: readonly IssueFacts[];
  readonly pulls: readonly PullFacts[];
  /** What is waited for and is no issue here, where there is news of it: pull requests, workflows, issues elsewhere. */
  readonly externals?: readonly External[];
  /** Selected open issues that are no tasks, for want of room, as counted after a whole look; 0 when there are none left. */
  readonly outside?: number;
  /** Tracked issues that were asked for and are no longer there. */
  readonly gone: readonly { readonly id: TaskId; readonly reason: "deleted" | "transferred" | "not_found" }[];
  /** Issues that could not be read, set aside with the reason; the rest go on. Those that are not there at all are nothing to see to. */
  readonly unreadable: readonly { readonly number: number; readonly reason: string; readonly isAbsent?: true }[];
}

/** What a vendor, or an agent workflow run, says of a session. */
export interface SessionReport {
  readonly state:
    | "queued"
    | "running"
    | "waiting"
    | "succeeded"
    | "failed"
    | "cancelled"
    | "not_found"
    /** The vendor cannot say (or the way of dispatch has no vendor to ask). */
    | "unknown";
  readonly session: { readonly id: string; readonly url: string | null } | null;
  readonly pullUrl: string | null;
  readonly branch: string | null;
  readonly question: string | null;
  readonly reason: string | null;
  readonly costUsd: number | null;
  /** Why it failed, where the agent itself says so; left out, it failed at its vendor. */
  readonly failure?: FailureReason;
  /** The agent itself says that trying again will not help: the task fails at once. */
  readonly isHopeless?: true;
  /** How long it took, where its start was not seen. */
  readonly durationMs?: number;
}
