/** The page of the orchestration report: what it says, for people and on a terminal, whatever strangers have written into titles. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrchestrationReport } from "../../src/model/orchestration-report.ts";
import type { Warning } from "../../src/model/warning.ts";
import type { TaskId } from "../../src/model/ids.ts";
import { renderOrchestrationReport, reportFilePath } from "../../src/views/orchestration-report.ts";
import { toPlainPage } from "../../src/views/plain-page.ts";
import { hostile } from "./hostile-text.ts";

const at = Date.UTC(2026, 10, 22, 0, 3);
const whole = { share: 1, good: 0, of: 0 };

function given(facts: Partial<OrchestrationReport> = {}): OrchestrationReport {
  return {
    at: new Date(at).toISOString(),
    windowMinutes: 1_440,
    systemHealth: {
      value: 0.725,
      parts: { workers: { share: 0.5, good: 1, of: 2 }, attempts: whole, tasks: whole, queue: whole },
    },
    mode: "balanced",
    isPaused: false,
    agents: { configured: 2, active: 1, paused: 1, workers: 3, workersBusy: 1 },
    tasks: {
      total: 12,
      open: 7,
      inProgress: 1,
      inReview: 2,
      ready: 1,
      blocked: 3,
      failed: 1,
      critical: 2,
      completedToday: 4,
    },
    performance: { averageMinutes: 34, successRate: 0.8, efficiency: 0.755 },
    cost: { usd: 12.3, maxUsd: 200, sessions: 9, sessionsMax: 100, dayMinutes: 1_440 },
    forecast: { open: 7, completed: 4, hours: 24, doneAt: "2026-11-23T18:00:00.000Z", criticalMinutes: 90 },
    bottlenecks: [],
    recommendations: [],
    warnings: [],
    ...facts,
  };
}

const bottleneck = {
  task: "gh:7:1012",
  reference: "#12",
  url: "https://github.test/o/r/issues/12",
  title: "Schema",
  detail: "3 tasks wait for it.",
  suggestion: "Split what is left of it.",
};

describe("the page of a report", () => {
  test("says how the whole is, what was done, what holds things up and what can be done", () => {
    const page = renderOrchestrationReport(
      "acme/shop",
      given({
        isPaused: true,
        bottlenecks: [bottleneck],
        recommendations: [
          { code: "low_use", subject: "jules" as TaskId, severity: "notice", detail: "", suggestion: "Rebalance." },
        ],
      }),
      [],
    );
    expect(page).toBe(`# Orchestration report, 2026-11-22

acme/shop at 2026-11-22 00:03 UTC. What was done is that of the 24 h before.

- **Paused**: nothing new is started until \`/orchestrate resume\`.
- System health: 0.72; 1 of 2 workers cannot work
- Agents: 1 of 2 at work, 1 paused; 1 of 3 workers busy
- Mode: balanced (priority, unblocking and effort weighed together)

## Tasks

- 12 tasks, 7 open: 1 in progress, 2 in review, 1 ready, 3 blocked
- 4 completed
- 1 failed
- 2 open and urgent
- Forecast: at the pace of the last 24 h (4 completed) the backlog of 7 tasks is done about Monday, 2026-11-23 18:00 UTC; at least 1 h 30 min by its critical path.

## Performance

- 34 min of agent work for a task
- Success rate: 80 %, tasks completed by agents over those and failed attempts
- Efficiency: 76 % of the agents' time was in sessions that ended well
- In the last 24 h: $12.30 of $200.00, 9 of 100 sessions

## Bottlenecks

- [#12](https://github.test/o/r/issues/12) Schema: 3 tasks wait for it. Split what is left of it.

## Recommendations

- **an agent is hardly used**, \`jules\`: Rebalance.
`);
  });

  test("is read on a terminal as well", () => {
    const page = toPlainPage(renderOrchestrationReport("acme/shop", given({ bottlenecks: [bottleneck] }), []));
    expect(page).toMatch(/^Orchestration report, 2026-11-22:\n\nacme\/shop at /);
    expect(page).toMatch(/\nBottlenecks:\n- #12 Schema: /);
  });

  test("leaves out what there is none of, and says so where nothing has ended", () => {
    const performance = { averageMinutes: null, successRate: null, efficiency: null };
    const page = renderOrchestrationReport("acme/shop", given({ performance }), []);
    expect(page).toContain("## Performance\n\n- Nothing has ended.\n");
    expect(page).not.toMatch(/Bottlenecks|Recommendations|warnings|null/);
  });

  test("shows twenty bottlenecks and counts the others", () => {
    const page = renderOrchestrationReport("acme/shop", given({ bottlenecks: Array(25).fill(bottleneck) }), []);
    expect(page.match(/^- \[#12\]/gm)).toHaveLength(20);
    expect(page).toContain("\n- and 5 more\n");
  });

  test("gives words of strangers no power", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const warning: Warning = {
          code: "bottleneck",
          subject: "all",
          detail: text,
          suggestion: "",
          severity: "notice",
        };
        const task = { reference: "#12", url: text, title: text };
        const page = renderOrchestrationReport(
          text,
          given({ bottlenecks: [{ ...bottleneck, title: text, url: text, detail: text }] }),
          [{ warning, task, since: at, until: null }],
        );
        expect(page).not.toMatch(/<(?!\u200B)[a-z/!]|@(?!&)\w|!\[|\]\(https:\/\/evil|^#{1,6} Heading/im);
      }),
    );
  });
});

test("the file of a day is named by the date of UTC", () => {
  expect(reportFilePath(at)).toBe("reports/2026-11-22.md");
  expect(reportFilePath(at - 4 * 60_000)).toBe("reports/2026-11-21.md");
});
