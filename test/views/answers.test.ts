import { describe, expect, test } from "vitest";
import { rejectionCodes } from "../../src/matching/rejection.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import { slashSpecs } from "../../src/model/slash-commands.ts";
import type { Task } from "../../src/model/task.ts";
import { renderAgents } from "../../src/views/agents-table.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { renderHelp, renderHelpDocs } from "../../src/views/help.ts";
import { describeWaiting, reasonTexts } from "../../src/views/reasons.ts";
import { renderStatus } from "../../src/views/status-comment.ts";
import type { OverviewView } from "../../src/views/task-view.ts";
import { renderSticky } from "../../src/views/sticky-comment.ts";
import { givenAssignment, givenBlocker, givenPull, givenTask, givenView, jules, noon } from "./given.ts";

const overview: OverviewView = {
  mode: "critical",
  isPaused: false,
  counts: { ready: 2, in_progress: 1 },
  running: [
    {
      reference: "#7",
      url: "https://github.com/octo/web/issues/7",
      title: "Seven",
      status: "in_progress",
      detail: "jules/1",
    },
  ],
  next: Array.from({ length: 12 }, (_, index) => ({
    reference: `#${index + 20}`,
    url: null,
    title: "Next",
    status: "ready" as const,
    detail: "",
  })),
  attention: [],
  workersBusy: 1,
  workersTotal: 5,
  costTodayUsd: 1.5,
  sessionsToday: 1,
  configurationProblems: [],
};

describe("status", () => {
  test("tells of this task first, then of everything, in lists of ten", () => {
    expect(renderStatus(overview, givenView()).split("\n")).toEqual([
      "[#12](https://github.com/octo/web/issues/12) is **ready**. The next free worker takes it.",
      "",
      "- Tasks: 2 ready, 1 in progress",
      "- Workers: 1 of 5 busy; 1 session and $1.50 in the last day",
      "- Mode: critical (the longest remaining chain first)",
      "",
      "**Running**",
      "",
      "- [#7](https://github.com/octo/web/issues/7) Seven (in progress): jules/1",
      "",
      "**Next**",
      "",
      ...Array.from({ length: 10 }, (_, index) => `- #${index + 20} Next (ready)`),
      "- and 2 more",
    ]);
  });

  test("says who set the mode, and below what effort attack mode takes a task as a quick win", () => {
    const text = renderStatus({ ...overview, mode: "attack", modeBy: "mona", quickWinMinutes: 18 }, null);
    expect(text).toContain(
      "- Mode: attack (everything at once, with relaxed review of low-risk work), set by mona; tasks below 18 min are quick wins",
    );
  });

  test("says on an issue that is no task that it is none, and that all is paused or refused", () => {
    const text = renderStatus({ ...overview, isPaused: true, configurationProblems: ["line 1: mode is 3"] }, null);
    expect(text).toContain("This issue is not a task of Orchestrate.");
    expect(text).toContain("**Paused**: nothing new is started until `/orchestrate resume`.");
    expect(text).toContain("- line 1: mode is 3");
  });
});

describe("explain", () => {
  test("gives blockers with their state and each reason with what can be done", () => {
    const text = renderExplain(
      givenView({
        status: "blocked",
        blockers: [givenBlocker(), givenBlocker({ reference: "#4", isOpen: false, state: "completed" })],
        waiting: [
          { code: "blocked", detail: "#3 is open." },
          { code: "blocker_missing", detail: "" },
          { code: "something_new", detail: "" },
        ],
      }),
    );
    expect(text).toContain("- #&#8203;3 is open.");
    expect(text).toContain("- A blocker does not exist or cannot be seen. Only a completed blocker counts");
    expect(text).toContain("- Something new.");
    expect(text).toContain("**Depends on 2 issues, 1 open**");
    expect(text).toContain("- ⏳ [#3](https://github.com/octo/web/issues/3) Set up the database (in progress)");
  });

  test("gives rank, score and the candidates that were not taken", () => {
    const text = renderExplain(
      givenView({
        status: "in_progress",
        task: givenTask({ assignment: givenAssignment(), assignTo: { agent: jules, worker: null } }),
        reasons: {
          algorithm: "priority",
          score: 0.75,
          parts: { priority: 0.5, age: 0.25 },
          rank: 2,
          readyCount: 9,
          rejected: [{ worker: toWorkerId(toAgentId("cursor"), 1), code: "disabled", score: null }],
          rejectedCount: { disabled: 1, more_loaded: 3 },
          match: 0.9,
          matchParts: {},
          note: null,
        },
      }),
    );
    expect(text).toContain("**Why Jules (`jules/1`)**");
    expect(text).toContain("- Rank 2 of 9 ready tasks, ranked by priority (most urgent first)");
    expect(text).toContain("- Score 0.75: priority 0.5, age 0.25");
    expect(text).toContain("- Not `cursor/1`: The worker is disabled. `/orchestrate enable` brings it back.");
    expect(text).toContain("- Candidates not taken: 1 × disabled, 3 × more loaded");
    expect(text).toContain("- asked for `jules`");
  });

  test("says whose priority it takes over", () => {
    expect(renderExplain(givenView({ inheritedPriority: 1 }))).toContain(
      "- priority high\n- takes over priority urgent from what waits for it",
    );
    expect(renderExplain(givenView({}))).not.toContain("takes over");
  });

  test("says who was asked for, and where nobody asked, why it was moved there", () => {
    const assignTo = { agent: jules, worker: null };
    const explained = (task: Partial<Task>): string => renderExplain(givenView({ task: givenTask(task) }));
    expect(explained({ assignTo })).toContain("- asked for `jules`");
    const moved = { ...assignTo, reason: "cursor is used to 100 %." };
    expect(explained({ assignTo: moved })).toContain(
      "- moved to `jules` to balance the agents: cursor is used to 100 %.",
    );
  });

  test("says each reason of a ready task once", () => {
    const text = renderExplain(givenView({ waiting: [{ code: "at_capacity", detail: "5 workers: at capacity." }] }));
    expect(text.split("\n").slice(0, 5)).toEqual([
      "[#12](https://github.com/octo/web/issues/12) Add a login page is **ready**.",
      "",
      "**Why it waits**",
      "",
      "- 5 workers: at capacity.",
    ]);
  });

  test("has words for every reason that matching gives", () => {
    expect(rejectionCodes.filter((code) => !Object.hasOwn(reasonTexts, code))).toEqual([]);
  });

  test("prefers the detail of the case to the general sentence, and keeps the advice", () => {
    expect(describeWaiting({ code: "paused", detail: "Paused by mona" })).toBe(
      "Paused by mona. `/orchestrate resume` goes on.",
    );
    expect(describeWaiting({ code: "paused", detail: "" })).toBe(
      "Orchestration is paused. `/orchestrate resume` goes on.",
    );
  });
});

describe("agents", () => {
  test("says what to add when there is none", () => {
    expect(renderAgents([])).toContain("agents:\n  - { id: jules, type: jules, capacity: 5 }");
  });

  test("says who rests and why, who is tried out, who fails often, and that an agent is paused", () => {
    const well = { until: null, reason: null, isOnTrial: false, failuresOfLast: [0, 9] } as const;
    const worker = { isEnabled: true, task: null };
    const table = renderAgents([
      {
        id: "jules",
        type: "jules",
        dispatch: "api",
        capabilities: {},
        workers: [
          { ...worker, id: "jules/1", health: { ...well, until: noon, reason: "It failed 3 tasks | <b>" } },
          { ...worker, id: "jules/2", health: { ...well, isOnTrial: true } },
          { ...worker, id: "jules/3", health: { ...well, failuresOfLast: [2, 9] } },
          { ...worker, id: "jules/4", health: well },
          { ...worker, id: "jules/5", isEnabled: false, health: { ...well, until: noon } },
        ],
        sessionsToday: 0,
        quota: null,
        pause: { until: noon, reason: "3 refused starts" },
      },
    ]);
    expect(table.split("\n").at(-1)).toContain(
      "paused until 2026-11-21 12:00 UTC: 3 refused starts; 0 of 5 busy; " +
        "`jules/1` rests until 2026-11-21 12:00 UTC: It failed 3 tasks \\| &lt;b&gt;; " +
        "`jules/2` free, tried out after a rest; `jules/3` free, failed 2 of its last 9; `jules/4` free; `jules/5` disabled, free",
    );
  });

  test("shows what each worker does", () => {
    const table = renderAgents([
      {
        id: "jules",
        type: "jules",
        dispatch: "workflow",
        capabilities: { typescript: 0.9 },
        workers: [
          { id: "jules/1", isEnabled: true, task: { reference: "#7", url: null } },
          { id: "jules/2", isEnabled: false, task: null },
        ],
        sessionsToday: 4,
        quota: 15,
      },
    ]);
    expect(table.split("\n").at(-1)).toBe(
      "| `jules` | `jules` | `workflow` | 1 of 2 busy; `jules/1` #7; `jules/2` disabled, free | 4 of 15 | `typescript` 0.9 |",
    );
  });
});

describe("help", () => {
  test("has a row for every form of every command", () => {
    expect(renderHelp().match(/^\| `\/orchestrate /gm)).toHaveLength(slashSpecs.length);
  });

  test("docs/commands.md is what the registry says", async () => {
    await expect(renderHelpDocs()).toMatchFileSnapshot("../../docs/commands.md");
  });
});

describe("why a pull request is not merged yet", () => {
  const overlap = {
    code: "merge_overlap",
    detail: "It waits for #7 to be merged first: both change @octocat/`x`<b>.ts.",
  };
  const view = givenView({ status: "review", task: givenTask({ pull: givenPull() }), waiting: [overlap] });
  const said =
    "It waits for #&#8203;7 to be merged first: both change @&#8203;octocat/\\`x\\`&lt;b&gt;.ts. Then it is looked at again.";

  test("is in the comment and in the answer, and a path in it pings nobody", () => {
    expect(renderSticky(view)).toContain(`[#40](https://github.com/octo/web/pull/40) is open. ${said}`);
    expect(renderExplain(view)).toContain(`**Why it waits**\n\n- ${said}`);
  });

  test.each([
    ["merge_when_green", "It is merged without a person once it is green. `merge` in the configuration is why."],
    ["merge_unticked", "Acceptance criteria are not ticked. Tick in the issue what is met."],
    ["merge_refused", "GitHub refused to merge it. Merge it yourself, or push another commit."],
    [
      "merge_returned",
      "The merge queue took it out again. Put it there again yourself, merge it, or push another commit.",
    ],
    ["merge_asked", "GitHub was asked to merge it."],
    ["merge_paused", "Orchestration is paused: nothing is merged meanwhile. `/orchestrate resume` goes on."],
    [
      "merge_updating",
      "Its branch is brought up to date with the default branch; it is merged once the checks of the new commit are green.",
    ],
    [
      "merge_behind",
      "Its branch is behind the default branch, and was not brought up to date. Update the branch yourself; what is green then is merged.",
    ],
    [
      "merge_turn",
      "Another merge is on its way, and branches have to be up to date here: one at a time is updated. Then it is looked at again.",
    ],
    ["merge_blocked", "What it depends on has to be merged first."],
  ])("says of %s what it means and what can be done", (code, words) => {
    expect(renderExplain({ ...view, waiting: [{ code, detail: "" }] })).toContain(`- ${words}`);
  });

  test("where people merge it waits for them, as ever", () => {
    expect(renderSticky({ ...view, waiting: [] })).toContain("waits to be reviewed and merged.");
  });
});
