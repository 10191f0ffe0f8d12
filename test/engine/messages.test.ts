/** Alerts from their cause to the receiver, with the engine's own clock and cycle, whatever the receiver does. */
import { expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, report } from "../support/build.ts";
import { createMemoryAlerts, type MemoryAlerts } from "../support/memory-alerts.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api", timeout: "1d" }];

async function started(given: {
  readonly notify?: Record<string, unknown>;
  readonly count?: number;
  readonly isDeaf?: boolean;
  readonly answer?: MemoryAlerts["answer"];
}) {
  const { notify = {}, count = 5, isDeaf = false } = given;
  const issues = Array.from({ length: count }, (_, index) => issue(index + 1));
  const config = {
    retry: { maxAttempts: 1 },
    alerts: { issue: 42, queueDepth: 2, fullFor: "7d", utilisation: 0, notify },
  };
  const faked = fakeWorld(issues, configOf({ agents, ...config }));
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message));
  const alerts = createMemoryAlerts();
  alerts.answer = given.answer ?? alerts.answer;
  const world = { ...faked.world, ...(!isDeaf && { alertService: alerts }) };
  const parts = partsOf("one", { store, clock });
  const repository = new Repository(parts, world);
  await repository.start();
  await rest();
  return { faked, clock, store, alerts, repository };
}

async function finish(given: Awaited<ReturnType<typeof started>>, ...numbers: readonly number[]): Promise<void> {
  const closedBy = issue(1).selectedBy?.actor ?? null;
  for (const number of numbers) {
    const closed = { state: "closed", stateReason: "completed", closedBy, updatedAt: 9 } as const;
    given.faked.issues.set(number, { ...issue(number), ...closed });
  }
  given.repository.hear(numbers.map((number) => ({ kind: "issue" as const, number })));
  await pass(given.clock, 2 * minute);
}

test("a warning is at the receiver within two minutes, once, and its end as well", async () => {
  const it = await started({});
  await pass(it.clock, 2 * minute);
  expect(it.alerts.tries.map(({ document }) => document)).toEqual([
    expect.objectContaining({
      version: 1,
      event: "alert",
      state: "raised",
      code: "queue_depth",
      severity: "warning",
      task: null,
    }),
  ]);
  await pass(it.clock, 10 * minute);
  expect(it.alerts.tries).toHaveLength(1);
  await finish(it, 2, 3, 4, 5);
  const [raised, cleared] = it.alerts.messages;
  expect(cleared?.document).toMatchObject({ state: "cleared", code: "queue_depth", suggestion: "" });
  expect(cleared?.document["since"]).toBe(raised?.document["since"]);
  expect(cleared?.id).not.toBe(raised?.id);
  it.repository.stop();
});

test("a task that needs a person comes with what was tried and the command that helps", async () => {
  const it = await started({ count: 1 });
  it.faked.agent.watch = async (session) => report("failed", { session, reason: "The tests never ran." });
  await pass(it.clock, 3 * minute);
  const asked = it.alerts.messages.find(({ document }) => document["code"] === "needs_person");
  expect(asked?.document).toMatchObject({
    severity: "critical",
    state: "raised",
    task: {
      reference: "#1",
      url: "https://github.test/o/r/issues/1",
      title: "Issue 1",
      attempts: [{ attempt: 1, worker: "jules/1", result: "vendor_failed", detail: "The tests never ran." }],
    },
    suggestion: expect.stringContaining("/orchestrate retry") as string,
  });
  expect(asked?.text).toMatch(/^🔴 o\/r: a person is needed, #1 Issue 1 https:\/\/github\.test\/o\/r\/issues\/1\n/);
  expect(asked?.text).toContain("Tried: 1 by jules/1: the agent reported a failure.");
  expect(asked?.text).toMatch(/What helps: .*\/orchestrate retry/);
  it.repository.stop();
});

test("a receiver that never answers keeps nobody from starting, and nothing from being written on GitHub", async () => {
  const it = await started({ answer: () => new Promise(() => undefined) });
  await pass(it.clock, 2 * minute);
  expect(it.alerts.tries).toHaveLength(1);
  await finish(it, 1);
  expect(it.faked.starts.map(({ number }) => number)).toEqual([1, 2]);
  expect(it.faked.kept.length).toBeGreaterThan(0);
  it.repository.stop();
});

test("what is sent again has the same id", async () => {
  const it = await started({
    answer: () => ({ kind: "delayed", reason: "it answered with 500.", retryAfterMs: 10_000 }),
  });
  await pass(it.clock, 3 * minute);
  expect(it.alerts.tries.length).toBeGreaterThan(2);
  it.alerts.answer = () => ({ kind: "written", commentNode: null });
  await pass(it.clock, 6 * minute);
  expect(new Set(it.alerts.tries.map(({ id }) => id)).size).toBe(1);
  expect(it.alerts.messages).toHaveLength(1);
  it.repository.stop();
});

test("an alert that could not be told before it had passed is not told, only that it has passed", async () => {
  const it = await started({
    answer: () => ({ kind: "delayed", reason: "it answered with 500.", retryAfterMs: 300_000 }),
  });
  await pass(it.clock, 2 * minute);
  it.alerts.answer = () => ({ kind: "written", commentNode: null });
  await finish(it, 2, 3, 4, 5);
  await pass(it.clock, 6 * minute);
  expect(it.alerts.messages.map(({ document }) => document["state"])).toEqual(["cleared"]);
  it.repository.stop();
});

test("without an address that is said once, on GitHub too, and is no reason to try again", async () => {
  const it = await started({ isDeaf: true });
  await pass(it.clock, 10 * minute);
  const dropped = (await it.store.events()).filter((event) => event.type === "EffectDropped");
  expect(dropped.map(({ reason }) => reason)).toEqual([
    "Alerts cannot be sent (alerts.notify): ORCHESTRATE_ALERT_WEBHOOK is not set where Orchestrate runs, or is no https address. Set it, and start again.",
  ]);
  expect(it.faked.kept.at(-1)?.body).toContain("alerts do not reach the webhook");
  it.repository.stop();
});

test("every two hours the receiver is told how far the work is, with the words of the log", async () => {
  const it = await started({ notify: { severity: "critical", progress: true }, count: 3 });
  await finish(it, 3);
  for (let passed = 0; passed < 120; passed += 1) await it.clock.advance(minute).then(rest);
  const told = it.alerts.messages.filter(({ kind }) => kind === "progress");
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toMatch(
    /^📈 o\/r: Progress: 1 active, 1 ready, 0 blocked; 1 completed and 0 failed since the last summary\. 1 session started in 2 h\.$/,
  );
  expect(told[0]?.document).toMatchObject({ version: 1, event: "progress", repository: "o/r", completed: 1, open: 2 });
  it.repository.stop();
});
