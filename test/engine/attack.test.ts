import { afterEach, describe, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import type { EngineParts } from "../../src/engine/parts.ts";
import type { Config } from "../../src/model/config.ts";
import type { EventOf, EventType } from "../../src/model/event.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { MergeOutcome } from "../../src/ports/tracker.ts";
import { configOf, issue, pull, report } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];

afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

interface Scene {
  readonly fake: FakeWorld;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly repository: Repository;
  /** Pull requests that the tracker was asked to merge. */
  readonly merges: readonly string[];
  told<Type extends EventType>(type: Type): Promise<readonly EventOf<Type>[]>;
}

/** Issue 1, a quick win, in a copy of the App at work. */
async function atWork(
  config: Config,
  how: { readonly parts?: Partial<EngineParts>; readonly onMerge?: () => MergeOutcome } = {},
): Promise<Scene> {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  const fake = fakeWorld([issue(1, { labels: ["orchestrate", "quick-win"] })], config);
  const merges: string[] = [];
  Object.assign(fake.world.tracker, {
    mergePull: async (number: number, sha: string): Promise<MergeOutcome> => {
      merges.push(`${number}@${sha.slice(0, 4)}`);
      return how.onMerge?.() ?? { kind: "merged" };
    },
  });
  const repository = new Repository({ ...partsOf("one", { clock, store }), ...how.parts }, fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return {
    fake,
    clock,
    repository,
    merges,
    async told<Type extends EventType>(type: Type) {
      const events = await store.events();
      return events.filter((event): event is EventOf<Type> => event.type === type);
    },
  };
}

/** The session ends well and leaves pull request #20. */
function finish({ fake }: Scene, facts: Partial<PullFacts> = {}): void {
  const green = pull(20, facts);
  fake.pulls.set(20, green);
  Object.assign(fake.agent, { watch: async () => report("succeeded", { pullUrl: green.url, branch: green.branch }) });
}

describe("a time rule", () => {
  test("begins and ends on time although nothing happens", async () => {
    const opensAt = 25_000;
    const closesAt = 70_000;
    let start: number | null = null;
    const scene = await atWork(configOf({ agents: [] }), {
      parts: {
        timetable: (_, now) => {
          start ??= now;
          const [opens, closes] = [start + opensAt, start + closesAt];
          if (now < opens) return { rule: null, nextAt: opens };
          if (now < closes) return { rule: { key: "effort@1", mode: "effort" }, nextAt: closes };
          return { rule: null, nextAt: null };
        },
      },
    });
    const modes = async () => (await scene.told("ModeChanged")).map((event) => event.mode);
    await pass(scene.clock, opensAt - 1_000);
    expect(await modes()).toEqual([]);
    await pass(scene.clock, 2_000);
    expect(await modes()).toEqual(["effort"]);
    await pass(scene.clock, closesAt - opensAt);
    expect(await modes()).toEqual(["effort", null]);
  });
});

describe("in attack mode", () => {
  test("what is green by the time its session ends is merged with the next look, once", async () => {
    const scene = await atWork(configOf({ mode: "attack" }));
    finish(scene);
    await pass(scene.clock, 2 * minute);
    expect(scene.merges).toEqual(["20@aaaa"]);
    await pass(scene.clock, 10 * minute);
    expect(scene.merges).toEqual(["20@aaaa"]);
  });

  test("what was green before it began is looked at within a cycle, and merged", async () => {
    const scene = await atWork(configOf());
    finish(scene);
    await pass(scene.clock, 2 * minute);
    expect(scene.merges).toEqual([]);
    Object.assign(scene.fake.world, {
      parseConfiguration: () => ({ config: configOf({ mode: "attack" }), problems: [] }),
    });
    Object.assign(scene.fake.world.tracker, { configuration: async () => ({ text: "", sha: "sha-2" }) });
    scene.repository.hear([{ kind: "configuration" }]);
    await pass(scene.clock, 31_000);
    expect(scene.merges).toEqual(["20@aaaa"]);
  });

  test("what is red is not merged", async () => {
    const scene = await atWork(configOf({ mode: "attack", retry: { backoff: { initial: "1h", max: "1h" } } }));
    finish(scene, { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] });
    await pass(scene.clock, 5 * minute);
    expect(scene.merges).toEqual([]);
  });

  test("a merge that must wait is tried again, and one that is refused is told and left to a person", async () => {
    const outcomes: MergeOutcome[] = [
      { kind: "delayed", reason: "GitHub is down.", retryAfterMs: 5_000 },
      { kind: "refused", reason: "A review is required." },
    ];
    const scene = await atWork(configOf({ mode: "attack" }), { onMerge: () => outcomes.shift() ?? { kind: "merged" } });
    finish(scene);
    await pass(scene.clock, 10 * minute);
    expect(scene.merges).toEqual(["20@aaaa", "20@aaaa"]);
    expect((await scene.told("TaskEscalated")).map((event) => event.reason)).toEqual(["A review is required."]);
  });
});
