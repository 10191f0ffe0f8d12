/** What an agent has done is what it is taken for: how often it succeeds, whether in time, and how often its work is sent back. */
import { expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { configOf, issue, pull, report, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story } from "../support/given.ts";

const minute = 60_000;

function place(matching: Record<string, unknown> = {}): Story {
  return story(configOf({ agents: [{ id: "jules", type: "jules", dispatch: "api", timeout: "9h" }], matching }));
}

/** The next issue, estimated at 30 minutes, is done in so many; returns what history the agent had when it got it. */
function work(it: Story, { minutes, sentBack = false }: { minutes: number; sentBack?: boolean }): number {
  const number = it.state.tasks.size + 1;
  it.tell(observe({ issues: [issue(number, { labels: ["orchestrate", "estimate:30m"] })] }));
  const history = begin(it, number);
  it.now += minutes * minute;
  it.tell(say(number, it.state.fence, report("succeeded", { pullUrl: pull(number + 100).url })));
  if (sentBack) {
    it.tell(observe({ pulls: [pull(number + 100, { objections: [{ by: writer, at: it.now }] })] }));
    it.now += 10 * minute;
    begin(it, number);
    it.tell(say(number, it.state.fence, report("succeeded", { pullUrl: pull(number + 100).url })));
  }
  it.tell(instruct(number, { verb: "complete" }));
  return history;
}

function begin(it: Story, number: number): number {
  const assigned = it.tell(schedule()).find((event) => event.type === "TaskAssigned");
  it.tell(say(number, it.state.fence, report("running")));
  return Math.round(100 * (assigned?.reasons.matchParts["history"] ?? 0)) / 100;
}

function historyAfter(it: Story, how: { minutes: number; sentBack?: boolean }): number {
  for (let count = 0; count < 10; count += 1) work(it, how);
  return work(it, how);
}

test("who is in time is worth more than who takes twice as long, and who is sent back less than who is not", () => {
  expect(work(place(), { minutes: 30 })).toBe(0.7);
  expect(historyAfter(place(), { minutes: 30 })).toBe(0.9);
  expect(historyAfter(place(), { minutes: 60 })).toBe(0.8);
  expect(historyAfter(place(), { minutes: 30, sentBack: true })).toBe(0.83);
});

test("how much each part counts is the configuration's", () => {
  const history = { success: 0, time: 1, quality: 0 };
  expect(historyAfter(place({ history }), { minutes: 60 })).toBe(0.57);
  expect(historyAfter(place({ history }), { minutes: 60, sentBack: true })).toBe(0.57);
});

test("it is known again after a snapshot, and one of an older version knows of success alone", () => {
  const it = place();
  historyAfter(it, { minutes: 60, sentBack: true });
  const lines = toSnapshot(it.state);
  const learned = it.state.agents.get("jules" as never)?.learned;
  expect(learned).toMatchObject({ successes: 11, timed: 11, timeliness: 550, reworks: 11 });
  expect(fromSnapshot(lines).agents.get("jules" as never)?.learned).toEqual(learned);
  const older = lines.map((line) => line.replaceAll(/,"(?:timed|timeliness|reworks)":\d+/g, ""));
  const read = fromSnapshot(older);
  expect(read.agents.get("jules" as never)?.learned).toMatchObject({ successes: 11 });
  expect(toSnapshot(read)).toEqual(toSnapshot(fromSnapshot(toSnapshot(read))));
});
