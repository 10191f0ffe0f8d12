/** Every input, from whichever door, becomes one of these. Imperatives; the id makes a repetition harmless. */
import type { Actor } from "./actor.ts";
import type { CockpitFacts, CockpitWritten } from "./cockpit.ts";
import type { Config } from "./config.ts";
import type { AgentConfig } from "./config-agent.ts";
import type { ConflictKind, Resolution } from "./conflict.ts";
import type { SurfaceWritten } from "./effect.ts";
import type { Feedback } from "./feedback.ts";
import type { Cursor } from "./cursor.ts";
import type { AgentId, CommandId, EffectId, TaskId, WorkerId } from "./ids.ts";
import type { Mode } from "./mode.ts";
import type { Observation, SessionReport } from "./observation.ts";
import type { OperatorFacts } from "./operator.ts";
import type { SlashCommand } from "./slash.ts";
import type { OpenedPiece } from "./split.ts";
import type { LetterSubject } from "./dead-letter.ts";
import type { Submission } from "./submission.ts";
import type { External, Session } from "./task.ts";

/** What came of performing an effect. */
export type EffectOutcome =
  /** Done, or found done already. */
  | { readonly kind: "done" }
  | {
      readonly kind: "surfaced";
      readonly surface: SurfaceWritten;
    }
  /** The merge was not wanted any more, or what was to be merged is another commit by now. */
  | { readonly kind: "withdrawn" }
  /** The issue is there. */
  | { readonly kind: "created"; readonly number: number; readonly id?: OpenedPiece["id"] }
  /** The standing comment says what is true; `done` says only that nothing was to be written. */
  | { readonly kind: "kept" }
  /** The cockpit is as it should be. */
  | { readonly kind: "shown"; readonly cockpit: CockpitWritten; readonly isNew: boolean }
  /** What checks and reviewers said; null: there is nothing to pass on. */
  | { readonly kind: "collected"; readonly feedback: Feedback | null }
  /** The vendor has the session. */
  | { readonly kind: "started"; readonly session: Session; readonly criteria?: readonly string[] }
  /** An agent workflow run was asked for. */
  | {
      readonly kind: "dispatched";
      readonly run: string;
      /** The run itself is the session: an agent of the type `workflow`. */
      readonly session?: Session;
    }
  /** The vendor said no. `retryAfterMs` is its own wish, where it has one. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryAfterMs: number | null }
  /** The vendor confirmed the end, or never knew the session. */
  | { readonly kind: "ended"; readonly report: SessionReport }
  /** The vendor has no way to cancel. */
  | { readonly kind: "cannot_cancel"; readonly reason: string }
  /** The text changed since it was approved: nothing was started. */
  | { readonly kind: "changed_text" }
  /** Outage, limit, lost answer: try the same effect again. */
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number }
  /** Never going to work: the issue is gone, the comment was deleted. */
  | { readonly kind: "dropped"; readonly reason: string };

/** An issue's text as it was read for a command that is about it. */
export interface ReadText {
  readonly body: string;
  readonly hash: string;
  readonly milestone: number | null;
}

/** The issue or pull request that a command names, as it was found; without a state where nobody has looked. */
export type NamedIssue = Pick<External, "id" | "reference" | "url" | "waitsFor"> & Partial<Pick<External, "state">>;

export type Command =
  /** A look at the tracker, whole or in part. */
  | { readonly type: "Observe"; readonly id: CommandId; readonly observation: Observation }
  /** Everything was looked at for the state that was restored from a backup then; the looks are decided before it. */
  | { readonly type: "TakeStock"; readonly id: CommandId; readonly restoredAt: number }
  /** A slash command of a comment; `issue` is known to the tracker but perhaps not (yet) a task. */
  | {
      readonly type: "Instruct";
      readonly id: CommandId;
      readonly by: Actor;
      readonly task: TaskId;
      /** Null: it was given where there is none, as at a terminal; whoever gave it is answered there. */
      readonly comment: string | null;
      /** Null when the first line asks for us and could not be understood; then `problem` says why. */
      readonly instruction: SlashCommand | null;
      readonly problem: string | null;
      /** What `#n` of blocked-by and unblock resolved to. */
      readonly reference?: NamedIssue | null;
      /** The text of the issue, where the command is about it; null: the issue is gone. */
      readonly text?: ReadText | null;
      /** The issue's number, where it is no task. */
      readonly issue?: number;
      /** It is selected, and no task for want of room. */
      readonly isOutside?: boolean;
      /** Answer of a read-only verb (status, explain, agents, help), rendered by the engine from the views. */
      readonly answer?: string;
      /** The box of the cockpit that was ticked, where that is the command, and when; `hash`: the text that was offered for approval. */
      readonly box?: { readonly key: string; readonly tickedAt: number; readonly hash?: string };
    }
  /** A look at the cockpit. */
  | { readonly type: "ObserveCockpit"; readonly id: CommandId; readonly cockpit: CockpitFacts }
  /** A switch of the mode from a door that has seen to the permission itself; null: the configuration's again. */
  | { readonly type: "SwitchMode"; readonly id: CommandId; readonly mode: Mode | null; readonly by: string }
  /** The wish that an agent or one of its workers takes the task, from a door that has seen to the permission itself. */
  | {
      readonly type: "RequestAssignment";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly target: string;
      readonly by: string;
    }
  /** Work that is asked for from outside, by somebody whose right to that the door has seen to. */
  | {
      readonly type: "SubmitTask";
      readonly id: CommandId;
      readonly submission: Submission;
      /** It is nothing new where one of these was submitted a moment ago. */
      readonly alike?: readonly string[];
    }
  /** What is to be done about a conflict, said by somebody whose right to that the door has seen to. */
  | {
      readonly type: "ResolveConflict";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly kind: ConflictKind;
      readonly resolution: Resolution;
      /** Who goes on with it, an agent or one of its workers; null: somebody else who can. */
      readonly target: string | null;
      /** What it is to wait for; null: what it conflicts with. */
      readonly after: TaskId | null;
      readonly by: string;
      readonly reason: string | null;
    }
  /** Something could not be decided and was set aside. */
  | {
      readonly type: "NoteAside";
      readonly id: CommandId;
      readonly subject: Exclude<LetterSubject, { readonly kind: "effect" }>;
      readonly reason: string;
    }
  /** What becomes of a dead letter, said by somebody whose right to that the door has seen to. */
  | {
      readonly type: "HandleLetter";
      readonly id: CommandId;
      readonly letter: string;
      readonly act: "retry" | "drop";
      readonly by: string;
    }
  /**
   * An agent that takes its work itself asks for this task, or for the best one that fits (null), on behalf of somebody whose right to that
   * the door has seen to.
   */
  | {
      readonly type: "ClaimTask";
      readonly id: CommandId;
      readonly task: TaskId | null;
      readonly agent: AgentId;
      /** The slot that asks; null: any that is free. */
      readonly worker: WorkerId | null;
      readonly by: string;
      /** What is handed out, where it was read: another text than the approved one is not. */
      readonly text?: { readonly hash: string; readonly criteria: readonly string[] };
    }
  /** Such an agent says that it is still at it. */
  | {
      readonly type: "HearAgent";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly fence: number;
      readonly note: string | null;
    }
  /** An agent workflow run takes (assignment, fence) for itself. */
  | {
      readonly type: "ClaimAssignment";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly fence: number;
      readonly run: string;
    }
  /** A vendor, or the run that watches it, says how the session is. */
  | {
      readonly type: "ReportSession";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly fence: number;
      readonly report: SessionReport;
    }
  /** The run that holds the claim says what came of a start or a cancel. */
  | {
      readonly type: "ReportOutcome";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly fence: number;
      readonly outcome: EffectOutcome;
    }
  /** What GitHub says of the agent workflow run that was dispatched for (task, fence). */
  | {
      readonly type: "ReportRun";
      readonly id: CommandId;
      readonly task: TaskId;
      readonly fence: number;
      readonly run: string;
      readonly state: "queued" | "running" | "ended" | "not_found";
      /** GitHub's word for how it ended (`success`, `failure`, `timed_out`, …); needed where the run is the session. */
      readonly conclusion?: string | null;
    }
  | {
      readonly type: "Configure";
      readonly id: CommandId;
      readonly sha: string;
      readonly config: Config | null;
      readonly problems: readonly string[];
    }
  | {
      readonly type: "SettleEffects";
      readonly id: CommandId;
      readonly settled: readonly { readonly effect: EffectId; readonly outcome: EffectOutcome }[];
    }
  /** How many sessions the vendor of an agent runs at once now; null where there is no limit to ask for. */
  | { readonly type: "ReportCapacity"; readonly id: CommandId; readonly agent: AgentId; readonly limit: number | null }
  /** An agent beside those of the file, from a door that has seen to the permission itself. */
  | { readonly type: "RegisterAgent"; readonly id: CommandId; readonly definition: AgentConfig; readonly by: string }
  /** What is left out stays as it is. */
  | {
      readonly type: "ReviseAgent";
      readonly id: CommandId;
      readonly agent: AgentId;
      /** Of a registered one: all of what it is from now on. */
      readonly definition?: AgentConfig;
      /** Of one of the file; null: the file's again. */
      readonly capacity?: number | null;
      readonly isEnabled?: boolean;
      /** Rests of its workers and the pause of its vendor are over. */
      readonly isReset?: true;
      readonly by: string;
    }
  | { readonly type: "RemoveAgent"; readonly id: CommandId; readonly agent: AgentId; readonly by: string }
  /** Who of the operators is available now. Whoever is not named could not be asked for. */
  | { readonly type: "ReportOperators"; readonly id: CommandId; readonly operators: readonly OperatorFacts[] }
  /** What was read up to the cursor is decided; `wholeAt` is when everything was last read. */
  | { readonly type: "MoveCursor"; readonly id: CommandId; readonly cursor: Cursor; readonly wholeAt: number }
  /** The clock: timeouts, retries that are due. */
  | { readonly type: "Tick"; readonly id: CommandId }
  /** Match ready work to free workers; the last command of every pass. */
  | { readonly type: "Schedule"; readonly id: CommandId }
  /** Take effects that are due for this owner. */
  | {
      readonly type: "LeaseEffects";
      readonly id: CommandId;
      readonly owner: string;
      readonly until: number;
      readonly limit: number;
    };
