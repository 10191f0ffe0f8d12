import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultConfig } from "../../src/model/config.ts";
import { parseScenario, readConfig, ScenarioInvalid } from "../../src/sandbox/scenario.ts";
import type { ScenarioAct } from "../../src/sandbox/scenario-event.ts";

const backlog = `
config: { agents: [{ id: jules, type: jules }] }
issues:
  - { key: a, title: First, priority: P1, estimate: 30 }
  - { key: b, title: Second, blockedBy: [a] }
`;

function problemsOf(text: string): readonly string[] {
  try {
    parseScenario(text);
  } catch (error) {
    if (error instanceof ScenarioInvalid) return error.problems;
    throw error;
  }
  return [];
}

function actOf(event: string): ScenarioAct | undefined {
  return parseScenario(`${backlog}\nevents:\n  - ${event}\n`).events[0]?.act;
}

test("what a scenario leaves out gets the defaults that the design names", () => {
  const scenario = parseScenario(backlog);
  expect(scenario.people.merge).toEqual([60_000, 300_000]);
  expect(scenario.until).toBe(7 * 86_400_000);
  expect(scenario.faults.replicas).toBe(1);
  expect(scenario.issues[0]).toMatchObject({ priority: "P1", estimate: "30m" });
});

test("JSON is read like YAML", () => {
  const scenario = parseScenario(
    JSON.stringify({ issues: [{ key: "a", title: "One" }], until: "90s", seed: 7 }, null, "\t"),
  );
  expect(scenario).toMatchObject({ until: 90_000, seed: 7 });
});

test("durations are written as in the configuration, and a bare number is minutes", () => {
  const scenario = parseScenario(
    `${backlog}agents: { jules: { duration: [1, 90s] } }\npeople: { merge: never }\nuntil: 5`,
  );
  expect(scenario.until).toBe(300_000);
  expect(problemsOf(`${backlog}agents: { jules: { duration: [90s, 1m] } }`)).toHaveLength(1);
  expect(scenario.people.merge).toBe("never");
});

test.each([
  ["{ at: 1m, close: a }", { kind: "close", issue: "a", reason: "completed" }],
  ["{ at: 1m, close: { issue: a, reason: not_planned } }", { kind: "close", issue: "a", reason: "not_planned" }],
  [
    "{ at: 1m, review: { issue: b, state: changes_requested, body: no, comments: [{ path: a.ts, line: 3, body: here }] } }",
    {
      kind: "review",
      issue: "b",
      state: "changes_requested",
      body: "no",
      comments: [{ path: "a.ts", line: 3, body: "here" }],
    },
  ],
  ["{ at: 1m, review: approve, on: a }", { kind: "review", issue: "a", state: "approved", body: "", comments: [] }],
  ["{ at: 1m, merge: b }", { kind: "merge", issue: "b" }],
  ["{ at: 1m, label: { issue: a, add: hold } }", { kind: "label", issue: "a", add: ["hold"], remove: [] }],
  ["{ at: 1m, label: { a: hold } }", { kind: "label", issue: "a", add: ["hold"], remove: [] }],
  ["{ at: 1m, label: hold, on: b }", { kind: "label", issue: "b", add: ["hold"], remove: [] }],
  ["{ at: 1m, label: { issue: a, remove: [hold] } }", { kind: "label", issue: "a", add: [], remove: ["hold"] }],
  ["{ at: 1m, comment: { task: b, body: hello } }", { kind: "comment", issue: "b", body: "hello" }],
  ['{ at: 1m, comment: "/orchestrate pause" }', { kind: "comment", issue: null, body: "/orchestrate pause" }],
  ['{ at: 1m, issue: b, comment: "/orchestrate hold" }', { kind: "comment", issue: "b", body: "/orchestrate hold" }],
  ["{ at: 1m, comment: { b: hello } }", { kind: "comment", issue: "b", body: "hello" }],
  ["{ at: 1m, edit: { issue: a, body: new } }", { kind: "edit", issue: "a", body: "new" }],
  ["{ at: 1m, edit: { a: { title: new } } }", { kind: "edit", issue: "a", title: "new" }],
  ["{ at: 1m, config: { mode: attack } }", { kind: "config", issue: null, text: "mode: attack\n" }],
  ["{ at: 1m, by: ada, busy: true }", { kind: "busy", issue: null, isBusy: true, forMs: null }],
  ["{ at: 1m, by: ada, busy: false }", { kind: "busy", issue: null, isBusy: false, forMs: null }],
  ["{ at: 1m, by: ada, busy: 30m }", { kind: "busy", issue: null, isBusy: true, forMs: 30 * 60_000 }],
  ['{ at: 1m, config: "mode: [" }', { kind: "config", issue: null, text: "mode: [" }],
])("the event %s is understood", (event, act) => {
  expect(actOf(event)).toEqual(act);
});

test.each([
  [
    "unknown blockers",
    `${backlog}  - { key: c, title: Third, blockedBy: [zz] }`,
    /line 6: issues\[2\]\.blockedBy\[0\]: .*"zz"/,
  ],
  [
    "an issue that blocks itself, which GitHub would not take either,",
    `${backlog}  - { key: c, title: Third, blockedBy: [a, c] }`,
    /line 6: issues\[2\]\.blockedBy\[1\]: "c" cannot be blocked by itself/,
  ],
  ["two issues of one key", `${backlog}  - { key: a, title: Again }`, /line 6: .*a second issue "a"/],
  ["an unknown mode in the configuration", "config:\n  mode: fast\n", /line 2: config\.mode/],
  [
    "a negative capacity",
    "config:\n  agents:\n    - { id: j, type: jules, capacity: -1 }\n",
    /line 3: config\.agents\[0\]\.capacity/,
  ],
  [
    "a configuration whose values make no sense together",
    "config:\n  retry:\n    backoff: { initial: 10m, max: 1m }\n",
    /line 3: config\.retry\.backoff\.max is 1m, below retry\.backoff\.initial \(10m\): write at least that/,
  ],
  ["an unknown key", `${backlog}isues: []`, /isues/],
  ["an unknown outcome", `${backlog}agents:\n  jules: { outcomes: { lucky: 1 } }`, /line 7: agents\.jules\.outcomes/],
  ["a rate above 1", `${backlog}faults: { api: { error: 2 } }`, /faults\.api\.error/],
  ["an event without an act", `${backlog}events: [{ at: 1m }]`, /events\[0\]: an event is one of/],
  [
    "a time of being busy that is none",
    `${backlog}events: [{ at: 1m, busy: soon }]`,
    /events\[0\]: busy is true, false/,
  ],
  ["an event about nothing known", `${backlog}events: [{ at: 1m, close: zz }]`, /events\[0\]: there is no issue "zz"/],
  ["text that is not YAML", "issues: [", /line 1: /],
  ["a file outside the repository", `${backlog}  - { key: c, title: T, files: [../x] }`, /files\[0\]/],
])("%s are refused with line and path", (_, text, message) => {
  expect(problemsOf(text).join("\n")).toMatch(message);
});

test("a configuration is read as the App reads it: a key with nothing after it is as good as not there", () => {
  const { config } = parseScenario(
    "config:\n  agents:\n    - { id: jules, type: jules, capacity: 2 }\n  schedule:\n  limits:\n",
  );
  expect(readConfig(config)).toMatchObject({ agents: [{ id: "jules", capacity: 2 }], schedule: [] });
  expect(readConfig(null)).toEqual(defaultConfig);
});

test("a configuration that the App would refuse is none, whoever asks: the last good one stays in force", () => {
  expect(readConfig("retry: { backoff: { initial: 10m, max: 1m } }")).toBeNull();
  expect(readConfig("mode: [")).toBeNull();
});

test("a configuration written as a text stands as it is, so that a scenario can tell of a broken file", () => {
  expect(parseScenario('config: "mode: fast"').config).toBe("mode: fast");
});

test("a list in place of a scenario is refused, not guessed at", () => {
  expect(problemsOf("[]")).toEqual([expect.stringMatching(/^line 1: the scenario is an empty list: write a mapping/)]);
});

test.each([
  ["repository: bad name", 'repository is "bad name": write owner/name, such as acme/rocket'],
  [
    "people: { merge: sometimes }",
    'people.merge is "sometimes": write never, a duration such as 5m, or the shortest and the longest such as [1m, 5m]',
  ],
  [
    "issues: [{ key: a, title: A }]\nevents: [{ comment: x }]",
    "events[0].at is missing: write a duration such as 90s, 5m, 2h or 7d; a bare number is minutes",
  ],
  [
    "faults: { webhooks: { reorder: often } }",
    'faults.webhooks.reorder is "often": write a share from 0 to 1, or true or false',
  ],
  ["faults: { crash: { rate: 2 } }", "faults.crash.rate is 2: write a share from 0 to 1"],
  [
    "issues: [{ key: a, title: A, priority: 7 }]",
    "issues[0].priority is 7: write 1 to 5, urgent, high, medium, low or none, or P0 to P3",
  ],
  [
    "issues: [{ key: a, title: A, priority: soon }]",
    'issues[0].priority is "soon": write 1 to 5, urgent, high, medium, low or none, or P0 to P3',
  ],
  ["issues: [{ key: a }]", "issues[0].title is missing: write a text of 1 to 256 characters"],
  ["issues: [{ key: a, title: A, labels: hold }]", 'issues[0].labels is "hold": write a list'],
  [
    "agents: { jules: { outcomes: { success: -1 } } }",
    "agents.jules.outcomes.success is -1: write a number of at least 0",
  ],
  [
    "agents: { jules: { outcomes: { succes: 1 } } }",
    "agents.jules.outcomes.succes is not a known key: did you mean success?",
  ],
  ["start: monday", 'start is "monday": write a time such as 2026-01-05T08:00:00Z'],
  ["isues: []", "isues is not a known key: did you mean issues?"],
])("%s is answered with what is expected there", (text, problem) => {
  const last = text.split("\n").length;
  expect(problemsOf(text)).toEqual([`line ${last}: ${problem}`]);
});

test("every scenario in docs/scenarios can be read", () => {
  const folder = new URL("../../docs/scenarios/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".yml"));
  expect(files.length).toBeGreaterThanOrEqual(6);
  for (const file of files) {
    expect(parseScenario(readFileSync(new URL(file, folder), "utf8"), file).issues.length).toBeGreaterThan(3);
  }
});
