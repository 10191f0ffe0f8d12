/**
 * The tracker (GitHub now): where issues live. `look` turns a wish into facts, `write` brings many issues to a wanted
 * surface in as few requests as it can. One tracker serves one repository.
 */
import type { Actor } from "../model/actor.ts";
import type { Cursor } from "../model/cursor.ts";
import type { FailureFacts } from "../model/feedback.ts";
import type { AgentId, TaskId, WorkerId } from "../model/ids.ts";
import type { BlockerFacts, Observation } from "../model/observation.ts";
import type { OperatorFacts } from "../model/operator.ts";
import type { OpenedPiece, PieceName } from "../model/split.ts";
import type { External } from "../model/task.ts";
import type { CockpitKeeper } from "./cockpit.ts";
import type { WriteOutcome } from "./write-outcome.ts";

/** Where to look. Empty lists with `everything: false` and `inFlight` empty means: only what the cursors show. */
export interface Wanted {
  /** A full read: every selected open issue, every tracked one, recent pull requests. */
  readonly everything: boolean;
  readonly issues: readonly number[];
  readonly pulls: readonly number[];
  /** A commit whose checks changed: its pull requests are read. */
  readonly commits: readonly string[];
  /** Tasks to read even when nothing points at them: tracked ones by number, for a full read. */
  readonly tracked: readonly { readonly id: TaskId; readonly number: number; readonly node: string }[];
  /** What tasks wait for outside, as it was last seen: asked for conditionally, and only news of it comes back. */
  readonly waits?: readonly External[];
}

/** The issue that a pattern of the configuration asks for. */
export interface PatternIssue {
  readonly pattern: string;
  readonly series: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** The issue of what was submitted from outside. */
export interface SubmittedIssue {
  readonly submission: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** The issue of a piece of a split task: below its parent, behind those that it comes after. */
export interface PieceIssue {
  readonly piece: PieceName;
  /** The number of the issue that is split. */
  readonly parent: number;
  readonly after: readonly OpenedPiece[];
  readonly milestone: number | null;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export type CreateOutcome =
  /** Made now or by an earlier try; or an issue of an earlier series is still open, and does as well. */
  | { readonly kind: "created"; readonly number: number; readonly id?: TaskId }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: "dropped"; readonly reason: string };

export type MergeOutcome =
  /** Now, or by an earlier try. */
  | { readonly kind: "merged" }
  /** It is in the merge queue of its branch, put there now or earlier. */
  | { readonly kind: "queued" }
  /** The head or the base has moved, or the pull request is closed: what is there now has to be looked at first. */
  | { readonly kind: "moved" }
  /** A rule of the repository or a missing permission is against it; the reason is for people. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number };

export type UpdateOutcome =
  /** Now, or by an earlier try; the new commit may take a moment to appear. */
  | { readonly kind: "updated" }
  /** There is nothing to do at this commit any more, or it conflicts: what is there now has to be looked at first. */
  | { readonly kind: "moved" }
  /** A missing permission is against it, or it would be for nothing; the reason is for people. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number };

export interface IssueSurface {
  readonly task: TaskId;
  readonly node: string;
  readonly number: number;
  /** Labels that we manage (`status:*`, `agent:*`): those to be there; every other managed one is taken off. */
  readonly labels: readonly string[];
  /** The managed labels that were last written, so that nothing is read before it is written. */
  readonly labelsBefore: readonly string[];
  /** Markdown of the sticky comment; null: none is wanted. */
  readonly comment: string | null;
  /** Node id of the sticky comment, where it is known; otherwise it is looked up by its marker before one is created. */
  readonly commentNode: string | null;
  /** Close the issue as completed (a receipt without a closing keyword), reopen it (a revert), or leave it. */
  readonly state: "closed" | "open" | "leave";
}

/** A comment of ours on an issue that need not be a task, kept up to date. */
export interface StandingComment {
  readonly issue: number;
  /** How the body begins; invisible to people. */
  readonly marker: string;
  readonly body: string;
}

/** The text an agent gets, read at the moment of dispatch. */
export interface Brief {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly hash: string;
  /** The number of its milestone; missing or null: it has none. */
  readonly milestone?: number | null;
}

/** A comment whose first line asks for us, with the permission of its author looked up. */
export interface HeardComment {
  /** Node id. */
  readonly comment: string;
  readonly databaseId: number;
  readonly task: TaskId;
  readonly number: number;
  readonly by: Actor;
  readonly body: string;
}

/** What a webhook says: where to look. Facts are never taken from it, so order, loss and repetition do not matter. */
export type Hint =
  | { readonly kind: "issue"; readonly number: number }
  | { readonly kind: "pull"; readonly number: number }
  | { readonly kind: "commit"; readonly sha: string }
  | {
      readonly kind: "comment";
      readonly comment: string;
      readonly databaseId: number;
      readonly number: number;
      readonly task: TaskId;
      readonly author: { readonly login: string; readonly id: number; readonly isBot: boolean };
      readonly body: string;
    }
  | { readonly kind: "configuration" }
  /** The state branch moved, perhaps by somebody else's hand. */
  | { readonly kind: "state"; readonly head: string | null }
  | { readonly kind: "run"; readonly run: string; readonly state: "queued" | "running" | "ended" }
  | { readonly kind: "everything" };

export interface Poll {
  /** What changed since the last poll: look at these. Null when a cursor was lost: a full read is due. */
  readonly wanted: Wanted | null;
  /** Slash commands in comments since the last poll, also those whose webhook never came. */
  readonly comments: readonly HeardComment[];
  readonly configurationMoved: boolean;
  readonly stateMoved: boolean;
  /** Issues that have changed and look like a cockpit, ours or not; they are not in `wanted`. */
  readonly cockpits?: readonly { readonly number: number; readonly isOpen: boolean; readonly body: string }[];
}

/** What is new since a cursor. */
export interface CaughtUp {
  /** What moved: look at these. Null when there was no cursor, or it was lost: a full read is due. */
  readonly wanted: Wanted | null;
  /** Slash commands in comments since; perhaps some that were heard before. */
  readonly comments: readonly HeardComment[];
  /** What moved and begins like a cockpit, as a listing shows it. */
  readonly cockpits: NonNullable<Poll["cockpits"]>;
  /** Where to go on from, once all of this is decided. */
  readonly cursor: Cursor;
}

export interface Tracker {
  /** Reads facts. Never rejects for one bad issue: that is in `unreadable`. Rejects with `TrackerUnavailable`. */
  look(wanted: Wanted): Promise<Observation>;
  /**
   * One idle look: at most two conditional requests (issues by cursor; and by turns the issue-events feed, the head of
   * the state branch, the configuration), more only when they show a change. Rejects with `TrackerUnavailable`.
   */
  poll(): Promise<Poll>;
  /**
   * What is new since the cursor of another process; one request while nothing is. `first` is the feed that is asked: of issues
   * and pull requests, or of issue events, which alone shows edges; both when it shows a change. Rejects with `TrackerUnavailable`.
   */
  catchUp(from: Cursor | null, first: "issues" | "events"): Promise<CaughtUp>;
  /** Turns comment hints into heard comments: those of strangers too, with their permission; bots are left out. */
  hear(hints: readonly (Hint & { readonly kind: "comment" })[]): Promise<readonly HeardComment[]>;
  /** Resolves `#n` or `owner/repo#n` of a slash command. Null: no such issue. */
  resolve(reference: { readonly repository: string | null; readonly number: number }): Promise<BlockerFacts | null>;
  /** The text of the configuration file on the default branch and its blob sha; null: there is none. */
  configuration(): Promise<{ readonly text: string; readonly sha: string } | null>;
  /** The text of a task template of that name on the default branch; null: there is none. Rejects with `TrackerUnavailable`. */
  template(name: string): Promise<string | null>;
  /** Brings issues to their surface, batched; one outcome an entry, in order. Rejects never. */
  write(surfaces: readonly IssueSurface[]): Promise<readonly WriteOutcome[]>;
  /** Reacts to comments, batched like `write`. */
  react(
    reactions: readonly { readonly comment: string; readonly reaction: "+1" | "-1" | "eyes" | "confused" }[],
  ): Promise<readonly WriteOutcome[]>;
  /** Makes or edits a standing comment, where it differs; dropped where the issue is gone or locked. Rejects never. */
  keepComment(comment: StandingComment): Promise<WriteOutcome>;
  /** Says on the commit what is wrong with the configuration (a check run), or that it is right again. */
  reportConfiguration(sha: string, problems: readonly string[]): Promise<WriteOutcome>;
  /** Title and body of an issue, for a prompt. Null when the issue is gone. */
  brief(number: number): Promise<Brief | null>;
  /**
   * What checks and reviewers say of the head of a pull request: one request, one for each of `logsMax` failing jobs, and the
   * permissions of the reviewers. Null: it is gone, closed, or a fork's. Rejects with `TrackerUnavailable`.
   */
  readFailures(pull: number, logsMax: number): Promise<FailureFacts | null>;
  /**
   * Creates an issue, once for each series of a pattern, each submission or each piece: it is looked for by its marker and our authorship
   * first. What of a piece was found without its links gets them. Rejects never.
   */
  createIssue(issue: PatternIssue | SubmittedIssue | PieceIssue, isRepeat: boolean): Promise<CreateOutcome>;
  /** Merges a pull request if its head is still `sha`; safe to repeat. Rejects never. */
  mergePull(number: number, sha: string): Promise<MergeOutcome>;
  /** Puts it into the merge queue, if its head is still `sha`; merges it where the repository has no queue. Safe to repeat. Rejects never. */
  enqueuePull(number: number, sha: string): Promise<MergeOutcome>;
  /** Merges the base into the branch of a pull request if its head is still `sha`; safe to repeat. Rejects never. */
  updateBranch(number: number, sha: string): Promise<UpdateOutcome>;
  /**
   * Whether the people of these logins are available, as their profiles say; as few requests as it can. Who could not be asked for is left
   * out. Rejects with `TrackerUnavailable`.
   */
  findOperators(logins: readonly string[]): Promise<readonly OperatorFacts[]>;
  /** The one issue that shows everything. */
  readonly cockpit: CockpitKeeper;
  /** Puts a plain label on. With `since`, for whoever listens to it: one that stands since before is taken off first. Safe to repeat. */
  label(number: number, label: string, since?: number | null): Promise<WriteOutcome>;
}

/** The tracker could not be reached or its budget is spent. Nothing is lost: the next cycle looks again. */
export class TrackerUnavailable extends Error {
  override readonly name = "TrackerUnavailable";
  readonly retryAfterMs: number;
  constructor(message: string, options: { cause?: unknown; retryAfterMs: number }) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Dispatching and reading runs of the agent workflow. */
export interface WorkflowRuns {
  /**
   * Dispatches the agent workflow, or the one that `custom` names. `isRepeat` asks it to look for a run of the same name first, because the answer to an
   * earlier dispatch may have been lost.
   */
  dispatch(inputs: AgentRunInputs, isRepeat: boolean): Promise<DispatchOutcome>;
  /** How a run is, and how it ended where it has. Rejects with `TrackerUnavailable`. */
  inspect(run: string): Promise<RunFacts>;
  /** The same of many, in as few requests as it can; a run that could not be asked for is left out. Rejects never. */
  inspectAll(runs: readonly string[]): Promise<ReadonlyMap<string, RunFacts>>;
  /** Asks for the end of a run, which a later look shows. Rejects never. */
  cancel(run: string): Promise<RunCancel>;
}

export type RunState = "queued" | "running" | "ended" | "not_found";

export interface RunFacts {
  readonly state: RunState;
  /** GitHub's word (`success`, `failure`, `cancelled`, `timed_out`, …); null before the end. */
  readonly conclusion: string | null;
}

export type RunCancel =
  | { readonly kind: "requested" }
  /** It has ended already, or is gone: a look says how. */
  | { readonly kind: "over" }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: "refused"; readonly reason: string };

export interface AgentRunInputs {
  readonly mode: "start-agent" | "watch";
  readonly task: TaskId;
  readonly agent: AgentId;
  readonly attempt: number;
  readonly fence: number;
  /** For an agent of the type `workflow`: its file, and what it is told beside. */
  readonly custom?: { readonly file: string; readonly worker: WorkerId; readonly issue: number };
}

export type DispatchOutcome =
  | { readonly kind: "dispatched"; readonly run: string; readonly url?: string | null }
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfterMs: number | null }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number };
