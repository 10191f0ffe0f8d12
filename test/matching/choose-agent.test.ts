/** Who gets the task, and what is said about everybody who does not. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseAgent } from "../../src/matching/choose-agent.ts";
import type { AgentCandidate, Choice, Wish } from "../../src/matching/fit.ts";
import { rejectionCodes } from "../../src/matching/rejection.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import { agent, anyAgents, anything, anyPolicy, anyWish, busyAgents, full, standard, wishFor } from "./given-agents.ts";

function choose(candidates: readonly AgentCandidate[], wish: Partial<Wish> = {}): Choice {
  return chooseAgent(wishFor(wish), candidates, standard);
}

describe("findOptimalWorker: among agents that can", () => {
  test("the score is .4 capability + .3 load + .2 history + .1 cohesion, and the fit leaves load out", () => {
    const choice = choose(
      [agent("a", { capabilities: { rust: 0.9 }, capacity: 4, busy: 1, history: 0.8, cohesion: 0.6 })],
      { needs: ["rust"] },
    );
    expect(choice).toMatchObject({
      kind: "assign",
      agent: "a",
      parts: { capability: 0.9, load: 0.75, history: 0.8, cohesion: 0.6 },
      note: null,
    });
    expect(choice).toHaveProperty("score", expect.closeTo(0.36 + 0.225 + 0.16 + 0.06, 5));
    expect(choice).toHaveProperty("fit", expect.closeTo((0.36 + 0.16 + 0.06) / 0.7, 5));
  });
  test("where nothing is known, history counts as .7 and cohesion as .5", () => {
    expect(choose([agent("a")])).toMatchObject({ parts: { capability: 1, load: 1, history: 0.7, cohesion: 0.5 } });
  });
  test("the weights count by their share, so that doubling all of them changes nothing", () => {
    const candidates = [agent("a", { capacity: 3, busy: 1 }), agent("b", { history: 0.2 })];
    const doubled = { capability: 0.8, load: 0.6, history: 0.4, cohesion: 0.2 };
    const choice = chooseAgent(anything, candidates, { ...standard, weights: doubled });
    expect(choice).toMatchObject({ kind: "assign", agent: "b" });
    expect(choice).toHaveProperty("score", expect.closeTo(0.4 + 0.3 + 0.04 + 0.05, 5));
  });
  test("the one with the better record at this kind of task takes it, though it is busier", () => {
    const authentication = [agent("coder", { capacity: 10, busy: 1, history: 0.95 }), agent("other", { history: 0.7 })];
    expect(choose(authentication)).toMatchObject({ agent: "coder" });
    const migration = [agent("coder", { capacity: 10, busy: 1, history: 0.7 }), agent("other", { history: 0.9 })];
    expect(choose(migration)).toMatchObject({ agent: "other" });
  });
  test("a preferred capability decides between equals and excludes nobody", () => {
    const plain = agent("plain", { capabilities: { rust: 0.8 } });
    const both = agent("both", { capabilities: { rust: 0.8, docs: 0.8 } });
    expect(choose([plain, both], { needs: ["rust"], prefers: ["docs"] })).toMatchObject({ agent: "both" });
    expect(choose([plain], { needs: ["rust"], prefers: ["docs"] })).toMatchObject({ agent: "plain" });
  });
  test("nobody is chosen, and nobody blamed, when there is no agent", () => {
    expect(choose([])).toEqual({ kind: "none", rejected: [], rejectedCount: {} });
  });
  test("the earlier one takes it where all weights are zero, because nothing tells them apart", () => {
    const weights = { capability: 0, load: 0, history: 0, cohesion: 0 };
    const choice = chooseAgent(anything, [agent("a"), agent("b", { history: 1 })], { ...standard, weights });
    expect(choice).toMatchObject({ kind: "assign", agent: "a", score: 0, fit: 0 });
  });
});

describe("selectLeastLoadedWorker: of equally fit agents", () => {
  test("the one with the larger share of its slots free takes it, not the one with fewer sessions", () => {
    const choice = choose([agent("small", { capacity: 2, busy: 1 }), agent("big", { capacity: 10, busy: 3 })]);
    expect(choice).toMatchObject({ agent: "big" });
  });
  test("it does so even where load has no weight", () => {
    const policy = { ...standard, weights: { ...standard.weights, load: 0 } };
    const candidates = [agent("a", { capacity: 2, busy: 1 }), agent("b", { capacity: 2 })];
    expect(chooseAgent(anything, candidates, policy)).toMatchObject({ agent: "b", rejectedCount: { more_loaded: 2 } });
  });
  test("the earlier one of the configuration takes it when the loads are equal too", () => {
    expect(choose([agent("zebra"), agent("ant")])).toMatchObject({ agent: "zebra" });
  });
  test("tasks spread evenly when one after the other is assigned", () => {
    const busy = { a: 0, b: 0 };
    for (let task = 0; task < 8; task += 1) {
      const choice = choose([agent("a", { capacity: 4, busy: busy.a }), agent("b", { capacity: 4, busy: busy.b })]);
      if (choice.kind === "assign") busy[choice.agent === "a" ? "a" : "b"] += 1;
      expect(Math.abs(busy.a - busy.b)).toBeLessThanOrEqual(1);
    }
    expect(busy).toEqual({ a: 4, b: 4 });
  });
});

describe("canWorkerHandleTask: an agent is passed over", () => {
  test.each<[string, Partial<AgentCandidate>, Partial<Wish>]>([
    ["at_capacity", { busy: 1 }, {}],
    ["disabled", { disabled: 1 }, {}],
    ["resting", { resting: 1 }, {}],
    ["agent_paused", { paused: "the vendor is down" }, {}],
    ["quota_spent", { quotaLeft: 0 }, {}],
    ["missing_capability", { capabilities: { python: 1 } }, { needs: ["rust"] }],
    ["missing_capability", { capabilities: { rust: 0 } }, { needs: ["rust"] }],
    ["missing_capability", { capabilities: { rust: 1 } }, { needs: ["rust", "python"] }],
    ["missing_capability", { capabilities: { rust: 1 } }, { needs: ["constructor"] }],
    ["not_pinned", {}, { pinnedAgent: "other" }],
    ["not_pinned", {}, { pinnedWorker: toWorkerId(toAgentId("other"), 1) }],
    ["excluded", {}, { excludedAgents: ["a"] }],
  ])("as %s, given %j, where the task wants %j", (code, candidate, wish) => {
    expect(choose([agent("a", candidate)], wish)).toEqual({
      kind: "none",
      rejected: [{ worker: "a/1", code, score: null }],
      rejectedCount: { [code]: 1 },
    });
  });
  test("for a person's wish first, because that is what the person can change", () => {
    const down = agent("a", { paused: "the vendor is down", quotaLeft: 0, busy: 1 });
    expect(choose([down], { pinnedAgent: "other" }).rejectedCount).toEqual({ not_pinned: 1 });
  });
  test("by what passes soonest where its slots are out for several reasons", () => {
    const codeOf = (slots: Partial<AgentCandidate>): unknown =>
      choose([agent("a", { capacity: 3, ...slots })]).rejected.map(({ code }) => code);
    expect(codeOf({ busy: 1, disabled: 1, resting: 1 })).toEqual(["at_capacity"]);
    expect(codeOf({ disabled: 2, resting: 1 })).toEqual(["resting"]);
  });
  test("and named although it has no slots at all, because silence would be a riddle", () => {
    expect(choose([agent("a", { capacity: 0 })])).toEqual({
      kind: "none",
      rejected: [{ worker: "a/1", code: "at_capacity", score: null }],
      rejectedCount: { at_capacity: 0 },
    });
  });
});

describe("canWorkerHandleTask: a need is met", () => {
  test("by an agent that names nothing, because it can do anything", () => {
    expect(choose([agent("a")], { needs: ["rust"] })).toMatchObject({ agent: "a", parts: { capability: 1 } });
  });
  test("in any letter case, because labels are written by people", () => {
    const typescript = agent("a", { capabilities: { TypeScript: 0.4 } });
    expect(choose([typescript], { needs: ["typeSCRIPT"] })).toMatchObject({ parts: { capability: 0.4 } });
  });
});

describe("a person's pin", () => {
  test("takes the named agent, however much better another one is", () => {
    const candidates = [agent("best", { history: 1 }), agent("pinned", { history: 0.1, capacity: 9, busy: 8 })];
    expect(choose(candidates, { pinnedAgent: "pinned" })).toMatchObject({
      kind: "assign",
      agent: "pinned",
      rejectedCount: { not_pinned: 1, at_capacity: 8 },
    });
  });
  test("on a slot counts the agent's other slots as not pinned, free or not", () => {
    const pinnedWorker = toWorkerId(toAgentId("a"), 3);
    expect(choose([agent("a", { capacity: 4, busy: 1 })], { pinnedWorker })).toMatchObject({
      agent: "a",
      rejectedCount: { at_capacity: 1, not_pinned: 2 },
    });
    const taken = agent("a", { capacity: 4, busy: 1, free: 0, firstFree: null });
    expect(choose([taken], { pinnedWorker })).toEqual({
      kind: "none",
      rejected: [{ worker: "a/3", code: "at_capacity", score: null }],
      rejectedCount: { at_capacity: 1, not_pinned: 3 },
    });
  });
});

describe("those that were passed over", () => {
  test("are counted by slot and reason, and one of each agent is named, best first", () => {
    const choice = choose(
      [
        agent("down", { capacity: 3, paused: "the vendor is down" }),
        agent("mixed", { capacity: 10, busy: 4, disabled: 1, resting: 2 }),
        agent("winner", { capacity: 3 }),
        agent("good", { history: 0.5 }),
      ],
      { readyCount: 5 },
    );
    expect(choice).toMatchObject({ kind: "assign", agent: "winner" });
    expect(choice.rejectedCount).toEqual({
      agent_paused: 3,
      at_capacity: 4,
      disabled: 1,
      resting: 2,
      lower_score: 4,
      more_loaded: 2,
    });
    expect(choice.rejected).toEqual([
      { worker: "good/1", code: "lower_score", score: expect.closeTo(0.4 + 0.3 + 0.1 + 0.05, 5) },
      { worker: "mixed/8", code: "lower_score", score: expect.closeTo(0.4 + 0.09 + 0.14 + 0.05, 5) },
      { worker: "down/1", code: "agent_paused", score: null },
    ]);
  });
  test("are five by name at most, the best of them, however many there are", () => {
    const shares = [3, 9, 1, 5, 8, 2, 7, 6, 4];
    const choice = choose([agent("idle"), ...shares.map((busy) => agent(`a${busy}`, { capacity: 10, busy }))]);
    expect(choice.rejected.map(({ worker }) => worker)).toEqual(["a1/2", "a2/3", "a3/4", "a4/5", "a5/6"]);
    expect(choice.rejectedCount).toEqual({ at_capacity: 45, lower_score: 45 });
  });
});

describe("an agent that has failed at the task", () => {
  const avoidedAgents = ["jules"];
  test("is passed over for a worse one that has not", () => {
    const choice = choose([agent("jules", { history: 1 }), agent("cursor", { history: 0.4 })], { avoidedAgents });
    expect(choice).toMatchObject({ kind: "assign", agent: "cursor", rejectedCount: { avoided: 1 } });
    expect(choice.rejected).toMatchObject([{ worker: "jules/1", code: "avoided" }]);
  });
  test("is passed over for one that is free soon", () => {
    expect(choose([agent("jules"), full("cursor", 4)], { avoidedAgents })).toMatchObject({
      kind: "wait",
      agent: "cursor",
      forMs: 240_000,
      note: "jules has failed at it, and cursor is free in 4 min",
      rejected: [{ worker: "jules/1", code: "avoided" }],
      rejectedCount: { avoided: 1, at_capacity: 1 },
    });
  });
  test.each<[string, AgentCandidate, Partial<Wish>]>([
    ["the other one is busy for longer than a task waits", full("cursor", 11), {}],
    ["it has waited long enough", full("cursor", 4), { waitedMs: 400_000 }],
    ["nobody can say when the other one is free", full("cursor", null), {}],
    ["the task is urgent", full("cursor", 4), { isUrgent: true }],
    ["the other one cannot do it", agent("cursor", { capabilities: { python: 1 } }), { needs: ["rust"] }],
    ["the other one is paused", agent("cursor", { paused: "the vendor is down" }), {}],
  ])("takes it again when %s", (_, other, wish) => {
    expect(choose([agent("jules"), other], { avoidedAgents, ...wish })).toMatchObject({
      kind: "assign",
      agent: "jules",
      note: "jules has failed at it, but nobody else can be had",
    });
  });
  test("takes it again when a person pins it", () => {
    const choice = choose([agent("jules"), agent("cursor")], { avoidedAgents, pinnedAgent: "jules" });
    expect(choice).toMatchObject({ kind: "assign", agent: "jules", rejectedCount: { not_pinned: 1 } });
  });
  test("loses by its score, not by its failure, to another one that has failed", () => {
    const candidates = [agent("jules", { history: 0.3 }), agent("cursor")];
    expect(choose(candidates, { avoidedAgents: ["jules", "cursor"] })).toMatchObject({
      kind: "assign",
      agent: "cursor",
      rejectedCount: { lower_score: 1 },
    });
  });
  test("takes it again where tasks never wait, even if another one is free this instant", () => {
    const policy = { ...standard, waitMax: 0 };
    const choice = chooseAgent(wishFor({ avoidedAgents }), [agent("jules"), full("cursor", 0)], policy);
    expect(choice).toMatchObject({ kind: "assign", agent: "jules" });
  });
  test("is not waited for while another one is idle", () => {
    const choice = choose([full("jules", 1, { history: 1 }), agent("cursor", { history: 0, cohesion: 0 })], {
      avoidedAgents,
    });
    expect(choice).toMatchObject({ kind: "assign", agent: "cursor" });
  });
  test("leaves nobody when no agent has a free slot", () => {
    expect(choose([full("jules", 1), full("cursor", 1)], { avoidedAgents })).toMatchObject({ kind: "none" });
  });
});

describe("whatever is given", () => {
  /** Runs the property on anything; half of the policies and wishes lead to waiting at times. */
  function always(property: (choice: Choice, candidates: AgentCandidate[], wish: Wish) => void): void {
    fc.assert(
      fc.property(fc.oneof(anyAgents, busyAgents), anyWish, anyPolicy, (candidates, wish, policy) =>
        property(chooseAgent(wish, candidates, policy), candidates, wish),
      ),
      { numRuns: 1_000 },
    );
  }

  test("no task goes to an agent that is excluded, not pinned, paused, full, disabled, resting or out of quota", () => {
    always((choice, candidates, wish) => {
      if (choice.kind !== "assign") return;
      const chosen = candidates.find((each) => each.agent === choice.agent);
      expect(chosen?.free).toBeGreaterThan(0);
      expect(chosen?.paused).toBeNull();
      expect(chosen?.quotaLeft).not.toBe(0);
      expect(wish.excludedAgents).not.toContain(choice.agent);
      expect([null, choice.agent]).toContain(wish.pinnedAgent);
    });
  });
  test("every slot but the chosen one is counted under a known reason", () => {
    always((choice, candidates) => {
      const slots = candidates.reduce((sum, { capacity }) => sum + capacity, 0);
      const counted = Object.values(choice.rejectedCount).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(slots - (choice.kind === "assign" ? 1 : 0));
      expect(rejectionCodes).toEqual(expect.arrayContaining(Object.keys(choice.rejectedCount)));
    });
  });
  test("the five best of the others are named, those with a score first and falling, none of them the winner", () => {
    always((choice, candidates) => {
      const others = candidates.length - (choice.kind === "none" ? 0 : 1);
      expect(choice.rejected).toHaveLength(Math.min(5, others));
      const scores = choice.rejected.map(({ score }) => score ?? -1);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      const named = choice.rejected.map(({ worker }) => worker.split("/")[0]);
      expect(new Set(named).size).toBe(named.length);
      expect(named).not.toContain(choice.kind === "none" ? null : choice.agent);
    });
  });
  test("score, fit and parts are between 0 and 1", () => {
    always((choice) => {
      if (choice.kind === "none") return;
      const numbers =
        choice.kind === "wait" ? [choice.score] : [choice.score, choice.fit, ...Object.values(choice.parts)];
      expect(numbers.every((number) => number >= 0 && number <= 1)).toBe(true);
    });
  });
  test("the order of the candidates changes nothing where no two are alike", () => {
    fc.assert(
      fc.property(anyAgents, anyWish, fc.infiniteStream(fc.nat()), (candidates, wish, chance) => {
        // Histories that no two agents share leave no ties.
        const distinct = candidates.map((each, place) => ({ ...each, history: (place + 1) / 16.03 }));
        const keys = new Map(distinct.map((each) => [each, chance.next().value]));
        const shuffled = distinct.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
        const one = chooseAgent(wish, distinct, standard);
        const other = chooseAgent(wish, shuffled, standard);
        const scored = (choice: Choice): unknown => ({
          ...choice,
          rejected: choice.rejected.filter(({ score }) => score !== null),
        });
        expect(scored(other)).toEqual(scored(one));
      }),
      { numRuns: 1_000 },
    );
  });
});
