/**
 * The evidence that a task is done, as the embedded GitHub and the vendors saw it: its pull request was merged, or is green or its session
 * has ended well where the configuration asks for no more, or somebody whose word counts declared it complete or closed it as completed.
 * Anybody else's close is none, and reopening takes a receipt back.
 */
import type { Config } from "../model/config.ts";
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

export interface Receipts {
  /** What makes a task done, from now on; `merged` until it is said. */
  configure(done: Config["done"]): void;
  /** Since when an issue has a receipt, in virtual milliseconds since the start; null: it has none. */
  at(number: number): number | null;
}

/** What a vendor ends a session with that it calls done, whatever came of it. */
const endedWell: ReadonlySet<unknown> = new Set(["success", "no_pr", "checks_fail"]);

/** To be made before the first issue. */
export function createReceipts(options: ReceiptOptions): Receipts {
  const { timeline, backlog, issue, repository } = options;
  const provenAt = new Map<number, number>();
  let done: Config["done"] = "merged";

  function proves({ action, detail }: TimelineEntry): boolean {
    if (action === "merged") return true;
    if (action === "checks")
      return done === "checks" && detail["pull"] !== undefined && detail["conclusion"] === "success";
    return action === "session_ended" && done === "reported" && endedWell.has(detail["result"]);
  }

  function see({ at, detail }: TimelineEntry): void {
    const pull = issue(Number(detail["pull"]))?.pull ?? null;
    const task = backlog.byKey(String(detail["task"]));
    if (task === null || (pull !== null && pull.headRepository !== repository)) return;
    if (!provenAt.has(task.number)) provenAt.set(task.number, at);
  }

  timeline.onEntry((entry) => {
    if (proves(entry)) see(entry);
    if (entry.action !== "reopened") return;
    const number = Number(entry.target.slice(1));
    provenAt.delete(number);
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

  return {
    configure(wanted) {
      done = wanted;
    },
    at(number) {
      const times = [provenAt.get(number) ?? null, closedAt(number)].filter((at) => at !== null);
      // The close that follows from a word is what is seen of it; the word alone counts until then.
      const at = times.length === 0 ? declaredAt(number) : Math.min(...times);
      return at === null ? null : Math.max(0, at);
    },
  };
}
