/**
 * Judges a run by what the embedded GitHub and the vendors saw, never by what the program says of itself: order of
 * dependencies, one session a task, capacity, trust, merges, storms, and nothing lost.
 */
import type { Backlog, BacklogEntry } from "./backlog.ts";
import { createMergeJudge, type MergeJudge } from "./merge-judge.ts";
import { createOperatorJudge, type OperatorJudge } from "./operator-judge.ts";
import type { IssueRecord, TimelineEntry } from "./records.ts";
import type { Outcome as RunOutcome, Violation } from "./report.ts";
import type { Timeline } from "./timeline.ts";

/** A blocker that was reopened so shortly before a start was seen too late to hold it back. */
const reopenedGraceMs = 5 * 60_000;
/** Between reading an issue for the prompt and the vendor's answer lie some requests, each of which may time out. */
const editGraceMs = 60_000;
/** After capacity was lowered, starts that were already decided still land. */
const capacityGraceMs = 5 * 60_000;
const commentsMax = 1;
const labelWritesPerAttempt = 4;
const labelWritesBase = 4;

export interface JudgeOptions {
  readonly timeline: Timeline;
  readonly backlog: Backlog;
  /** The issue as it is now; null when it is gone. */
  readonly issue: (number: number) => IssueRecord | null;
  /** Label names of an issue as it is now. */
  readonly labels: (number: number) => readonly string[];
  /** Since when an issue has a receipt; null: it has none. */
  readonly receiptAt: (number: number) => number | null;
  /** Who writes for the program: `<slug>[bot]`, and the bot of GitHub Actions. */
  readonly ownLogins: readonly string[];
}

export interface Judge {
  /** What each agent may run at once, and whether the App merges what is green, from now on. */
  configure(capacities: Readonly<Record<string, number>>, mergesAll?: boolean): void;
  /** The people behind agents: who they are, and what their profiles say. */
  readonly operators: Pick<OperatorJudge, "configure" | "seeStatus">;
  /** A vendor refused a start for this issue: it moves labels although there is no attempt. */
  refused(number: number): void;
  /** The last look, at the end of a run; adds the problems that a fresh observation found. */
  finish(outcome: RunOutcome, auditProblems: readonly string[]): readonly Violation[];
}

interface Tally {
  attempts: number;
  refusals: number;
  comments: number;
  labelWrites: number;
  labelledAt: number;
}

class Bench implements Judge {
  readonly #options: JudgeOptions;
  readonly #violations: Violation[] = [];
  readonly #liveByTask = new Map<string, number>();
  readonly #liveByWorker = new Map<string, number>();
  readonly #liveByAgent = new Map<string, number>();
  readonly #tallies = new Map<number, Tally>();
  readonly #reopenedAt = new Map<number, number>();
  /** The first issue of each series of a pattern, and of each piece of a split, by its marker. */
  readonly #madeIssues = new Map<string, number>();
  readonly #merges: MergeJudge;
  readonly operators: OperatorJudge;
  #capacities: Readonly<Record<string, number>> = {};
  #before: { readonly capacities: Readonly<Record<string, number>>; readonly until: number } | null = null;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#merges = createMergeJudge({ ...options, find: (violation) => this.#find(violation) });
    this.operators = createOperatorJudge((violation) => this.#find(violation));
    options.timeline.onEntry((entry) => {
      this.#see(entry);
      this.operators.see(entry);
      this.#merges.see(entry);
    });
  }

  configure(capacities: Readonly<Record<string, number>>, mergesAll = false): void {
    const now = this.#options.timeline.elapsedMs();
    this.#merges.configure(mergesAll, now);
    this.#before = { capacities: this.#capacities, until: now + capacityGraceMs };
    this.#capacities = capacities;
  }

  refused(number: number): void {
    this.#tally(number).refusals += 1;
  }

  finish(outcome: RunOutcome, auditProblems: readonly string[]): readonly Violation[] {
    const at = this.#options.timeline.elapsedMs();
    for (const [number, tally] of this.#tallies) this.#judgeStorm(number, tally);
    if (outcome === "stuck") for (const entry of this.#options.backlog.entries) this.#judgeLoss(entry, at);
    for (const problem of auditProblems) this.#find({ rule: "stale_state", at, target: "state", detail: problem });
    return this.#violations;
  }

  #find(violation: Violation): void {
    this.#violations.push(violation);
  }

  #see(entry: TimelineEntry): void {
    const number = Number(/^#(\d+)$/.exec(entry.target)?.[1] ?? 0);
    switch (entry.action) {
      case "session_started":
        return this.#judgeStart(entry);
      case "session_ended":
        return this.#seeEnd(entry);
      case "reopened":
        this.#reopenedAt.set(number, entry.at);
        return;
      case "comment":
        if (this.#options.ownLogins.includes(entry.actor)) this.#tally(number).comments += 1;
        return;
      case "label":
        if (this.#options.ownLogins.includes(entry.actor)) this.#seeLabel(this.#tally(number), entry.at);
        return;
      default:
    }
  }

  /** Labels that change at one instant are one write. */
  #seeLabel(tally: Tally, at: number): void {
    if (tally.labelledAt !== at) tally.labelWrites += 1;
    tally.labelledAt = at;
  }

  #tally(number: number): Tally {
    const known = this.#tallies.get(number);
    if (known !== undefined) return known;
    const fresh: Tally = { attempts: 0, refusals: 0, comments: 0, labelWrites: 0, labelledAt: -1 };
    this.#tallies.set(number, fresh);
    return fresh;
  }

  #judgeStart(entry: TimelineEntry): void {
    const { backlog } = this.#options;
    const task = String(entry.detail["task"]);
    const worker = String(entry.detail["worker"]);
    const agent = String(entry.detail["agent"]);
    const session = String(entry.detail["session"]);
    const at = entry.at;
    if (add(this.#liveByTask, task) > 1) {
      this.#find({
        rule: "two_live_sessions",
        at,
        target: task,
        detail: `${session} started while another session was live`,
      });
    }
    if (!worker.endsWith("/?") && add(this.#liveByWorker, worker) > 1) {
      this.#find({
        rule: "worker_overloaded",
        at,
        target: worker,
        detail: `${session} started on a worker that was busy`,
      });
    }
    if (entry.detail["knowsSecret"] === true) {
      this.#find({ rule: "secret_told", at, target: task, detail: `the prompt of ${session} holds a secret of a log` });
    }
    const live = add(this.#liveByAgent, agent);
    const capacity = this.#capacityOf(agent, at);
    if (capacity !== null && live > capacity) {
      this.#find({
        rule: "agent_overloaded",
        at,
        target: agent,
        detail: `${live} sessions with a capacity of ${capacity}`,
      });
    }
    const found = backlog.entries.find((each) => each.issue.key === task);
    if (found === undefined) {
      this.#judgeUnknown(entry, task);
      return;
    }
    this.#tally(found.number).attempts += 1;
    this.#judgeTrust(found, entry);
    this.#judgeBlockers(found, entry);
  }

  /** Beside the scenario's own issues there are only those of patterns and pieces: by the App, unedited, one for each series or piece. */
  #judgeUnknown({ at, detail }: TimelineEntry, task: string): void {
    const { issue, ownLogins } = this.#options;
    const number = Number(task.slice(1));
    const found = issue(number);
    const made = /^<!-- orchestrate:(pattern=\S+ series=\d+|piece=\d+ of=\S+ text=\S+) -->/.exec(
      found?.body ?? "",
    )?.[1];
    const isOwn = found !== null && ownLogins.includes(found.author.login) && found.editedAt === null;
    if (!isOwn || made === undefined) {
      const session = String(detail["session"]);
      this.#find({ rule: "unknown_task", at, target: task, detail: `${session} is for no issue of the scenario` });
      return;
    }
    this.#tally(number).attempts += 1;
    const first = this.#madeIssues.get(made) ?? number;
    this.#madeIssues.set(made, first);
    if (first === number) return;
    const [rule, what] = made.startsWith("piece") ? ["piece_twice", "piece"] : ["pattern_twice", "series"];
    this.#find({ rule, at, target: task, detail: `#${first} was made for the same ${what}` });
  }

  #seeEnd(entry: TimelineEntry): void {
    add(this.#liveByTask, String(entry.detail["task"]), -1);
    add(this.#liveByWorker, String(entry.detail["worker"]), -1);
    add(this.#liveByAgent, String(entry.detail["agent"]), -1);
  }

  #capacityOf(agent: string, at: number): number | null {
    const now = Object.hasOwn(this.#capacities, agent) ? (this.#capacities[agent] ?? null) : null;
    const before = this.#before;
    if (before === null || at > before.until || !Object.hasOwn(before.capacities, agent)) return now;
    return Math.max(now ?? 0, before.capacities[agent] ?? 0);
  }

  #judgeTrust(entry: BacklogEntry, start: TimelineEntry): void {
    const { at } = start;
    const target = entry.issue.key;
    if (entry.trustedAt === null) {
      this.#find({ rule: "untrusted_start", at, target, detail: "nobody with write labelled or commanded this issue" });
      return;
    }
    const now = this.#options.timeline.start + at;
    const editedAt = entry.untrustedEditAt;
    if (editedAt === null || editedAt <= (entry.approvedAt ?? 0) || now - editedAt <= editGraceMs) return;
    this.#find({
      rule: "untrusted_text",
      at,
      target,
      detail: "somebody without write edited it and nobody approved that",
    });
  }

  #judgeBlockers(entry: BacklogEntry, start: TimelineEntry): void {
    const { issue, backlog, receiptAt } = this.#options;
    for (const number of issue(entry.number)?.blockedBy ?? []) {
      if (issue(number) === null || entry.waived.has(number) || receiptAt(number) !== null) continue;
      const reopenedAt = this.#reopenedAt.get(number);
      if (reopenedAt !== undefined && start.at - reopenedAt <= reopenedGraceMs) continue;
      this.#find({
        rule: "blocker_open",
        at: start.at,
        target: entry.issue.key,
        detail: `started before its blocker ${backlog.nameOf(number)} was completed`,
      });
    }
  }

  #judgeStorm(number: number, tally: Tally): void {
    const at = this.#options.timeline.elapsedMs();
    const target = this.#options.backlog.nameOf(number);
    if (tally.comments > commentsMax) {
      this.#find({ rule: "comment_storm", at, target, detail: `${tally.comments} comments by the program` });
    }
    const most = labelWritesPerAttempt * (tally.attempts + tally.refusals) + labelWritesBase;
    if (tally.labelWrites > most) {
      this.#find({
        rule: "label_storm",
        at,
        target,
        detail: `${tally.labelWrites} label writes, at most ${most} expected`,
      });
    }
  }

  /** At rest, an issue that claims to be worked on must have a session at a vendor. */
  #judgeLoss(entry: BacklogEntry, at: number): void {
    const { issue, labels } = this.#options;
    if (issue(entry.number)?.state !== "open" || (this.#liveByTask.get(entry.issue.key) ?? 0) > 0) return;
    const claimed = labels(entry.number).find((name) => name === "status:assigned" || name === "status:in_progress");
    if (claimed === undefined) return;
    this.#find({
      rule: "lost_task",
      at,
      target: entry.issue.key,
      detail: `it is labelled ${claimed}, and no vendor has a session for it`,
    });
  }
}

function add(counts: Map<string, number>, key: string, change = 1): number {
  const count = Math.max(0, (counts.get(key) ?? 0) + change);
  counts.set(key, count);
  return count;
}

/** A judge that watches the timeline from now on. */
export function createJudge(options: JudgeOptions): Judge {
  return new Bench(options);
}
