/** Issues of patterns: created once, looked at, and worked on. */
import { afterEach, describe, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { PatternIssue, Tracker } from "../../src/ports/tracker.ts";
import { configOf, issue, pull, report, writer } from "../support/build.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];

afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

function ground() {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  return { clock, store };
}

async function started(place: ReturnType<typeof ground>, fake: FakeWorld): Promise<Repository> {
  const repository = new Repository(partsOf("one", place), fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return repository;
}

function onTracker(fake: FakeWorld, more: Partial<Tracker>): void {
  Object.assign(fake.world.tracker, more);
}

describe("a pattern", () => {
  const config = configOf({
    patterns: [
      { id: "deps", label: "deps", merged: 1, create: { title: "Update all", body: "Now.", labels: ["chore"] } },
    ],
  });

  async function merged(fake: FakeWorld, place: ReturnType<typeof ground>): Promise<Repository> {
    fake.agent.watch = async (session) => report("succeeded", { session, pullUrl: pull(9).url });
    fake.pulls.set(9, pull(9, { state: "merged", mergedBy: writer, mergedAt: 5 }));
    const repository = await started(place, fake);
    await pass(place.clock, 2 * minute);
    repository.hear([{ kind: "pull", number: 9 }]);
    await pass(place.clock, 2 * minute);
    return repository;
  }

  test("has its issue created once, looked at, and worked on", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1, { labels: ["orchestrate", "deps"] })], config);
    const wanted: PatternIssue[] = [];
    onTracker(fake, {
      createIssue: async (each) => {
        if (!("pattern" in each)) throw new Error("Only patterns ask for anything.");
        wanted.push(each);
        const bot = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" } as const;
        const madeFor = { pattern: each.pattern, series: each.series };
        fake.issues.set(40, issue(40, { author: "orchestrate", selectedBy: { actor: bot, at: 1 }, madeFor }));
        return { kind: "created", number: 40 };
      },
    });
    await merged(fake, place);
    expect(wanted).toEqual([
      {
        pattern: "deps",
        series: 1,
        title: "Update all",
        body: expect.stringMatching(
          /^Now\.\n\n<sub>Orchestrate opened this issue after 1 merged task with the label deps /,
        ),
        labels: ["orchestrate", "chore"],
      },
    ]);
    expect(fake.starts.map((each) => each.number)).toEqual([1, 40]);
  });

  test("creates nothing where an open task has the title already", async () => {
    const place = ground();
    const fake = fakeWorld([issue(1, { labels: ["orchestrate", "deps"] }), issue(2, { title: "update ALL" })], config);
    let count = 0;
    onTracker(fake, { createIssue: async () => ((count += 1), { kind: "created", number: 40 }) });
    await merged(fake, place);
    expect(count).toBe(0);
    const events = await place.store.events();
    expect(types(events)).toContain("PatternMatched");
    expect(events).toContainEqual(expect.objectContaining({ type: "EffectSettled", issue: 2 }));
  });
});
