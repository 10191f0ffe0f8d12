/**
 * What the world is asked for. An effect is data: it is recorded with the event that caused it, leased before it is
 * performed, and safe to perform twice. What it needs beyond this is read from the state when it is performed.
 */
import { alertId, type Alert, type Progress } from "./alert.ts";
import type { EffectId, TaskId } from "./ids.ts";

export type Effect =
  | { readonly type: "StartSession"; readonly task: TaskId; readonly fence: number }
  | { readonly type: "CancelSession"; readonly task: TaskId; readonly fence: number }
  /** Dispatch a job that asks the vendor: the App holds no key of its own there. */
  | { readonly type: "WatchSession"; readonly task: TaskId; readonly fence: number }
  /** Read what checks and reviewers said of the pull request that is tried again. */
  | { readonly type: "CollectFeedback"; readonly task: TaskId; readonly pull: number }
  /** Bring labels, sticky comment and open/closed of the issue to what the state says. */
  | { readonly type: "UpdateIssue"; readonly task: TaskId }
  | {
      readonly type: "AcknowledgeComment";
      /** Node id of the comment. */
      readonly comment: string;
      readonly reaction: "+1" | "-1" | "eyes" | "confused";
      /** What is said on an issue that is no task: no comment of a task's could say it. */
      readonly answer?: { readonly issue: number; readonly text: string };
    }
  | { readonly type: "ReportConfiguration"; readonly sha: string; readonly problems: readonly string[] }
  /** Merge this commit of the pull request, if it still is the head and nobody has to look at it. */
  | {
      readonly type: "MergePull";
      readonly task: TaskId;
      readonly pull: number;
      readonly sha: string;
      /** Through the merge queue; missing: at once. */
      readonly way?: "queue";
    }
  /** Merge the base into the branch of the pull request, if this commit still is its head. */
  | { readonly type: "UpdateBranch"; readonly task: TaskId; readonly pull: number; readonly sha: string }
  /** Bring the comment on the monitoring issue to the warnings there are. */
  | { readonly type: "UpdateAlerts"; readonly issue: number }
  /** The same on the monitoring issue at Linear. An effect of its own: neither place waits for the other. */
  | { readonly type: "UpdateLinearAlerts"; readonly issue: string }
  /** Tell the webhook that something is so, or is so no more. It holds what is told: what has passed is kept nowhere else. */
  | { readonly type: "SendAlert"; readonly alert: Alert }
  /** Tell the webhook how far the work is. */
  | { readonly type: "SendProgress"; readonly progress: Progress }
  /** Bring the cockpit to what is true, opened first where there is none yet. */
  | { readonly type: "UpdateCockpit" }
  /** Open the issue of a pattern, once for each series: found by its marker before it is created. */
  | { readonly type: "CreateIssue"; readonly pattern: string; readonly series: number }
  /** Open the issue of what was submitted from outside, once: found by its marker before it is created. */
  | { readonly type: "OpenIssue"; readonly submission: string }
  /** Open the issue of a piece of a split task, once, below it and behind those that it comes after. */
  | { readonly type: "OpenPiece"; readonly task: TaskId; readonly piece: number };

export type EffectType = Effect["type"];

export interface RecordedEffect {
  readonly id: EffectId;
  readonly effect: Effect;
  notBefore: number;
  /** How often it was leased: above 1 an earlier try may have landed. */
  attempts: number;
  lease: { readonly owner: string; readonly until: number } | null;
}

/** Effects with the same key follow each other; a waiting `UpdateIssue` absorbs a later one. */
export function effectKey(effect: Effect): string {
  switch (effect.type) {
    case "StartSession":
    case "CancelSession":
    case "WatchSession":
      return `${effect.type}:${effect.task}:${effect.fence}`;
    case "CollectFeedback":
      return `CollectFeedback:${effect.task}`;
    case "UpdateIssue":
      return `UpdateIssue:${effect.task}`;
    case "AcknowledgeComment":
      return `AcknowledgeComment:${effect.comment}`;
    case "ReportConfiguration":
      return `ReportConfiguration:${effect.sha}`;
    case "MergePull":
    case "UpdateBranch":
      return `${effect.type}:${effect.task}:${effect.sha}`;
    case "UpdateAlerts":
    case "UpdateLinearAlerts":
      return `${effect.type}:${effect.issue}`;
    case "SendAlert":
      return `SendAlert:${alertId(effect.alert)}`;
    case "SendProgress":
      return `SendProgress:${effect.progress.at}`;
    case "UpdateCockpit":
      return effect.type;
    case "CreateIssue":
      return `CreateIssue:${effect.pattern}:${effect.series}`;
    case "OpenIssue":
      return `OpenIssue:${effect.submission}`;
    case "OpenPiece":
      return `OpenPiece:${effect.task}:${effect.piece}`;
  }
}

/** The order in which effects were recorded, which their ids count. */
export function byRecording(one: RecordedEffect, other: RecordedEffect): number {
  return Number(one.id.slice(1)) - Number(other.id.slice(1));
}

/** What an issue shows since it was last written to. */
export interface SurfaceWritten {
  /** The sticky comment. */
  readonly comment: string | null;
  readonly digest: string;
  readonly labels: readonly string[];
}

const surfaces: ReadonlySet<Effect["type"]> = new Set<Effect["type"]>([
  "UpdateIssue",
  "UpdateAlerts",
  "UpdateLinearAlerts",
  "UpdateCockpit",
]);

/** Whether the effect shows the state as it is when it is performed. */
export function isSurface({ type }: Effect): boolean {
  return surfaces.has(type);
}
