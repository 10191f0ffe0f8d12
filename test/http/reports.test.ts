/** What agents report over HTTP, and what becomes of it. */
import { describe, expect, test } from "vitest";
import type { Event, EventOf, EventType } from "../../src/model/event.ts";
import { toAgentId, toCommandId } from "../../src/model/ids.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { issue, report, taskId } from "../support/build.ts";
import { laneOf, minute, partsOf, pass, rest } from "../engine/given.ts";
import { token } from "./given.ts";
import { about, completePath, done, failPath, givenReports, heartbeatPath, type Reports } from "./given-reporters.ts";

function of<Type extends EventType>(events: readonly Event[], type: Type): readonly EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

async function ends(it: Reports): Promise<readonly EventOf<"SessionEnded">[]> {
  return of(await it.events(), "SessionEnded");
}

describe("a session that has ended well", () => {
  test("is reported with its cost, frees its worker, and the next task goes to it in the same moment", async () => {
    const it = await givenReports();
    await it.clock.advance(30 * minute);
    const answer = await it.say(completePath, done, await it.jobToken());
    expect(answer.json).toEqual({ repository: "acme/shop", ...about, outcome: "success" });
    expect(answer.status).toBe(200);
    expect(await ends(it)).toMatchObject([{ task: taskId(1), fence: 1, result: "success", costUsd: 1.5 }]);
    expect(of(await it.events(), "TaskAssigned").map(({ task }) => task)).toEqual([taskId(1), taskId(2)]);
  });

  test("is only a claim: the task is not done before its pull request is merged", async () => {
    const it = await givenReports();
    await it.say(completePath, done, it.workerToken());
    expect(of(await it.events(), "TaskCompleted")).toEqual([]);
    const [end] = await ends(it);
    expect(end?.pullDueAt).toBeGreaterThan(it.clock.now());
  });

  test("is a receipt where the configuration says so", async () => {
    const it = await givenReports({ config: { done: "reported" } });
    await it.say(completePath, done, it.workerToken());
    expect(of(await it.events(), "TaskCompleted")).toMatchObject([{ receipt: { kind: "reported", by: "mine" } }]);
  });

  test("may name its pull request, which is looked at and proves nothing", async () => {
    const it = await givenReports();
    const before = it.places[0]?.fake.looks.length ?? 0;
    await it.say(
      completePath,
      { ...done, pullUrl: "https://github.test/o/r/pull/9", branch: "x" },
      await it.jobToken(),
    );
    expect(await ends(it)).toMatchObject([{ pullUrl: null, branch: null }]);
    await rest();
    expect(it.places[0]?.fake.looks.slice(before).flatMap(({ pulls }) => pulls)).toContain(9);
  });

  test("may come from the operator, with the App's own token", async () => {
    const it = await givenReports();
    expect((await it.say(completePath, done, token)).status).toBe(200);
    expect(await ends(it)).toHaveLength(1);
  });
});

describe("how long it took", () => {
  const label = [{ id: "mine", type: "cursor", dispatch: "workflow" }];

  async function minutesOf(duration: unknown): Promise<number | null> {
    const it = await givenReports({ agents: label });
    const assignedAt = it.places[0]?.repository.lane.stream.peek()?.tasks.get(taskId(1))?.assignment?.assignedAt ?? 0;
    await it.clock.advance(assignedAt + 60 * minute - it.clock.now());
    const answer = await it.say(completePath, { ...done, duration }, it.workerToken());
    expect(answer.status).toBe(200);
    const attempt = it.places[0]?.repository.lane.stream.peek()?.tasks.get(taskId(1))?.attempts.at(-1);
    return attempt?.startedAt === null || attempt === undefined ? null : (attempt.endedAt - attempt.startedAt) / minute;
  }

  test("counts in minutes, or in the unit that it names, where nobody saw the session start", async () => {
    expect(await minutesOf(25)).toBe(25);
    expect(await minutesOf("90s")).toBe(1.5);
    expect(await minutesOf("1h")).toBe(60);
  });

  test("is no more than the time since it was assigned", async () => {
    expect(await minutesOf("10h")).toBe(60);
  });

  test("counts for nothing where the start was seen", async () => {
    const it = await givenReports();
    await pass(it.clock, 40 * minute);
    await it.say(completePath, done, it.workerToken());
    const attempt = it.places[0]?.repository.lane.stream.peek()?.tasks.get(taskId(1))?.attempts.at(-1);
    // It is written down with what comes next, at most 90 seconds later.
    expect((attempt?.endedAt ?? 0) - (attempt?.startedAt ?? 0)).toBeGreaterThan(38 * minute);
  });
});

describe("a session that has failed", () => {
  const failed = { ...about, failureReason: "validation", retriable: true };

  test("is tried again later, with the agent's own reason", async () => {
    const it = await givenReports();
    expect((await it.say(failPath, { ...failed, reason: "Two tests\nare red." }, await it.jobToken())).json).toEqual({
      repository: "acme/shop",
      ...about,
      outcome: "failure",
    });
    expect(await ends(it)).toMatchObject([{ result: "validation", detail: "Two tests are red." }]);
    expect(of(await it.events(), "RetryScheduled")).toMatchObject([{ reason: "validation", counts: true }]);
  });

  test("is the end of the task where trying again will not help", async () => {
    const it = await givenReports();
    await it.say(failPath, { ...failed, retriable: false, reason: "The licence forbids it." }, it.workerToken());
    expect(of(await it.events(), "RetryScheduled")).toEqual([]);
    expect(of(await it.events(), "TaskFailed")).toMatchObject([
      { reason: "The licence forbids it. The agent says that trying again will not help." },
    ]);
  });

  test("is the same when it is a completion without success", async () => {
    const it = await givenReports();
    await it.say(completePath, { ...done, success: false }, it.workerToken());
    expect(await ends(it)).toMatchObject([
      { result: "reported", costUsd: 1.5, detail: "The agent says that it failed." },
    ]);
    expect(of(await it.events(), "RetryScheduled")).toHaveLength(1);
  });

  test.each([
    ["Timeout", "timeout", "The agent says: timeout."],
    ["api-error", "api_error", "The agent says: api error."],
    ["needs input", "needs_input", "The agent says: needs input."],
    ["conflict", "reported", "conflict"],
    ["preempted", "reported", "preempted"],
    ["the disk is full", "reported", "the disk is full"],
  ])("with the reason %s counts as %s", async (failureReason, result, detail) => {
    const it = await givenReports();
    await it.say(failPath, { ...failed, failureReason }, it.workerToken());
    expect(await ends(it)).toMatchObject([{ result, detail }]);
  });

  test("leaves no control character and no hidden one in the log", async () => {
    const it = await givenReports();
    await it.say(failPath, { ...failed, failureReason: "a\u001b[31m\u202eb\u0000c `x` ${{ y }}" }, it.workerToken());
    expect(await ends(it)).toMatchObject([{ detail: "a [31m b c `x` ${{ y }}" }]);
  });
});

describe("a repeated report", () => {
  test("is answered the same and changes nothing, also when its assignment is over and the task is with somebody again", async () => {
    const it = await givenReports();
    const first = await it.say(failPath, { ...about, failureReason: "timeout" }, it.workerToken());
    await pass(it.clock, 2 * minute);
    // The other task is with the worker now; whoever repeats does not know.
    const before = (await it.events()).length;
    const again = await it.say(failPath, { ...about, failureReason: "timeout" }, it.workerToken());
    expect([again.status, again.json]).toEqual([first.status, first.json]);
    expect(await it.events()).toHaveLength(before);
  });

  test("by key is one, whatever it says the second time", async () => {
    const it = await givenReports();
    await it.say(completePath, done, { bearer: it.workerToken(), key: "k" });
    const again = await it.say(completePath, { ...done, cost: 900 }, { bearer: it.workerToken(), key: "k" });
    expect([again.status, again.json.outcome]).toEqual([200, "success"]);
    expect(await ends(it)).toMatchObject([{ costUsd: 1.5 }]);
  });

  test("by somebody else with the same key is none", async () => {
    const it = await givenReports();
    await it.say(completePath, done, { bearer: it.workerToken(), key: "k" });
    expect((await it.say(completePath, done, { bearer: await it.jobToken(), key: "k" })).status).toBe(409);
  });

  test("sent at once is decided once", async () => {
    const it = await givenReports();
    const answers = await Promise.all([1, 2, 3].map(() => it.say(completePath, done, it.workerToken())));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await ends(it)).toHaveLength(1);
  });

  test("in the same words about the next attempt of the same worker is a new one", async () => {
    const it = await givenReports({ issues: [issue(1)] });
    const body = { ...about, failureReason: "timeout" };
    await it.say(failPath, body, it.workerToken());
    await pass(it.clock, 2 * minute);
    expect(of(await it.events(), "TaskAssigned").map(({ fence }) => fence)).toEqual([1, 2]);
    expect((await it.say(failPath, body, it.workerToken())).status).toBe(200);
    expect((await ends(it)).map(({ fence }) => fence)).toEqual([1, 2]);
  });

  test("while the state cannot be written is answered in time, and the report is not lost", async () => {
    const it = await givenReports();
    const [place] = it.places;
    if (place === undefined) throw new Error("There is no repository.");
    const isTried = new Promise<void>((resolve) => {
      place.store.trouble = () => {
        resolve();
        throw new StoreUnavailable("GitHub is down.", { retryAfterMs: minute });
      };
    });
    const asked = it.say(completePath, done, it.workerToken());
    await isTried;
    await it.clock.advance(20_000);
    expect((await asked).json).toMatchObject({ status: 503, detail: expect.stringMatching(/report is not lost/) });
    place.store.trouble = null;
    await pass(it.clock, minute);
    expect(await ends(it)).toHaveLength(1);
  });
});

describe("a report about another assignment changes nothing, and says what holds", () => {
  const stands = /Task #1 is with worker mine\/1 \(fence 1, attempt 1\)/;

  test.each<[string, Record<string, unknown>]>([
    ["an older fence", { fence: 7 }],
    ["another attempt", { attempt: 2 }],
    ["another worker", { workerId: "mine/2" }],
  ])("%s", async (_what, change) => {
    const it = await givenReports();
    const before = (await it.events()).length;
    for (const [path, body] of [
      [completePath, { ...done, ...change }],
      [failPath, { ...about, failureReason: "timeout", ...change }],
      [heartbeatPath, { ...about, ...change }],
    ] as const) {
      const answer = await it.say(path, body, token);
      expect(answer.json).toMatchObject({ status: 409, detail: expect.stringMatching(stands) });
    }
    expect(await it.events()).toHaveLength(before);
  });

  test("a task that nobody has any more", async () => {
    const it = await givenReports();
    await it.say(completePath, done, token);
    const late = await it.say(failPath, { ...about, failureReason: "timeout", fence: 1 }, token);
    expect(late.json).toMatchObject({
      status: 409,
      detail:
        "Nothing was changed. Task #1 has no live assignment; it is in progress. The last was with mine/1 (fence 1) and ended with success.",
    });
  });

  test("a task that nobody knows", async () => {
    const it = await givenReports();
    expect((await it.say(completePath, { ...done, taskId: "gh:7:9" }, token)).status).toBe(404);
    expect((await it.say(completePath, { ...done, taskId: "gh:8:9" }, token)).status).toBe(404);
  });

  test("what another copy of the App has written is read before it is said that there is none", async () => {
    const it = await givenReports();
    const [place] = it.places;
    if (place === undefined) throw new Error("There is no repository.");
    const { lane } = place.repository;
    // Written behind its back, as another copy would.
    const other = laneOf(partsOf("two", { store: place.store, clock: it.clock }));
    await other.refresh();
    await other.submit([
      { type: "ReportSession", id: other.nextId("x"), task: taskId(1), fence: 1, report: report("succeeded") },
      { type: "Schedule", id: other.nextId("schedule") },
    ]);
    expect(lane.stream.peek()?.tasks.get(taskId(2))?.assignment).toBeNull();
    const beat = await it.say(heartbeatPath, { taskId: taskId(2), workerId: "mine/1" }, it.workerToken());
    expect([beat.status, beat.json.fence]).toEqual([200, 2]);
  });
});

describe("an agent that the App asks for itself", () => {
  const agents = [{ id: "mine", type: "jules", dispatch: "api" }];

  test("has not ended because somebody says so while its vendor says that it runs", async () => {
    const it = await givenReports({ agents });
    const answer = await it.say(failPath, { ...about, failureReason: "timeout" }, it.workerToken());
    expect(answer.json).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/vendor says that the session is running/),
    });
    expect(await ends(it)).toEqual([]);
  });

  test("has ended as its vendor says, with the cost that the vendor does not know", async () => {
    const it = await givenReports({ agents });
    const agent = it.places[0]?.fake.agent;
    if (agent === undefined) throw new Error("There is no agent.");
    agent.watch = async (session) => report("failed", { session, reason: "Out of memory." });
    expect((await it.say(completePath, done, it.workerToken())).status).toBe(200);
    expect(await ends(it)).toMatchObject([{ result: "vendor_failed", detail: "Out of memory.", costUsd: 1.5 }]);
  });
});

describe("a heartbeat", () => {
  test("is answered with whether to go on, at both addresses, and writes nothing", async () => {
    const it = await givenReports();
    const appends = it.places[0]?.store.appends.length;
    for (const path of [heartbeatPath, "/internal/agent/heartbeat"]) {
      const answer = await it.say(path, about, it.workerToken());
      expect(answer.json).toEqual({
        repository: "acme/shop",
        ...about,
        fence: 1,
        attempt: 1,
        stop: false,
        reason: null,
      });
    }
    expect(it.places[0]?.store.appends.length).toBe(appends);
  });

  test("of an agent at a desk, which nobody can ask, is written once in a third of its time; its own report ends the session", async () => {
    const it = await givenReports({ agents: [{ id: "desk", type: "pull" }] });
    const [place] = it.places;
    if (place === undefined) throw new Error("There is no repository.");
    const { lane } = place.repository;
    const claim = { type: "ClaimTask", task: taskId(1), agent: toAgentId("desk"), worker: null, by: "ann" } as const;
    await lane.submit([{ ...claim, id: lane.nextId("claim") }]);
    const at = { taskId: taskId(1), workerId: "desk/1" };
    for (let beats = 0; beats < 30; beats += 1) {
      expect((await it.say(heartbeatPath, at, it.workerToken("desk/1"))).json).toMatchObject({ fence: 1, stop: false });
      await pass(it.clock, minute);
    }
    const heard = (await it.events()).filter((event) => event.type === "SessionHeard");
    expect([heard.length > 4, heard.length <= 10]).toEqual([true, true]);
    expect((await it.events()).map(({ type }) => type)).not.toContain("SessionWaiting");
    const end = await it.say(completePath, { ...at, success: true }, it.workerToken("desk/1"));
    expect(end).toMatchObject({ status: 200, json: { outcome: "success" } });
    expect((await it.events()).find((event) => event.type === "SessionEnded")).toMatchObject({ result: "success" });
  });

  test("learns that the session is to end", async () => {
    const it = await givenReports();
    await pass(it.clock, 46 * minute);
    expect((await it.say(heartbeatPath, about, it.workerToken())).json).toMatchObject({
      stop: true,
      reason: "timeout",
    });
  });

  test("keeps the run from being asked for, until it stays away for ten minutes; what the run says then counts", async () => {
    const it = await givenReports();
    const [place] = it.places;
    if (place === undefined) throw new Error("There is no repository.");
    let asked = 0;
    place.fake.onRun = () => {
      asked += 1;
      return { state: "ended", conclusion: "failure" };
    };
    for (let beats = 0; beats < 4; beats += 1) {
      await it.say(heartbeatPath, about, it.workerToken());
      await pass(it.clock, 5 * minute);
    }
    expect(asked).toBe(0);
    await pass(it.clock, 6 * minute);
    expect(asked).toBe(1);
    expect(await ends(it)).toMatchObject([{ result: "vendor_failed", detail: "Run 100 ended with failure." }]);
  });

  test("too many of them are told to slow down", async () => {
    const it = await givenReports();
    const statuses: number[] = [];
    for (let beat = 0; beat < 61; beat += 1)
      statuses.push((await it.say(heartbeatPath, about, it.workerToken())).status);
    expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([60, 429]);
    await it.clock.advance(minute);
    expect((await it.say(heartbeatPath, about, it.workerToken())).status).toBe(200);
  });
});

describe("a job of our own agent workflow", () => {
  const agents = [{ id: "mine", type: "jules", dispatch: "workflow" }];
  const workflow = { workflow_ref: "acme/shop/.github/workflows/orchestrate-agent.yml@refs/heads/main" };
  /** What it knows from the vendor. */
  const known = { ...about, fence: 1, attempt: 1, duration: "90s", cost: 0.5, sessionId: "sessions/7" };

  async function sent(path: string, body: unknown): Promise<Reports> {
    const it = await givenReports({ agents });
    const answer = await it.say(path, body, await it.jobToken(workflow));
    expect(answer.json).toMatchObject({ taskId: about.taskId });
    return it;
  }

  test("is believed what the vendor said of the pull request and the branch", async () => {
    const pullUrl = "https://github.test/o/r/pull/9";
    const it = await sent(completePath, {
      ...known,
      success: true,
      pullUrl,
      branch: "orchestrate/1-x",
      reason: "Done.",
    });
    expect(of(await it.events(), "SessionStarted")).toMatchObject([{ session: { id: "sessions/7" } }]);
    expect(await ends(it)).toMatchObject([{ result: "success", pullUrl, branch: "orchestrate/1-x", costUsd: 0.5 }]);
  });

  test.each([
    ["vendor_failed", "vendor_failed", "The session failed at the vendor."],
    ["cancelled", "cancelled", "The session was cancelled."],
    ["timeout", "timeout", "The agent says: timeout."],
  ])("that says %s is folded as where it writes that down itself", async (failureReason, result, detail) => {
    const it = await sent(failPath, { ...known, failureReason, retriable: true });
    expect(await ends(it)).toMatchObject([{ result, detail }]);
  });

  test("whose session ended while it asked something ends for want of an answer", async () => {
    const it = await givenReports({ agents });
    const [place] = it.places;
    await place?.repository.lane.submit([
      {
        type: "ReportSession",
        id: toCommandId("~waits"),
        task: taskId(1),
        fence: 1,
        report: report("waiting", { question: "Which one?" }),
      },
    ]);
    await it.say(failPath, { ...known, failureReason: "vendor_failed" }, await it.jobToken(workflow));
    expect(await ends(it)).toMatchObject([
      { result: "needs_input", detail: "The agent asked, and nobody answered: Which one?" },
    ]);
  });

  test("is told apart from a worker, whose word for a cancel is only its own", async () => {
    const it = await givenReports({ agents });
    await it.say(failPath, { ...known, failureReason: "cancelled" }, it.workerToken());
    expect(await ends(it)).toMatchObject([{ result: "reported", detail: "cancelled" }]);
  });
});
