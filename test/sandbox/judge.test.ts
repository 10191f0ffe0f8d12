import { describe, expect, test } from "vitest";
import { createBacklog, type Backlog } from "../../src/sandbox/backlog.ts";
import { createJudge, type Judge } from "../../src/sandbox/judge.ts";
import { createReceipts, type Receipts } from "../../src/sandbox/receipts.ts";
import type { IssueRecord, UserRecord } from "../../src/sandbox/records.ts";
import type { Outcome } from "../../src/sandbox/report.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { createTimeline, type Timeline } from "../../src/sandbox/timeline.ts";
import { createVirtualClock, type VirtualClock } from "../../src/sandbox/virtual-clock.ts";

const appLogin = "orchestrate[bot]";
const person: UserRecord = { id: 9, node: "U", login: "maintainer", type: "User" };

function issueOf(number: number, blockedBy: readonly number[] = []): IssueRecord {
  return {
    id: 1_000 + number,
    node: `I_${number}`,
    number,
    title: `Issue ${number}`,
    body: "",
    author: person,
    state: "open",
    stateReason: null,
    closedBy: null,
    closedAt: null,
    createdAt: 0,
    updatedAt: 0,
    editedAt: null,
    editedBy: null,
    labels: new Set(),
    assignees: new Set(),
    milestone: null,
    isLocked: false,
    comments: [],
    reactions: [],
    blockedBy: new Set(blockedBy),
    subIssues: [],
    parent: null,
    pull: null,
  } as unknown as IssueRecord;
}

interface Court {
  readonly clock: VirtualClock;
  readonly timeline: Timeline;
  readonly backlog: Backlog;
  readonly judge: Judge;
  readonly issues: Map<number, IssueRecord>;
  readonly labels: string[];
  readonly receipts: Receipts;
  start(task: string, worker: string): void;
  end(task: string, worker: string): void;
  rules(outcome?: Outcome): readonly string[];
}

/** Two labelled issues, `b` behind `a`, and an agent of two slots. */
function setUp(): Court {
  const clock = createVirtualClock(0);
  const timeline = createTimeline(clock);
  const backlog = createBacklog(
    parseScenario("issues: [{ key: a, title: A }, { key: b, title: B, blockedBy: [a] }, { key: c, title: C }]"),
  );
  for (const entry of backlog.entries) Object.assign(entry, { trustedAt: 0, approvedAt: 0 });
  const issues = new Map([issueOf(1), issueOf(2, [1]), issueOf(3)].map((issue) => [issue.number, issue]));
  const labels: string[] = [];
  const issue = (number: number): IssueRecord | null => issues.get(number) ?? null;
  const receipts = createReceipts({ timeline, backlog, issue, repository: "acme/rocket" });
  const judge = createJudge({
    timeline,
    backlog,
    issue,
    receiptAt: receipts.at,
    labels: () => labels,
    ownLogins: [appLogin],
  });
  judge.configure({ jules: 2 });
  const session = (action: "session_started" | "session_ended", task: string, worker: string): void =>
    timeline.record({
      actor: "jules",
      action,
      target: `s/${task}`,
      detail: { task, agent: "jules", worker, session: `s/${task}` },
    });
  return {
    clock,
    timeline,
    backlog,
    judge,
    issues,
    labels,
    receipts,
    start: (task, worker) => session("session_started", task, worker),
    end: (task, worker) => session("session_ended", task, worker),
    rules: (outcome = "done") => judge.finish(outcome, []).map((violation) => violation.rule),
  };
}

function complete(court: Court, number: number, by: UserRecord = person): void {
  Object.assign(court.issues.get(number) ?? {}, {
    state: "closed",
    stateReason: "completed",
    closedBy: by,
    closedAt: 1,
  });
}

describe("a clean run", () => {
  test("a blocker that was merged first, one session a worker, and nothing is found", () => {
    const court = setUp();
    court.start("a", "jules/1");
    court.end("a", "jules/1");
    complete(court, 1);
    court.start("b", "jules/1");
    court.start("c", "jules/2");
    expect(court.rules()).toEqual([]);
  });
});

describe("a blocker that nobody merged", () => {
  const green = { pull: 7, task: "a", conclusion: "success" };

  function seeChecks(court: Court, detail: Readonly<Record<string, unknown>>): void {
    court.timeline.record({ actor: "github-actions[bot]", action: "checks", target: "pull #7", detail });
  }

  test("is done with its green checks where the configuration asks for no more", () => {
    const court = setUp();
    court.receipts.configure("checks");
    seeChecks(court, green);
    court.start("b", "jules/1");
    expect(court.rules()).toEqual([]);
  });

  test.each([
    ["a merge is asked for", "merged", green],
    ["they are red", "checks", { ...green, conclusion: "failure" }],
    ["they are of no pull request", "checks", { task: "a", conclusion: "success" }],
  ] as const)("is not done with its checks where %s", (_why, done, detail) => {
    const court = setUp();
    court.receipts.configure(done);
    seeChecks(court, detail);
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });

  test.each([
    ["success", []],
    ["no_pr", []],
    ["cancelled", ["blocker_open"]],
    ["timeout", ["blocker_open"]],
  ] as const)("and whose session ended as %s is judged by that where reports count", (result, rules) => {
    const court = setUp();
    court.receipts.configure("reported");
    const detail = { task: "a", agent: "jules", worker: "jules/1", session: "s/a", result };
    court.start("a", "jules/1");
    court.timeline.record({ actor: "jules", action: "session_ended", target: "s/a", detail });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(rules);
  });
});

describe("an issue that a pattern made", () => {
  const app: UserRecord = { id: 8, node: "B", login: appLogin, type: "Bot" };
  const marker = "<!-- orchestrate:pattern=deps series=1 -->\nAll of them.";

  function made(court: Court, number: number, more: Partial<IssueRecord> = {}): void {
    court.issues.set(number, { ...issueOf(number), author: app, body: marker, ...more } as IssueRecord);
    court.start(`#${number}`, "jules/1");
    court.end(`#${number}`, "jules/1");
  }

  test("may be worked on, again and again", () => {
    const court = setUp();
    for (let attempt = 0; attempt < 3; attempt += 1) made(court, 10);
    expect(court.rules()).toEqual([]);
  });

  test("is found when there are two of one series", () => {
    const court = setUp();
    made(court, 10);
    made(court, 11);
    expect(court.rules()).toEqual(["pattern_twice"]);
  });

  test("or a piece of a split is one, and found when there are two of one piece", () => {
    const court = setUp();
    const body = "<!-- orchestrate:piece=2 of=gh:7:1001 text=0123456789abcdef -->\nA part.";
    made(court, 10, { body });
    expect(court.rules()).toEqual([]);
    made(court, 11, { body });
    expect(court.rules()).toEqual(["piece_twice"]);
  });

  test.each<[string, Partial<IssueRecord>]>([
    ["somebody else wrote it", { author: person }],
    ["somebody edited it", { editedAt: 1 }],
    ["it has no marker", { body: "Do this." }],
  ])("is none of ours when %s", (_why, more) => {
    const court = setUp();
    made(court, 10, more);
    expect(court.rules()).toEqual(["unknown_task"]);
  });
});

describe("a violation is found when", () => {
  test("a dependent starts before its blocker is done", () => {
    const court = setUp();
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });

  test("the blocker was closed as not planned", () => {
    const court = setUp();
    complete(court, 1);
    Object.assign(court.issues.get(1) ?? {}, { stateReason: "not_planned" });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });

  test("the blocker was closed by somebody without write", () => {
    const court = setUp();
    complete(court, 1, { ...person, login: "stranger-eve" });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });

  test("a task has two live sessions", () => {
    const court = setUp();
    court.start("a", "jules/1");
    court.start("a", "jules/2");
    expect(court.rules()).toEqual(["two_live_sessions"]);
  });

  test("a worker has two, or the agent more than its capacity", () => {
    const court = setUp();
    court.start("a", "jules/1");
    court.start("c", "jules/1");
    complete(court, 1);
    court.start("b", "jules/2");
    expect(court.rules()).toEqual(["worker_overloaded", "agent_overloaded"]);
  });

  test("nobody with write ever labelled or commanded the issue", () => {
    const court = setUp();
    Object.assign(court.backlog.byKey("a") ?? {}, { trustedAt: null });
    court.backlog.heard({ number: 1, by: "stranger-eve", body: "/orchestrate approve", at: 0 });
    court.start("a", "jules/1");
    expect(court.rules()).toEqual(["untrusted_start"]);
  });

  test("a stranger's edit was not approved before the start", () => {
    const court = setUp();
    Object.assign(court.backlog.byKey("a") ?? {}, { untrustedEditAt: 10 });
    court.clock.moveTo(120_000);
    court.start("a", "jules/1");
    court.end("a", "jules/1");
    court.backlog.heard({ number: 1, by: "maintainer", body: "/orchestrate approve", at: 120_000 });
    court.start("a", "jules/1");
    expect(court.rules()).toEqual(["untrusted_text"]);
  });

  test("the App comments twice, or moves labels again and again", () => {
    const court = setUp();
    for (let round = 0; round < 12; round += 1) {
      court.clock.moveTo(round * 1_000);
      court.timeline.record({ actor: appLogin, action: "label", target: "#1", detail: { label: "x", added: true } });
    }
    for (let round = 0; round < 2; round += 1) {
      court.timeline.record({ actor: appLogin, action: "comment", target: "#3", detail: {} });
    }
    expect(court.rules()).toEqual(["label_storm", "comment_storm"]);
  });

  test("an issue claims to be worked on, and no vendor knows of it", () => {
    const court = setUp();
    court.labels.push("status:in_progress");
    expect(court.rules("stuck")).toEqual(["lost_task", "lost_task", "lost_task"]);
  });

  test("the last look found a difference", () => {
    expect(setUp().judge.finish("done", ["#1 is open"])).toMatchObject([{ rule: "stale_state", detail: "#1 is open" }]);
  });
});

test("a waived blocker, and one that was reopened a moment ago, hold nothing against a start", () => {
  const waived = setUp();
  waived.backlog.heard({ number: 2, by: "maintainer", body: "/orchestrate unblock #1", at: 0 });
  waived.start("b", "jules/1");
  expect(waived.rules()).toEqual([]);
  const reopened = setUp();
  reopened.timeline.record({ actor: "maintainer", action: "reopened", target: "#1", detail: {} });
  reopened.start("b", "jules/1");
  expect(reopened.rules()).toEqual([]);
});

describe("a receipt that is not the close itself satisfies a blocker:", () => {
  const stranger: UserRecord = { ...person, login: "stranger-eve" };

  test("its pull request was merged after somebody without write had closed the issue", () => {
    const court = setUp();
    complete(court, 1, stranger);
    court.timeline.record({ actor: "maintainer", action: "merged", target: "pull #4", detail: { task: "a", pull: 4 } });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual([]);
  });

  test("somebody with write declared it complete, and the program has not closed it yet", () => {
    const court = setUp();
    court.backlog.heard({ number: 1, by: "maintainer", body: "/orchestrate complete", at: 0 });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual([]);
  });

  test.each(["merge", "word"])("but not when the issue was reopened since, which takes the %s back", (kind) => {
    const court = setUp();
    if (kind === "word") court.backlog.heard({ number: 1, by: "maintainer", body: "/orchestrate complete", at: 0 });
    else court.timeline.record({ actor: "maintainer", action: "merged", target: "pull #4", detail: { task: "a" } });
    court.timeline.record({ actor: "maintainer", action: "reopened", target: "#1", detail: {} });
    court.clock.moveTo(3_600_000);
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });

  test("but neither a stranger's word nor a merge from a fork is one", () => {
    const court = setUp();
    court.backlog.heard({ number: 1, by: "stranger-eve", body: "/orchestrate complete", at: 0 });
    court.issues.set(4, { ...issueOf(4), pull: { headRepository: "eve/rocket" } } as unknown as IssueRecord);
    court.timeline.record({ actor: "maintainer", action: "merged", target: "pull #4", detail: { task: "a", pull: 4 } });
    court.start("b", "jules/1");
    expect(court.rules()).toEqual(["blocker_open"]);
  });
});
