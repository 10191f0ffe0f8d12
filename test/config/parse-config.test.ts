import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderConfigSchema, schemaAt } from "../../src/config/json-schema.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { type ConfigProblem, renderProblem } from "../../src/config/problem.ts";
import { defaultConfig } from "../../src/model/config.ts";

function problemsOf(text: string): readonly ConfigProblem[] {
  const reading = parseConfig(text);
  return reading.kind === "invalid" ? reading.problems : [];
}

function linesOf(text: string): readonly string[] {
  return problemsOf(text).map(renderProblem);
}

describe("a file that says little", () => {
  test.each([
    "",
    "\n\n",
    "# only a comment\n",
    "---\n",
    "null\n",
    "agents:\n  # - { id: jules }\nretry:\n",
    "\uFEFF# bom\n",
  ])("%j means the defaults", (text) => {
    expect(parseConfig(text)).toEqual({ kind: "valid", config: defaultConfig });
  });

  test("keeps what it says and defaults the rest", () => {
    const reading = parseConfig("agents:\n  - {id: jules, type: jules, timeout: 1h}\nretry: {backoff: {max: 20}}\n");
    expect(reading).toMatchObject({
      kind: "valid",
      config: {
        mode: "balanced",
        agents: [{ id: "jules", capacity: 1, timeout: 3_600_000 }],
        retry: { backoff: { max: 1_200_000 } },
      },
    });
  });

  test("may repeat a section through an anchor", () => {
    const reading = parseConfig("retry:\n  backoff: &same { initial: 1m, max: 1m }\n");
    expect(reading).toMatchObject({ kind: "valid", config: { retry: { backoff: { initial: 60_000 } } } });
  });
});

describe("a value that cannot be", () => {
  test("negative capacity is told with its line, its path and what to write", () => {
    const text = "version: 1\nagents:\n  - id: jules\n    capacity: -1\n    type: jules\n";
    expect(problemsOf(text)).toEqual([
      { line: 4, column: 15, path: "agents[0].capacity", message: "is -1: write a whole number from 1 to 1000" },
    ]);
    expect(linesOf(text)).toEqual(["line 4: agents[0].capacity is -1: write a whole number from 1 to 1000"]);
  });

  test.each([
    [
      "mode: blocked",
      'line 1: mode is "blocked": did you mean blocker? write one of priority, blocker, effort, balanced, critical, attack',
    ],
    ["mode: [balanced]", "line 1: mode is a list: write one of priority, blocker, effort, balanced, critical, attack"],
    ["\n\nmod: attack", "line 3: mod is not a known key: did you mean mode?"],
    ["version: 2", "line 1: version is 2: write 1"],
    ["agents: [{type: jules}]", "line 1: agents[0].id is missing: write a text"],
    [
      "agents:\n- {id: Jules, type: jules}",
      'line 2: agents[0].id is "Jules": write lower-case letters, digits and dashes, at most 40',
    ],
    [
      "agents:\n- {id: a, type: jules, timeout: soon}",
      'line 2: agents[0].timeout is "soon": write 90s, 5m, 2h or 7d; a bare number is minutes',
    ],
    [
      "retry: {backoff: {initial: true}}",
      "line 1: retry.backoff.initial is true: write a duration such as 90s, 5m, 2h or 7d; a bare number is minutes",
    ],
    [
      "agents:\n- {id: a, type: jules}\n- {id: a, type: cursor}",
      'line 3: agents[1].id is "a", the id of another agent too: give each agent an id of its own',
    ],
    [
      "agents:\n- {id: a, type: jules, capacity: 3,\n   maxCapacity: 2}",
      "line 3: agents[0].maxCapacity is 2: maxCapacity must not be below capacity",
    ],
    [
      'agents:\n- {id: a, type: cursor, operators: ["@ada"]}',
      'line 2: agents[0].operators[0] is "@ada": write the login of a GitHub user, without @, such as octocat',
    ],
    [
      "agents:\n- {id: a, type: cursor, operators: [ada, bob, Ada]}",
      'line 2: agents[0].operators[2] is "Ada": name each operator once',
    ],
    [
      "agents:\n- {id: a, type: cursor, operators: []}",
      "line 2: agents[0].operators is an empty list: write a list of 1 to 50 entries",
    ],
    [
      "agents:\n- {id: a, type: cursor, operators: [ada], perOperator: 0}",
      "line 2: agents[0].perOperator is 0: write a whole number from 1 to 1000",
    ],
    [
      "weights: {priority: 0, blocker: 0, effort: 0}",
      "line 1: weights cannot be used: at least one weight must be above 0",
    ],
    ["select: {labels: []}", "line 1: select.labels is an empty list: write a list of at least 1 entry"],
    [
      "estimateScale: {1: soon}",
      'line 1: estimateScale.1 is "soon": write 90s, 5m, 2h or 7d; a bare number is minutes',
    ],
    [
      "estimateScale: {1: }",
      "line 1: estimateScale.1 is empty: write a duration such as 90s, 5m, 2h or 7d; a bare number is minutes",
    ],
    ["limits: {costPerDay: .inf}", "line 1: limits.costPerDay is Infinity: write a number of at least 0"],
    [
      "schedule: [{mode: attack, from: Fri, to: '18:00'}]",
      'line 1: schedule[0].from is "Fri": write a time such as "14:00", or with its day "Fri 14:00"',
    ],
    [
      "schedule: [{mode: attack, from: '14:00', to: '18:00', timezone: Mars/Base}]",
      'line 1: schedule[0].timezone is "Mars/Base": write a time zone such as Europe/Berlin or UTC',
    ],
    [
      "retry: {backoff: {max: 1s}}",
      "line 1: retry.backoff.max is 1s, below retry.backoff.initial (30s): write at least that",
    ],
  ])("%j", (text, line) => {
    expect(linesOf(text)).toContain(line);
  });

  test.each([
    ["cockpit: no", 'line 1: cockpit is "no": write true or false'],
    ["preemption: {enabled: 1}", "line 1: preemption.enabled is 1: write true or false"],
    ["limits: {fairShare: yes}", 'line 1: limits.fairShare is "yes": write true or false'],
    ["weights: {priority: -1}", "line 1: weights.priority is -1: write a number from 0 to 1000"],
    ["linear: {team: ''}", 'line 1: linear.team is "": write a text of 1 to 50 characters'],
    [
      "health: {pause: 10m, pauseMax: 5m}",
      "line 1: health.pauseMax is 5m, below health.pause (10m): write at least that",
    ],
    [
      "agents:\n- {id: a, type: bifrost, dispatch: label}",
      "line 2: agents[0].label is missing: write the label that the agent listens to, or leave dispatch out",
    ],
  ])("%j is answered with that, and with nothing else", (text, line) => {
    expect(linesOf(text)).toEqual([line]);
  });

  test("only an agent that listens to a label of its own may leave it out", () => {
    expect(linesOf("agents: [{id: a, type: jules, dispatch: label}]")).toEqual([]);
    expect(linesOf("agents: [{id: a, type: cursor, dispatch: label, label: cursor}]")).toEqual([]);
  });

  test("all problems are told at once, in the order of the file", () => {
    const lines = problemsOf("mode: fast\nfoo: 1\nagents: 3\nalerts: {issue: 0}\n").map((problem) => problem.line);
    expect(lines).toEqual([1, 2, 3, 4]);
  });

  test("a hundred problems are cut to a comment's worth, and the number of the rest is told", () => {
    const lines = linesOf(Array.from({ length: 100 }, (_, index) => `key${index}: 1`).join("\n"));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toContain("80 more problems");
  });

  test("half of a file is never used: one bad value refuses all of it", () => {
    expect(parseConfig("mode: attack\ntrust: nobody\n").kind).toBe("invalid");
  });
});

describe("how short a time may be", () => {
  test.each([
    ["cycle: {every: 0}", "line 1: cycle.every is 0: write 1s to 7d"],
    ["cycle: {refresh: 999ms}", 'line 1: cycle.refresh is "999ms": write 1s to 7d'],
    // A timer of a process that is set for more than 24 days fires at once, and again, and again.
    ["cycle: {every: 30d}", 'line 1: cycle.every is "30d": write 1s to 7d'],
    ["agents: [{id: j, type: jules, timeout: 0}]", "line 1: agents[0].timeout is 0: write at least 1s"],
    ["agents: [{id: j, type: jules, watch: 0s}]", 'line 1: agents[0].watch is "0s": write at least 1s'],
    ["agents: [{id: j, type: jules, heartbeat: 0}]", "line 1: agents[0].heartbeat is 0: write at least 1s"],
    ["health: {pause: 0}", "line 1: health.pause is 0: write at least 1s"],
    ["health: {rest: 0}", "line 1: health.rest is 0: write at least 1s"],
    ["stale: {person: 0}", "line 1: stale.person is 0: write at least 1s"],
    ["metrics: {every: 0}", "line 1: metrics.every is 0: write at least 1s"],
    ["estimateScale: {0: 0m}", 'line 1: estimateScale.0 is "0m": write at least 1m'],
    ["limits: {day: 59s}", 'line 1: limits.day is "59s": write 1m to 31d'],
    ["attack: {momentum: {within: 0}}", "line 1: attack.momentum.within is 0: write at least 1m"],
  ])("%s is refused with what to write, because it would never stop or never begin", (text, line) => {
    expect(linesOf(text)).toEqual([line]);
  });

  test.each([
    "cycle: {every: 1s, refresh: 7d}",
    "agents: [{id: j, type: jules, timeout: 1s, watch: 1s, heartbeat: 1s}]",
    "retry: {backoff: {initial: 0s, max: 0s}}",
    "matching: {wait: 0m}",
    "preemption: {after: 0m}",
    "stale: {min: 0m, escalate: 0m}",
    "attack: {threshold: 0m, min: 0m}",
    "alerts: {fullFor: 0m}",
  ])("%s is accepted: where it means never or at once, 0 is a time too", (text) => {
    expect(linesOf(text)).toEqual([]);
  });

  test("editors are shown the range beside what a duration looks like", () => {
    const description = schemaAt(["cycle", "every"])?.description;
    expect(description).toMatch(/A duration such as 90s.*1s to 7d\.$/);
    expect(renderConfigSchema()).not.toContain('"range"');
  });
});

describe("text that is not a mapping in YAML", () => {
  test.each([
    ["mode: balanced\nmode: attack\n", "line 2: This key is written twice"],
    ["retry:\n\tmaxAttempts: 3\n", "line 2: A tab is used for indentation"],
    ["mode: attack\n---\nmode: effort\n", "line 2: A second document starts here"],
    ["mode: attack: now\n", "line 1: There is a second colon"],
    ["mode: 'attack\n", "This is not valid YAML"],
    ["agents: [\n", "This is not valid YAML"],
    ["mode: !!js/function x\n", "line 1: Unresolved tag"],
    ["? [a, b]\n: 1\n", "line 1: A key must be a plain word"],
    ["- 1\n- 2\n", "line 1: The file must be a mapping"],
    ["attack\n", "line 1: The file must be a mapping"],
    ["mode: *nowhere\n", "line 1: The file cannot be read as YAML"],
    ["__proto__: {mode: attack}\n", "line 1: __proto__ is not a known key"],
  ])("%j is refused with the line", (text, start) => {
    expect(linesOf(text).join("\n")).toContain(start);
  });
});

describe("a file that means harm", () => {
  test.each([
    [
      "a bomb of aliases",
      `a: &a [x,x]\n${"bcdefghijklmnop"
        .split("")
        .map((key, index) => `${key}: &${key} [${`*${"abcdefghijklmnop"[index]},`.repeat(9)}]`)
        .join("\n")}\n`,
    ],
    ["brackets in brackets", "[".repeat(200_000)],
    ["brackets over many lines", "[\n".repeat(100_000)],
    ["dashes in dashes", "- ".repeat(100_000)],
    ["indentation without end", Array.from({ length: 600 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
    ["a megabyte", `# ${"x".repeat(1_000_000)}`],
    ["one long word", "x".repeat(250_000)],
  ])("%s is refused quickly", (_name, text) => {
    const started = performance.now();
    expect(parseConfig(text).kind).toBe("invalid");
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("whatever the text is", () => {
  const fragment = fc.constantFrom(
    "agents:",
    "\n",
    "  ",
    "- ",
    "id: a",
    "mode: attack",
    "{",
    "}",
    "[",
    "]",
    "&a ",
    "*a",
    "? ",
    ": ",
    "'",
    '"',
    "|",
    "#",
    "!x ",
    "---\n",
    "capacity: -1",
    "\t",
  );

  test("parsing never throws, and each problem has a place inside the text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(fragment, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (hostile) => {
        const lineCount = hostile.split(/\r\n|\r|\n/).length;
        for (const problem of problemsOf(hostile)) {
          expect(problem.line).toBeGreaterThanOrEqual(1);
          expect(problem.line).toBeLessThanOrEqual(lineCount);
          expect(problem.column).toBeGreaterThanOrEqual(1);
          expect(renderProblem(problem)).not.toContain("\n");
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("windows that hold nothing, or more than memory should, and windows out of order are refused", () => {
  const problems = (text: string): readonly string[] => problemsOf(text).map(renderProblem);
  expect(problems("limits: { day: 30s }\nalerts: { failureWindow: 40d }\n").join("\n")).toMatch(
    /limits\.day.*is "30s": write 1m to 31d[\s\S]*alerts\.failureWindow.*is "40d": write 1m to 31d/,
  );
  expect(problems("metrics: { velocity: { short: 4h } }\n").join("\n")).toMatch(
    /metrics\.velocity\.middle.*is 4h, not longer than metrics\.velocity\.short/,
  );
  expect(problems("metrics: { velocity: { short: 2h, middle: 6h, long: 7d } }\n")).toEqual([]);
});

test("a Linear issue is named as Linear names it", () => {
  expect(problemsOf("alerts: { linear: ENG-123 }\n")).toEqual([]);
  for (const name of ["123", "ENG", "ENG-0", "https://linear.app/acme/issue/ENG-1", "ENG-1; x"]) {
    expect(problemsOf(`alerts: { linear: "${name}" }\n`).map(renderProblem).join("")).toContain(
      "the identifier of a Linear issue, such as ENG-123",
    );
  }
});
