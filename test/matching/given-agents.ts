/** Agents and wishes for the tests of matching: a test names only what it is about. */
import fc from "fast-check";
import type { AgentCandidate, MatchingPolicy, Wish } from "../../src/matching/fit.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";

export const minuteMs = 60_000;

export const standard: MatchingPolicy = {
  weights: { capability: 0.4, load: 0.3, history: 0.2, cohesion: 0.1 },
  bar: 0.7,
  waitMax: 10 * minuteMs,
};

export const anything: Wish = {
  needs: [],
  prefers: [],
  pinnedAgent: null,
  pinnedWorker: null,
  avoidedAgents: [],
  minutes: 30,
  isUrgent: false,
  waitedMs: 0,
  readyCount: 1,
};

export function wishFor(wish: Partial<Wish>): Wish {
  return { ...anything, ...wish };
}

/** An agent whose taken slots are the first ones, then those out of use; `free` is what is left. */
export function agent(id: string, overrides: Partial<AgentCandidate> = {}): AgentCandidate {
  const { capacity = 1, busy = 0, disabled = 0, resting = 0 } = overrides;
  const free = Math.max(0, capacity - busy - disabled - resting);
  const name = toAgentId(id);
  return {
    agent: name,
    type: "jules",
    capabilities: {},
    capacity,
    busy,
    disabled,
    resting,
    free,
    firstFree: free === 0 ? null : toWorkerId(name, capacity - free + 1),
    paused: null,
    quotaLeft: null,
    history: null,
    cohesion: null,
    freeInMs: null,
    ...overrides,
  };
}

export function full(
  id: string,
  freeInMinutes: number | null,
  overrides: Partial<AgentCandidate> = {},
): AgentCandidate {
  return agent(id, { busy: 1, freeInMs: freeInMinutes === null ? null : freeInMinutes * minuteMs, ...overrides });
}

const level = fc.constantFrom(0, 0.3, 0.5, 0.9, 1);
const known = fc.constantFrom(null, 0, 0.2, 0.5, 0.8, 1);

/** Up to eight agents of different names in any state. */
export const anyAgents: fc.Arbitrary<AgentCandidate[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
      capabilities: fc.oneof(
        fc.constant({}),
        fc.record({ rust: level, python: level, DOCS: level }, { requiredKeys: [] }),
      ),
      busy: fc.nat(3),
      disabled: fc.constantFrom(0, 0, 1),
      resting: fc.constantFrom(0, 0, 2),
      spare: fc.constantFrom(0, 0, 1, 3),
      paused: fc.constantFrom(null, null, null, null, "the vendor is down"),
      quotaLeft: fc.constantFrom(null, null, null, null, 0, 1, 5),
      history: fc.constantFrom(null, 0, 0, 0.2, 0.8, 1),
      cohesion: known,
      freeInMinutes: fc.constantFrom(null, 0, 1, 3, 8, 15),
      awaitedBy: fc.constantFrom(0, 0, 1, 3),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
  )
  .map((given) =>
    given.map(({ id, spare, freeInMinutes, ...rest }) =>
      agent(id, {
        ...rest,
        capacity: rest.busy + rest.disabled + rest.resting + spare,
        freeInMs: freeInMinutes === null || rest.busy === 0 ? null : freeInMinutes * minuteMs,
      }),
    ),
  );

export const anyWish: fc.Arbitrary<Wish> = fc
  .record({
    needs: fc.constantFrom([], [], ["Python"], ["rust", "docs"]),
    prefers: fc.constantFrom([], ["Docs"], ["rust", "python"]),
    pinnedAgent: fc.constantFrom(null, null, null, null, null, "a", "b"),
    avoidedAgents: fc.constantFrom([], [], ["a"], ["a", "c"]),
    excludedAgents: fc.constantFrom([], [], ["b"], ["b", "d"]),
    minutes: fc.constantFrom(5, 30, 120),
    isUrgent: fc.constantFrom(false, false, false, true),
    waitedMs: fc.constantFrom(0, 0, 0, 5 * minuteMs, 11 * minuteMs),
    readyCount: fc.integer({ min: 1, max: 12 }),
  })
  .map((wish) => wishFor(wish));

/** Agents that are mostly taken for a few minutes more: a task often has somebody to wait for. */
export const busyAgents: fc.Arbitrary<AgentCandidate[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom("a", "b", "c", "d", "e"),
      busy: fc.integer({ min: 1, max: 2 }),
      spare: fc.nat(1),
      history: fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
      cohesion: fc.constantFrom(null, 0, 1),
      freeInMs: fc.constantFrom(null, 0, 1, 3, 5, 8).map((minutes) => (minutes === null ? null : minutes * minuteMs)),
      awaitedBy: fc.constantFrom(0, 0, 0, 1),
    }),
    { selector: ({ id }) => id, minLength: 2, maxLength: 5 },
  )
  .map((given) => given.map(({ id, spare, ...rest }) => agent(id, { ...rest, capacity: rest.busy + spare })));

/** A wish without conditions that may wait. */
export const calmWish: fc.Arbitrary<Wish> = fc
  .record({ minutes: fc.constantFrom(10, 30, 120), readyCount: fc.integer({ min: 1, max: 6 }) })
  .map((wish) => wishFor(wish));

/** The standard one, one that never waits, and some others. */
export const anyPolicy: fc.Arbitrary<MatchingPolicy> = fc.record({
  weights: fc.constantFrom(
    standard.weights,
    standard.weights,
    { capability: 1, load: 1, history: 1, cohesion: 1 },
    { capability: 0, load: 1, history: 0, cohesion: 0 },
    { capability: 0, load: 0, history: 0, cohesion: 0 },
  ),
  bar: fc.constantFrom(0, 0.7, 0.7, 1, 1),
  waitMax: fc.constantFrom(0, 10 * minuteMs, 10 * minuteMs, 10 * minuteMs),
});
