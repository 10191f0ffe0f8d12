/** A backlog that cannot be planned is refused with the place of what is wrong; everything that a person may mean is read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BacklogInvalid } from "../../src/plan/fields.ts";
import { type Backlog, readBacklog } from "../../src/plan/input.ts";
import { defaultEstimateScale, defaultMatching, defaultMode, defaultWeights } from "../../src/plan/defaults.ts";
import { defaultConfig } from "../../src/model/config.ts";

function problemOf(value: unknown): string {
  try {
    readBacklog(value);
  } catch (error) {
    if (error instanceof BacklogInvalid) return error.message;
    throw error;
  }
  return "accepted";
}

function oneTask(task: Readonly<Record<string, unknown>>): Backlog["tasks"][number] | undefined {
  return readBacklog({ tasks: [{ id: "a", ...task }] }).tasks[0];
}

const a = { id: "a" };

test.each<readonly [unknown, string]>([
  [[], 'a list is not a backlog: write {"tasks": [{"id": "a"}, ...]}'],
  [null, 'null is not a backlog: write {"tasks": [{"id": "a"}, ...]}'],
  ["tasks", '"tasks" is not a backlog'],
  [{}, "tasks: is missing"],
  [{ tasks: null }, "tasks: null is not a list"],
  [{ tasks: {} }, "tasks: an object is not a list"],
  [{ Tasks: [] }, 'unknown key "Tasks"; write "tasks"'],
  [{ tasks: ["a"] }, 'tasks[0]: "a" is not an object'],
  [{ tasks: [a, {}] }, "tasks[1].id: is missing"],
  [{ tasks: [{ id: "" }] }, "tasks[0].id: an id must not be empty"],
  [{ tasks: [{ id: 7 }] }, 'tasks[0].id: 7 is a number; ids are texts: write "7"'],
  [{ tasks: [a, { id: "b" }, a] }, 'tasks[2].id: "a" is the id of tasks[0] already'],
  [{ tasks: [{ ...a, title: 1 }] }, "tasks[0].title: 1 is not a text"],
  [{ tasks: [{ ...a, status: "reday" }] }, 'tasks[0].status: "reday" is not a status. Did you mean ready?'],
  [{ tasks: [{ ...a, status: "done" }] }, 'tasks[0].status: "done" is not a status. Write pending, blocked, ready'],
  [{ tasks: [{ ...a, priority: 0 }] }, "tasks[0].priority: 0 is not a priority"],
  [{ tasks: [{ ...a, priority: 6 }] }, "tasks[0].priority: 6 is not a priority"],
  [{ tasks: [{ ...a, priority: 2.5 }] }, "tasks[0].priority: 2.5 is not a priority"],
  [{ tasks: [{ ...a, priority: true }] }, "tasks[0].priority: true is not a priority"],
  [{ tasks: [{ ...a, priority: "P4" }] }, 'tasks[0].priority: "P4" is not a priority: write urgent, high'],
  [{ tasks: [{ ...a, estimateMinutes: -1 }] }, "tasks[0].estimateMinutes: -1 is not a number from 0 to"],
  [{ tasks: [{ ...a, estimateMinutes: JSON.parse("1e999") }] }, "tasks[0].estimateMinutes: Infinity is not a number"],
  [{ tasks: [{ ...a, estimateMinutes: "30" }] }, 'tasks[0].estimateMinutes: "30" is not a number'],
  [{ tasks: [{ ...a, createdAt: "yesterday" }] }, 'tasks[0].createdAt: "yesterday" is not a time: write ISO 8601'],
  [{ tasks: [{ ...a, createdAt: "2026-02-30" }] }, 'tasks[0].createdAt: "2026-02-30" is not a time'],
  [{ tasks: [{ ...a, createdAt: "2026-01-01T25:00Z" }] }, 'tasks[0].createdAt: "2026-01-01T25:00Z" is not a time'],
  [{ tasks: [{ ...a, createdAt: 9e15 }] }, "tasks[0].createdAt: 9000000000000000 is not a time"],
  [{ tasks: [{ ...a, labels: "docs" }] }, 'tasks[0].labels: "docs" is not a list'],
  [{ tasks: [{ ...a, labels: ["docs", 1] }] }, "tasks[0].labels[1]: 1 is not a text"],
  [{ tasks: [{ ...a, blockedBy: "b" }] }, 'tasks[0].blockedBy: "b" is not a list'],
  [{ tasks: [{ ...a, blockedBy: [1] }] }, "tasks[0].blockedBy[0]: 1 is a number; ids are texts"],
  [{ tasks: [{ ...a, blockedBy: [["a"]] }] }, "tasks[0].blockedBy[0]: a list is not a text"],
  [{ tasks: [{ ...a, blockedBy: [{ kind: "soft" }] }] }, "tasks[0].blockedBy[0].id: is missing"],
  [{ tasks: [{ ...a, blockedBy: [{ ...a, kind: "firm" }] }] }, 'tasks[0].blockedBy[0].kind: "firm" is not a kind'],
  [{ tasks: [a, { id: "b", blockedBy: ["a", "a", "c"] }] }, 'tasks[1].blockedBy[2]: unknown task "c"'],
  [{ tasks: [{ id: "login" }, { id: "b", blockedBy: ["Login"] }] }, 'unknown task "Login"; did you mean "login"?'],
  [{ tasks: [{ ...a, blocked_by: [] }] }, 'tasks[0]: unknown key "blocked_by"; write "blockedBy"'],
  [{ tasks: [], mode: "fast" }, 'mode: "fast" is not a mode. Write priority, blocker'],
  [{ tasks: [], weights: [] }, "weights: a list is not an object"],
  [{ tasks: [], weights: { effort: -0.1 } }, "weights.effort: -0.1 is not a number from 0 to 1000"],
  [{ tasks: [], weights: { priority: 0, blocker: 0, effort: 0 } }, "weights: all are 0; at least one must be above"],
  [{ tasks: [], now: "soon" }, 'now: "soon" is not a time'],
  [{ tasks: [], agents: {} }, "agents: an object is not a list"],
  [{ tasks: [], agents: [{ type: "jules", capacity: 1 }] }, "agents[0].id: is missing"],
  [{ tasks: [], agents: [{ id: "j", capacity: 1 }] }, "agents[0].type: is missing"],
  [{ tasks: [], agents: [{ id: "j", type: "jules" }] }, "agents[0].capacity: is missing"],
  [
    { tasks: [], agents: [{ id: "j", type: "jules", capacity: 0 }] },
    "agents[0].capacity: 0 is not a whole number from 1",
  ],
  [{ tasks: [], agents: [{ id: "j", type: "jules", capacity: 1.5 }] }, "agents[0].capacity: 1.5 is not a whole number"],
  [
    { tasks: [], agents: [{ id: "j", type: "jules", capacity: 1, capabilities: { "c sharp": 2 } }] },
    'agents[0].capabilities["c sharp"]: 2 is not a number from 0 to 1',
  ],
  [
    {
      tasks: [],
      agents: [
        { id: "j", type: "x", capacity: 1 },
        { id: "j", type: "y", capacity: 1 },
      ],
    },
    'agents[1].id: "j" is the id of agents[0] already',
  ],
])("%j is refused, and the place is named", (value, problem) => {
  expect(problemOf(value)).toContain(problem);
});

test("a message is one short line, whatever the text holds that it repeats", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 500 }), (text) => {
      const problem = problemOf({ tasks: [{ ...a, status: `${text}\n\u001B[2J` }] });
      expect(problem).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(problem.length).toBeLessThan(800);
    }),
  );
});

test("no value at all is read into anything but a backlog or a refusal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("mode", "weights", "now", "tasks", "agents"), (value, key) => {
      expect(problemOf({ tasks: [], [key]: value })).not.toBe("");
      expect(problemOf({ tasks: [{ ...a, blockedBy: value, labels: value }] })).not.toBe("");
    }),
  );
});

describe("what is read", () => {
  test("a task of nothing but an id is pending, without priority, estimate, age, labels or blockers", () => {
    expect(oneTask({})).toEqual({
      id: "a",
      title: "",
      status: "pending",
      priority: 5,
      estimateMinutes: null,
      createdAt: null,
      blockedBy: [],
      wish: { quickWin: false, isHeld: false, needs: [], prefers: [], agent: null },
    });
  });

  test("null is the same as nothing, because exports write it for what is not set", () => {
    const unset = { title: null, status: null, priority: null, estimateMinutes: null, createdAt: null, labels: null };
    expect(oneTask({ ...unset, blockedBy: null })).toEqual(oneTask({}));
  });

  test.each([
    [1, 1],
    ["5", 5],
    ["Urgent", 1],
    ["low", 4],
    ["P0", 1],
    ["p3", 4],
  ])("priority %j is %j", (priority, expected) => {
    expect(oneTask({ priority })?.priority).toBe(expected);
  });

  test.each([
    [0, 0],
    [1_767_225_600_000, 1_767_225_600_000],
    ["2026-01-01", 1_767_225_600_000],
    ["2026-01-01T00:00", 1_767_225_600_000],
    ["2026-01-01T00:00:00Z", 1_767_225_600_000],
    ["2026-01-01T00:00:00.250Z", 1_767_225_600_250],
    ["2026-01-01T01:30:00+01:30", 1_767_225_600_000],
    ["2026-01-01 00:00:00z", 1_767_225_600_000],
  ])("the time %j is %j, in whatever time zone this runs", (createdAt, expected) => {
    expect(oneTask({ createdAt })?.createdAt).toBe(expected);
  });

  test("labels say what the fields do not, and the fields win", () => {
    const labels = ["P1", "estimate:2h", "quick-win", "needs:Python", "prefers:sql", "agent:jules", "hold", "bug"];
    expect(oneTask({ labels })).toMatchObject({
      priority: 2,
      estimateMinutes: 120,
      wish: { quickWin: true, isHeld: true, needs: ["python"], prefers: ["sql"], agent: "jules" },
    });
    expect(oneTask({ labels, priority: 4, estimateMinutes: 5 })).toMatchObject({ priority: 4, estimateMinutes: 5 });
  });

  test("a blocker that is named twice counts once, and as hard where one of them is", () => {
    const backlog = { tasks: [a, { id: "b", blockedBy: [{ ...a, kind: "soft" }, "a", { ...a, kind: "soft" }] }] };
    expect(readBacklog(backlog).tasks[1]?.blockedBy).toEqual([{ on: "a", kind: "hard" }]);
  });

  test("capabilities are a map or a list, and keys that mean nothing here are ignored", () => {
    const agent = { id: "j", type: "our own", capacity: 2, cost: 3 };
    const agents = [
      { ...agent, capabilities: { python: 0.5 } },
      { ...agent, id: "k", capabilities: ["python"] },
    ];
    expect(readBacklog({ tasks: [], agents, version: 3 }).agents.map((each) => each.capabilities)).toEqual([
      { python: 0.5 },
      { python: 1 },
    ]);
  });

  test("weights that are not given are the configuration's", () => {
    expect(readBacklog({ tasks: [], weights: { effort: 2 } }).weights).toEqual({ ...defaultWeights, effort: 2 });
  });
});

test("the defaults are those of an empty configuration", () => {
  const { mode, weights, matching, estimateScale } = defaultConfig;
  expect(defaultMode).toBe(mode);
  expect(defaultWeights).toEqual(weights);
  expect(defaultEstimateScale).toEqual(estimateScale);
  expect(defaultMatching).toEqual({ weights: matching.weights, bar: matching.bar, waitMax: matching.wait });
});
