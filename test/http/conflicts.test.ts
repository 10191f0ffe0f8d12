/** What stands in the way and what is done about it, over HTTP: real requests, on a real port. */
import { describe, expect, test } from "vitest";
import { blocker, issue, observation, taskId } from "../support/build.ts";
import { minute, pass, rest } from "../engine/given.ts";
import { givenRoutes, type Routes } from "./given.ts";

const list = "/api/orchestrator/conflicts";
const path = "/api/orchestrator/conflicts/resolve";
const agents = [
  { id: "cursor", type: "cursor", dispatch: "api", timeout: "3h" },
  { id: "sprites", type: "bifrost", dispatch: "api" },
];
const first = issue(1, { labels: ["orchestrate", "agent:cursor"] });

/** #1 is with cursor, and came to depend on #2, which is on hold. */
async function clashing(): Promise<Routes> {
  const it = await givenRoutes({ agents, issues: [first, issue(2, { labels: ["orchestrate", "hold"] })] });
  const lane = it.places[0]?.repository.lane;
  const later = issue(1, { ...first, blockedBy: [blocker(2)], updatedAt: 2 });
  it.places[0]?.fake.issues.set(1, later);
  await lane?.submit([{ type: "Observe", id: lane.nextId("test"), observation: observation({ issues: [later] }) }]);
  return it;
}

/** #1 has been with cursor for far too long; the vendor says that it runs. */
async function silent(): Promise<Routes> {
  const it = await givenRoutes({ agents, issues: [first] });
  await pass(it.clock, 70 * minute);
  return it;
}

async function told(it: Routes): Promise<readonly string[]> {
  const wanted = ["ConflictResolved", "TaskHandedOver", "CancelRequested", "TaskEscalated", "DependenciesChanged"];
  const events = ((await it.places[0]?.events()) ?? []).map(({ type }) => type);
  return events.slice(events.indexOf("ConflictResolved")).filter((type) => wanted.includes(type));
}

describe("the conflicts", () => {
  test("are none where nothing stands in the way", async () => {
    const it = await givenRoutes({ agents, issues: [first] });
    const { json } = await it.ask(list);
    expect(json).toEqual({ repository: "acme/shop", at: expect.any(String), count: 0, conflicts: [] });
  });

  test("are told with what they are about and what can be done", async () => {
    const it = await clashing();
    expect((await it.ask(list)).json.conflicts).toEqual([
      {
        id: `dependency:${taskId(1)}`,
        kind: "dependency",
        task: taskId(1),
        reference: "#1",
        url: "https://github.test/o/r/issues/1",
        with: [{ task: taskId(2), reference: "#2", url: "https://github.test/o/r/issues/2" }],
        files: [],
        detail: "cursor/1 is at it, and it depends on #2.",
        since: null,
        resolutions: ["queue", "escalate"],
      },
    ]);
  });

  test("are for the token alone", async () => {
    const it = await givenRoutes({ agents });
    expect((await it.ask(list, { headers: { authorization: "Bearer no" } })).status).toBe(401);
    expect((await it.post(path, {}, { authorization: "Bearer no" })).status).toBe(401);
  });
});

describe("a conflict", () => {
  test("is resolved by waiting: the session ends, and the task goes on by itself when what it waits for is done", async () => {
    const it = await clashing();
    const answer = await it.post(path, { conflict: `dependency:${taskId(1)}`, resolution: "queue", by: "wanda" });
    expect(answer).toMatchObject({ status: 200, json: { task: taskId(1), number: 1, conflicts: [] } });
    await rest();
    expect((await it.ask("/orchestrator/explain?task=1")).json).toMatchObject({ status: "blocked" });
    it.places[0]?.fake.issues.set(2, issue(2, { updatedAt: 3 }));
    const lane = it.places[0]?.repository.lane;
    const closed = issue(2, { state: "closed", stateReason: "completed", closedBy: first.selectedBy?.actor ?? null });
    await lane?.submit([
      {
        type: "Observe",
        id: lane.nextId("test"),
        observation: observation({ issues: [{ ...closed, updatedAt: 4 }] }),
      },
    ]);
    await rest();
    expect((await it.ask("/orchestrator/explain?task=1")).json).toMatchObject({ status: "in_progress" });
  });

  test("is resolved by another agent, which goes on as soon as the session has ended", async () => {
    const it = await silent();
    const { json } = await it.post(path, { task: 1, resolution: "reassign", reason: "It is silent." });
    expect(json).toMatchObject({ resolution: "reassign", askedFor: "sprites", conflicts: [] });
    await rest();
    expect((await it.ask("/orchestrator/explain?task=1")).json).toMatchObject({ assignment: { agent: "sprites" } });
    expect(await told(it)).toEqual(["ConflictResolved", "TaskHandedOver", "CancelRequested"]);
  });

  test("is resolved by the agent of a type", async () => {
    const it = await silent();
    expect((await it.post(path, { task: "#1", resolution: "reassign", agent: "bifrost" })).json).toMatchObject({
      askedFor: "sprites",
    });
  });

  test("is resolved by a person, and what runs goes on", async () => {
    const it = await silent();
    const { json } = await it.post(path, { task: taskId(1), resolution: "escalate", reason: "Look." });
    expect(json).toMatchObject({ status: "in_progress", conflicts: [`silence:${taskId(1)}`] });
    expect(await told(it)).toEqual(["ConflictResolved", "TaskEscalated"]);
  });

  test("is resolved once with one key, also when it is over by then", async () => {
    const it = await clashing();
    const body = { conflict: `dependency:${taskId(1)}`, resolution: "queue" };
    await it.post(path, body, { "idempotency-key": "one" });
    const again = await it.post(path, body, { "idempotency-key": "one" });
    expect(again).toMatchObject({ status: 200, json: { note: expect.stringMatching(/was used before/) } });
    expect(await told(it)).toEqual(["ConflictResolved", "CancelRequested"]);
  });

  test.each([
    ["without a resolution", { task: 1 }, [400, /`resolution` must be reassign, queue or escalate/]],
    ["by another word", { task: 1, resolution: "retry" }, [400, /`resolution` must be/]],
    ["of nothing", { resolution: "queue" }, [400, /either `conflict`.*or `task`/]],
    ["of two things", { task: 1, conflict: `merge:${taskId(1)}`, resolution: "queue" }, [400, /either/]],
    ["of what is no conflict", { conflict: "soon", resolution: "queue" }, [400, /`conflict` must be the id/]],
    ["of an unknown task", { task: 9, resolution: "queue" }, [404, /#9 is no task/]],
    ["of a task without one", { task: 2, resolution: "queue" }, [404, /#2 has no such conflict now; it is pending/]],
    ["of one that there is not", { conflict: `merge:${taskId(1)}`, resolution: "queue" }, [404, /#1 has no such/]],
    ["in a way that does not help", { task: 1, resolution: "reassign" }, [409, /What does is queue or escalate/]],
    ["behind what is no task", { task: 1, resolution: "queue", after: 9 }, [404, /`after`: #9 is no task/]],
    ["behind itself", { task: 1, resolution: "queue", after: 1 }, [409, /cannot wait for itself/]],
    [
      "with a reason of two lines",
      { task: 1, resolution: "queue", reason: "a\nb" },
      [400, /`reason` must be one line/],
    ],
  ] as const)("is not resolved %s, and nothing is changed", async (_what, body, [status, detail]) => {
    const it = await clashing();
    const answer = await it.post(path, body);
    expect(answer.json).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(await it.places[0]?.events()).not.toContainEqual(expect.objectContaining({ type: "ConflictResolved" }));
  });
});
