import { toTaskId } from "../../src/model/ids.ts";
import { describe, expect, test } from "vitest";
import { toAgentId } from "../../src/model/ids.ts";
import { taskStatuses, type TaskStatus } from "../../src/model/task.ts";
import { renderHelp } from "../../src/views/help.ts";
import { renderSticky, stickyMarker } from "../../src/views/sticky-comment.ts";
import type { TaskView } from "../../src/views/task-view.ts";
import {
  givenAssignment,
  givenAttempt,
  givenBlocker,
  givenDefinition,
  givenPull,
  givenTask,
  givenView,
  noon,
} from "./given.ts";

function headOf(view: TaskView): string {
  return renderSticky(view).split("\n")[1] ?? "";
}

describe("the first line", () => {
  const receipt = {
    kind: "merge",
    by: "mona",
    at: noon,
    reference: "https://github.com/octo/web/pull/40",
    warning: null,
  } as const;
  const cases: readonly (readonly [TaskStatus, Partial<TaskView>, string])[] = [
    ["pending", { task: givenTask({ trust: null }) }, "waits for approval.** Nobody with the permission"],
    [
      "pending",
      { task: givenTask({ pendingReason: "edited by eve" }) },
      "edited by eve. `/orchestrate approve` lets it start.",
    ],
    [
      "pending",
      {
        task: givenTask({ definition: givenDefinition({ lacks: ["criteria"] }) }),
        waiting: [{ code: "not_ready", detail: "It lacks acceptance criteria." }],
      },
      "not ready.** It does not meet the definition of ready: it lacks acceptance criteria (a list below that heading, or a checklist). Edit the issue, and it goes on by itself; `/orchestrate approve` lets",
    ],
    [
      "pending",
      {
        task: givenTask({ pendingReason: "edited by eve", definition: givenDefinition({ lacks: ["criteria"] }) }),
        waiting: [{ code: "not_ready", detail: "It lacks acceptance criteria." }],
      },
      "waits for approval.** edited by eve. `/orchestrate approve` lets it start. It does not meet the definition of ready: it lacks acceptance criteria",
    ],
    [
      "pending",
      {
        task: givenTask({ duplicateOf: toTaskId(1, 2) }),
        duplicateOf: "#3",
      },
      "held as a duplicate.** It says the same as #3. Close one of them; `/orchestrate approve` lets it be worked on as well",
    ],
    [
      "pending",
      { task: givenTask({ isHeld: true }) },
      "on hold.** It is on hold. To go on: `/orchestrate resume #12`.",
    ],
    [
      "pending",
      { task: givenTask({ definition: givenDefinition({ heldByLabel: true }) }) },
      "remove the `hold` label.",
    ],
    ["blocked", { blockers: [givenBlocker()] }, "It starts when its blocker is done."],
    ["blocked", { cycle: ["#12", "#3"] }, "It is part of a dependency cycle: #12 → #3."],
    [
      "blocked",
      { task: givenTask({ definition: givenDefinition({ isContainer: true }) }) },
      "completes with the last of them",
    ],
    ["ready", {}, "The next free worker takes it."],
    ["ready", { task: givenTask({ retryAt: noon }) }, "The next attempt starts after 2026-11-21 12:00 UTC."],
    ["ready", { waiting: [{ code: "at_capacity", detail: "5 workers" }] }, "The next free worker takes it."],
    ["ready", { waiting: [{ code: "no_agents", detail: "" }] }, "No agent is configured. Add one under `agents`"],
    [
      "assigned",
      { task: givenTask({ assignment: givenAssignment({ phase: "claimed" }) }) },
      "Jules (`jules/1`) is asked to start.",
    ],
    ["in_progress", { task: givenTask({ assignment: givenAssignment() }) }, "Jules (`jules/1`) is at work."],
    ["in_progress", { task: givenTask({ assignment: givenAssignment({ phase: "ending" }) }) }, "is being cancelled"],
    [
      "in_progress",
      { task: givenTask({ assignment: givenAssignment({ phase: "ending", cancelReason: "preempted" }) }) },
      "It gives way to more urgent work: the session of Jules (`jules/1`) is being ended. This is no failure",
    ],
    [
      "in_progress",
      {
        task: givenTask({
          assignment: givenAssignment({
            phase: "ending",
            cancelReason: "handed_over",
            handedTo: { agent: toAgentId("cursor"), worker: null, by: "mona" },
          }),
        }),
      },
      "It is handed over to `cursor`, as `mona` asked: the session of Jules (`jules/1`) is being ended first. This is no failure",
    ],
    [
      "in_progress",
      {
        task: givenTask({
          assignment: givenAssignment({
            phase: "ending",
            cancelReason: "handed_over",
            handedTo: { agent: toAgentId("cursor"), worker: null, by: "orchestrate", reason: "jules is full." },
          }),
        }),
      },
      "It is handed over to `cursor`, to balance the agents: the session of Jules (`jules/1`) is being ended first.",
    ],
    [
      "in_progress",
      { task: givenTask({ assignment: givenAssignment(), escalated: "It takes longer than expected" }) },
      "The pull request appears here. ⚠️ It takes longer than expected.",
    ],
    [
      "in_progress",
      { task: givenTask({ assignment: givenAssignment({ personAsked: true }) }) },
      "Please end its session",
    ],
    [
      "in_progress",
      { task: givenTask({ pullDueAt: noon }) },
      "its pull request is expected until 2026-11-21 12:00 UTC",
    ],
    [
      "review",
      { task: givenTask({ pull: givenPull() }) },
      "[#40](https://github.com/octo/web/pull/40) waits to be reviewed and merged.",
    ],
    ["review", { task: givenTask({ pull: givenPull({ checks: "failure" }) }) }, "failed."],
    ["review", { task: givenTask({ pull: givenPull({ checks: "pending" }) }) }, "are running."],
    ["review", { task: givenTask({ pull: givenPull({ mergeable: "conflict" }) }) }, "conflicts with its base"],
    [
      "needs_input",
      { task: givenTask({ assignment: givenAssignment({ question: "Which port?" }) }) },
      "The agent asks: Which port? Please answer [in its session](https://jules.google.com/session/31)",
    ],
    [
      "manual_review",
      { task: givenTask({ manualReview: "Two pull requests match" }) },
      "Two pull requests match. `/orchestrate retry`",
    ],
    [
      "completed",
      { task: givenTask({ receipt }) },
      "[#40](https://github.com/octo/web/pull/40) was merged by `mona` at 2026-11-21 12:00 UTC.",
    ],
    ["completed", { task: givenTask({ receipt: { ...receipt, warning: "merged red" } }) }, "⚠️ merged red."],
    [
      "failed",
      { task: givenTask({ outcome: "failed", outcomeReason: "3 attempts failed" }) },
      "3 attempts failed. `/orchestrate retry`",
    ],
    ["upstream_failed", { upstream: "#3" }, "#3 failed. This task returns by itself"],
    ["cancelled", { task: givenTask({ outcome: "cancelled" }) }, "It was cancelled."],
  ];

  test.each(cases)("in status %s says what is so and what comes next (%#)", (status, fields, expected) => {
    expect(headOf(givenView({ status, ...fields }))).toContain(expected);
  });

  test("exists for every status", () => {
    expect(new Set(cases.map(([status]) => status))).toEqual(new Set(taskStatuses));
  });
});

describe("the comment", () => {
  const full = givenView({
    status: "in_progress",
    task: givenTask({
      assignment: givenAssignment({ attempt: 2 }),
      attempts: [givenAttempt()],
      pull: givenPull({ checks: "failure", failedChecks: ["ci / lint"] }),
      answer: "Line one\nLine two",
      definition: givenDefinition({ needs: ["typescript"], problems: ["The label mode:x is not a mode."] }),
    }),
    blockers: [
      givenBlocker({ isOpen: false, state: "completed" }),
      givenBlocker({ reference: "octo/api#9", kind: "soft", state: "open" }),
    ],
    attemptsMax: 3,
  });

  test("holds everything that a person asks for, the same whenever it is rendered", () => {
    expect(renderSticky(full)).toBe(
      [
        stickyMarker,
        "**Orchestrate: in progress.** Jules (`jules/1`) is at work. The pull request appears here.",
        "",
        "> Line one",
        "> Line two",
        "",
        "- Agent: Jules, worker `jules/1`, attempt 2, [session](https://jules.google.com/session/31) `sessions/31`",
        "- Pull request: [#40](https://github.com/octo/web/pull/40) (`orchestrate/12-login`): ❌ checks failed (`ci / lint`)",
        "- Planning: priority high, estimated at 1 h 30 min, needs `typescript`",
        "- For agents: [the task's file](https://github.com/octo/web/blob/orchestrate/state/tasks/in_progress/12.md)",
        "",
        "**Waits for**",
        "",
        "- ⏳ `octo/api#9` Set up the database (open, soft)",
        "- ✅ [#3](https://github.com/octo/web/issues/3) Set up the database (completed)",
        "",
        "| Attempt | Agent | Session | Result | Time | Cost |",
        "| --- | --- | --- | --- | --- | --- |",
        "| 1 of 3 | Jules (`jules/1`) | [`sessions/31`](https://jules.google.com/session/31) | checks failed: lint is red | 12 min | $0.50 |",
        "",
        "> ⚠️ The label mode:x is not a mode.",
        "",
        "<sub>Write `/orchestrate help` for the commands, `/orchestrate explain` for the reasons.</sub>",
        "",
      ].join("\n"),
    );
  });

  test("stays below GitHub's limit however much there is to say, and keeps its first line", () => {
    const task = givenTask({
      attempts: Array.from({ length: 500 }, () => givenAttempt({ detail: "x".repeat(5_000) })),
      answer: `${"word ".repeat(100)}\n`.repeat(1_000),
    });
    const blockers = Array.from({ length: 2_000 }, () => givenBlocker({ title: "&".repeat(256) }));
    const comment = renderSticky(givenView({ task, blockers }));
    expect(comment.length).toBeLessThanOrEqual(60_000);
    expect(comment.startsWith(stickyMarker)).toBe(true);
  });

  test("shows the table of commands as the answer to help", () => {
    const comment = renderSticky(givenView({ task: givenTask({ answer: renderHelp() }) }));
    expect(comment).toContain("> | `/orchestrate retry` | Tries a failed task again");
  });
});
