import { expect, test } from "vitest";
import { Heartbeats } from "../../src/engine/heartbeats.ts";
import { createAsking } from "../../src/engine/sessions.ts";
import type { Lane } from "../../src/engine/lane.ts";
import type { EngineParts, World } from "../../src/engine/parts.ts";
import type { RunFacts } from "../../src/ports/tracker.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;

/** One session of an agent workflow, running at `run`, and who asks after it once a cycle. */
function running(
  agent: Record<string, unknown>,
  health: Record<string, unknown> = {},
): {
  readonly it: Story;
  cycle(): Promise<readonly string[]>;
  /** A heartbeat of the agent arrives. */
  beat(): void;
} {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", dispatch: "workflow", ...agent }], health }));
  it.tell(observe({ issues: [issue(1)] }));
  it.tell(schedule());
  it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome: { kind: "dispatched", run: "100" } });
  it.tell(say(1, 1, report("running")));
  const parts = { clock: { now: () => it.now } } as EngineParts;
  const facts: RunFacts = { state: "running", conclusion: null };
  const inspectAll = async (runs: readonly string[]) => new Map(runs.map((run) => [run, facts]));
  const world = { runs: { inspectAll } } as unknown as World;
  const lane = {
    stream: { current: async () => it.state },
    contextOf: () => ({ now: it.now, config: it.config }),
    nextId: (kind: string) => kind,
  } as unknown as Lane;
  const heartbeats = new Heartbeats();
  const asking = createAsking(parts, world, { lane, heartbeats });
  return {
    it,
    cycle: async () => (await asking.ask({ isStart: false })).map((command) => command.type),
    beat: () => heartbeats.note(taskAt(it, 1), it.now),
  };
}

test("an agent that sends heartbeats is asked for in the first cycle after it fell silent, and again after as long", async () => {
  const { it, cycle } = running({ heartbeat: "3m" });
  it.now += 3 * minute;
  expect(await cycle()).toEqual([]);
  it.now += 30_000;
  expect(await cycle()).toEqual(["ReportRun"]);
  it.now += 30_000;
  expect(await cycle()).toEqual([]);
  it.now += 3 * minute;
  expect(await cycle()).toEqual(["ReportRun"]);
});

test("an agent without heartbeats is left alone for ten minutes", async () => {
  const { it, cycle } = running({});
  it.now += 10 * minute - 1;
  expect(await cycle()).toEqual([]);
  it.now += 1;
  expect(await cycle()).toEqual(["ReportRun"]);
});

test("a session that takes twice as long as expected is asked for every two minutes", async () => {
  const { it, cycle } = running({});
  it.now += 59 * minute;
  expect(await cycle()).toEqual(["ReportRun"]);
  it.now += minute;
  expect(await cycle()).toEqual([]);
  it.now += minute;
  expect(await cycle()).toEqual(["ReportRun"]);
});

test("an agent that has sent a heartbeat is left alone while they come, and asked for when ten minutes have none", async () => {
  const { it, cycle, beat } = running({});
  for (let beats = 0; beats < 6; beats += 1) {
    it.now += 5 * minute;
    beat();
    expect(await cycle()).toEqual([]);
  }
  it.now += 10 * minute;
  expect(await cycle()).toEqual(["ReportRun"]);
});

test("health.heartbeat says how long such an agent may be silent, unless its own entry does", async () => {
  const askedAfter = async (agent: Record<string, unknown>): Promise<number | null> => {
    const { it, cycle, beat } = running(agent, { heartbeat: "4m" });
    beat();
    for (let minutes = 1; minutes < 10; minutes += 1) {
      it.now += minute;
      if ((await cycle()).length > 0) return minutes;
    }
    return null;
  };
  expect([await askedAfter({}), await askedAfter({ heartbeat: "7m" })]).toEqual([5, 8]);
});

test("a heartbeat for an assignment that is over says nothing of the next one of the same worker", async () => {
  const { it, beat } = running({});
  beat();
  const heartbeats = new Heartbeats();
  const before = taskAt(it, 1);
  heartbeats.note(before, it.now);
  it.tell(say(1, 1, report("failed")));
  it.now += 10 * minute;
  it.tell(schedule());
  expect(taskAt(it, 1).assignment?.fence).toBe(2);
  expect(heartbeats.lastOf(taskAt(it, 1))).toBeNull();
});
