import { describe, expect, test } from "vitest";
import { toAgentId } from "../../src/model/ids.ts";
import { warningCodes, type Warning } from "../../src/model/warning.ts";
import { alertsMarker, renderAlerts, renderNotice, renderWarnings, type WarningView } from "../../src/views/alerts.ts";
import { renderEventLine } from "../../src/views/log-line.ts";
import { renderFigures, type FiguresView } from "../../src/views/metrics.ts";
import { renderStatus } from "../../src/views/status-comment.ts";
import { warningWords } from "../../src/views/warning-words.ts";
import { givenTask, names, noon } from "./given.ts";

const minute = 60_000;

function view(warning: Partial<Warning> = {}, more: Partial<WarningView> = {}): WarningView {
  const given: Warning = {
    code: "queue_depth",
    subject: "all",
    severity: "warning",
    detail: "60 ready tasks wait.",
    suggestion: "Add workers (`agents[].capacity`).",
    ...warning,
  };
  return { warning: given, task: null, since: noon, until: null, ...more };
}

const task = { reference: "#12", url: "https://github.com/octo/web/issues/12", title: "Add a login page" };

describe("the comment on the monitoring issue", () => {
  test("lists open warnings, most serious first, and those that have passed", () => {
    const open = [
      view({ code: "low_use", subject: toAgentId("jules"), severity: "notice", detail: "3 % were used." }),
      view(),
      view({ code: "bottleneck", subject: givenTask().id, severity: "critical", detail: "It waits." }, { task }),
    ];
    const passed = [view({}, { since: noon - 90 * minute, until: noon - 30 * minute })];
    expect(renderAlerts(open, passed)).toBe(
      [
        alertsMarker,
        "**Orchestrate: 3 warnings open.**",
        "",
        "- 🔴 **a task holds up others**, [#12](https://github.com/octo/web/issues/12) Add a login page (critical, since 2026-11-21 12:00 UTC): It waits. Add workers (`agents[].capacity`).",
        "- 🟠 **many tasks wait** (warning, since 2026-11-21 12:00 UTC): 60 ready tasks wait. Add workers (`agents[].capacity`).",
        "- 🔵 **an agent is hardly used**, `jules` (notice, since 2026-11-21 12:00 UTC): 3 % were used. Add workers (`agents[].capacity`).",
        "",
        "**Passed**",
        "",
        "- ✅ **many tasks wait**, 2026-11-21 10:30 UTC, for 1 h: 60 ready tasks wait.",
        "",
      ].join("\n"),
    );
  });

  test("says the same at Linear, with the repository and without what is invisible on GitHub", () => {
    expect(renderNotice("octo/app", [view({ detail: "60 wait for @team." })], [])).toBe(
      [
        "**Orchestrate, octo/app: 1 warning open.**",
        "",
        "- 🟠 **many tasks wait** (warning, since 2026-11-21 12:00 UTC): 60 wait for @\u200Bteam. Add workers (`agents[].capacity`).",
        "",
      ].join("\n"),
    );
  });

  test("says that all is clear when nothing is open", () => {
    expect(renderAlerts([], [])).toBe(`${alertsMarker}\n**Orchestrate: all clear.**\n`);
  });

  test("lets no title, reason of a vendor or name ping, link or open anything", () => {
    const nasty = "@team #1 <img src=x> [a](http://e.vil) `x` | y\n# z <!-- orchestrate:sticky -->";
    const text = renderAlerts([view({ detail: nasty, suggestion: nasty }, { task: { ...task, title: nasty } })], []);
    expect(text).not.toMatch(/@team|<img|<!-- orchestrate:sticky/);
    expect(text.split("\n")).toHaveLength(5);
    const beside = text.replace("Add workers", "").split(" (warning, since")[0] ?? "";
    expect(beside).not.toContain("](http://e.vil)");
  });

  test("is cut to what a comment may hold", () => {
    const many = Array.from({ length: 400 }, () => view({ detail: "x".repeat(900) }));
    const text = renderAlerts(many, many.slice(0, 10));
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(text).toContain("- and 350 more");
  });
});

test("every warning has a name of its own", () => {
  expect(new Set(warningCodes.map((code) => warningWords[code])).size).toBe(warningCodes.length);
});

describe("log lines", () => {
  test("say what began, about what, and what can be done", () => {
    const { warning } = view({
      code: "task_overdue",
      subject: givenTask().id,
      detail: "It takes long.",
      suggestion: "Look.",
    });
    expect(renderEventLine({ type: "WarningRaised", warning }, names)).toBe(
      "warning about #1012: a task takes too long. It takes long. Look.",
    );
  });

  test("say what has passed", () => {
    expect(renderEventLine({ type: "WarningCleared", code: "low_use", subject: "jules" }, names)).toBe(
      "passed about jules: an agent is hardly used",
    );
    expect(renderEventLine({ type: "WarningCleared", code: "memory", subject: "all" }, names)).toBe(
      "passed: memory runs short",
    );
  });
});

const figures: FiguresView = {
  throughput: 6,
  durationMinutes: 25,
  waitMinutes: 3.5,
  costUsd: 2.5,
  velocity: {
    short: 9,
    middle: 4.25,
    long: 1.96,
    windows: { short: 60, middle: 240, long: 1_440 },
    target: 20,
    isOnTarget: false,
    trend: "accelerating",
  },
  queue: { ready: 60, blocked: 12, oldest: { waitMinutes: 185 }, health: "warning" },
  utilisation: { total: 0.5, byType: { bifrost: 0.9, jules: 0.1 } },
};

describe("the answer to status", () => {
  const overview = {
    mode: "balanced",
    isPaused: false,
    counts: {},
    running: [],
    next: [],
    attention: [],
    workersBusy: 0,
    workersTotal: 0,
    costTodayUsd: 0,
    sessionsToday: 0,
    configurationProblems: [],
  } as const;

  test("gives the figures and the open warnings", () => {
    expect(renderStatus({ ...overview, figures, warnings: [view()] }, null)).toContain(
      [
        "- Last hour: 6 completed, 25 min of work each, 4 min from ready to start, $2.50",
        "- Speed: 9 an hour over 1 h (the target is 20), 4.3 over 4 h, 2 over 1 d; accelerating",
        "- Queue: 60 ready, the oldest for 3 h 5 min; 12 blocked; too long",
        "- Use in the last hour: 50 % (bifrost 90 %, jules 10 %)",
        "",
        "**Warnings**",
        "",
        "- 🟠 **many tasks wait** (warning, since 2026-11-21 12:00 UTC): 60 ready tasks wait. Add workers (`agents[].capacity`).",
      ].join("\n"),
    );
  });

  test("gives the health of the system before the figures, with what it suffers from, worst first", () => {
    const well = { share: 1, good: 4, of: 4 };
    const parts = {
      workers: { share: 0.75, good: 3, of: 4 },
      attempts: well,
      tasks: well,
      queue: { share: 0.5, good: 50, of: 100 },
    };
    expect(renderFigures({ ...figures, systemHealth: { value: 0.6875, parts } })[0]).toBe(
      "- System health: 0.68; 100 ready tasks wait for a worker where 50 may; 1 of 4 workers cannot work",
    );
  });

  test("leaves out what there is nothing to say of", () => {
    const nothing: FiguresView = {
      ...figures,
      throughput: 0,
      durationMinutes: null,
      waitMinutes: null,
      costUsd: 0,
      velocity: { ...figures.velocity, short: 0, middle: 0, long: 0, trend: "steady" },
      queue: { ready: 0, blocked: 0, oldest: null, health: "ok" },
      utilisation: { total: 0, byType: {} },
    };
    expect(renderFigures(nothing)).toEqual([
      "- Last hour: 0 completed",
      "- Speed: 0 an hour over 1 h (the target is 20), 0 over 4 h, 0 over 1 d; steady",
      "- Queue: 0 ready; 0 blocked",
    ]);
    expect(renderWarnings([], 10)).toBe("");
    expect(renderStatus(overview, null)).not.toContain("Warnings");
  });
});
