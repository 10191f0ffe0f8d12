/** The monitoring issue from the cause to the comment and back, with the engine's own clock and cycle. */
import { expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

async function started(alerts: Record<string, unknown>, count: number) {
  const issues = Array.from({ length: count }, (_, index) => issue(index + 1));
  const faked = fakeWorld(issues, configOf({ agents: [], alerts }));
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message));
  const repository = new Repository(partsOf("one", { store, clock }), faked.world);
  await repository.start();
  await rest();
  return { faked, clock, store, repository };
}

test("a warning is on the monitoring issue within two minutes, once, and passes there as well", async () => {
  const { faked, clock, repository } = await started({ issue: 42, queueDepth: 3 }, 5);
  await pass(clock, 2 * minute);
  expect(faked.kept.map((comment) => comment.issue)).toEqual([42]);
  expect(faked.kept[0]?.body).toContain("**Orchestrate: 1 warning open.**");
  await pass(clock, 10 * minute);
  expect(faked.kept).toHaveLength(1);
  for (const number of [1, 2, 3, 4])
    faked.issues.set(number, {
      ...issue(number),
      state: "closed",
      stateReason: "completed",
      closedBy: issue(1).selectedBy?.actor ?? null,
      updatedAt: 9,
    });
  repository.hear([1, 2, 3, 4].map((number) => ({ kind: "issue" as const, number })));
  await pass(clock, 2 * minute);
  expect(faked.kept).toHaveLength(2);
  expect(faked.kept[1]?.body).toContain("**Orchestrate: all clear.**");
  repository.stop();
});

test("nothing is written while nothing was ever raised", async () => {
  const { faked, clock, repository } = await started({ issue: 42, queueDepth: 30 }, 5);
  await pass(clock, 10 * minute);
  expect(faked.kept).toEqual([]);
  repository.stop();
});

test("an issue that cannot be written to is said once and tried again only with the next news", async () => {
  const { faked, clock, store, repository } = await started({ issue: 42, queueDepth: 3 }, 5);
  faked.onKeep = () => ({ kind: "dropped", reason: "It is locked: unlock it, or name another one." });
  await pass(clock, 30 * minute);
  expect(faked.kept).toHaveLength(1);
  const dropped = (await store.events()).filter((event) => event.type === "EffectDropped");
  expect(dropped.map((event) => event.reason)).toEqual([
    "Warnings cannot be written to issue #42 (alerts.issue): It is locked: unlock it, or name another one.",
  ]);
  repository.stop();
});

test("an outage delays the comment, and what is written then is what is true then", async () => {
  const { faked, clock, repository } = await started({ issue: 42, queueDepth: 3 }, 5);
  faked.onKeep = () => ({ kind: "delayed", reason: "502", retryAfterMs: 60_000 });
  await pass(clock, 2 * minute);
  faked.onKeep = () => ({ kind: "written", commentNode: "IC_9" });
  await pass(clock, 5 * minute);
  expect(faked.kept.length).toBeGreaterThanOrEqual(2);
  expect(faked.kept.at(-1)?.body).toContain("1 warning open");
  repository.stop();
});
