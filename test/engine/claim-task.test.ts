/** Claims at desks on one store: who gets what when several ask at once, and what an answer that was lost, or a text that has changed, makes of it. */
import { describe, expect, test } from "vitest";
import { claimTask, type ClaimResult } from "../../src/engine/claim-task.ts";
import { runOnce } from "../../src/engine/one-run.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { StoreUnavailable, type EventStore } from "../../src/ports/store.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, laneOf, minute, partsOf, pass } from "./given.ts";

const desk = toAgentId("desk");

async function given(count = 3, capacity = 5) {
  const config = configOf({ agents: [{ id: "desk", type: "pull", capacity }] });
  const issues = Array.from({ length: count }, (_, index) => issue(index + 1));
  const fake = fakeWorld(issues, config);
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  const run = async (owner: string): Promise<void> => {
    let isOver = false;
    const running = runOnce(partsOf(owner, { store, clock }), fake.world, { hints: [], budgetMs: 5 * minute });
    void running.finally(() => (isOver = true));
    for (let seconds = 0; seconds < 600 && !isOver; seconds += 1) await pass(clock, 1_000);
    await running;
  };
  await run("first");
  const claim = async (
    owner: string,
    number: number | null = null,
    at: EventStore = store,
  ): Promise<ClaimResult | null> => {
    const request = { task: number === null ? null : taskId(number), agent: desk, worker: null, by: owner };
    const results: (ClaimResult | null)[] = [];
    const claiming = claimTask(partsOf(owner, { store: at, clock }), fake.world.tracker, request);
    void claiming.then((result) => results.push(result)).catch(() => undefined);
    for (let seconds = 0; seconds < 60 && results.length === 0; seconds += 1) await pass(clock, 1_000);
    return results[0] ?? claiming;
  };
  return { fake, clock, store, run, claim };
}

const taken = (result: ClaimResult | null): number | null =>
  result?.kind === "claimed" ? result.task.definition.number : null;

describe("claims of several desks at once", () => {
  test("of one task have one winner; the others are told who has it", async () => {
    const it = await given();
    const results = await Promise.all(["ann", "bob", "eve"].map((owner) => it.claim(owner, 1)));
    expect(results.filter((result) => taken(result) === 1)).toHaveLength(1);
    const lost = results.filter((result) => result?.kind === "refused");
    expect(lost).toHaveLength(2);
    for (const each of lost)
      expect(each).toMatchObject({ why: [{ code: "taken", detail: expect.stringContaining("desk/1") }] });
    const assigned = (await it.store.events()).filter((event) => event.type === "TaskAssigned");
    expect(assigned).toEqual([expect.objectContaining({ task: taskId(1), fence: 1 })]);
  });

  test("of anything get one task each, and who is one too many is told that there is none", async () => {
    const it = await given();
    const results = await Promise.all(["ann", "bob", "eve", "joe"].map((owner) => it.claim(owner)));
    const numbers = results.map(taken).filter((number) => number !== null);
    expect(new Set(numbers)).toEqual(new Set([1, 2, 3]));
    expect(results.filter((result) => result?.kind === "refused")).toMatchObject([{ why: [{ code: "nothing_fits" }] }]);
    const fences = (await it.store.events()).flatMap((event) => (event.type === "TaskAssigned" ? [event.fence] : []));
    expect(fences).toEqual([1, 2, 3]);
  });

  test("of which one was written although its answer was lost have that one granted, once", async () => {
    const it = await given();
    const deaf: EventStore = {
      ...it.store,
      async append(...args) {
        const outcome = await it.store.append(...args);
        return outcome === "appended" ? "conflict" : outcome;
      },
    };
    expect(taken(await it.claim("ann", 1, deaf))).toBe(1);
    expect((await it.store.events()).filter((event) => event.type === "TaskAssigned")).toHaveLength(1);
  });
});

test("a task whose text is another one than was approved is not handed out; where any will do it is the next one", async () => {
  const it = await given();
  it.fake.issues.set(1, issue(1, { hash: "edited" }));
  expect(await it.claim("ann", 1)).toMatchObject({ kind: "refused", why: [{ code: "needs_approval" }] });
  const appends = it.store.appends.length;
  expect(taken(await it.claim("ann"))).toBe(2);
  expect(it.store.appends.length).toBe(appends + 1);
});

test("a session at a desk that is to end has a person asked, because nobody can end it from here", async () => {
  const it = await given();
  await it.claim("ann", 1);
  const parts = partsOf("somebody", it);
  const stop = { verb: "stop" } as const;
  const by = { login: "wanda", id: 1, kind: "user", permission: "write" } as const;
  const lane = laneOf(parts);
  const command = { type: "Instruct", by, task: taskId(1), comment: null, instruction: stop, problem: null } as const;
  await lane.submit([{ ...command, id: lane.nextId("stop") }]);
  await it.run("second");
  const events = await it.store.events();
  expect(types(events).filter((type) => type === "PersonAsked")).toHaveLength(1);
  expect(events.find((event) => event.type === "PersonAsked")).toMatchObject({
    reason: expect.stringMatching(
      /^desk\/1 works at somebody's desk, .* orchestrate heartbeat 1 --agent desk --stopped /,
    ),
  });
  expect(it.fake.starts).toEqual([]);
});
