/** The cockpit in words: what it says, that it fits whatever the backlog is, and that nothing in it is taken for a box. */
import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { parseBoxKey, toBoxKey, type Box } from "../../src/model/box.ts";
import { modes } from "../../src/model/mode.ts";
import { taskStatuses } from "../../src/model/task.ts";
import { cockpitMarker } from "../../src/model/cockpit.ts";
import { readTicks, renderBox } from "../../src/views/boxes.ts";
import {
  renderClosedCockpit,
  renderCockpit,
  renderForecast,
  renderSwitchedOffCockpit,
} from "../../src/views/cockpit.ts";
import type { CockpitView, Listed } from "../../src/views/cockpit-view.ts";
import { hostile } from "./hostile-text.ts";
import { noon } from "./given.ts";

const hour = 60 * 60_000;

function listed<Item>(...shown: readonly Item[]): Listed<Item> {
  return { shown, total: shown.length };
}

function givenCockpit(view: Partial<CockpitView> = {}): CockpitView {
  return {
    mode: "balanced",
    modeBy: null,
    isPaused: false,
    isAttack: false,
    completed: 0,
    attention: listed(),
    problems: [],
    warnings: [],
    running: listed(),
    review: listed(),
    ready: listed(),
    waiting: listed(),
    agents: [],
    graph: [],
    caps: { sessions: 3, sessionsMax: 100, costUsd: 1.5, costMaxUsd: 200, spent: [] },
    forecast: { open: 0, completed: 0, hours: 1, doneAt: null, criticalMinutes: 0 },
    said: [],
    ...view,
  };
}

const line = { reference: "#12", url: "https://github.com/octo/web/issues/12", title: "Add a search box", detail: "" };
const link = "[#12](https://github.com/octo/web/issues/12)";

describe("the cockpit", () => {
  test("says how things stand in its first lines, and what can be done about it", () => {
    const text = renderCockpit(givenCockpit({ mode: "critical", modeBy: "ann", completed: 4 }));
    expect(text.startsWith(`${cockpitMarker}\n**Orchestrate:** 0 in flight, 0 in review, 0 ready`)).toBe(true);
    expect(text).toContain("4 completed.");
    expect(text).toContain("- Mode: **critical** (the longest remaining chain first), set by ann");
    expect(text).toContain("- Last 24 hours: 3 of 100 sessions, $1.50 of $200.00");
  });

  test("offers every other mode, and of two opposites the one that does something", () => {
    const text = renderCockpit(givenCockpit({ mode: "critical" }));
    expect(text.match(/orchestrate:box:[a-z:]+/g)).toEqual(
      ["mode:priority", "mode:blocker", "mode:effort", "mode:balanced", "attack:on", "pause", "stop"].map(
        (key) => `orchestrate:box:${key}`,
      ),
    );
    const paused = renderCockpit(givenCockpit({ mode: "attack", isAttack: true, isPaused: true }));
    expect(paused).toContain("orchestrate:box:attack:off");
    expect(paused).toContain("orchestrate:box:resume");
    expect(paused).not.toContain("orchestrate:box:pause");
    expect(paused).toContain("> **Paused**: nothing new is started");
  });

  test("writes every box empty", () => {
    const failed = { ...line, status: "failed", box: { kind: "retry", number: 12 } } as const;
    const said = { box: "pause", by: "ann", at: noon, isDone: true, answer: "- [x] a <!-- orchestrate:box:stop -->" };
    expect(readTicks(renderCockpit(givenCockpit({ attention: listed(failed), said: [said] })))).toEqual([]);
  });

  test("names a task that needs a person with the box that moves it on, and no reference in the line of the box", () => {
    const failed = { ...line, status: "failed", detail: "checks failed", box: { kind: "retry", number: 12 } } as const;
    const asking = { ...line, reference: "#13", url: null, status: "needs_input", box: null } as const;
    const text = renderCockpit(givenCockpit({ attention: { shown: [failed, asking], total: 2 } }));
    expect(text).toContain(`### Needs a person (2)

- ${link} Add a search box (failed): checks failed
  - [ ] Try \`#12\` again, with its failures forgiven <!-- orchestrate:box:retry:12 -->
- #13 Add a search box (needs input)
`);
  });

  test("tells who ticked what, without pinging them, and why it was refused", () => {
    const refused = { box: "mode:attack", by: "sam", at: noon, isDone: false, answer: "@sam: you have read." };
    const done = { box: "approve:7:00ff", by: "ann", at: noon, isDone: true, answer: null };
    const text = renderCockpit(givenCockpit({ said: [refused, done] }));
    expect(text).toContain(
      "- 🚫 mode attack was refused, ticked by `sam` at 2026-11-21 12:00 UTC: @&#8203;sam: you have read.",
    );
    expect(text).toContain("- ✅ approve `#7`, ticked by `ann` at 2026-11-21 12:00 UTC");
  });

  test("counts what it leaves out of a list", () => {
    const ready = { ...line, status: "ready", rank: 1, score: 0.8125, reasons: [] } as const;
    const text = renderCockpit(givenCockpit({ ready: { shown: [ready], total: 121 } }));
    expect(text).toContain(
      `### Ready, the next first (121)\n\n1. ${link} Add a search box, score 0.81\n- and 120 more`,
    );
  });

  test("says why a task waits, two reasons of it, and how many wait behind it", () => {
    const reasons = [1, 2, 3].map((number) => ({ code: "blocked", detail: `#${number} is open.` }));
    const waiting = { ...line, status: "blocked", reasons, impact: 3 } as const;
    const text = renderCockpit(givenCockpit({ waiting: listed(waiting) }));
    expect(text).toContain(
      `- ${link} Add a search box (blocked, 3 tasks behind it): #&#8203;1 is open. #&#8203;2 is open. And 1 reason more.`,
    );
  });

  test("forecasts by the pace of the day, or says why it cannot", () => {
    const forecast = { open: 10, completed: 12, hours: 24, doneAt: noon + 20 * hour, criticalMinutes: 360 };
    expect(renderForecast(givenCockpit({ forecast }))).toBe(
      "- Forecast: at the pace of the last 24 h (12 completed) the backlog of 10 tasks is done about Sunday, 2026-11-22 08:00 UTC; at least 6 h by its critical path.",
    );
    expect(renderForecast(givenCockpit({ forecast: { ...forecast, completed: 0, doneAt: null } }))).toBe(
      "- Forecast: none, because no task was completed in the last 24 h; at least 6 h by its critical path.",
    );
    expect(renderForecast(givenCockpit())).toBe("- Forecast: no task is open.");
  });

  test("says what to add where no agent is configured, and which caps stop everything", () => {
    const caps = {
      sessions: 9,
      sessionsMax: 9,
      costUsd: 0,
      costMaxUsd: 1,
      spent: ["limits.sessionsPerDay is reached."],
    };
    const text = renderCockpit(givenCockpit({ caps }));
    expect(text).toContain("No agent is configured, so nothing is started.");
    expect(text).toContain("- **limits.sessionsPerDay is reached.** Nothing starts until it is below");
  });

  test("shows the problems of a refused configuration with their lines", () => {
    const text = renderCockpit(givenCockpit({ problems: ["line 3: mode: unknown", ...Array(20).fill("x")] }));
    expect(text).toContain("### The configuration was refused");
    expect(text).toContain("- line 3: mode: unknown");
    expect(text).toContain("- and 11 more");
  });

  test("once closed or switched off has no box, and says how to get it back", () => {
    for (const text of [renderClosedCockpit(), renderSwitchedOffCockpit()]) {
      expect(text.startsWith(cockpitMarker)).toBe(true);
      expect(text).not.toContain("[ ]");
      expect(text).toContain("to get it back");
    }
  });
});

describe("whatever the backlog is", () => {
  const amount = fc.oneof(fc.constant(0), fc.constantFrom(1, 3, 25));
  const many = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Listed<Item>> =>
    amount.chain((length) =>
      fc.record({
        shown: fc.array(item, { minLength: length, maxLength: length }),
        total: fc.integer({ min: length, max: 10_000 }),
      }),
    );
  const text = fc.oneof(
    hostile,
    hostile.map((each) => each.repeat(60)),
  );
  const number = fc.integer({ min: 1, max: 2 ** 31 - 1 });
  const status = fc.constantFrom(...taskStatuses);
  const url = fc.constantFrom(null, line.url, "javascript:alert(1)", "https://evil.example/)[x](y", "https://a b");
  const task = { reference: number.map((each) => `#${each}`), url, title: text, status, detail: text };
  const reasons = fc.array(fc.record({ code: text, detail: text }), { maxLength: 5 });
  const box = fc.oneof(
    fc.constant<Box | null>(null),
    number.map((each): Box => ({ kind: "retry", number: each })),
    fc.record({ kind: fc.constantFrom("approve" as const, "split" as const), number, hash: text }),
  );
  const worker = fc.record({ id: text, isEnabled: fc.boolean(), task: fc.record({ reference: text, url }) });
  const agent = fc.record({
    id: text,
    type: text,
    dispatch: text,
    capabilities: fc.dictionary(text, fc.double(), { maxKeys: 3 }),
    workers: amount.chain((length) => fc.array(worker, { minLength: length, maxLength: length })),
    sessionsToday: fc.nat(),
    quota: fc.constant(3),
    pause: fc.record({ until: fc.double(), reason: text }),
  });
  const warning = fc.record({
    warning: fc.record({
      code: fc.constant("bottleneck" as const),
      subject: text.map((each) => each as "all"),
      severity: fc.constant("critical" as const),
      detail: text,
      suggestion: text,
    }),
    task: fc.record({ reference: text, url, title: text }),
    since: fc.double(),
    until: fc.constant(null),
  });
  const graphTask = fc.record({
    reference: number.map((each) => `#${each}`),
    title: text,
    status,
    group: fc.option(text),
    blockedBy: fc.array(
      fc.record({
        reference: number.map((each) => `#${each}`),
        kind: fc.constantFrom("hard" as const, "soft" as const),
      }),
      { maxLength: 3 },
    ),
  });
  const view: fc.Arbitrary<CockpitView> = fc.record({
    mode: fc.constantFrom(...modes),
    modeBy: fc.option(text),
    isPaused: fc.boolean(),
    isAttack: fc.boolean(),
    completed: fc.nat(),
    attention: many(fc.record({ ...task, box })),
    problems: fc.array(text, { maxLength: 20 }),
    warnings: fc.array(warning, { maxLength: 20 }),
    running: many(
      fc.record({
        ...task,
        agent: text,
        worker: text,
        attempt: fc.nat(),
        since: fc.double(),
        expectedEnd: fc.double(),
        sessionUrl: url,
      }),
    ),
    review: many(fc.record({ ...task, detail: fc.constant("") })),
    ready: many(fc.record({ ...task, rank: fc.nat(), score: fc.double(), reasons })),
    waiting: many(fc.record({ ...task, reasons, impact: fc.nat() })),
    agents: fc.array(agent, { maxLength: 12 }),
    graph: amount.chain((length) => fc.array(graphTask, { minLength: length, maxLength: length })),
    caps: fc.record({
      sessions: fc.nat(),
      sessionsMax: fc.nat(),
      costUsd: fc.double(),
      costMaxUsd: fc.double(),
      spent: fc.array(text, { maxLength: 2 }),
    }),
    forecast: fc.record({
      open: fc.nat(),
      completed: fc.nat(),
      hours: fc.double(),
      doneAt: fc.option(fc.double()),
      criticalMinutes: fc.nat(),
    }),
    said: fc.array(fc.record({ box: text, by: text, at: fc.double(), isDone: fc.boolean(), answer: fc.option(text) }), {
      maxLength: 6,
    }),
  });

  test("it fits into an issue, its controls are there, and no text in it is taken for a tick or a ping", () => {
    fc.assert(
      fc.property(view, (given) => {
        const rendered = renderCockpit(given);
        expect(rendered.length).toBeLessThanOrEqual(60_010);
        expect(rendered).toContain("<!-- orchestrate:box:stop -->");
        expect(rendered.split(cockpitMarker)).toHaveLength(2);
        expect(readTicks(rendered)).toEqual([]);
        const html = marked.parse(rendered, { async: false, gfm: true });
        const plain = html.replaceAll(/<code[^>]*>.*?<\/code>/gs, "").replaceAll(/<[^>]*>/g, "");
        expect(plain).not.toMatch(/@[a-z0-9]/i);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe("a box", () => {
  const boxes: readonly Box[] = [
    { kind: "mode", mode: "attack" },
    { kind: "attack", to: "off" },
    { kind: "pause" },
    { kind: "resume" },
    { kind: "stop" },
    { kind: "retry", number: 12 },
    { kind: "approve", number: 7, hash: "00ff00ff00ff00ff" },
    { kind: "split", number: 7, hash: "00ff00ff00ff00ff" },
  ];

  test.each(boxes)("%j is known again by its key, ticked and not before", (box) => {
    expect(parseBoxKey(toBoxKey(box))).toEqual(box);
    const written = renderBox(box, "words");
    expect(readTicks(written)).toEqual([]);
    expect(readTicks(written.replace("[ ]", "[x]"))).toEqual([toBoxKey(box)]);
    expect(readTicks(`a\r\n  ${written.replace("[ ]", "[X]")}\r\nb`)).toEqual([toBoxKey(box)]);
  });

  test.each([
    "- [x] pause",
    "- [x] <!-- orchestrate:box:delete -->",
    "- [x] <!-- orchestrate:box:mode:evil -->",
    "- [x] <!-- orchestrate:box:mode:attack:now -->",
    "- [x] <!-- orchestrate:box:retry:0 -->",
    "- [x] <!-- orchestrate:box:retry:-1 -->",
    "- [x] <!-- orchestrate:box:retry:99999999999 -->",
    "- [x] <!-- orchestrate:box:retry:1e3 -->",
    "- [x] <!-- orchestrate:box:pause --> and more",
    "- [x] &lt;!-- orchestrate:box:pause --&gt;",
    "[x] <!-- orchestrate:box:pause -->",
    "x - [x] <!-- orchestrate:box:pause -->",
    "- [x]\n<!-- orchestrate:box:pause -->",
    "- [x] <!-- orchestrate:box:__proto__ -->",
  ])("%j is none", (body) => {
    expect(readTicks(body)).toEqual([]);
  });

  test("is read in no time from a text made to be slow", () => {
    const evil = `${"- [x] ".repeat(10_000)}\n`.repeat(20);
    const started = performance.now();
    expect(readTicks(evil)).toEqual([]);
    expect(readTicks(`- [x] ${"<!-- orchestrate:box:".repeat(5_000)}`)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("ticked a thousand times counts once, and a thousand boxes count as a hundred", () => {
    expect(readTicks("- [x] a <!-- orchestrate:box:pause -->\n".repeat(1_000))).toEqual(["pause"]);
    const lines = Array.from({ length: 1_000 }, (_, index) => `- [x] a <!-- orchestrate:box:retry:${index + 1} -->`);
    expect(readTicks(lines.join("\n"))).toHaveLength(100);
  });
});
