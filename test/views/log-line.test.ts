import { describe, expect, test } from "vitest";
import { defaultConfig } from "../../src/model/config.ts";
import { AgentConfig } from "../../src/model/config-agent.ts";
import type { Event, EventType } from "../../src/model/event.ts";
import { toAgentId, toTaskId, toWorkerId, type EffectId } from "../../src/model/ids.ts";
import { renderHeadline } from "../../src/views/commit-summary.ts";
import { renderEventLine } from "../../src/views/log-line.ts";
import { givenDefinition, givenPull, jules, names, noon } from "./given.ts";

const task = toTaskId(1, 12);
const other = toTaskId(1, 3);
const by = "mona";
const reason = "because";
const effect = "e1" as EffectId;
const worker = toWorkerId(jules, 1);
const reasons = {
  algorithm: "balanced",
  score: 1,
  parts: {},
  rank: 1,
  readyCount: 4,
  rejected: [],
  rejectedCount: {},
  match: 0.9,
  matchParts: {},
  note: null,
} as const;

const definition = AgentConfig.parse({ id: "jules", type: "jules", dispatch: "api", capacity: 2 });

/** One event of every type with its line; the compiler refuses a type that is missing. */
const lines: { readonly [Type in EventType]: readonly [Omit<Extract<Event, { type: Type }>, "type">, string] } = {
  TaskTracked: [{ task, definition: givenDefinition() }, "#12 is tracked: Add a login page"],
  TaskRevised: [{ task, definition: givenDefinition() }, "#12 was revised: Add a login page"],
  TaskUntracked: [{ task, reason }, "#12 is no longer tracked: because"],
  TaskTrusted: [{ task, by, hash: "ab" }, "#12 may be worked on, says mona"],
  IssueSetAside: [{ number: 5, reason }, "#5 is set aside: because"],
  CommandSetAside: [
    { command: "Instruct", task, reason },
    "Instruct of #12 could not be decided and is set aside: because",
  ],
  LetterRetried: [{ letter: "e4", by, repeats: null }, "dead letter e4 is tried again, says mona"],
  LetterClosed: [{ letter: "issue/5", by: null }, "dead letter issue/5 is over"],
  DuplicateFound: [{ task, of: other }, "#12 says the same as #3 and is held"],
  DuplicateLifted: [{ task }, "#12 is no longer held as a duplicate"],
  ApprovalRequired: [{ task, reason }, "#12 needs approval: because"],
  DependenciesChanged: [{ task, blockedBy: [{ on: other, kind: "hard", source: "body" }] }, "#12 depends on #3"],
  DependencyWaived: [{ task, on: other, by }, "#12 no longer waits for #3, says mona"],
  CycleReported: [{ task, cycle: [task, other] }, "#12 is in a dependency cycle: #12 → #3"],
  ExternalObserved: [
    { external: { id: other, reference: "octo/api#3", url: null, state: "not_planned" } },
    "octo/api#3 is not planned",
  ],
  PriorityOverridden: [{ task, priority: 1, by }, "#12 has priority urgent, says mona"],
  EstimateOverridden: [{ task, minutes: 90, by }, "#12 is estimated at 1 h 30 min, says mona"],
  TaskHeld: [{ task, by }, "#12 is on hold, says mona"],
  TaskResumed: [{ task, by }, "#12 is off hold, says mona"],
  AssignmentRequested: [{ task, agent: jules, worker: null, by }, "#12 is asked for jules, says mona"],
  TaskAssigned: [
    { task, agent: jules, worker, attempt: 1, fence: 1, continues: null, timeoutMs: 1, expectedMs: 1, reasons },
    "#12 is assigned to jules/1 (attempt 1, rank 1 of 4 by balanced)",
  ],
  RunDispatched: [{ task, fence: 1, run: "99" }, "#12: agent workflow run 99 was asked for"],
  AssignmentClaimed: [{ task, fence: 1, run: "99" }, "#12: run 99 has claimed the attempt"],
  ClaimReleased: [{ task, fence: 1, reason }, "#12 gave its worker back: because"],
  SessionStarted: [{ task, fence: 1, session: { id: "s1", url: null } }, "#12: session s1 has started"],
  SessionRefused: [
    { task, fence: 1, reason, retryAt: noon },
    "#12: the agent refused to start (because); again after 2026-11-21 12:00 UTC",
  ],
  SessionWaiting: [{ task, fence: 1, question: "Why?" }, "#12: the agent asks: Why?"],
  SessionContinued: [{ task, fence: 1 }, "#12: the agent goes on"],
  SessionHeard: [{ task, fence: 1, note: "tests are red" }, "#12: the agent is still at it: tests are red"],
  CancelRequested: [
    { task, fence: 1, reason: "timeout", by },
    "#12: cancel asked for by mona because the session took longer than the agent's timeout",
  ],
  AssignmentWithdrawn: [{ task, by: "mona" }, "#12 is asked for nobody in particular, says mona"],
  SwarmCalled: [{ task, workers: 3, by }, "A swarm of 3 goes to the sub-issues of #12, says mona"],
  SplitProposed: [
    {
      task,
      by: "mona",
      proposal: {
        hash: "h",
        source: "steps",
        pieces: [
          { title: "One", text: "", minutes: null, after: [] },
          { title: "Two", text: "", minutes: null, after: [0] },
        ],
        complexity: { level: "low", reasons: [] },
        milestone: null,
      },
    },
    "#12 could be split into 2 pieces, as mona asked: it waits for approval",
  ],
  SplitWithdrawn: [{ task, by: "mona" }, "#12 is not split, says mona"],
  SplitApproved: [{ task, by: "mona" }, "#12 is split, says mona: its pieces are opened as issues"],
  PieceOpened: [{ task, piece: 1, issue: 14, id: other }, "piece 2 of #12 is #14"],
  SplitSettled: [{ task }, "#12 is split: every piece of it is an issue"],
  DependencyRestored: [{ task, on: other, by: "mona" }, "#12 waits for #3 again, says mona"],
  PersonAsked: [{ task, fence: 1, reason }, "#12: a person is asked to look at the session: because"],
  SessionEnded: [
    { task, fence: 1, result: "no_result", detail: "empty", costUsd: 1, branch: null, pullUrl: null, pullDueAt: null },
    "#12: session ended: the session ended without a pull request (empty), $1.00",
  ],
  TaskPreempted: [{ task, for: other, reason }, "#12 gives way: because"],
  TaskHandedOver: [
    { task, agent: toAgentId("cursor"), worker: null, by: "mona" },
    "#12 is handed over to cursor, says mona",
  ],
  RetryScheduled: [
    { task, reason: "conflict", detail: "", retryAt: noon, answers: null, counts: false },
    "#12 is tried again after 2026-11-21 12:00 UTC because the branch conflicts with its base (not counted)",
  ],
  FeedbackCollected: [
    {
      task,
      feedback: {
        pull: 14,
        sha: "ab".repeat(20),
        checks: [{ name: "ci", conclusion: "failure", url: null, lines: ["Error: no"] }],
        reviews: [{ by: "ann", state: "changes_requested", url: null, lines: ["Please rename it."] }],
        moreChecks: 0,
        strangers: 0,
        reviewedAt: noon,
      },
    },
    "#12: what was said of pull request #14 is kept for the next attempt: ci, a review by ann",
  ],
  PullRequestLinked: [{ task, pull: givenPull(), matchedBy: "marker" }, "#12 has pull request #40 (matched by marker)"],
  PullRequestChanged: [
    { task, pull: givenPull({ checks: "failure", failedChecks: ["ci"] }) },
    "#12: pull request #40 at c0ffeec, checks: failure (ci)",
  ],
  MergeRequested: [
    { task, pull: 40, sha: "c0ffee".repeat(7) },
    "#12: pull request #40 is green and is to be merged at c0ffeec",
  ],
  MergeReturned: [
    { task, pull: 40, sha: "c0ffee".repeat(7), why: "checks" },
    "#12: the merge queue gave pull request #40 back at c0ffeec: its checks fail together with what is merged before it",
  ],
  BranchUpdateRequested: [
    { task, pull: 40, sha: "c0ffee".repeat(7) },
    "#12: pull request #40 is green and behind its base; its branch is to be brought up to date at c0ffeec",
  ],
  BranchUpdateFailed: [
    { task, pull: 40, sha: "c0ffee".repeat(7) },
    "#12: GitHub has not brought the branch of pull request #40 up to date at c0ffeec",
  ],
  MergePutOff: [
    { task, pull: 40, on: other, why: "overlap", file: "src/a.ts" },
    "#12: pull request #40 waits for #3 to be merged first; both change src/a.ts",
  ],
  TaskCompleted: [
    { task, receipt: { kind: "merge", by, at: noon, reference: "#40", warning: "red" } },
    "#12 is completed (merge by mona: #40); warning: red",
  ],
  ReceiptRevoked: [{ task, reason }, "#12 is no longer completed: because"],
  TaskFailed: [{ task, reason }, "#12 failed: because"],
  TaskCancelled: [{ task, reason, by }, "#12 was cancelled by mona: because"],
  TaskReopened: [{ task, by }, "#12 was reopened by mona"],
  ManualReviewRequired: [{ task, reason }, "#12 needs a person: because"],
  EscalationLifted: [{ task }, "#12: what a person was told of it is no longer so"],
  TaskEscalated: [{ task, reason }, "#12: a person is told: because"],
  UpstreamFailed: [{ task, upstream: other }, "#12 stops because #3 failed"],
  UpstreamRecovered: [{ task }, "#12 goes on: what it needs is no longer failed"],
  ModeChanged: [{ mode: "attack", by }, "mode is attack, says mona"],
  MilestoneModeChanged: [
    { milestone: "Launch", mode: "effort", reason: "it is near its due date" },
    "milestone Launch has the mode effort: it is near its due date",
  ],
  AttackThresholdChanged: [
    { minutes: 18, velocity: 24 },
    "tasks below 18 min are quick wins now: 24 an hour were completed",
  ],
  CapacityChanged: [{ agent: jules, capacity: 7, reason }, "agent jules has a capacity of 7: because"],
  OperatorsChanged: [
    { agent: jules, operators: [{ login: "alice", presence: "busy", until: noon }] },
    "0 of 1 operators of agent jules are available: alice is busy until 2026-11-21 12:00 UTC",
  ],
  AgentRegistered: [
    { agent: jules, definition, by },
    "agent jules is registered (jules, dispatch api, 2 workers), says mona",
  ],
  AgentRevised: [{ agent: jules, definition, by }, "agent jules is changed, says mona"],
  AgentRemoved: [{ agent: jules, by }, "agent jules is taken out and gets no new work, says mona"],
  CapacityOverridden: [{ agent: jules, capacity: 3, by }, "agent jules has a capacity of 3, says mona"],
  PatternMatched: [
    { pattern: "deps", series: 2 },
    "pattern deps has seen enough merged tasks: its issue is asked for (series 2)",
  ],
  ConflictDetected: [
    {
      task,
      kind: "merge",
      with: [],
      agent: toAgentId("jules"),
      files: ["a.txt"],
      detail: "Pull request #9 cannot be merged.",
    },
    "#12: a merge conflict: Pull request #9 cannot be merged.",
  ],
  ConflictPassed: [{ task, kind: "merge" }, "#12: the merge conflict has passed"],
  ConflictResolved: [
    { task, kind: "merge", resolution: "reassign", by: "http:wanda", reason: null },
    "#12: the merge conflict is resolved with reassign, says http:wanda",
  ],
  TaskSubmitted: [
    {
      submission: { id: "s", title: "Fix\nit", body: "", labels: [], blockedBy: [], by: "http:wanda" },
    },
    "http:wanda submits a task, and its issue is asked for: Fix it",
  ],
  StockTaken: [{}, "everything was looked at after the restore: work may begin again"],
  CursorMoved: [
    { cursor: { issues: noon, near: [], events: 1, comments: noon }, wholeAt: noon },
    "everything is read up to 2026-11-21 12:00 UTC",
  ],
  WarningRaised: [
    { warning: { code: "bottleneck", subject: task, severity: "critical", detail: "So it is.", suggestion: "Do." } },
    "critical about #12: a task holds up others. So it is. Do.",
  ],
  WorkerRested: [
    { worker, until: noon, reason: "It failed 3 tasks." },
    "worker jules/1 rests until 2026-11-21 12:00 UTC: It failed 3 tasks.",
  ],
  WorkerTried: [{ worker }, "worker jules/1 has rested: one task tries it out"],
  WorkerRestored: [{ worker, by }, "worker jules/1 is trusted again, says mona"],
  AgentPaused: [
    { agent: jules, until: noon, reason: "3 refused starts.", cause: "refusals" },
    "agent jules is paused until 2026-11-21 12:00 UTC: 3 refused starts.",
  ],
  AgentResumed: [{ agent: jules, by }, "agent jules goes on, says mona"],
  WarningCleared: [{ code: "agent_paused", subject: "jules" }, "passed about jules: an agent is paused"],
  OrchestrationPaused: [{ by }, "paused by mona: nothing new is started"],
  OrchestrationResumed: [{ by }, "resumed by mona"],
  WorkerDisabled: [{ worker, by }, "worker jules/1 is disabled, says mona"],
  WorkerEnabled: [{ worker, by }, "worker jules/1 is enabled, says mona"],
  ConfigurationAccepted: [
    { sha: "0123456789", config: defaultConfig, isRecovery: false },
    "configuration 0123456 is in force",
  ],
  ConfigurationRejected: [
    { sha: "0123456789", problems: ["line 1: a", "line 2: b"] },
    "configuration 0123456 is refused: line 1: a; line 2: b",
  ],
  CommandAnswered: [{ task, comment: "IC_1", reaction: "+1", answer: null }, "command on #12 answered with +1"],
  ProgressTold: [
    {
      progress: {
        since: noon,
        at: noon,
        active: 1,
        ready: 2,
        heldBack: 0,
        blocked: 3,
        open: 6,
        started: 4,
        completed: 5,
        failed: 1,
      },
    },
    "how far the work is, is sent: 5 completed and 1 failed since 2026-11-21 12:00 UTC",
  ],
  EffectsLeased: [
    { effects: [effect], owner: "app-1", until: noon },
    "1 effect taken by app-1 until 2026-11-21 12:00 UTC",
  ],
  BoxTicked: [
    { box: "mode:attack", by: "mona", tickedAt: 0, isDone: false, answer: "It needs write permission." },
    "box mode:attack of the cockpit was ticked by mona: refused. It needs write permission.",
  ],
  CockpitEdited: [{ by: "mona", editedAt: 0 }, "the text of the cockpit was changed by mona: it is written anew"],
  CockpitEnded: [{ end: "closed" }, "the cockpit was closed: it is left alone until somebody reopens it"],
  CockpitReopened: [{}, "the cockpit was reopened: it is kept up to date again"],
  EffectSettled: [{ effect }, "effect e1 is done"],
  EffectDelayed: [{ effect, reason, notBefore: noon }, "effect e1 waits until 2026-11-21 12:00 UTC: because"],
  EffectDropped: [{ effect, reason }, "effect e1 is given up: because"],
};

/** The fields belong to the type under whose key they stand. */
function eventOf(type: string): Event {
  return { type, ...lines[type as EventType][0] } as Event;
}

describe("a line of the log", () => {
  test("says what is back where a mode or a capacity ends", () => {
    const told = (event: Event): string => renderEventLine(event, names);
    expect(told({ type: "ModeChanged", mode: null, by: "schedule", rule: null })).toBe(
      "mode is that of the configuration again, says schedule",
    );
    expect(told({ type: "MilestoneModeChanged", milestone: "Launch", mode: null, reason })).toBe(
      "milestone Launch has the mode of the repository again: because",
    );
    expect(told({ type: "CapacityChanged", agent: jules, capacity: null, reason })).toBe(
      "agent jules has the capacity of the configuration again: because",
    );
  });

  test("says that a task was started for its wait, and not by its rank", () => {
    const event = eventOf("TaskAssigned") as Extract<Event, { readonly type: "TaskAssigned" }>;
    const starved = { ...event, reasons: { ...event.reasons, starvedMs: 8 * 24 * 60 * 60_000 } };
    expect(renderEventLine(starved, names)).toBe("#12 is assigned to jules/1 (attempt 1, starving after 8 d)");
  });

  test.each(Object.entries(lines))("%s is readable", (type, [, line]) => {
    expect(renderEventLine(eventOf(type), names)).toBe(line);
  });

  test("is cut at 300 characters", () => {
    const line = renderEventLine({ type: "TaskFailed", task, reason: "x".repeat(1_000) }, names);
    expect(line).toHaveLength(300);
  });
});

describe("the headline of a state commit", () => {
  test("names the outcomes first, without a number that GitHub would link", () => {
    const events = ["EffectSettled", "SessionStarted", "TaskAssigned", "TaskCompleted"].map(eventOf);
    expect(renderHeadline(events, names)).toBe("complete 12; assign 12; start 12");
  });

  test("counts tasks where there are many, and what does not fit", () => {
    const assigned = Array.from(
      { length: 10 },
      (_, index) => ({ ...eventOf("TaskAssigned"), task: toTaskId(1, index) }) as Event,
    );
    const rest = ["TaskFailed", "TaskCancelled", "RetryScheduled", "PullRequestLinked", "TaskTracked", "TaskHeld"].map(
      eventOf,
    );
    expect(renderHeadline([...assigned, ...rest], names)).toBe("fail 12; cancel 12; assign 10 tasks; retry 12; 3 more");
  });

  test("is never empty and never longer than 72 characters, whatever happened", () => {
    const all = Object.keys(lines).map(eventOf);
    for (let count = 0; count <= all.length; count += 1) {
      const headline = renderHeadline(all.slice(0, count), names);
      expect(headline.length).toBeLessThanOrEqual(72);
      expect(headline).not.toBe("");
    }
    expect(renderHeadline([eventOf("EffectSettled")], names)).toBe("record 1 event");
  });
});
