/** Who gets the task, and what is said about everybody who does not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  chooseWorker,
  rejectionCodes,
  type WorkerCandidate,
  type WorkerWish,
} from "../../src/matching/choose-worker.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";

const anything: WorkerWish = { needs: [], pinnedAgent: null, pinnedWorker: null, excludedAgents: [] };

function slot(agent: string, number: number, overrides: Partial<WorkerCandidate> = {}): WorkerCandidate {
  const id = toAgentId(agent);
  return {
    worker: toWorkerId(id, number),
    agent: id,
    type: "jules",
    capabilities: {},
    load: 0,
    capacity: 1,
    isDisabled: false,
    isPaused: null,
    quotaLeft: null,
    ...overrides,
  };
}

/** The slots of an agent, of which the first `busy` are taken. */
function slots(agent: string, count: number, busy = 0): WorkerCandidate[] {
  return Array.from({ length: count }, (_, index) => slot(agent, index + 1, { load: index < busy ? 1 : 0 }));
}

describe("among workers that can", () => {
  test("the agent with the smallest share of its capacity in use takes it, not the one with fewer sessions", () => {
    const choice = chooseWorker(anything, [...slots("small", 2, 1), ...slots("big", 10, 3)]);
    expect(choice).toMatchObject({ worker: "big/4", agent: "big", score: 0.7 });
  });
  test("the earlier agent of the configuration takes it when the loads are equal", () => {
    expect(chooseWorker(anything, [...slots("zebra", 2), ...slots("ant", 2)]).worker).toBe("zebra/1");
  });
  test("the lowest free slot takes it, counted as numbers", () => {
    const shuffled = [slot("a", 10), slot("a", 2), slot("a", 1, { load: 1 })];
    expect(chooseWorker(anything, shuffled).worker).toBe("a/2");
  });
  test("a slot with room for several takes it while it is the emptier one", () => {
    expect(
      chooseWorker(anything, [slot("a", 1, { load: 2, capacity: 3 }), slot("a", 2, { load: 1, capacity: 3 })]).worker,
    ).toBe("a/2");
  });
  test("those who were passed over are kept with their scores, the best five, and all are counted", () => {
    const choice = chooseWorker(anything, [...slots("idle", 2), ...slots("busy", 8, 4)]);
    expect(choice.worker).toBe("idle/1");
    expect(choice.rejectedCount).toEqual({ at_capacity: 4, more_loaded: 5 });
    expect(choice.rejected).toEqual([
      { worker: "idle/2", code: "more_loaded", score: 1 },
      { worker: "busy/5", code: "more_loaded", score: 0.5 },
      { worker: "busy/6", code: "more_loaded", score: 0.5 },
      { worker: "busy/7", code: "more_loaded", score: 0.5 },
      { worker: "busy/8", code: "more_loaded", score: 0.5 },
    ]);
  });
});

describe("a worker is passed over", () => {
  test.each<[string, Partial<WorkerCandidate>, Partial<WorkerWish>]>([
    ["at_capacity", { load: 1 }, {}],
    ["disabled", { isDisabled: true }, {}],
    ["agent_paused", { isPaused: "the vendor is down" }, {}],
    ["quota_spent", { quotaLeft: 0 }, {}],
    ["missing_capability", { capabilities: { python: 1 } }, { needs: ["rust"] }],
    ["missing_capability", { capabilities: { rust: 0 } }, { needs: ["rust"] }],
    ["missing_capability", { capabilities: { rust: 1 } }, { needs: ["rust", "python"] }],
    ["missing_capability", { capabilities: { rust: 1 } }, { needs: ["constructor"] }],
    ["not_pinned", {}, { pinnedAgent: "other" }],
    ["not_pinned", {}, { pinnedWorker: toWorkerId(toAgentId("a"), 2) }],
    ["excluded", {}, { excludedAgents: ["a"] }],
  ])("as %s, given %j, where the task wants %j", (code, candidate, wish) => {
    expect(chooseWorker({ ...anything, ...wish }, [slot("a", 1, candidate)])).toEqual({
      worker: null,
      agent: null,
      score: null,
      rejected: [{ worker: "a/1", code, score: null }],
      rejectedCount: { [code]: 1 },
    });
  });
  test("for a person's wish first, because that is what the person can change", () => {
    const choice = chooseWorker({ ...anything, pinnedAgent: "other" }, [slot("a", 1, { isDisabled: true, load: 1 })]);
    expect(choice.rejectedCount).toEqual({ not_pinned: 1 });
  });
});

describe("a need is met", () => {
  test("by an agent that names nothing, because it can do anything", () => {
    expect(chooseWorker({ ...anything, needs: ["rust"] }, [slot("a", 1)]).worker).toBe("a/1");
  });
  test("in any letter case, because labels are written by people", () => {
    expect(
      chooseWorker({ ...anything, needs: ["typescript"] }, [slot("a", 1, { capabilities: { TypeScript: 0.1 } })])
        .worker,
    ).toBe("a/1");
  });
});

test("nobody is chosen, and nobody blamed, when there is no worker", () => {
  expect(chooseWorker(anything, [])).toEqual({
    worker: null,
    agent: null,
    score: null,
    rejected: [],
    rejectedCount: {},
  });
});

test("whatever is given, the chosen worker has room, everybody is accounted for, and five at most are kept", () => {
  const candidate = fc.record({
    agent: fc.constantFrom("a", "b", "c"),
    load: fc.nat(2),
    capacity: fc.nat(2),
    isDisabled: fc.boolean(),
    isPaused: fc.option(fc.constant("paused")),
    quotaLeft: fc.option(fc.nat(1)),
    capabilities: fc.constantFrom({}, { rust: 1 }, { rust: 0 }),
  });
  const wish = fc.record({
    needs: fc.subarray(["rust"]),
    pinnedAgent: fc.option(fc.constantFrom("a", "b")),
    pinnedWorker: fc.constant(null),
    excludedAgents: fc.subarray(["a", "b"]),
  });
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 15 }), wish, (given, wanted) => {
      const workers = given.map(({ agent, ...rest }, index) => slot(agent, index + 1, rest));
      const choice = chooseWorker(wanted, workers);
      const chosen = workers.filter(({ worker }) => worker === choice.worker);
      expect(chosen.filter(({ load, capacity, isDisabled }) => load >= capacity || isDisabled)).toEqual([]);
      const counted = Object.values(choice.rejectedCount).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(workers.length - chosen.length);
      expect(rejectionCodes).toEqual(expect.arrayContaining(Object.keys(choice.rejectedCount)));
      expect(choice.rejected.length).toBe(Math.min(5, counted));
    }),
  );
});
