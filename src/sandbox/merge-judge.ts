/**
 * Judges the merges that the App asks for, at once or through the merge queue: only where people have left that to it, only green
 * commits, nothing before what it depends on, never two in the queue that change one file, and never two branches brought up to date at
 * a time, of which one would be for nothing.
 */
import type { Backlog } from "./backlog.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { Violation } from "./report.ts";
import { issueOfBranch } from "./work-branch.ts";

/** After people took merging back, merges that were already decided still land. */
const consentGraceMs = 5 * 60_000;
/** A blocker that was reopened so shortly before was seen too late. */
const reopenedGraceMs = 5 * 60_000;
const softPattern = /^Soft depends on #(\d+)/gim;

export interface MergeJudgeOptions {
  readonly backlog: Backlog;
  readonly issue: (number: number) => IssueRecord | null;
  readonly labels: (number: number) => readonly string[];
  readonly ownLogins: readonly string[];
  readonly find: (violation: Violation) => void;
}

export interface MergeJudge {
  /** Whether the App merges everything that is green, from `at` on. */
  configure(mergesAll: boolean, at: number): void;
  see(entry: TimelineEntry): void;
}

class MergeBench implements MergeJudge {
  readonly #options: MergeJudgeOptions;
  /** The last conclusion of the checks, by commit. */
  readonly #conclusions = new Map<string, string>();
  /** Files of what the App has put into the queue, by pull request. */
  readonly #queued = new Map<number, readonly string[]>();
  /** Heads of the branches that the App has brought up to date, by pull request. */
  readonly #updated = new Map<number, string>();
  readonly #reopenedAt = new Map<number, number>();
  #mergesAll = false;
  #takenBackAt = -Infinity;

  constructor(options: MergeJudgeOptions) {
    this.#options = options;
  }

  configure(mergesAll: boolean, at: number): void {
    if (this.#mergesAll && !mergesAll) this.#takenBackAt = at;
    this.#mergesAll = mergesAll;
  }

  see(entry: TimelineEntry): void {
    const { detail } = entry;
    const isOwn = this.#options.ownLogins.includes(entry.actor);
    const pull = Number(detail["pull"] ?? 0);
    switch (entry.action) {
      case "checks":
        this.#conclusions.set(String(detail["sha"]), String(detail["conclusion"]));
        return;
      case "reopened":
        this.#reopenedAt.set(Number(entry.target.slice(1)), entry.at);
        return;
      case "enqueued":
        if (!isOwn) return;
        this.#judge(entry, pull);
        this.#judgeOverlap(entry, filesOf(detail["files"]));
        this.#queued.set(pull, filesOf(detail["files"]));
        return;
      case "merged":
        if (isOwn) this.#judge(entry, pull);
        this.#queued.delete(pull);
        this.#updated.delete(pull);
        return;
      case "pr_updated":
        if (isOwn) this.#judgeUpdate(entry, pull);
        else this.#updated.delete(pull);
        return;
      case "dequeued":
        this.#queued.delete(pull);
        return;
      default:
    }
  }

  #judge(entry: TimelineEntry, pull: number): void {
    const { at, target, detail } = entry;
    const { find } = this.#options;
    const sha = String(detail["sha"]);
    const head = entry.action === "merged" ? this.#headOf(pull) : sha;
    if (this.#conclusions.get(head) !== "success") {
      find({ rule: "merge_not_green", at, target, detail: `the App merged it while its checks were not green` });
    }
    const number = this.#issueOf(pull);
    if (number === null) return;
    if (!this.#isLeftToApp(number, at)) {
      find({ rule: "merge_unasked", at, target, detail: "the App merged it, and merging is for people here" });
    }
    for (const blocker of this.#openBlockers(number, at)) {
      const name = this.#options.backlog.nameOf(blocker);
      find({ rule: "merge_out_of_order", at, target, detail: `the App merged it before ${name}, which it depends on` });
    }
  }

  #judgeOverlap({ at, target }: TimelineEntry, files: readonly string[]): void {
    for (const [other, others] of this.#queued) {
      const shared = files.find((file) => others.includes(file));
      if (shared === undefined) continue;
      const detail = `it is in the queue beside pull request #${other}, and both change ${shared}`;
      this.#options.find({ rule: "merge_overlap", at, target, detail });
    }
  }

  /** While the checks of one run, or show that it can be merged, another one would put it behind, or be put behind by it. */
  #judgeUpdate({ at, target, detail }: TimelineEntry, pull: number): void {
    for (const [other, sha] of this.#updated) {
      const conclusion = this.#conclusions.get(sha) ?? "success";
      if (other === pull || conclusion !== "success" || this.#options.issue(other)?.state !== "open") continue;
      const what = `the App brought it up to date while pull request #${other}, which it had brought up to date, was not merged`;
      this.#options.find({ rule: "update_beside", at, target, detail: what });
    }
    this.#updated.set(pull, String(detail["sha"]));
  }

  #headOf(pull: number): string {
    return this.#options.issue(pull)?.pull?.headSha ?? "";
  }

  #issueOf(pull: number): number | null {
    const branch = this.#options.issue(pull)?.pull?.headBranch ?? "";
    return issueOfBranch(branch);
  }

  /** By the configuration, or as quick work in attack mode. */
  #isLeftToApp(number: number, at: number): boolean {
    if (this.#mergesAll || at - this.#takenBackAt <= consentGraceMs) return true;
    return this.#options.labels(number).includes("quick-win");
  }

  #openBlockers(number: number, at: number): readonly number[] {
    const { issue, backlog } = this.#options;
    const own = issue(number);
    const soft = [...(own?.body ?? "").matchAll(softPattern)].map((match) => Number(match[1]));
    const waived = backlog.byNumber(number)?.waived ?? new Set<number>();
    return [...(own?.blockedBy ?? []), ...soft].filter((on) => {
      const isJustReopened = at - (this.#reopenedAt.get(on) ?? -Infinity) <= reopenedGraceMs;
      return !waived.has(on) && !isJustReopened && issue(on)?.state === "open";
    });
  }
}

function filesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((file) => typeof file === "string") : [];
}

/** A judge of merges that is shown the timeline. */
export function createMergeJudge(options: MergeJudgeOptions): MergeJudge {
  return new MergeBench(options);
}
