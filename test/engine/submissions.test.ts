/** The issue of a submission when the copy of the program that opens it dies: another one finds it, and it is worked on once. */
import { expect, onTestFinished, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { toCommandId } from "../../src/model/ids.ts";
import { openIssues } from "../http/given.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

test("a copy that dies after GitHub has made the issue leaves it to another one, which makes none", async () => {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message, { retryAfterMs: 1_000 }));
  const fake = fakeWorld([]);
  openIssues(fake);
  const { tracker } = fake.world;
  const { createIssue } = tracker;
  const asked: boolean[] = [];
  tracker.createIssue = async (wanted, isRepeat) => {
    asked.push(isRepeat);
    const outcome = await createIssue(wanted, isRepeat);
    // It lands, and nobody is there any more to hear of it.
    return asked.length === 1 ? new Promise(() => undefined) : outcome;
  };
  const start = async (owner: string): Promise<Repository> => {
    const repository = new Repository(partsOf(owner, { store, clock }), fake.world);
    onTestFinished(() => repository.stop());
    void repository.start();
    await rest();
    return repository;
  };
  const first = await start("one");
  const submission = { id: "s", title: "Fix it", body: "", labels: [], blockedBy: [], by: "http:wanda" };
  await first.lane.submit([{ type: "SubmitTask", id: toCommandId("http:task:one"), submission }]);
  await rest();
  first.stop();
  const second = await start("two");
  await pass(clock, 10 * minute);
  expect(asked).toEqual([false, true]);
  expect([...fake.issues.keys()]).toEqual([1]);
  expect(fake.starts.map(({ number }) => number)).toEqual([1]);
  expect(second.lane.stream.peek()?.submissions.get("s")).toMatchObject({ issue: 1 });
});
