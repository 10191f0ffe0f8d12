/**
 * The evidence that a task is done, as the embedded GitHub saw it: its pull request was merged, or somebody whose word counts declared
 * it complete or closed it as completed. Anybody else's close is none, and reopening takes a receipt back.
 */
import type { Backlog } from "./backlog.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { Timeline } from "./timeline.ts";

export interface ReceiptOptions {
  readonly timeline: Timeline;
  readonly backlog: Backlog;
  /** The issue as it is now; null when it is gone. */
  readonly issue: (number: number) => IssueRecord | null;
  /** A merge from any other repository proves nothing. */
  readonly repository: string;
}

/** Returns since when an issue has a receipt, in virtual milliseconds since the start; null: it has none. To be made before the first issue. */
export function createReceipts(options: ReceiptOptions): (number: number) => number | null {
  const { timeline, backlog, issue, repository } = options;
  const mergedAt = new Map<number, number>();

  function seeMerge({ at, detail }: TimelineEntry): void {
    const pull = issue(Number(detail["pull"]))?.pull ?? null;
    const task = backlog.byKey(String(detail["task"]));
    if (task === null || (pull !== null && pull.headRepository !== repository)) return;
    if (!mergedAt.has(task.number)) mergedAt.set(task.number, at);
  }

  timeline.onEntry((entry) => {
    if (entry.action === "merged") seeMerge(entry);
    if (entry.action !== "reopened") return;
    const number = Number(entry.target.slice(1));
    mergedAt.delete(number);
    const task = backlog.byNumber(number);
    if (task !== null) task.declaredAt = null;
  });

  /** A merge closes in the name of who merged, and the App in its own what a person declared complete. */
  function closedAt(number: number): number | null {
    const found = issue(number);
    if (found === null || found.state !== "closed" || found.stateReason !== "completed") return null;
    if (found.closedBy !== null && !backlog.mayWrite(found.closedBy.login)) return null;
    return (found.closedAt ?? timeline.start) - timeline.start;
  }

  function declaredAt(number: number): number | null {
    const at = backlog.byNumber(number)?.declaredAt ?? null;
    return at === null ? null : at - timeline.start;
  }

  return (number) => {
    const times = [mergedAt.get(number) ?? null, closedAt(number)].filter((at) => at !== null);
    // The close that follows from a word is what is seen of it; the word alone counts until then.
    const at = times.length === 0 ? declaredAt(number) : Math.min(...times);
    return at === null ? null : Math.max(0, at);
  };
}
