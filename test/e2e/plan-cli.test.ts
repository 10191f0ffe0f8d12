/** `orchestrate plan` as a person or a program runs it: a process with arguments, standard input and output, and an exit code. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const cli = ["--import", "tsx", join(root, "src", "cli.ts"), "plan"];
const folder = mkdtempSync(join(tmpdir(), "orchestrate-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], input: string | Uint8Array = ""): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [...cli, ...args], { cwd: root });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
    // It may end before it has read everything: a wrong mode is refused at once.
    child.stdin.on("error", () => undefined).end(input);
  });
}

function fileOf(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const backlog = {
  mode: "priority",
  tasks: [
    { id: "a", priority: 3, estimateMinutes: 60 },
    { id: "b", title: "Beta", priority: 1, blockedBy: ["a"] },
    { id: "c", priority: 2, estimateMinutes: 10 },
    { id: "d", status: "completed" },
    { id: "e", blockedBy: ["f"] },
    { id: "f", blockedBy: ["e"] },
  ],
  agents: [{ id: "jules", type: "jules", capacity: 1 }],
};

describe("a backlog that can be planned", () => {
  test("is answered with the documented keys in the documented order, on one line, and exit 0 in spite of a circle", async () => {
    const { code, stdout, stderr } = await run([fileOf("good.json", backlog), "--json"]);
    expect({ code, stderr, lines: stdout.split("\n").length }).toEqual({ code: 0, stderr: "", lines: 2 });
    const answer = JSON.parse(stdout);
    expect(Object.keys(answer)).toEqual([
      "mode",
      "order",
      "ready",
      "blocked",
      "stages",
      "criticalPath",
      "impact",
      "scores",
      "cycles",
      "assignments",
    ]);
    expect(answer).toMatchObject({
      mode: "priority",
      order: ["c", "a", "b"],
      ready: ["c", "a"],
      blocked: { b: ["a"], e: ["f"], f: ["e"] },
      stages: [["a", "c"], ["b"]],
      criticalPath: { tasks: ["a", "b"], minutes: 90 },
      impact: { a: { direct: 1, transitive: 1 }, e: { direct: 1, transitive: 1 } },
      scores: { a: 2, b: 4, c: 3, e: 0, f: 0 },
      cycles: [["e", "f"]],
      assignments: [{ task: "c", agent: "jules", worker: "jules/1" }],
    });
    expect(answer.impact).not.toHaveProperty("d");
  });

  test("is read from standard input by either name, and --mode wins over what it says", async () => {
    const answers = await Promise.all(
      ["-", "/dev/stdin"].map((name) => run([name, "--json", "--mode", "effort"], JSON.stringify(backlog))),
    );
    for (const { code, stdout } of answers) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ mode: "effort", order: ["c", "a", "b"] });
    }
  });

  test("is a page for people without --json, and a table of all modes with --compare", async () => {
    const file = fileOf("page.json", backlog);
    const [page, table, figures] = await Promise.all([
      run([file]),
      run([file, "--compare"]),
      run([file, "--compare", "--json"]),
    ]);
    expect(page.stdout).toContain("Take them in this order:");
    expect(page.stdout).toContain("Beta");
    expect(table.stdout).toMatch(/mode +done at .*\n +priority /);
    expect(JSON.parse(figures.stdout)).toMatchObject({ capacity: 1, lowerBoundMinutes: 100, modes: { length: 6 } });
    expect([page.code, table.code, figures.code]).toEqual([0, 0, 0]);
  });

  test("may begin with a byte order mark, as some editors write one", async () => {
    const { code, stdout } = await run(["-", "--json"], `\uFEFF${JSON.stringify({ tasks: [{ id: "ä" }] })}`);
    expect({ code, order: JSON.parse(stdout).order }).toEqual({ code: 0, order: ["ä"] });
  });
});

describe("what cannot be planned ends with 2, one line that names the place on standard error, and nothing on standard output", () => {
  const deep = `{"tasks":${"[".repeat(100_000)}`;
  test.each<readonly [string, readonly string[], string | Uint8Array, string]>([
    ["a file that is not there", ["nowhere.json"], "", "nowhere.json cannot be read: ENOENT"],
    ["a folder", ["src"], "", "src cannot be read: EISDIR"],
    ["nothing", ["-"], "", 'standard input is empty: a backlog is {"tasks"'],
    ["white space", ["-"], "\n \n", "standard input is empty"],
    ["no JSON", ["-"], "tasks:\n  - id: a\n", 'standard input: not JSON: line 1, column 1: found "t"'],
    ["half of it", ["-"], '{"tasks": [\n{"id": "a"}', "not JSON: line 2, column 12: found the end of the text"],
    ["a very deep text", ["-"], deep, "not JSON: line 1, column 100010: found the end of the text"],
    [
      "bytes that are no text",
      ["-"],
      Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
      "standard input cannot be read: it is not UTF-8",
    ],
    ["JSON of another kind", ["-"], "[]", "standard input: a list is not a backlog"],
    ["an unknown task", ["-"], '{"tasks":[{"id":"a","blockedBy":["x"]}]}', 'tasks[0].blockedBy[0]: unknown task "x"'],
    ["an id twice", ["-"], '{"tasks":[{"id":"a"},{"id":"a"}]}', 'tasks[1].id: "a" is the id of tasks[0] already'],
    ["a value out of range", ["-"], '{"tasks":[{"id":"a","priority":9}]}', "tasks[0].priority: 9 is not a priority"],
    ["an unknown mode", ["-", "--mode", "efort"], '{"tasks":[]}', '--mode "efort" is not a mode. Did you mean effort?'],
    ["an unknown mode in the file", ["-"], '{"tasks":[],"mode":"fast"}', 'standard input: mode: "fast" is not a mode'],
  ])("%s", async (...[, args, input, message]) => {
    const { code, stdout, stderr } = await run(args, input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^orchestrate: [^\n]+\n$/);
  });

  test.each([[[]], [["a.json", "b.json"]], [["a.json", "--fast"]]])("arguments %j", async (args) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: /);
  });
});

describe("an answer that nobody reads to its end", () => {
  const tasks = Array.from({ length: 20_000 }, (_, place) => ({ id: `task-${place}` }));
  const shell = (command: string): Promise<Answer> =>
    new Promise((done, fail) => {
      const child = spawn("bash", ["-o", "pipefail", "-c", command, "bash", process.execPath, ...cli], { cwd: root });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
    });

  test("is no failure", async () => {
    const file = fileOf("long.json", { tasks });
    expect(await shell(`"$@" ${file} --json | head -c 8`)).toEqual({ code: 0, stdout: '{"mode":', stderr: "" });
  });

  test("is one when there is no room for it", async () => {
    const { code, stderr } = await shell(`"$@" ${fileOf("short.json", { tasks: [] })} --json > /dev/full`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^orchestrate: The answer cannot be written: ENOSPC[^\n]+\n$/);
  });
});

test("the help names every option, the input, the answer and the exit codes", async () => {
  const { code, stdout } = await run(["--help"]);
  expect(code).toBe(0);
  for (const word of [
    "--mode",
    "--json",
    "--compare",
    "blockedBy",
    "estimateMinutes",
    "assignments",
    "/dev/stdin",
    "Exit codes",
  ])
    expect(stdout).toContain(word);
});

describe("the documentation", () => {
  const page = readFileSync(join(root, "docs", "planning.md"), "utf8");
  const shown = [
    ...page.matchAll(/^```sh\nnpx orchestrate plan (?<args>[^\n]+)\n```\n\n```(?:text|json)\n(?<text>.*?)```$/gms),
  ];

  test("shows a plan and the comparison of the modes on a recorded backlog", () => {
    expect(shown.map(({ groups }) => groups?.["args"])).toEqual([
      "docs/backlogs/release.json",
      "docs/backlogs/mixed-60.json --compare",
    ]);
  });

  test.each(shown.map(({ groups }) => [groups?.["args"] ?? "", groups?.["text"] ?? ""]))(
    "shows what `orchestrate plan %s` prints",
    async (args, text) => {
      const { code, stdout, stderr } = await run(args.split(" "));
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: text, stderr: "" });
    },
  );

  test.each(readdirSync(join(root, "docs", "backlogs")))("has a backlog %s that can be planned", async (name) => {
    const { code, stdout } = await run([join("docs", "backlogs", name), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).order.length).toBeGreaterThan(0);
  });
});
