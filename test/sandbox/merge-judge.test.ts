import { describe, expect, test } from "vitest";
import { createBacklog, type Backlog } from "../../src/sandbox/backlog.ts";
import { createMergeJudge, type MergeJudge } from "../../src/sandbox/merge-judge.ts";
import type { IssueRecord, TimelineEntry } from "../../src/sandbox/records.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";

const app = "orchestrate[bot]";
const minute = 60_000;

interface Court {
  readonly judge: MergeJudge;
  readonly issues: Map<number, IssueRecord>;
  readonly labels: string[];
  readonly backlog: Backlog;
  now: number;
  see(action: TimelineEntry["action"], detail: Readonly<Record<string, unknown>>, actor?: string): void;
  /** The pull request of issue `number` is #10+n, with a commit of that name, green. */
  green(number: number): void;
  rules(): readonly string[];
}

function record(number: number, more: Partial<IssueRecord> = {}): IssueRecord {
  return { number, state: "open", body: "", blockedBy: new Set(), pull: null, ...more } as unknown as IssueRecord;
}

/** Issues 1, 2 behind it, and 3, which softly depends on 1; the App merges what is green. */
function setUp(): Court {
  const backlog = createBacklog(
    parseScenario("issues: [{ key: a, title: A }, { key: b, title: B }, { key: c, title: C }]"),
  );
  const issues = new Map([
    [1, record(1)],
    [2, record(2, { blockedBy: new Set([1]) })],
    [3, record(3, { body: "Soft depends on #1 (partial)" })],
  ]);
  for (const number of [1, 2, 3]) {
    const pull = { headBranch: `orchestrate/${number}-work`, headSha: `sha-${number}` };
    issues.set(10 + number, record(10 + number, { pull } as unknown as Partial<IssueRecord>));
  }
  const found: string[] = [];
  const labels: string[] = [];
  const judge = createMergeJudge({
    backlog,
    issue: (number) => issues.get(number) ?? null,
    labels: () => labels,
    ownLogins: [app],
    find: ({ rule }) => found.push(rule),
  });
  judge.configure(true, 0);
  const self: Court = {
    judge,
    issues,
    labels,
    backlog,
    now: 0,
    see(action, detail, actor = app) {
      judge.see({ at: self.now, actor, action, target: `pull #${String(detail["pull"])}`, detail });
    },
    green: (number) => self.see("checks", { pull: 10 + number, sha: `sha-${number}`, conclusion: "success" }, "ci"),
    rules: () => found,
  };
  return self;
}

function merge(court: Court, number: number, actor = app): void {
  court.see("merged", { pull: 10 + number, sha: "merge-commit", issues: [number] }, actor);
}

function enqueue(court: Court, number: number, files: readonly string[]): void {
  court.see("enqueued", { pull: 10 + number, sha: `sha-${number}`, files });
}

describe("nothing is found", () => {
  test("when the App merges what is green and depends on nothing that is open", () => {
    const court = setUp();
    court.green(1);
    merge(court, 1);
    Object.assign(court.issues.get(1) ?? {}, { state: "closed" });
    court.green(2);
    merge(court, 2);
    expect(court.rules()).toEqual([]);
  });

  test("when a person merges, whatever it is", () => {
    const court = setUp();
    court.judge.configure(false, 0);
    merge(court, 2, "maintainer");
    expect(court.rules()).toEqual([]);
  });

  test("when a person waived the blocker, or it was reopened a moment ago", () => {
    const waived = setUp();
    waived.backlog.byNumber(2)?.waived.add(1);
    waived.green(2);
    merge(waived, 2);
    expect(waived.rules()).toEqual([]);
    const reopened = setUp();
    reopened.green(2);
    reopened.judge.see({ at: 0, actor: "maintainer", action: "reopened", target: "#1", detail: {} });
    merge(reopened, 2);
    expect(reopened.rules()).toEqual([]);
  });

  test("when the App merges quick work where people merge, or what was decided before they took it back", () => {
    const quick = setUp();
    quick.judge.configure(false, 0);
    quick.now = 60 * minute;
    quick.labels.push("quick-win");
    quick.green(1);
    merge(quick, 1);
    expect(quick.rules()).toEqual([]);
    const late = setUp();
    late.judge.configure(false, 0);
    late.green(1);
    late.now = minute;
    merge(late, 1);
    expect(late.rules()).toEqual([]);
  });

  test("when files overlap in the queue one after the other", () => {
    const court = setUp();
    court.green(1);
    enqueue(court, 1, ["a.ts"]);
    court.see("merged", { pull: 11, sha: "m", issues: [1] }, "github-merge-queue[bot]");
    Object.assign(court.issues.get(1) ?? {}, { state: "closed" });
    court.green(3);
    enqueue(court, 3, ["a.ts"]);
    court.see("dequeued", { pull: 13, reason: "CI_FAILURE" });
    court.green(2);
    enqueue(court, 2, ["a.ts"]);
    expect(court.rules()).toEqual([]);
  });
});

describe("a violation is found when", () => {
  test("the App merges what is red, or what nobody has seen green at this commit", () => {
    const court = setUp();
    merge(court, 1);
    court.see("checks", { pull: 11, sha: "sha-1", conclusion: "failure" }, "ci");
    enqueue(court, 1, []);
    expect(court.rules()).toEqual(["merge_not_green", "merge_not_green"]);
  });

  test("it merges before what it depends on, hard or soft", () => {
    const court = setUp();
    court.green(2);
    merge(court, 2);
    court.green(3);
    enqueue(court, 3, []);
    expect(court.rules()).toEqual(["merge_out_of_order", "merge_out_of_order"]);
  });

  test("it has two in the queue that change one file", () => {
    const court = setUp();
    court.green(1);
    enqueue(court, 1, ["a.ts", "b.ts"]);
    Object.assign(court.issues.get(1) ?? {}, { state: "closed" });
    court.green(2);
    enqueue(court, 2, ["b.ts"]);
    expect(court.rules()).toEqual(["merge_overlap"]);
  });

  test("it merges where that is for people", () => {
    const court = setUp();
    court.judge.configure(false, 0);
    court.now = 6 * minute;
    court.green(1);
    merge(court, 1);
    expect(court.rules()).toEqual(["merge_unasked"]);
  });

  test("of a branch that is brought up to date beside another one, which only ends without a merge when it is red", () => {
    const court = setUp();
    court.see("pr_updated", { pull: 11, sha: "sha-1" });
    court.see("pr_updated", { pull: 11, sha: "sha-1-again" });
    expect(court.rules()).toEqual([]);
    court.see("pr_updated", { pull: 12, sha: "sha-2" });
    expect(court.rules()).toEqual(["update_beside"]);
    court.see("checks", { pull: 11, sha: "sha-1-again", conclusion: "failure" }, "ci");
    court.see("checks", { pull: 12, sha: "sha-2", conclusion: "failure" }, "ci");
    court.see("pr_updated", { pull: 13, sha: "sha-3" });
    expect(court.rules()).toEqual(["update_beside"]);
  });
});
