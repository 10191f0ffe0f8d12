/** What people and agents read of feedback, and the context package of a task file. */
import { describe, expect, test } from "vitest";
import { renderSaid } from "../../src/agents/prompt-feedback.ts";
import type { Feedback } from "../../src/model/feedback.ts";
import { renderSticky } from "../../src/views/sticky-comment.ts";
import { renderTaskFile } from "../../src/views/task-file.ts";
import { givenAssignment, givenBlocker, givenPull, givenTask, givenView, noon } from "./given.ts";

const feedback: Feedback = {
  pull: 40,
  sha: "ab".repeat(20),
  checks: [
    {
      name: "ci / test",
      conclusion: "timed_out",
      url: "https://github.com/octo/web/actions/runs/1/job/2",
      lines: ["Run npm test", "TypeError: total is not a function", "    at total (src/total.ts:3:1)"],
    },
  ],
  reviews: [
    {
      by: "ann",
      state: "changes_requested",
      url: null,
      lines: ["Please @octocat <b>rename</b> it.", "src/total.ts:3: Here."],
    },
  ],
  moreChecks: 2,
  strangers: 1,
  reviewedAt: noon,
};

describe("where it conflicts with the base branch", () => {
  const paths = ["src/a.ts", "src/b.ts", "c.ts", "d.ts", "e.ts", "@octocat `x` <b>.ts"];
  const conflicting: Feedback = {
    ...feedback,
    checks: [],
    reviews: [],
    moreChecks: 0,
    strangers: 0,
    conflicts: { base: "main", paths, more: 3 },
  };
  const view = givenView({
    status: "ready",
    task: givenTask({ retryAt: noon, pull: givenPull({ mergeable: "conflict" }) }),
    feedback: conflicting,
  });

  test("the comment names the first files, and how many more there are", () => {
    expect(renderSticky(view)).toContain(
      "- ⚔️ Conflicts with the base branch `main` in: `src/a.ts`, `src/b.ts`, `c.ts`, `d.ts`, `e.ts` and 4 more files",
    );
  });

  test("the task file has all that are kept, each as code in which nothing counts", () => {
    const { text } = renderTaskFile(view);
    expect(text).toContain("### Conflicts with the base branch `main`\n\n- `src/a.ts`\n- `src/b.ts`");
    expect(text).toContain("- `@octocat ˋxˋ <b>.ts`\n- and 3 more files");
  });

  test("the agent is told in the block of data, line by line", () => {
    const text = renderSaid(conflicting);
    expect(text).toContain(
      "It conflicts with the base branch main, which has to be merged into it, in these files:\n| src/a.ts",
    );
    expect(text).toContain("| and 3 more");
  });
});

describe("the comment", () => {
  const view = givenView({
    status: "ready",
    task: givenTask({
      retryAt: noon,
      pull: givenPull({ checks: "failure", failedChecks: ["ci / test"], objection: { by: "ann", at: noon } }),
    }),
    feedback,
  });

  test("says in a line each who asks for what and what failed, pings nobody, and where the rest is", () => {
    const text = renderSticky(view);
    expect(text).toContain(
      "The next attempt at [#40](https://github.com/octo/web/pull/40), which is told what is said below,",
    );
    expect(text).toContain("- 💬 `ann` asks for changes: Please @&#8203;octocat &lt;b&gt;rename&lt;/b&gt; it.");
    expect(text).toContain(
      "- ❌ [`ci / test`](https://github.com/octo/web/actions/runs/1/job/2): timed out: TypeError: total is not a function",
    );
    expect(text).toContain("- 2 more checks failed. 1 review by people without write access: not passed on.");
    expect(text).toContain("(https://github.com/octo/web/blob/orchestrate/state/tasks/ready/12.md)");
  });

  test("says that a review waits for its author, names the run, and fits GitHub's limit whatever was said", () => {
    const objection = { by: "ann", at: noon };
    const waiting = givenView({
      status: "review",
      task: givenTask({ pull: givenPull({ checks: "success", objection }) }),
    });
    expect(renderSticky(waiting)).toContain(
      "`ann` asks for changes on [#40](https://github.com/octo/web/pull/40); the agent has been told",
    );
    const running = givenView({ status: "assigned", task: givenTask({ assignment: givenAssignment({ run: "99" }) }) });
    expect(renderSticky(running)).toContain("[run 99](https://github.com/octo/web/actions/runs/99)");
    const lines = Array.from({ length: 2_000 }, () => "x".repeat(500));
    const checks = Array.from({ length: 500 }, () => ({
      name: "n".repeat(500),
      conclusion: "failure",
      url: null,
      lines,
    }));
    expect(renderSticky({ ...view, feedback: { ...feedback, checks } }).length).toBeLessThanOrEqual(60_000);
  });
});

describe("the task file", () => {
  test("has what an agent needs: criteria, what blockers changed, feedback in full, and how its pull request is known", () => {
    const { text } = renderTaskFile(
      givenView({
        status: "in_progress",
        task: givenTask({ assignment: givenAssignment({ attempt: 2 }), pull: givenPull({ checks: "failure" }) }),
        blockers: [
          givenBlocker({
            isOpen: false,
            state: "completed",
            work: { url: "https://github.com/octo/web/pull/3", branch: "orchestrate/3-db" },
          }),
        ],
        criteria: ["The total is exact"],
        baseBranch: "main",
        feedback,
      }),
    );
    expect(text).toContain("## Acceptance criteria\n\n- The total is exact\n");
    expect(text).toContain(
      "what it changed is in [pull request](https://github.com/octo/web/pull/3) from `orchestrate/3-db`",
    );
    expect(text).toContain("    TypeError: total is not a function\n        at total (src/total.ts:3:1)\n");
    expect(text).toContain("    src/total.ts:3: Here.");
    expect(text).toContain(
      "- Branches begin with: `orchestrate/12-`\n- Base branch: `main`\n- Closing reference: `Fixes #12`\n",
    );
    expect(text).toContain("- Marker: `orchestrate:task=gh:1:1012 attempt=2 fence=7`");
  });

  test("points to the issue where no criteria are known", () => {
    expect(renderTaskFile(givenView()).text).toContain(
      "Those that [the issue](https://github.com/octo/web/issues/12) names.",
    );
  });
});
