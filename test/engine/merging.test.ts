import { afterEach, describe, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import type { Config } from "../../src/model/config.ts";
import type { EventOf, EventType } from "../../src/model/event.ts";
import type { IssueFacts, PullFacts } from "../../src/model/observation.ts";
import type { BranchPair } from "../../src/ports/conflicts.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { MergeOutcome } from "../../src/ports/tracker.ts";
import { configOf, issue, pull, report, writer } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];

afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

const agents = [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }];

interface Scene {
  readonly fake: FakeWorld;
  readonly clock: ReturnType<typeof createManualClock>;
  /** What the tracker was asked to merge, or to put into the queue. */
  readonly asked: readonly string[];
  readonly compared: readonly BranchPair[];
  told<Type extends EventType>(type: Type): Promise<readonly EventOf<Type>[]>;
}

/** A copy of the App at work; the session of issue n ends well and leaves pull request #20+n, which the tracker merges when asked. */
async function atWork(
  config: Config,
  how: {
    readonly issues?: readonly IssueFacts[];
    readonly pulls?: Readonly<Record<number, Partial<PullFacts>>>;
    readonly onMerge?: (number: number) => MergeOutcome | null;
    readonly conflicts?: readonly string[] | null;
  } = {},
): Promise<Scene> {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  const fake = fakeWorld(how.issues ?? [issue(1), issue(2)], config);
  const asked: string[] = [];
  const compared: BranchPair[] = [];
  for (const number of fake.issues.keys()) {
    const facts = { branch: `orchestrate/${number}-work`, files: [`${number}.ts`], ...how.pulls?.[number] };
    fake.pulls.set(20 + number, pull(20 + number, facts));
  }
  const merge = (number: number): MergeOutcome => {
    const said = how.onMerge?.(number) ?? null;
    if (said !== null) return said;
    const open = fake.pulls.get(number) ?? pull(number);
    fake.pulls.set(number, { ...open, state: "merged", mergedBy: writer, mergedAt: clock.now() });
    return { kind: "merged" };
  };
  Object.assign(fake.world.tracker, {
    async mergePull(number: number, sha: string) {
      asked.push(`merge #${number}@${sha.slice(0, 4)}`);
      return merge(number);
    },
    async updateBranch(number: number, sha: string) {
      asked.push(`update #${number}@${sha.slice(0, 4)}`);
      const open = fake.pulls.get(number) ?? pull(number);
      fake.pulls.set(number, { ...open, sha: "b".repeat(40), isBehind: false });
      return { kind: "updated" };
    },
    async enqueuePull(number: number, sha: string) {
      asked.push(`queue #${number}@${sha.slice(0, 4)}`);
      return { kind: "queued" };
    },
    readFailures: async (number: number) => ({
      pull: number,
      sha: "a".repeat(40),
      checks: [],
      moreChecks: 0,
      reviews: [],
    }),
  });
  Object.assign(fake.world, {
    conflicts: {
      async find(pair: BranchPair) {
        compared.push(pair);
        return how.conflicts ?? null;
      },
    },
  });
  fake.onStart = ({ number, fence }) => ({ kind: "started", session: { id: `${number}/${fence}`, url: null } });
  Object.assign(fake.agent, {
    async watch(session: { readonly id: string }) {
      const number = Number(session.id.split("/")[0]);
      const facts = fake.pulls.get(20 + number) ?? pull(20 + number);
      return report("succeeded", { session: { id: session.id, url: null }, pullUrl: facts.url, branch: facts.branch });
    },
  });
  const repository = new Repository(partsOf("one", { clock, store }), fake.world);
  running.push(repository);
  void repository.start();
  await rest();
  return {
    fake,
    clock,
    asked,
    compared,
    async told<Type extends EventType>(type: Type) {
      const events = await store.events();
      return events.filter((event): event is EventOf<Type> => event.type === type);
    },
  };
}

describe("merge: auto", () => {
  test("everything green is merged, each once, without a webhook", async () => {
    const scene = await atWork(configOf({ agents, merge: "auto" }));
    await pass(scene.clock, 12 * minute);
    expect(scene.asked.toSorted()).toEqual(["merge #21@aaaa", "merge #22@aaaa"]);
    expect(await scene.told("TaskCompleted")).toHaveLength(2);
  });

  test("what changes the same file is merged after it, as soon as it has landed", async () => {
    const shared = { files: ["shared.ts"] };
    const scene = await atWork(configOf({ agents, merge: "auto" }), { pulls: { 1: shared, 2: shared } });
    await pass(scene.clock, 12 * minute);
    expect(scene.asked).toEqual(["merge #21@aaaa", "merge #22@aaaa"]);
    const [first, second] = await scene.told("TaskCompleted");
    expect(await scene.told("MergePutOff")).toMatchObject([{ pull: 22, why: "overlap", file: "shared.ts" }]);
    expect([first?.receipt.reference, second?.receipt.reference].map((each) => each?.split("/").at(-1))).toEqual([
      "21",
      "22",
    ]);
  });

  test("what is behind is brought up to date first, one after the other, each once, and every one is merged", async () => {
    const behind = { isBehind: true };
    const scene = await atWork(configOf({ agents, merge: "auto" }), { pulls: { 1: behind, 2: behind } });
    await pass(scene.clock, 20 * minute);
    expect(scene.asked).toEqual(["update #21@aaaa", "merge #21@bbbb", "update #22@aaaa", "merge #22@bbbb"]);
    expect(await scene.told("TaskCompleted")).toHaveLength(2);
    expect(await scene.told("MergePutOff")).toMatchObject([{ pull: 22, why: "turn" }]);
  });

  test("what GitHub cannot merge any more, because the base has moved, is withdrawn and looked at again", async () => {
    let isMoved = true;
    const scene = await atWork(configOf({ agents, merge: "auto" }), {
      issues: [issue(1)],
      onMerge() {
        if (!isMoved) return null;
        isMoved = false;
        return { kind: "moved" };
      },
    });
    await pass(scene.clock, 12 * minute);
    expect(scene.asked).toEqual(["merge #21@aaaa", "merge #21@aaaa"]);
    expect(await scene.told("EffectSettled")).toContainEqual(expect.objectContaining({ isWithdrawn: true }));
    expect(await scene.told("TaskCompleted")).toHaveLength(1);
  });

  test("where people merge, nothing is asked for", async () => {
    const scene = await atWork(configOf({ agents }));
    await pass(scene.clock, 12 * minute);
    expect(scene.asked).toEqual([]);
  });
});

test("merge: queue asks for a place in the queue, and merges nothing itself", async () => {
  const scene = await atWork(configOf({ agents, merge: "queue" }));
  await pass(scene.clock, 12 * minute);
  expect(scene.asked.toSorted()).toEqual(["queue #21@aaaa", "queue #22@aaaa"]);
});

describe("a pull request that conflicts", () => {
  const soon = { retry: { backoff: { initial: "30s", max: "30s" } } };
  const conflicting = { mergeable: "conflict" } as const;

  test("goes back to its agent, which is told in which files, before it starts", async () => {
    const scene = await atWork(configOf({ agents, merge: "auto", ...soon }), {
      issues: [issue(1)],
      pulls: { 1: conflicting },
      conflicts: ["src/a.ts", "src/b.ts"],
    });
    await pass(scene.clock, 5 * minute);
    expect(scene.compared[0]).toEqual({ head: "orchestrate/1-work", base: "main" });
    expect(scene.fake.starts[1]?.said?.conflicts).toEqual({ base: "main", paths: ["src/a.ts", "src/b.ts"], more: 0 });
    expect(scene.asked).toEqual([]);
  });

  test("goes back to its agent also where nobody can say in which files", async () => {
    const scene = await atWork(configOf({ agents, ...soon }), { issues: [issue(1)], pulls: { 1: conflicting } });
    await pass(scene.clock, 5 * minute);
    expect(scene.fake.starts.length).toBeGreaterThan(1);
    expect(scene.fake.starts[1]).not.toHaveProperty("said");
    expect(scene.fake.starts[1]?.feedback[0]).toContain("conflicts with its base branch");
  });

  test("costs no comparison while it does not", async () => {
    const scene = await atWork(configOf({ agents }));
    await pass(scene.clock, 12 * minute);
    expect(scene.compared).toEqual([]);
  });
});
