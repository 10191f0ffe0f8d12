import { describe, expect, test } from "vitest";
import { runJob, type JobResult } from "../../src/engine/job.ts";
import type { Lane } from "../../src/engine/lane.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { AppLine, EndAnswer } from "../../src/ports/app-line.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { configOf, issue, observation, report, taskId, writer } from "../support/build.ts";
import { types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, laneOf, partsOf } from "./given.ts";

const config = configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "workflow", watch: "10m" }] });

/** An assigned task whose run is to start its session; sessions end well at the third look. */
async function assigned() {
  const clock = createManualClock({ isEager: true });
  const store = countingStore((message) => new StoreUnavailable(message));
  const lane: Lane = laneOf(partsOf("app", { store, clock }));
  await lane.submit([{ type: "Configure", id: lane.nextId("configure"), sha: "sha-1", config, problems: [] }]);
  await lane.submit([
    { type: "Observe", id: lane.nextId("observe"), observation: observation({ issues: [issue(1)] }) },
    { type: "Schedule", id: lane.nextId("schedule") },
  ]);
  const fake = fakeWorld([issue(1)], config);
  let looks = 0;
  const agent = {
    ...fake.agent,
    watch: async () => report((looks += 1) < 3 ? "running" : "succeeded", { session: { id: "sessions/1", url: null } }),
  };
  function job(run: string, mode: "start-agent" | "watch" = "start-agent", app?: AppLine): Promise<JobResult> {
    return runJob(partsOf(`run-${run}`, { store, clock }), {
      world: { tracker: fake.world.tracker, agents: { find: () => agent } },
      request: { mode, task: taskId(1), fence: 1, run },
      onState: () => undefined,
      ...(app === undefined ? {} : { app }),
    });
  }
  return { clock, store, lane, fake, job, agent };
}

async function typesOf(store: Awaited<ReturnType<typeof assigned>>["store"]): Promise<readonly string[]> {
  return types(await store.events());
}

describe("a job of the agent workflow", () => {
  test("claims before it calls the vendor, starts the session and watches it to its end", async () => {
    const { store, fake, job } = await assigned();
    let claims = 0;
    fake.onStart = async () => {
      claims = (await typesOf(store)).filter((type) => type === "AssignmentClaimed").length;
      return { kind: "started", session: { id: "sessions/1", url: null } };
    };
    expect(await job("100")).toBe("ended");
    expect([claims, fake.starts.length]).toEqual([1, 1]);
    expect((await typesOf(store)).slice(-3)).toEqual(["EffectSettled", "SessionStarted", "SessionEnded"]);
  });

  test("of another run with the same fence exits without a word to the vendor", async () => {
    const { fake, job, lane } = await assigned();
    const id = lane.nextId("claim");
    await lane.submit([{ type: "ClaimAssignment", id, task: taskId(1), fence: 1, run: "100" }]);
    expect(await job("200")).toBe("not_ours");
    expect(fake.starts).toEqual([]);
  });

  test("that races with another leaves the start to exactly one of them", async () => {
    const { fake, job } = await assigned();
    const results = await Promise.all([job("100"), job("200"), job("300")]);
    expect(results.filter((result) => result === "not_ours")).toHaveLength(2);
    expect(fake.starts).toHaveLength(1);
  });

  test("run again before its session was known starts again, which finds what the vendor has", async () => {
    const { fake, job, lane, store } = await assigned();
    const id = lane.nextId("claim");
    await lane.submit([{ type: "ClaimAssignment", id, task: taskId(1), fence: 1, run: "100" }]);
    expect(await job("100")).toBe("ended");
    expect(fake.starts.map((each) => each.fence)).toEqual([1]);
    expect((await typesOf(store)).filter((type) => type === "AssignmentClaimed")).toHaveLength(1);
  });

  test("run again after its session was known only goes on watching", async () => {
    const { fake, job, lane } = await assigned();
    const base = { task: taskId(1), fence: 1 };
    await lane.submit([
      { type: "ClaimAssignment", id: lane.nextId("claim"), ...base, run: "100" },
      { type: "ReportSession", id: lane.nextId("report"), ...base, report: report("running") },
    ]);
    expect(await job("100")).toBe("ended");
    expect(fake.starts).toEqual([]);
  });

  test("whose task was called off before it came up starts nothing and frees the slot", async () => {
    const { fake, job, lane } = await assigned();
    await lane.submit([
      {
        type: "Instruct",
        id: toCommandId("comment:1"),
        by: writer,
        task: taskId(1),
        comment: "IC_1",
        instruction: { verb: "cancel" },
        problem: null,
      },
    ]);
    expect(await job("100")).toBe("ended");
    expect(fake.starts).toEqual([]);
    const state = await lane.stream.refresh();
    expect([state.occupied.size, state.tasks.get(taskId(1))?.outcome]).toEqual([0, "cancelled"]);
  });

  test("for a fence that is over exits", async () => {
    const { fake, job, lane } = await assigned();
    const id = lane.nextId("report");
    await lane.submit([{ type: "ReportSession", id, task: taskId(1), fence: 1, report: report("failed") }]);
    expect(await job("100")).toBe("not_ours");
    expect(fake.starts).toEqual([]);
  });

  test("asks again where the vendor's answer was lost, and tells the refusal where it was refused", async () => {
    const { fake, job, store } = await assigned();
    fake.onStart = () =>
      fake.starts.length < 3
        ? { kind: "unknown", reason: "The answer was lost." }
        : { kind: "refused", reason: "Full.", retryAfterMs: null };
    expect(await job("100")).toBe("refused");
    expect(fake.starts).toHaveLength(3);
    expect((await typesOf(store)).at(-1)).toBe("SessionRefused");
  });

  test("hands over when its time is up and the session still runs", async () => {
    const { job, agent, clock, lane } = await assigned();
    agent.watch = async () => report("running", { session: { id: "sessions/1", url: null } });
    const before = clock.now();
    expect(await job("100")).toBe("handed_over");
    expect(clock.now() - before).toBeGreaterThanOrEqual(10 * 60_000);
    expect((await lane.stream.refresh()).tasks.get(taskId(1))?.assignment?.phase).toBe("running");
  });

  test("writes nothing while there is nothing new to say", async () => {
    const { job, agent, store } = await assigned();
    agent.watch = async () => report("running", { session: { id: "sessions/1", url: null } });
    const before = store.appends.length;
    await job("100");
    expect(store.appends.length - before).toBe(2);
  });
});

describe("a job that has a line to the App", () => {
  /** An App that answers the end of a session with this, and what it was told. */
  function appThat(answer: EndAnswer) {
    const told: unknown[] = [];
    const app: AppLine = {
      async tellEnd(assignment, { state }, durationMs) {
        told.push({ ...assignment, state, durationMs });
        return answer;
      },
      async beat({ fence }) {
        told.push({ beat: fence });
      },
    };
    return { app, told };
  }
  const end = { task: taskId(1), worker: "jules/1", fence: 1, attempt: 1, state: "succeeded", durationMs: 50_000 };

  test("claims and starts by itself, says that it goes on after each look, and leaves the end to the App", async () => {
    const { job, store } = await assigned();
    const { app, told } = appThat("taken");
    expect(await job("100", "start-agent", app)).toBe("ended");
    expect(told).toEqual([{ beat: 1 }, { beat: 1 }, end]);
    expect((await typesOf(store)).slice(-2)).toEqual(["EffectSettled", "SessionStarted"]);
  });

  test("writes the end itself where the App does not take it", async () => {
    const { job, store } = await assigned();
    const { app, told } = appThat("not_taken");
    expect(await job("100", "start-agent", app)).toBe("ended");
    expect(told.at(-1)).toEqual(end);
    expect((await typesOf(store)).slice(-3)).toEqual(["EffectSettled", "SessionStarted", "SessionEnded"]);
  });

  test("writes nothing where the App says that the assignment is over", async () => {
    const { job, store } = await assigned();
    expect(await job("100", "start-agent", appThat("not_live").app)).toBe("ended");
    expect((await typesOf(store)).at(-1)).toBe("SessionStarted");
  });

  test("tells the App nothing of a question, which is for the state branch", async () => {
    const { job, agent, store } = await assigned();
    agent.watch = async () => report("waiting", { question: "Which one?" });
    const { app, told } = appThat("taken");
    expect(await job("100", "start-agent", app)).toBe("handed_over");
    expect((await typesOf(store)).at(-1)).toBe("SessionWaiting");
    expect(new Set(told.map((each) => JSON.stringify(each)))).toEqual(new Set([JSON.stringify({ beat: 1 })]));
  });
});
