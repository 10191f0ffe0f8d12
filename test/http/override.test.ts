/** A person's word on who takes a task, and what a dashboard draws: real requests, on a real port. */
import { describe, expect, test } from "vitest";
import { blocker, issue, observation, report, taskId } from "../support/build.ts";
import { minute, pass } from "../engine/given.ts";
import { backlog, givenRoutes, type Routes } from "./given.ts";

const path = "/orchestrator/override";
const agents = [
  { id: "jules", type: "jules", dispatch: "api" },
  { id: "sprites", type: "bifrost", dispatch: "api", capacity: 2, capabilities: { go: 1 } },
];

async function wishes(it: Routes): Promise<readonly unknown[]> {
  const events = (await it.places[0]?.events()) ?? [];
  return events.flatMap((event) => (event.type === "AssignmentRequested" ? [[event.task, event.by]] : []));
}

describe("a task that a person gives to somebody over HTTP", () => {
  const issues = [1, 2, 3, 4, 5].map((number) => issue(number, { labels: ["orchestrate", "needs:go"] }));

  test("starts there in the same moment where that worker is free, whatever the issue says", async () => {
    const pinned = [1, 2, 3].map((number) => issue(number, { labels: ["orchestrate", "agent:sprites"] }));
    const it = await givenRoutes({ agents, issues: pinned });
    const { json } = await it.post(path, { taskId: taskId(3), agent: "jules", by: "wanda" });
    expect(json).toMatchObject({ agent: "jules", workerId: "jules/1", status: "assigned", note: null });
  });

  test("waits for the worker that is asked for, although another one is idle, and says so", async () => {
    const it = await givenRoutes({ agents, issues });
    const answer = await it.post(path, { taskId: taskId(5), workerId: "sprites/2", by: "wanda" });
    expect(answer.json).toEqual({
      repository: "acme/shop",
      taskId: taskId(5),
      agent: "sprites",
      workerId: "sprites/2",
      status: "ready",
      note: null,
    });
    expect(await wishes(it)).toEqual([[taskId(5), "http:wanda"]]);
  });

  test("is given to an agent by its type where none has that id, and to the token where nobody is named", async () => {
    const it = await givenRoutes({ agents, issues });
    expect((await it.post(path, { taskId: taskId(4), agent: "bifrost" })).json).toMatchObject({
      agent: "sprites",
      workerId: null,
    });
    expect(await wishes(it)).toEqual([[taskId(4), "http:token"]]);
  });

  test("twice with one key is wished once", async () => {
    const it = await givenRoutes({ agents, issues });
    const key = { "idempotency-key": "one" };
    await it.post(path, { taskId: taskId(5), agent: "sprites" }, key);
    await it.post(path, { taskId: taskId(5), agent: "sprites" }, key);
    expect(await wishes(it)).toHaveLength(1);
  });

  test.each([
    ["an unknown agent", { taskId: taskId(5), agent: "hal" }, [400, /no agent or worker hal.*jules, sprites/]],
    ["a worker that there is not", { taskId: taskId(5), workerId: "jules/9" }, [400, /no agent or worker jules\/9/]],
    ["nobody", { taskId: taskId(5) }, [400, /either `workerId`.*or `agent`/]],
    ["both", { taskId: taskId(5), agent: "jules", workerId: "jules/1" }, [400, /either/]],
    ["a login that is none", { taskId: taskId(5), agent: "jules", by: "a b" }, [400, /`by` must be the name/]],
    ["an unknown task", { taskId: "gh:7:4711", agent: "jules" }, [404, /is no task/]],
    ["a task that somebody has", { taskId: taskId(1), agent: "jules" }, [409, /#1 is with worker jules\/1: cancel it/]],
  ] as const)("is refused for %s, and nothing is changed", async (_what, body, [status, detail]) => {
    const it = await givenRoutes({ agents, issues });
    const answer = await it.post(path, body);
    expect(answer.json).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(await wishes(it)).toEqual([]);
  });
});

test("a task that has had all of its attempts is given to nobody, and the answer says which cap it is", async () => {
  const it = await givenRoutes({ agents, issues: [issue(1)], config: { limits: { attemptsPerTask: 1 } } });
  const lane = it.places[0]?.repository.lane;
  const outcome = report("cancelled");
  await lane?.submit([
    { type: "ReportSession", id: lane.nextId("test"), task: taskId(1), fence: 1, report: report("running") },
    { type: "ReportSession", id: lane.nextId("test"), task: taskId(1), fence: 1, report: outcome },
    {
      type: "Observe",
      id: lane.nextId("test"),
      observation: observation({ issues: [issue(1, { state: "closed", stateReason: "not_planned", updatedAt: 8 })] }),
    },
    { type: "Observe", id: lane.nextId("test"), observation: observation({ issues: [issue(1, { updatedAt: 9 })] }) },
  ]);
  const answer = await it.post(path, { taskId: taskId(1), agent: "jules" });
  expect(answer.json).toMatchObject({ status: 409, detail: expect.stringMatching(/limits\.attemptsPerTask allows 1/) });
});

describe("the explanation", () => {
  test("of a task says why it waits, by its number or its id", async () => {
    const it = await givenRoutes({ issues: [...backlog, issue(4, { blockedBy: [blocker(3)] })] });
    const { json } = await it.ask("/orchestrator/explain?task=4");
    expect(json).toMatchObject({
      repository: "acme/shop",
      task: taskId(4),
      status: "blocked",
      waiting: [{ text: "#3 is open." }],
      blockers: [{ reference: "#3", isOpen: true }],
    });
    expect((await it.ask(`/orchestrator/explain?task=${taskId(4)}`)).json).toEqual(json);
  });

  test.each([
    ["a word", "soon", [400, /`task` must be the number of its issue/]],
    ["nothing", "", [400, /`task` must be/]],
    ["an issue that is no task", "4711", [404, /^#4711 is no task of this repository/]],
    ["a task of somebody else", "gh:1:2", [404, /^gh:1:2 is no task/]],
  ] as const)("of %s is refused", async (_what, task, [status, detail]) => {
    const it = await givenRoutes({});
    const { json } = await it.ask(`/orchestrator/explain?task=${encodeURIComponent(task)}`);
    expect(json).toMatchObject({ status, detail: expect.stringMatching(detail) });
  });
});

describe("the visualization", () => {
  test("has every worker, the queue in its order, what is blocked and what runs", async () => {
    const short = issue(1, { labels: ["orchestrate", "priority:urgent", "estimate:20m"] });
    const waiting = issue(4, { blockedBy: [blocker(3)] });
    const it = await givenRoutes({ issues: [short, ...backlog.slice(1), waiting] });
    await pass(it.clock, 31 * minute);
    const { json } = await it.ask("/orchestrator/visualization");
    expect(json).toMatchObject({
      repository: "acme/shop",
      refreshSeconds: 10,
      counts: { ready: 2, blocked: 1, inProgress: 1 },
      workers: [{ worker: "jules/1", agent: "jules", type: "jules", state: "overloaded", task: taskId(1) }],
      blocked: [{ reference: "#4", status: "blocked", blockers: ["#3"] }],
      inProgress: [{ reference: "#1", worker: "jules/1", elapsedMinutes: 31, expectedMinutes: 20 }],
    });
    expect(json.ready.map((each: { readonly reference: string }) => each.reference)).toEqual(["#2", "#3"]);
  });
});
