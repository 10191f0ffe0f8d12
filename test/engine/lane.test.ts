import { describe, expect, test } from "vitest";
import type { EffectType } from "../../src/model/effect.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { Command, EffectOutcome } from "../../src/model/command.ts";
import type { Entry } from "../../src/model/event.ts";
import type { Lane } from "../../src/engine/lane.ts";
import { StoreTooNew, StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, observation, taskId, writer } from "../support/build.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, laneOf, minute, partsOf, pass, rest, stream } from "./given.ts";

function ground() {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  return { clock, store };
}

function look(lane: Lane, facts: Parameters<typeof issue>[1] = {}, number = 1): Command {
  return { type: "Observe", id: lane.nextId("observe"), observation: observation({ issues: [issue(number, facts)] }) };
}

function hold(comment: number, number = 1): Command {
  return {
    type: "Instruct",
    id: toCommandId(`comment:${comment}`),
    by: writer,
    task: taskId(number),
    comment: `IC_${comment}`,
    instruction: { verb: "hold" },
    problem: null,
  };
}

function configure(lane: Lane): Command {
  return { type: "Configure", id: lane.nextId("configure"), sha: "sha-1", config: configOf(), problems: [] };
}

function schedule(lane: Lane): Command {
  return { type: "Schedule", id: lane.nextId("schedule") };
}

describe("what is appended", () => {
  test("many commands that come while a pass is under way are one append", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await Promise.all([
      lane.submit([look(lane)]),
      ...Array.from({ length: 20 }, (_, index) => lane.submit([hold(index)])),
    ]);
    expect(store.appends.map((entries) => entries.length)).toEqual([1, 20]);
  });

  test("a pass that has nothing to say appends nothing", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await lane.submit([look(lane)]);
    for (let again = 0; again < 3; again += 1) await lane.submit([look(lane)]);
    await lane.submit([]);
    await lane.flush();
    expect(store.appends.length).toBe(1);
  });

  test("one command that cannot be decided is set aside, and the others go on", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    const broken = { ...hold(1), by: null } as unknown as Command;
    await lane.submit([look(lane), broken, hold(2)]);
    expect(types(await store.events())).toEqual([
      "TaskTracked",
      "TaskTrusted",
      "CommandSetAside",
      "TaskHeld",
      "CommandAnswered",
    ]);
  });

  test("a command that cannot be decided is written down once, however often it comes", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    const broken = { ...hold(1), by: null } as unknown as Command;
    await lane.submit([look(lane)]);
    for (let again = 0; again < 3; again += 1) await lane.submit([broken]);
    const found = (await store.events()).filter(({ type }) => type === "CommandSetAside");
    expect(found).toEqual([expect.objectContaining({ command: "Instruct", task: taskId(1) })]);
  });
});

describe("what can wait", () => {
  const news = { title: "Better words", updatedAt: 2 };

  test("rides along with the next pass that must be written, first", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await lane.submit([look(lane)]);
    await lane.submit([look(lane, news)]);
    expect(store.appends.length).toBe(1);
    await lane.submit([hold(1)]);
    expect(store.appends[1]?.map((line) => (JSON.parse(line) as Entry).command)).toEqual(["Observe", "Instruct"]);
  });

  test("is written after a minute by itself", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await lane.submit([look(lane)]);
    await lane.submit([look(lane, news)]);
    await pass(clock, minute - 1_000);
    expect(store.appends.length).toBe(1);
    await pass(clock, 1_000);
    expect(store.appends.length).toBe(2);
    expect((await lane.stream.current()).tasks.get(taskId(1))?.definition.title).toBe("Better words");
  });

  test("is decided by what was seen last, not by what was deferred first", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await lane.submit([look(lane)]);
    await lane.submit([look(lane, news)]);
    await lane.submit([look(lane, { title: "Best words", updatedAt: 3 })]);
    await pass(clock, minute);
    expect((await lane.stream.current()).tasks.get(taskId(1))?.definition.title).toBe("Best words");
  });
});

test("a backlog of a size that nobody has seen yet is written like any other", async () => {
  const { clock, store } = ground();
  const lane = laneOf(partsOf("one", { store, clock }));
  const issues = Array.from({ length: 70_000 }, (_, index) => issue(index + 1));
  const command: Command = { type: "Observe", id: lane.nextId("observe"), observation: observation({ issues }) };
  const queue = configOf({ limits: { queue: 100_000 } });
  await lane.submit([
    { type: "Configure", id: lane.nextId("configure"), sha: "sha-1", config: queue, problems: [] },
    command,
  ]);
  expect((await lane.stream.current()).openCount).toBe(70_000);
});

describe("what came of effects", () => {
  const lease = (lane: Lane, until: number): Command => ({
    type: "LeaseEffects",
    id: lane.nextId("lease"),
    owner: "one",
    until,
    limit: 100,
  });
  /** What came of the effects of these types. */
  async function settle(lane: Lane, outcomes: Partial<Record<EffectType, EffectOutcome>>): Promise<Command> {
    const settled = [...(await lane.stream.current()).outbox.entries()].flatMap(([id, { effect }]) => {
      const outcome = outcomes[effect.type];
      return outcome === undefined ? [] : [{ effect: id, outcome }];
    });
    return { type: "SettleEffects", id: lane.nextId("settle"), settled };
  }
  const dispatched: EffectOutcome = { kind: "dispatched", run: "100" };
  const surfaced: EffectOutcome = { kind: "surfaced", surface: { comment: "IC_9", digest: "d", labels: [] } };
  const done: EffectOutcome = { kind: "done" };

  /** #1 is assigned, and the start and what shows it are leased. */
  async function leased() {
    const it = ground();
    const lane = laneOf(partsOf("one", it));
    await lane.submit([configure(lane), look(lane), schedule(lane), lease(lane, it.clock.now() + 3 * minute)]);
    return { ...it, lane, written: it.store.appends.length };
  }

  test("waits a minute for the start of a session, and as long as its lease allows for what only shows the state", async () => {
    const it = await leased();
    await it.lane.submit([await settle(it.lane, { UpdateIssue: surfaced, UpdateCockpit: done })]);
    await pass(it.clock, 8 * minute - 1_000);
    expect(it.store.appends.length).toBe(it.written);
    await pass(it.clock, 1_000);
    expect(it.store.appends.length).toBe(it.written + 1);
    await it.lane.submit([await settle(it.lane, { StartSession: dispatched })]);
    await pass(it.clock, minute);
    expect(types(await it.store.events()).slice(-2)).toEqual(["EffectSettled", "RunDispatched"]);
  });

  test("is not hurried by what somebody else has written meanwhile", async () => {
    const it = await leased();
    await it.lane.submit([
      await settle(it.lane, { StartSession: dispatched }),
      await settle(it.lane, { UpdateIssue: surfaced, UpdateCockpit: done }),
    ]);
    const job = laneOf(partsOf("job", it));
    await job.submit([{ type: "ClaimAssignment", id: job.nextId("claim"), task: taskId(1), fence: 1, run: "100" }]);
    await it.lane.refresh();
    await pass(it.clock, 7 * minute);
    expect(types(await it.store.events()).slice(-2)).toEqual(["AssignmentClaimed", "EffectSettled"]);
    await pass(it.clock, minute);
    expect((await it.lane.stream.current()).outbox.size).toBe(0);
  });

  test("waits its whole time after everything before it was written", async () => {
    const it = await leased();
    await it.lane.submit([await settle(it.lane, { StartSession: dispatched })]);
    await pass(it.clock, 50_000);
    await it.lane.submit([hold(1)]);
    await it.lane.submit([look(it.lane, { title: "Better words", updatedAt: 2 })]);
    await pass(it.clock, 50_000);
    expect(it.store.appends.length).toBe(it.written + 1);
    await pass(it.clock, 10_000);
    expect(it.store.appends.length).toBe(it.written + 2);
  });

  test("of what another process has recorded for later gets its owner when it is due, and not before", async () => {
    const it = await leased();
    await it.lane.submit([
      await settle(it.lane, { StartSession: dispatched, UpdateIssue: surfaced, UpdateCockpit: done }),
    ]);
    await it.lane.flush();
    const job = laneOf(partsOf("job", it));
    const outcome: EffectOutcome = { kind: "refused", reason: "Nobody is there.", retryAfterMs: null };
    await job.submit([{ type: "ReportOutcome", id: job.nextId("outcome"), task: taskId(1), fence: 1, outcome }]);
    const lane: Lane = laneOf(partsOf("two", it), { after: () => [lease(lane, it.clock.now() + 3 * minute)] });
    const leases = async (): Promise<number> =>
      types(await it.store.events()).filter((type) => type === "EffectsLeased").length;
    const before = await leases();
    await lane.submit([]);
    await pass(it.clock, 19_000);
    expect(await leases()).toBe(before);
    await pass(it.clock, 1_000);
    expect(await leases()).toBe(before + 1);
  });
});

describe("two processes on one stream", () => {
  test("decide a conflict again: nothing is lost and nothing is there twice", async () => {
    const { clock, store } = { clock: createManualClock({ isEager: true }), store: ground().store };
    const lanes = ["one", "two"].map((owner) => laneOf(partsOf(owner, { store, clock })));
    await lanes[0]?.submit([look(lanes[0])]);
    await Promise.all(
      lanes.flatMap((lane, at) =>
        Array.from({ length: 10 }, (_, index) => lane.submit([hold(index), hold(100 * (at + 1) + index)])),
      ),
    );
    const answered = (await store.events()).flatMap((event) =>
      event.type === "CommandAnswered" ? [event.comment] : [],
    );
    expect(answered.length).toBe(30);
    expect(new Set(answered).size).toBe(30);
    const [one, two] = await Promise.all(lanes.map((lane) => lane.stream.refresh()));
    expect(one?.version).toBe(two?.version);
  });

  test("of two runs that claim one assignment exactly one has it", async () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const { clock, store } = { clock: createManualClock({ isEager: true }), store: ground().store };
      const lanes = [`one-${seed}`, `two-${seed}`].map((owner) => laneOf(partsOf(owner, { store, clock })));
      const [first] = lanes;
      await first?.submit([configure(first)]);
      await first?.submit([look(first), schedule(first)]);
      await Promise.all(
        lanes.map((lane, at) => {
          const id = lane.nextId("claim");
          return lane.submit([{ type: "ClaimAssignment", id, task: taskId(1), fence: 1, run: `${at}` }]);
        }),
      );
      expect(types(await store.events()).filter((type) => type === "AssignmentClaimed")).toHaveLength(1);
      const claims = lanes.map(
        async (lane) => (await lane.stream.refresh()).tasks.get(taskId(1))?.assignment?.claimedBy,
      );
      const [one, two] = await Promise.all(claims);
      expect(one).toBe(two);
    }
  });

  test("that schedule at once start each task once", async () => {
    const { clock, store } = { clock: createManualClock({ isEager: true }), store: ground().store };
    const lanes = ["one", "two", "three"].map((owner) =>
      laneOf(partsOf(owner, { store, clock }), {
        after: () => [{ type: "Schedule", id: toCommandId(`~${owner}:schedule`) }],
      }),
    );
    await Promise.all(lanes.map((lane, at) => lane.submit([configure(lane), look(lane, {}, at + 1)])));
    await Promise.all(lanes.map((lane) => lane.refresh()));
    const assigned = (await store.events()).flatMap((event) => (event.type === "TaskAssigned" ? [event] : []));
    expect(new Set(assigned.map((event) => event.task)).size).toBe(assigned.length);
    expect(assigned.map((event) => event.fence)).toEqual(assigned.map((_, index) => index + 1));
    expect(assigned.length).toBe(2);
  });
});

describe("when the store cannot be reached", () => {
  test("the pass waits as long as it is told and loses nothing", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    let left = 2;
    store.trouble = () => {
      left -= 1;
      if (left >= 0) throw new StoreUnavailable("Out of order.", { retryAfterMs: 7_000 });
      return "fine";
    };
    const done = lane.submit([look(lane), hold(1)]);
    await rest();
    expect(store.appends.length).toBe(0);
    await pass(clock, 14_000);
    await done;
    expect(clock.sleeps.map((sleep) => sleep.ms)).toEqual([7_000, 7_000]);
    expect(store.appends.map((entries) => entries.length)).toEqual([2]);
  });

  test("an answer that was lost after the append landed brings nothing twice", async () => {
    const { clock, store } = ground();
    const lane = laneOf(partsOf("one", { store, clock }));
    await lane.submit([look(lane)]);
    let isFirst = true;
    store.trouble = () => {
      const how = isFirst ? "land" : "fine";
      isFirst = false;
      return how;
    };
    const done = lane.submit([hold(1)]);
    await pass(clock, 5_000);
    await done;
    expect(types(await store.events()).filter((type) => type === "CommandAnswered")).toHaveLength(1);
    expect((await lane.stream.current()).version).toBe((await store.read(stream)).version);
  });
});

test("a stream that a newer program wrote stops the lane, and says so to everybody who asks", async () => {
  const { clock, store } = ground();
  let halted = 0;
  const parts = partsOf("one", { store, clock });
  const newer = { ...store, read: () => Promise.reject(new StoreTooNew("Update Orchestrate.")) };
  const lane = laneOf({ ...parts, store: newer }, { halted: () => void (halted += 1) });
  await expect(lane.submit([hold(1)])).rejects.toThrow("Update Orchestrate.");
  await expect(lane.submit([hold(2)])).rejects.toThrow("has stopped");
  expect(halted).toBe(1);
});
