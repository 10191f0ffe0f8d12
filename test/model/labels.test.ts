import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultConfig } from "../../src/model/config.ts";
import { kindsOfWork, readLabels } from "../../src/model/labels.ts";

const scale = defaultConfig.estimateScale;
const nothing = {
  priority: null,
  estimateMinutes: null,
  needs: [],
  prefers: [],
  quickWin: false,
  mode: null,
  agent: null,
  held: false,
  problems: [],
};

describe("labels that speak of the task", () => {
  test.each([
    ["priority:urgent", { priority: 1 }],
    ["Priority: High", { priority: 2 }],
    ["priority:3", { priority: 3 }],
    ["priority:p3", { priority: 4 }],
    ["priority:none", { priority: 5 }],
    ["P0", { priority: 1 }],
    ["p2", { priority: 3 }],
    ["estimate:30m", { estimateMinutes: 30 }],
    ["estimate:2h", { estimateMinutes: 120 }],
    ["estimate:2", { estimateMinutes: 45 }],
    ["quick-win", { quickWin: true }],
    ["needs:TypeScript", { needs: ["typescript"] }],
    ["Prefers: Rust", { prefers: ["rust"] }],
    ["agent:jules", { agent: "jules" }],
    ["mode:Critical", { mode: "critical" }],
    ["hold", { held: true }],
  ])("%j is read", (label, expected) => {
    expect(readLabels([label], scale)).toEqual({ ...nothing, ...expected });
  });

  test("labels of others say nothing and raise no problem", () => {
    const labels = ["orchestrate", "status:ready", "bug", "P4", "holding", "priorities:high", "constructor"];
    expect(readLabels(labels, scale)).toEqual(nothing);
  });
});

describe("labels that are not ours", () => {
  test("are the kinds of work: as written, sorted, each once", () => {
    const labels = ["deps", "Bug", "orchestrate", "Area: API", "deps"];
    expect(kindsOfWork(labels, ["Orchestrate"])).toEqual(["Area: API", "Bug", "deps"]);
  });

  test.each(["priority:high", "P1", "estimate:2h", "needs:go", "prefers:go", "agent:jules", "mode:effort"])(
    "%j is none",
    (label) => expect(kindsOfWork([label], [])).toEqual([]),
  );

  test.each(["status:ready", "Quick-Win", "hold", " "])("%j is none either", (label) =>
    expect(kindsOfWork([label], [])).toEqual([]),
  );

  test("are at most thirty of fifty characters, so that no issue weighs more than others", () => {
    const labels = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, "0")}${"x".repeat(80)}`);
    const kinds = kindsOfWork(labels, []);
    expect([kinds.length, ...new Set(kinds.map((kind) => kind.length))]).toEqual([30, 50]);
  });
});

describe("labels that cannot be used", () => {
  test("an unknown mode names all six, so that nobody has to look them up", () => {
    const { mode, problems } = readLabels(["mode:blockr"], scale);
    expect(mode).toBeNull();
    expect(problems).toEqual([
      "The label mode:blockr is not a mode. Did you mean blocker? The modes are priority, blocker, effort, balanced, critical, attack.",
    ]);
  });

  test("points that the scale does not have are not taken for minutes", () => {
    const { estimateMinutes, problems } = readLabels(["estimate:8"], scale);
    expect(estimateMinutes).toBeNull();
    expect(problems).toEqual([
      "The label estimate:8 is not on the estimate scale (1, 2, 3): write estimate:8m for minutes, or add it to estimateScale.",
    ]);
  });

  test.each(["priority:soon", "estimate:soon", "estimate:-5m", "estimate:0m", "agent:A B"])(
    "%j is a problem",
    (label) => {
      const reading = readLabels([label], scale);
      expect(reading.problems).toHaveLength(1);
      expect({ ...reading, problems: [] }).toEqual(nothing);
    },
  );

  test("names of object properties are neither priorities nor points", () => {
    const { problems } = readLabels(["priority:constructor", "estimate:__proto__"], scale);
    expect(problems).toHaveLength(2);
  });
});

describe("labels that contradict each other", () => {
  const labels = [
    "priority:low",
    "P1",
    "estimate:30m",
    "estimate:2h",
    "mode:attack",
    "mode:effort",
    "agent:b",
    "agent:a",
  ];

  test("the most urgent, the longest and the first by name win, and each contradiction is told", () => {
    expect(readLabels(labels, scale)).toMatchObject({ priority: 2, estimateMinutes: 120, mode: "effort", agent: "a" });
    expect(readLabels(labels, scale).problems).toHaveLength(4);
  });

  test("the order of the labels changes nothing", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(labels, { minLength: labels.length }), (shuffled) => {
        expect(readLabels(shuffled, scale)).toEqual(readLabels(labels, scale));
      }),
    );
  });
});

test("whatever the labels are, reading them never throws and problems never ping anybody", () => {
  const label = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .tuple(fc.constantFrom("priority:", "estimate:", "mode:", "agent:", "needs:"), fc.string())
      .map((pair) => pair.join("")),
  );
  fc.assert(
    fc.property(fc.array(label), (labels) => {
      for (const problem of readLabels(labels, scale).problems) expect(problem).not.toMatch(/[@<#[`]/);
    }),
  );
});
