/** What the views are told: plain facts that the engine fills from the state, so that no view reads the state itself. */
import type { CockpitEnd } from "../model/cockpit.ts";
import type { Feedback } from "../model/feedback.ts";
import type { AssignmentReasons } from "../model/task.ts";
import type { Mode } from "../model/mode.ts";
import type { AwayOperator } from "../model/operator.ts";
import type { OpenedPiece, Proposal } from "../model/split.ts";
import type { DependencyKind, Priority, Task, TaskStatus } from "../model/task.ts";
import type { WarningView } from "./alerts.ts";
import type { FiguresView } from "./metrics.ts";

/** The far end of one dependency. */
export interface BlockerView {
  /** `#12` or `owner/repo#12`. */
  readonly reference: string;
  readonly url: string | null;
  readonly title: string | null;
  /** A task status, or the state of an issue that is no task. */
  readonly state: string;
  readonly kind: DependencyKind;
  /** It still holds the task back. */
  readonly isOpen: boolean;
  /** Where its work is: the pull request that completed it, or the open one, and its branch. */
  readonly work?: { readonly url: string; readonly branch: string } | null;
}

/** One thing that keeps a task from being started; `code` is explained in reasons.ts. */
export interface WaitingReason {
  readonly code: string;
  /** What is special about this case: a name, an instant, a number. May be empty. */
  readonly detail: string;
}

export interface TaskView {
  readonly task: Task;
  readonly status: TaskStatus;
  readonly blockers: readonly BlockerView[];
  readonly waiting: readonly WaitingReason[];
  /** Display names by agent id; an agent that is not in it goes by its id. */
  readonly agentNames: Readonly<Record<string, string>>;
  /** `retry.maxAttempts`, where known. */
  readonly attemptsMax?: number | null;
  /** Why the current or last assignment was made. */
  readonly reasons?: AssignmentReasons | null;
  /** References of the tasks of a dependency cycle through this one, in order. */
  readonly cycle?: readonly string[] | null;
  /** The priority that it takes over from more urgent work that waits for it; null where there is none. */
  readonly inheritedPriority?: Priority | null;
  /** The cheapest way out of the cycle: edges to take out, as references. */
  readonly cut?: readonly { readonly task: string; readonly on: string }[];
  /** Where a ready task stands in the queue now; null where it is not in it, or nobody asked. */
  readonly standing?: Standing | null;
  /** When a waiting task is expected to be started, epoch milliseconds; null where nobody can say, or nobody asked. */
  readonly expectedStart?: number | null;
  /** What its wait gives a ready task; null where it is not ready, or nobody asked. */
  readonly wait?: Wait | null;
  /** How many workers at once were asked for on its sub-issues, and how many are at them; null or missing: no swarm. */
  readonly swarm?: { readonly workers: number; readonly busy: number; readonly by: string } | null;
  /** The number of the issue whose swarm it belongs to; null or missing: of none. */
  readonly swarmOf?: number | null;
  /** What checks and reviewers said of the pull request that is gone on with; null or missing: nothing. */
  readonly feedback?: Feedback | null;
  /** The acceptance criteria of the approved text, once an agent has been started on it. */
  readonly criteria?: readonly string[];
  /** The branch that pull requests go into, where known. */
  readonly baseBranch?: string | null;
  /** Its pieces; null or missing: it is not split. */
  readonly split?: SplitView | null;
  /** The agent of its session is no longer in force, and has so many, this one included; null or missing where it is. */
  readonly agentLeft?: number | null;
  /** The open task that says the same and goes on in its place. */
  readonly duplicateOf?: string | null;
  /** The upstream task whose failure stopped this one. */
  readonly upstream?: string | null;
}

/** How a task is split, proposed or in force. */
export interface SplitView {
  readonly proposal: Proposal;
  readonly by: string;
  /** Null: it waits for approval. */
  readonly approvedBy: string | null;
  /** The issues of the pieces, by position; null: not yet. */
  readonly opened: readonly (OpenedPiece | null)[];
}

/** The place of a ready task in the queue, and what puts it there. */
export interface Standing {
  /** From 1. */
  readonly rank: number;
  readonly readyCount: number;
  readonly algorithm: Mode;
  readonly score: number;
  readonly parts: Readonly<Record<string, number>>;
  /** Open tasks behind it over hard edges. */
  readonly impact: { readonly direct: number; readonly transitive: number };
  /** The longest remaining path from it on, minutes. */
  readonly tailMinutes: number;
}

/** How long a ready task has waited, and what comes of it. */
export interface Wait {
  readonly waitedMs: number;
  /** When it has waited for so long that it is starving, epoch milliseconds. */
  readonly starvesAt: number;
  /** One start in so many is offered to starving tasks first. */
  readonly everyNthStart: number;
  /** Starving tasks that have waited for longer; null while it is not starving itself. */
  readonly before: number | null;
}

/** A task in a list. */
export interface TaskLine {
  /** `#12`. */
  readonly reference: string;
  readonly url: string | null;
  readonly title: string;
  readonly status: TaskStatus;
  /** The worker that has it, the pull request, or the reason why it waits; may be empty. */
  readonly detail: string;
}

/** The whole repository at a glance. */
export interface OverviewView {
  readonly mode: Mode;
  /** Who set the mode: a login, `schedule`, `orchestrate`; null or left out: the configuration. */
  readonly modeBy?: string | null;
  /** While attack mode is in force: the effort below which a task is a quick win, minutes. */
  readonly quickWinMinutes?: number | null;
  readonly isPaused: boolean;
  readonly counts: Readonly<Partial<Record<TaskStatus, number>>>;
  readonly running: readonly TaskLine[];
  /** Ready tasks in the order in which they will be started. */
  readonly next: readonly TaskLine[];
  /** Tasks that only a person can move on. */
  readonly attention: readonly TaskLine[];
  readonly workersBusy: number;
  readonly workersTotal: number;
  readonly costTodayUsd: number;
  readonly sessionsToday: number;
  /** How long a day of the caps is. */
  readonly dayMs?: number;
  /** Problems of a configuration that was refused; the last good one is in force. */
  readonly configurationProblems: readonly string[];
  readonly figures?: FiguresView;
  /** The pinned issue that shows everything; null or left out where there is none. */
  readonly cockpit?: { readonly reference: string; readonly url: string; readonly end: CockpitEnd | null } | null;
  /** Open ones, oldest first. */
  readonly warnings?: readonly WarningView[];
}

export interface WorkerView {
  /** `jules/2`. */
  readonly id: string;
  readonly isEnabled: boolean;
  /** The task it has. */
  readonly task: { readonly reference: string; readonly url: string | null } | null;
  /** How it has fared; missing where nothing is known. */
  readonly health?: {
    /** It rests until then; null while it does not rest. */
    readonly until: number | null;
    readonly reason: string | null;
    readonly isOnTrial: boolean;
    readonly failuresOfLast: readonly [failures: number, attempts: number];
  };
}

export interface AgentView {
  readonly id: string;
  readonly type: string;
  readonly dispatch: string;
  readonly capabilities: Readonly<Record<string, number>>;
  /** It is none of the file's, but was registered while the program runs. */
  readonly isRegistered?: boolean;
  readonly workers: readonly WorkerView[];
  readonly sessionsToday: number;
  readonly quota: number | null;
  /** Its vendor has an outage, or several others have, and nobody knows until when; null or missing while it is given work. */
  readonly pause?: { readonly until: number | null; readonly reason: string } | null;
  /** The people behind it, where the configuration names any: how many, and who of them is away. */
  readonly operators?: { readonly count: number; readonly away: readonly AwayOperator[] } | null;
}

/** The name that people know an agent by. */
export function agentName(view: Pick<TaskView, "agentNames">, agent: string): string {
  return Object.hasOwn(view.agentNames, agent) ? (view.agentNames[agent] ?? agent) : agent;
}
