import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Event } from "../../src/model/event.ts";
import { toAgentId, toWorkerId, type WorkerId } from "../../src/model/ids.ts";
import { renderAgents } from "../../src/views/agents-table.ts";
import { alertsMarker, renderAlerts } from "../../src/views/alerts.ts";
import { renderHeadline } from "../../src/views/commit-summary.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { renderEventLine } from "../../src/views/log-line.ts";
import { defuse, escapeText, toCode } from "../../src/views/markdown.ts";
import { renderPlanAnswer } from "../../src/views/plan-answer.ts";
import { renderStatus } from "../../src/views/status-comment.ts";
import { renderSticky, stickyMarker } from "../../src/views/sticky-comment.ts";
import { renderTaskFile } from "../../src/views/task-file.ts";
import type { TaskView } from "../../src/views/task-view.ts";
import { hostile } from "./hostile-text.ts";
import {
  givenAssignment,
  givenAttempt,
  givenBlocker,
  givenDefinition,
  givenPull,
  givenTask,
  givenView,
  names,
} from "./given.ts";

/** A task in which everything that somebody else can write is `text`. */
function hostileView(text: string): TaskView {
  return givenView({
    status: "needs_input",
    task: givenTask({
      definition: givenDefinition({ title: text, url: text, milestone: text, needs: [text], problems: [text] }),
      pendingReason: text,
      manualReview: text,
      outcomeReason: text,
      answer: text,
      assignment: givenAssignment({ session: { id: text, url: text }, question: text }),
      attempts: [givenAttempt({ session: { id: text, url: text }, detail: text })],
      pull: givenPull({
        branch: text,
        url: text,
        checks: "failure",
        failedChecks: [text],
        objection: { by: text, at: 0 },
      }),
      receipt: { kind: "merge", by: text, at: Number.NaN, reference: text, warning: text },
    }),
    blockers: [
      givenBlocker({ reference: text, url: text, title: text, state: text, work: { url: text, branch: text } }),
    ],
    feedback: {
      pull: 40,
      sha: text,
      checks: [{ name: text, conclusion: text, url: text, lines: [text, text] }],
      reviews: [{ by: text, state: "changes_requested", url: text, lines: [text, text] }],
      moreChecks: 2,
      strangers: 1,
      reviewedAt: null,
    },
    criteria: [text],
    baseBranch: text,
    waiting: [{ code: text, detail: text }],
    cycle: [text],
    upstream: text,
    agentNames: { jules: text },
    reasons: {
      algorithm: "balanced",
      score: Number.NaN,
      parts: { [text]: 1 },
      rank: 1,
      readyCount: 1,
      rejected: [{ worker: toWorkerId(toAgentId(text), 1), code: text, score: null }],
      rejectedCount: { [text]: 2 },
      match: Number.NaN,
      matchParts: { [text]: 1 },
      note: text,
    },
  });
}

/** What GitHub would make of it, without what stands in code: there it looks for nothing. */
function renderedText(markdown: string): string {
  const html = marked.parse(markdown, { async: false, gfm: true });
  return html.replaceAll(/<code[^>]*>.*?<\/code>/gs, "");
}

function expectHarmless(markdown: string): void {
  const html = renderedText(markdown.replace(stickyMarker, ""));
  const text = html.replaceAll(/<[^>]*>/g, "");
  expect(text).not.toMatch(/@[a-z0-9]/i);
  expect(html).not.toMatch(
    /<(?!\/?(?:p|strong|em|del|a|ul|ol|li|sub|blockquote|table|thead|tbody|tr|th|td|h[1-6]|hr|br|pre|code|input)\b)/i,
  );
  // What stands between quotes is the value of an attribute that we have written, and what stands outside of tags is text.
  const tags = (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));
  expect(tags.filter((tag) => /\son\w+=|^<img/i.test(tag))).toEqual([]);
}

describe("whatever strangers write", () => {
  test("an escaped text has no mention, reference, link, tag or line of its own", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const html = marked.parse(`x ${escapeText(text)}`, { async: false, gfm: true });
        expect(html.replace(/^<p>(.*)<\/p>\n$/s, "$1")).not.toMatch(/<|\n./);
        const plain = html.replaceAll("&amp;", "&").replaceAll("&#39;", "'");
        expect(plain).not.toMatch(/@[a-z0-9]|#\d|gh-\d|:\/\/|www\./i);
      }),
      { numRuns: 400 },
    );
  });

  test("a mention and a reference are broken by what nobody sees", () => {
    expect(escapeText("@ann see #12 and gh-7")).toBe("@&#8203;ann see #&#8203;12 and gh-&#8203;7");
  });

  test("an escaped text still shows its own words", () => {
    expect(marked.parseInline(escapeText("Fix <b> & `x|y` in *a_b* [z]"), { async: false })).toBe(
      "Fix &lt;b&gt; &amp; `x|y` in *a_b* [z]",
    );
  });

  test("no view pings anybody or lets a tag through", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const view = hostileView(text);
        const line = { reference: text, url: text, title: text, status: "ready", detail: text } as const;
        const overview = {
          mode: "balanced",
          isPaused: true,
          counts: {},
          running: [line],
          next: [line],
          attention: [line],
          workersBusy: 1,
          workersTotal: 2,
          costTodayUsd: 1,
          sessionsToday: 1,
          configurationProblems: [text],
        } as const;
        const worker = { id: text, isEnabled: false, task: { reference: text, url: text } };
        const agent = {
          id: text,
          type: text,
          dispatch: text,
          capabilities: { [text]: 1 },
          workers: [worker],
          sessionsToday: 0,
          quota: 3,
        };
        for (const status of [
          "needs_input",
          "pending",
          "manual_review",
          "failed",
          "completed",
          "upstream_failed",
          "ready",
          "review",
          "blocked",
        ] as const) {
          expectHarmless(renderSticky({ ...view, status }));
        }
        expectHarmless(renderExplain(view));
        expectHarmless(renderStatus(overview, view));
        expectHarmless(renderAgents([agent]));
        const named = { reference: text, url: text, title: text };
        const upcoming = { ...named, mode: "balanced", score: 1, reason: { code: text, detail: text } } as const;
        expectHarmless(
          renderPlanAnswer({
            at: 0,
            mode: "balanced",
            isPaused: false,
            caps: [],
            next: [
              { ...upcoming, start: { at: 0, agent: text } },
              { ...upcoming, start: null },
            ],
            readyCount: 3,
            running: [{ ...named, worker: text, expectedEnd: 1 }],
            runningCount: 2,
            openCount: 4,
            path: { first: [named], tasks: 2, minutes: 60 },
            stages: 2,
            areStagesCounted: false,
            cycles: 1,
            inCycles: 2,
            needPerson: 1,
            inReview: 0,
          }),
        );
        const warning = { code: "bottleneck", subject: text as WorkerId, severity: "notice", detail: text } as const;
        const about = { warning: { ...warning, suggestion: text }, since: 0, until: 1 };
        const alert = { ...about, task: { reference: text, url: text, title: text } };
        expectHarmless(renderAlerts([alert, { ...about, task: null }], [alert]).replace(alertsMarker, ""));
        expectHarmless(renderTaskFile(view).text.replace(/^---\n.*?\n---\n/s, ""));
      }),
      { numRuns: 150 },
    );
  });

  test("there is one marker in the comment, and it is ours", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(renderSticky(hostileView(text)).split(stickyMarker)).toHaveLength(2);
      }),
    );
  });

  test("the front matter of a task file reads back as what was put in, and the path has only numbers and words", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (title) => {
        const { path, text } = renderTaskFile(
          givenView({ task: givenTask({ definition: givenDefinition({ title }) }) }),
        );
        expect(path).toBe("tasks/ready/12.md");
        const front = /^---\n(?<yaml>.*?\n)---\n\n# /s.exec(text)?.groups?.["yaml"] ?? "";
        expect(parse(front)).toMatchObject({ title, number: 12, status: "ready" });
      }),
    );
  });

  test("no line of the log carries control characters, and no headline names an issue so that GitHub would note it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const event: Event = {
          type: "TaskTracked",
          task: givenTask().id,
          definition: givenDefinition({ title: text }),
        };
        const hostileNames = { task: () => text };
        for (const line of [
          renderEventLine(event, hostileNames),
          renderHeadline([event], hostileNames),
          toCode(text),
        ]) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
        expect(renderHeadline([event, event], names)).toBe("track 1012");
        expect(renderHeadline([event], hostileNames)).not.toMatch(/[#@]/);
      }),
    );
  });

  test("Markdown of our own keeps its form when it is defused", () => {
    expect(defuse("**x** `a` | [#1](https://x.example) a < b, 1 @ 2")).toBe(
      "**x** `a` | [#1](https://x.example) a < b, 1 @ 2",
    );
  });
});
