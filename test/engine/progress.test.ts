import { expect, test } from "vitest";
import { Progress } from "../../src/engine/progress.ts";
import { silentJournal } from "../../src/sandbox/headless.ts";
import { blocker, configOf, issue, report } from "../support/build.ts";
import { observe, say, schedule, story } from "../support/given.ts";

const hour = 60 * 60_000;

test("every two hours the log says how far the work is, and nothing once all of it is done", () => {
  const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", timeout: "1d" }];
  const it = story(configOf({ agents, done: "reported" }));
  const lines: string[] = [];
  const progress = new Progress({ ...silentJournal, info: (message) => void lines.push(message) });
  let noted = 0;
  const pass = (): void => {
    progress.note(it.entries.slice(noted));
    noted = it.entries.length;
    progress.say(it.state, { now: it.now, config: it.config });
  };
  it.tell(observe({ issues: [issue(1), issue(2), issue(3, { blockedBy: [blocker(2)] })] }));
  it.tell(schedule());
  pass();
  it.now += 2 * hour - 1;
  pass();
  expect(lines).toEqual([]);
  it.tell(say(1, 1, report("running")));
  it.tell(say(1, 1, report("succeeded")));
  it.tell(schedule());
  it.now += 1;
  pass();
  pass();
  const after = "completed and 0 failed since the last summary.";
  expect(lines).toEqual([`Progress: 1 active, 0 ready, 1 blocked; 1 ${after}`]);
  for (const number of [2, 3]) {
    it.tell(say(number, number, report("running")));
    it.tell(say(number, number, report("succeeded")));
    it.tell(schedule());
  }
  it.now += 2 * hour;
  pass();
  expect(lines[1]).toBe(`Progress: 0 active, 0 ready, 0 blocked; 2 ${after}`);
  it.now += 2 * hour;
  pass();
  expect(lines).toHaveLength(2);
});

test("when the process stops the log says how far the work is, with the figures of the last hour", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", dispatch: "api" }], done: "reported" }));
  const said: unknown[] = [];
  const progress = new Progress({ ...silentJournal, info: (message, data) => void said.push([message, data]) });
  progress.finish(it.state, it);
  expect(said).toEqual([]);
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  it.tell(schedule());
  it.tell(say(1, 1, report("running")));
  it.now += hour / 2;
  it.tell(say(1, 1, report("succeeded", { costUsd: 2 })));
  progress.note(it.entries);
  progress.finish(it.state, it);
  const counts = { active: 0, ready: 1, heldBack: 0, blocked: 0, open: 1, completed: 1, failed: 0 };
  expect(said).toEqual([
    [
      "Progress: 0 active, 1 ready, 0 blocked; 1 completed and 0 failed since the last summary.",
      { ...counts, throughput: 1, durationMinutes: 30, waitMinutes: 0, costUsd: 2, utilisation: 1 },
    ],
  ]);
});
