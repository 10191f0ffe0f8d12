/** The pages beside the log: with which append each is written, once, and that they cost none of their own. */
import { describe, expect, test } from "vitest";
import { createState, type State } from "../../src/state/state.ts";
import { createProjection } from "../../src/engine/project.ts";
import { runPass } from "../../src/engine/pass.ts";
import { reportFiles } from "../../src/engine/report-files.ts";
import type { Command } from "../../src/model/command.ts";
import type { Config } from "../../src/model/config.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { FileChange } from "../../src/ports/store.ts";
import { configOf, issue, observation, taskId, writer } from "../support/build.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const noon = Date.UTC(2026, 10, 20, 12);

type Unnamed = Command extends infer Each ? (Each extends Command ? Omit<Each, "id"> : never) : never;

interface Place {
  readonly state: State;
  readonly config: Config;
  /** Passes one after the other; returns the pages that come with each append, and none where nothing is appended. */
  pass(now: number, commands: readonly Unnamed[]): readonly FileChange[];
}

function place(config: Record<string, unknown> = {}): Place {
  const state = createState();
  const parsed = configOf(config);
  let count = 0;
  const self: Place = {
    state,
    config: parsed,
    pass(now, commands) {
      const named = commands.map((command) => ({ ...command, id: toCommandId(`~${(count += 1)}`) }) as Command);
      const found = runPass(state, named, { now, config: parsed });
      const files = found.entries.length === 0 ? [] : reportFiles(found, "acme/shop");
      found.takeBack()();
      return files;
    },
  };
  self.pass(noon, [{ type: "Configure", sha: "sha-1", config: parsed, problems: [] }]);
  return self;
}

/** An issue is found and given to a worker: a whole pass. */
function working(number: number): readonly Unnamed[] {
  return [{ type: "Observe", observation: observation({ issues: [issue(number)] }) }, { type: "Schedule" }];
}

function written(files: readonly FileChange[]): readonly string[] {
  return files.flatMap(({ path, text }) => (text === null ? [] : [path]));
}

describe("the report of the day", () => {
  test("comes with the first pass of a day that is written anyway, and with no other", () => {
    const it = place({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }] });
    expect(it.pass(noon, working(1))).toEqual([]);
    expect(it.pass(noon + hour, working(2))).toEqual([]);
    expect(it.pass(noon + 13 * hour, [{ type: "Schedule" }])).toEqual([]);
    const files = it.pass(noon + 14 * hour, working(3));
    expect(written(files)).toEqual(["reports/2026-11-21.md"]);
    expect(files[0]?.text).toMatch(/^# Orchestration report, 2026-11-21\n\nacme\/shop at 2026-11-21 02:00 UTC\./);
    expect(files[0]?.text).toContain("3 tasks, 3 open: 3 in progress");
    expect(it.pass(noon + 15 * hour, working(4))).toEqual([]);
  });

  test("does not come with what a job adds, which is no pass: that of the next pass has it", () => {
    const it = place();
    it.pass(noon, working(1));
    const observed = working(2).slice(0, 1);
    expect(it.pass(noon + day, observed)).toEqual([]);
    expect(written(it.pass(noon + day + hour, [{ type: "Schedule" }]))).toEqual(["reports/2026-11-21.md"]);
  });

  test("is written again by whoever lost the race, unless the other has written it", () => {
    const it = place();
    it.pass(noon, working(1));
    const commands = working(2).map((command, index) => ({ ...command, id: toCommandId(`~l${index}`) }) as Command);
    const lost = runPass(it.state, commands, { now: noon + day, config: it.config });
    expect(written(reportFiles(lost, "acme/shop"))).toEqual(["reports/2026-11-21.md"]);
    lost.takeBack();
    // Nobody else did: it is decided again.
    expect(written(it.pass(noon + day, working(2)))).toEqual(["reports/2026-11-21.md"]);
    expect(it.pass(noon + day + minute, working(3))).toEqual([]);
  });

  test("takes the place of those that are older than it keeps", () => {
    const it = place({ reports: { keep: 2 } });
    it.pass(noon, working(1));
    const removed = it.pass(noon + 3 * day, working(2)).flatMap(({ path, text }) => (text === null ? [path] : []));
    expect(removed.slice(0, 2)).toEqual(["reports/2026-11-21.md", "reports/2026-11-20.md"]);
    expect(removed).not.toContain("reports/2026-11-22.md");
  });

  test("is left out where `reports.daily` says so", () => {
    const it = place({ reports: { daily: false } });
    it.pass(noon, working(1));
    expect(it.pass(noon + day, working(2))).toEqual([]);
  });

  test("says the same for the same log", () => {
    const [one, other] = [place(), place()].map((it) => {
      it.pass(noon, working(1));
      return it.pass(noon + day, working(2));
    });
    expect(one).toEqual(other);
  });

  test("leaves the task files as they are", () => {
    const it = place();
    const commands = working(1).map((command, index) => ({ ...command, id: toCommandId(`~t${index}`) }) as Command);
    const context = { now: noon, config: it.config };
    const found = runPass(it.state, commands, context);
    reportFiles(found, "acme/shop");
    expect(written(createProjection().files(found, context))).toEqual(["tasks/assigned/1.md"]);
  });
});

describe("a retrospective", () => {
  const completed = (number: number): Unnamed => ({
    type: "Instruct",
    by: writer,
    task: taskId(number),
    comment: `IC_${number}`,
    instruction: { verb: "complete" },
    problem: null,
  });

  test("comes with the pass in which enough tasks are done, once, and the next after as many again", () => {
    const it = place({ agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }] });
    for (const number of [1, 2, 3, 4, 5, 6]) it.pass(noon, working(number));
    expect(it.pass(noon, [completed(1), completed(2)])).toEqual([]);
    // Written by somebody who completes it and does no more: that of the next pass has it.
    expect(it.pass(noon, [completed(3)])).toEqual([]);
    const files = it.pass(noon + minute, working(7));
    expect(written(files)).toEqual(["reports/retrospective-1.md"]);
    expect(files[0]?.text).toMatch(/^# Retrospective 1, 2026-11-20\n\nacme\/shop: 3 completed tasks, /);
    expect(files[0]?.text).toMatch(/\n- \[#1\]\(.+\n- \[#2\]\(.+\n- \[#3\]\(/);
    expect(it.pass(noon + 2 * minute, working(8))).toEqual([]);
    const next = [completed(4), completed(5), completed(6), ...working(9)];
    expect(written(it.pass(noon + 3 * minute, next))).toEqual(["reports/retrospective-2.md"]);
  });

  test("takes the place of those that are more than it keeps", () => {
    const it = place({
      agents: [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }],
      reports: { keep: 2, retrospective: 1 },
    });
    const passes = [1, 2, 3, 4].map((number) => {
      it.pass(noon + number * minute, working(number));
      return it.pass(noon + number * minute + 1, [completed(number), ...working(number + 4)]);
    });
    expect(passes.map((files) => files.map(({ path, text }) => `${text === null ? "-" : "+"} ${path}`))).toEqual([
      ["+ reports/retrospective-1.md"],
      ["+ reports/retrospective-2.md"],
      ["+ reports/retrospective-3.md", "- reports/retrospective-1.md"],
      ["+ reports/retrospective-4.md", "- reports/retrospective-1.md", "- reports/retrospective-2.md"],
    ]);
  });

  test("is about the same tasks for the same log", () => {
    const [one, other] = [place(), place()].map((it) => {
      it.pass(noon, working(1));
      it.pass(noon + minute, [completed(1)]);
      return it.state;
    });
    expect(one?.watch.retrospection).toEqual(other?.watch.retrospection);
    expect(one?.watch.retrospection?.done).toEqual([taskId(1)]);
  });
});
