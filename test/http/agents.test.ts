/** Agents that come, change and go over HTTP, and how they stand: real requests, on a real port. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { z } from "zod";
import { AgentDocument, AgentsDocument } from "../../src/http/agents-document.ts";
import { Repository } from "../../src/engine/repository.ts";
import { AgentConfig } from "../../src/model/config-agent.ts";
import { agentsMax } from "../../src/model/registry.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { minute, partsOf, pass } from "../engine/given.ts";
import { isAgentEvent, seen } from "./given-agents.ts";
import { backlog, givenRoutes, type Answer, type Routes } from "./given.ts";

type Agent = z.output<typeof AgentDocument>;
const path = "/api/orchestrator/agents";
const runner = { id: "runner", type: "cursor", dispatch: "api" };

function patch(it: Routes, id: string, { key, ...body }: Readonly<Record<string, unknown>>): Promise<Answer> {
  const headers = { "content-type": "application/json", ...(typeof key === "string" && { "idempotency-key": key }) };
  return it.ask(`${path}/${id}`, { method: "PATCH", body: JSON.stringify(body), headers });
}

function remove(it: Routes, id: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return it.ask(`${path}/${id}`, { method: "DELETE", headers });
}

describe("the list of agents", () => {
  test("has each with its slots, its status, its workers and how it has done, as its schema says", async () => {
    const it = await givenRoutes({ agents: [{ id: "jules", type: "jules", dispatch: "api", quota: 9 }, runner] });
    const { json } = await it.ask(path);
    expect(AgentsDocument.parse(json)).toEqual(json);
    expect(json.agents.map((agent: Agent) => [agent.id, agent.source, agent.status])).toEqual([
      ["jules", "configuration", "busy"],
      ["runner", "configuration", "busy"],
    ]);
    expect(json.agents[0]).toMatchObject({
      quota: 9,
      capacity: 1,
      busy: 1,
      free: 0,
      pause: null,
      performance: {
        overall: { completed: 0, failed: 0, successRate: null, meanMinutes: null },
        recent: { windowMinutes: 1440, completed: 0, failed: 0, successRate: null, sessions: 0, costUsd: 0 },
      },
      workers: [{ id: "jules/1", isEnabled: true, task: "#1", rest: null }],
    });
  });

  test("tells what came of its work", async () => {
    const it = await givenRoutes({ config: { done: "reported" }, capacity: 2 });
    await pass(it.clock, 10 * minute);
    const lane = it.places[0]?.repository.lane;
    await lane?.submit([
      {
        type: "ReportSession",
        id: lane.nextId("test"),
        task: taskId(1),
        fence: 1,
        report: report("succeeded", { costUsd: 2 }),
      },
      {
        type: "ReportSession",
        id: lane.nextId("test"),
        task: taskId(2),
        fence: 2,
        report: report("failed", { costUsd: 1 }),
      },
    ]);
    const { json } = await it.ask(`${path}/jules`);
    expect(json.agent.performance).toEqual({
      overall: { completed: 1, failed: 1, successRate: 0.5, meanMinutes: 10 },
      recent: {
        windowMinutes: 1440,
        completed: 1,
        failed: 1,
        successRate: 0.5,
        meanMinutes: 10,
        sessions: 2,
        costUsd: 3,
      },
    });
  });

  test("is filtered by status, and of each status it can be said who has it", async () => {
    const it = await givenRoutes({ issues: [issue(1)], agents: [{ id: "jules", type: "jules", dispatch: "api" }] });
    await it.post(path, { ...runner, id: "idle" });
    await it.post(path, { ...runner, id: "off" });
    await patch(it, "off", { enabled: false });
    const ids = async (status: string): Promise<readonly string[]> =>
      (await it.ask(`${path}?status=${status}`)).json.agents.map((agent: Agent) => agent.id);
    expect([await ids("busy"), await ids("available"), await ids("disabled"), await ids("paused")]).toEqual([
      ["jules"],
      ["idle"],
      ["off"],
      [],
    ]);
    expect((await it.ask(`${path}?status=asleep`)).json).toMatchObject({
      status: 400,
      detail: "`status` must be available, busy, paused or disabled.",
    });
  });

  test("calls an agent paused whose vendor has an outage", async () => {
    const it = await givenRoutes({ isVendorDown: true, config: { health: { refusals: 1 } } });
    await pass(it.clock, 2 * minute);
    const { json } = await it.ask(`${path}/jules`);
    expect(json.agent).toMatchObject({ status: "paused", pause: { reason: expect.any(String) } });
  });

  test("has each of them at its own address, and nobody else", async () => {
    const it = await givenRoutes();
    const { json } = await it.ask(`${path}/jules`);
    expect(AgentDocument.parse(json.agent)).toEqual(json.agent);
    expect(json.definition).toMatchObject({ id: "jules", timeout: "45m" });
    expect((await it.ask(`${path}/hal`)).json).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/no agent of this id/),
    });
  });
});

describe("an agent that is registered", () => {
  test("takes work at once, and is what every other door shows, too", async () => {
    const it = await givenRoutes();
    const { status, json } = await it.post(path, { ...runner, timeout: "20m", repository: "acme/shop" });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      agent: { id: "runner", source: "http", status: "busy", workers: [{ id: "runner/1", task: "#2" }] },
      definition: { timeout: "20m" },
      note: null,
    });
    const { utilisation } = (await it.ask("/orchestrator/status")).json;
    expect(utilisation.byAgent.map(({ agent }: { readonly agent: string }) => agent)).toEqual(["jules", "runner"]);
    const { workers } = (await it.ask("/orchestrator/visualization")).json;
    expect(workers).toContainEqual(expect.objectContaining({ worker: "runner/1", state: "busy", task: taskId(2) }));
    expect((await it.post("/orchestrator/override", { taskId: taskId(3), agent: "runner" })).status).toBe(200);
  });

  test.each([
    ["a type that there is not", { ...runner, type: "julez" }, /^`type` is "julez": did you mean jules\?/],
    ["an id that is none", { ...runner, id: "Not So" }, /^`id` is "Not So": write lower-case letters/],
    ["no id", { type: "jules" }, /^`id` is missing/],
    ["an unknown field", { ...runner, capacty: 2 }, /^`capacty` is not a known key: did you mean capacity\?/],
    ["too many slots", { ...runner, capacity: 2_000 }, /^`capacity` is 2000: write a whole number from 1 to 1000/],
    ["a bound below", { ...runner, capacity: 3, maxCapacity: 2 }, /^`maxCapacity` .*must not be below capacity/],
    ["no label to listen to", { ...runner, dispatch: "label" }, /^`label` is missing/],
    ["no duration", { ...runner, timeout: "soon" }, /^`timeout` is "soon": write 90s/],
    ["a capability that is none", { ...runner, capabilities: { go: 2 } }, /^`capabilities\.go` is 2/],
    ["a repository that is none", { ...runner, repository: 7 }, /^`repository` must name/],
  ])("is refused for %s in the words of the file, and nothing is changed", async (_what, body, detail) => {
    const it = await givenRoutes();
    const answer = await it.post(path, body);
    expect(answer.json).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
    expect(await seen(it, isAgentEvent)).toEqual([]);
  });

  test.each([["[]"], ["7"], ['"jules"'], ["null"]])("is refused as %s, which is no entry", async (body) => {
    const it = await givenRoutes();
    expect((await it.post(path, body)).json).toMatchObject({ status: 400, detail: "The body must be a JSON object." });
  });

  test("is refused under an id that is taken, by the file or by another, and the answer says what to do", async () => {
    const it = await givenRoutes();
    await it.post(path, runner);
    const [again, ofFile] = [await it.post(path, runner), await it.post(path, { ...runner, id: "jules" })];
    expect(again.json).toMatchObject({ status: 409, detail: expect.stringMatching(/registered already: change it/) });
    expect(ofFile.json).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/orchestrate\.yml names an agent/),
    });
    expect(await seen(it, isAgentEvent)).toEqual(["AgentRegistered runner"]);
  });

  test("is refused where there are as many as there may be", async () => {
    const agents = Array.from({ length: agentsMax }, (_, index) => ({ ...runner, id: `a${index}` }));
    const it = await givenRoutes({ agents, issues: [] });
    expect((await it.post(path, runner)).json).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/There are 50 agents/),
    });
  });

  test("twice with one key is registered once, and both answers say what holds", async () => {
    const it = await givenRoutes();
    const key = { "idempotency-key": "one" };
    const [first, second] = [await it.post(path, runner, key), await it.post(path, runner, key)];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.json).toMatchObject({ agent: { id: "runner" }, note: expect.stringMatching(/was used before/) });
    expect(await seen(it, isAgentEvent)).toEqual(["AgentRegistered runner"]);
  });

  test("is known after a new configuration file, until that brings its id, which the log says", async () => {
    const it = await givenRoutes();
    await it.post(path, runner);
    const lane = it.places[0]?.repository.lane;
    const jules = { id: "jules", type: "jules", dispatch: "api", capacity: 3 };
    const configure = async (sha: string, agents: readonly object[]): Promise<void> => {
      const config = configOf({ agents });
      await lane?.submit([{ type: "Configure", id: lane.nextId("test"), sha, config, problems: [] }]);
    };
    await configure("two", [jules]);
    expect((await it.ask(`${path}/runner`)).json).toMatchObject({ agent: { source: "http" } });
    await configure("three", [jules, { ...runner, capacity: 2 }]);
    expect((await it.ask(`${path}/runner`)).json).toMatchObject({ agent: { source: "configuration", capacity: 2 } });
    expect(await seen(it, isAgentEvent)).toEqual(["AgentRegistered runner", "AgentRemoved runner"]);
  });
});

describe("another copy of the App", () => {
  /** A copy that has just begun, on what is in the store. */
  async function another(it: Routes): Promise<Repository> {
    const [place] = it.places;
    if (place === undefined) throw new Error("There is a repository.");
    const { store, fake, repository } = place;
    const copy = new Repository(
      { ...partsOf("two", { store, clock: it.clock }), repository: repository.name },
      fake.world,
    );
    onTestFinished(() => copy.stop());
    await copy.lane.stream.current();
    return copy;
  }

  test("knows who was registered, with all that belongs to it", async () => {
    const it = await givenRoutes();
    await it.post(path, { ...runner, timeout: "20m" });
    const { lane } = await another(it);
    const state = await lane.stream.current();
    expect(lane.contextOf(state).config.agents).toMatchObject([
      { id: "jules" },
      { id: "runner", timeout: 20 * minute },
    ]);
  });

  test("that was faster keeps the id: whoever comes second is told so", async () => {
    const it = await givenRoutes({ issues: [] });
    const { lane } = await another(it);
    const definition = AgentConfig.parse({ ...runner, capacity: 7 });
    await lane.submit([{ type: "RegisterAgent", id: lane.nextId("test"), definition, by: "http:token" }]);
    let answer: Answer | null = null;
    void it.post(path, runner).then((got) => (answer = got));
    // It decides again after a pause, on what the other has written.
    await vi.waitFor(async () => {
      await pass(it.clock, 1_000);
      expect(answer).not.toBeNull();
    });
    expect(answer).toMatchObject({ json: { status: 409, detail: expect.stringMatching(/registered already/) } });
    expect((await it.ask(`${path}/runner`)).json).toMatchObject({ agent: { capacity: 7 } });
  });

  test("has registered an agent that this one does not know yet: it is found before it is said to be none", async () => {
    const it = await givenRoutes({ issues: [] });
    const { lane } = await another(it);
    const definition = AgentConfig.parse(runner);
    await lane.submit([{ type: "RegisterAgent", id: lane.nextId("test"), definition, by: "http:token" }]);
    expect((await remove(it, "runner")).status).toBe(200);
  });
});

describe("an agent that is changed", () => {
  test("has the new parts, and keeps the others, its times included", async () => {
    const it = await givenRoutes();
    await it.post(path, { ...runner, timeout: "20m", heartbeat: "90s", quota: 3 });
    const { json } = await patch(it, "runner", { capacity: 2, quota: null });
    expect(json).toMatchObject({
      agent: { capacity: 2, quota: null },
      definition: { timeout: "20m", heartbeat: "90s", type: "cursor" },
    });
    expect(json.definition.quota).toBeUndefined();
  });

  test("is taken out of use and put back as a whole", async () => {
    const it = await givenRoutes({ capacity: 2 });
    expect((await patch(it, "jules", { enabled: false })).json.agent).toMatchObject({ status: "disabled" });
    expect((await patch(it, "jules", { enabled: true })).json.agent.workers[0]).toMatchObject({ isEnabled: true });
    const events = await seen(it, ({ type }) => type === "WorkerDisabled" || type === "WorkerEnabled");
    expect(events).toEqual([
      "WorkerDisabled jules/1",
      "WorkerDisabled jules/2",
      "WorkerEnabled jules/1",
      "WorkerEnabled jules/2",
    ]);
  });

  test("has its pause behind it when it is reset", async () => {
    const it = await givenRoutes({ isVendorDown: true, config: { health: { refusals: 1 } } });
    await pass(it.clock, 2 * minute);
    await patch(it, "jules", { reset: true });
    expect(await seen(it, ({ type }) => type === "AgentResumed")).toEqual(["AgentResumed jules"]);
  });

  test("of the file has its slots changed, and nothing else, which the answer says", async () => {
    const agents = [{ id: "jules", type: "jules", dispatch: "api", capacity: 1, maxCapacity: 2 }];
    const it = await givenRoutes({ agents });
    expect((await patch(it, "jules", { capacity: 2 })).json.agent).toMatchObject({ capacity: 2, busy: 2 });
    expect((await patch(it, "jules", { capacity: null })).json.agent).toMatchObject({ capacity: 1 });
    const [more, other] = [await patch(it, "jules", { capacity: 3 }), await patch(it, "jules", { cost: 1 })];
    expect(more.json).toMatchObject({ status: 409, detail: expect.stringMatching(/at most 2 .*raise maxCapacity/) });
    expect(other.json).toMatchObject({ status: 409, detail: expect.stringMatching(/has the say about `cost`/) });
    expect(await seen(it, isAgentEvent)).toEqual(["CapacityOverridden jules", "CapacityOverridden jules"]);
  });

  test.each([
    ["nothing", {}, [400, /Say what to change/]],
    ["its id", { id: "other" }, [400, /`id` cannot be changed/]],
    ["a field that there is not", { speed: 9 }, [400, /`speed` is not a known key/]],
    ["a value that cannot be", { capacity: 0 }, [400, /`capacity` is 0/]],
    ["a word for a switch", { enabled: "yes" }, [400, /`enabled` must be true or false/]],
    ["a reset that is none", { reset: false }, [400, /`reset` must be true, or left out/]],
    ["its system in the midst of a session", { type: "jules" }, [409, /has sessions/]],
  ] as const)("is left as it is where %s is to be changed", async (_what, body, [status, detail]) => {
    const it = await givenRoutes();
    await it.post(path, runner);
    const answer = await patch(it, "runner", body);
    expect(answer.json).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(await seen(it, isAgentEvent)).toEqual(["AgentRegistered runner"]);
  });

  test("must be there", async () => {
    const it = await givenRoutes();
    expect((await patch(it, "hal", { enabled: true })).json).toMatchObject({ status: 404 });
  });

  test("twice with one key is changed once, although somebody else has changed it back since", async () => {
    const it = await givenRoutes();
    await it.post(path, runner);
    await patch(it, "runner", { capacity: 2, key: "one" });
    await patch(it, "runner", { capacity: 1 });
    const { json } = await patch(it, "runner", { capacity: 2, key: "one" });
    expect(json).toMatchObject({ definition: { capacity: 1 }, note: expect.stringMatching(/was used before/) });
  });
});

describe("an agent that is taken out", () => {
  test("gets nothing new, and what it has goes on until its vendor says that it has ended", async () => {
    const it = await givenRoutes({ issues: [...backlog, issue(4)] });
    await it.post(path, runner);
    await pass(it.clock, minute);
    const { status, json } = await remove(it, "runner");
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { id: "runner", sessions: [{ worker: "runner/1", task: "#2" }], note: expect.stringMatching(/to its end/) },
    });
    const list = (await it.ask(path)).json;
    expect(list.agents.map((agent: Agent) => agent.id)).toEqual(["jules"]);
    expect(list.leaving).toMatchObject([{ id: "runner", sessions: [{ worker: "runner/1" }] }]);
    expect((await it.post(path, runner)).json).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/still run/),
    });
    // The vendor is asked as ever, and its word alone ends the session.
    const fake = it.places[0]?.fake;
    const ended: string[] = [];
    if (fake !== undefined) {
      fake.agent.watch = async (session) => {
        ended.push(session.id);
        return report(session.id === "sessions/2" ? "succeeded" : "running", { session });
      };
    }
    await pass(it.clock, 10 * minute);
    expect(ended).toContain("sessions/2");
    expect((await it.ask(path)).json.leaving).toEqual([]);
    const starts = await seen(it, ({ type }) => type === "TaskAssigned");
    expect(starts.filter((start) => start.includes("runner"))).toHaveLength(1);
  });

  test("is gone: a second time it is a 404, which says what it still has", async () => {
    const it = await givenRoutes();
    await it.post(path, runner);
    await remove(it, "runner");
    expect((await remove(it, "runner")).json).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/its one session goes on/),
    });
    expect((await remove(it, "hal")).json).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/no agent of this id/),
    });
    expect(await seen(it, isAgentEvent)).toEqual(["AgentRegistered runner", "AgentRemoved runner"]);
  });

  test("twice with one key is taken out once, also where it has come back since", async () => {
    const it = await givenRoutes({ issues: [] });
    const key = { "idempotency-key": "one" };
    await it.post(path, runner);
    await remove(it, "runner", key);
    await it.post(path, runner);
    expect((await remove(it, "runner", key)).json).toMatchObject({ note: expect.stringMatching(/was used before/) });
    expect((await it.ask(`${path}/runner`)).status).toBe(200);
  });

  test("is none of the file, which has the say", async () => {
    const it = await givenRoutes();
    const { json } = await remove(it, "jules");
    expect(json).toMatchObject({ status: 409, detail: expect.stringMatching(/orchestrate\.yml .*"enabled": false/) });
  });
});

test.each([
  ["GET", path],
  ["POST", path],
  ["GET", `${path}/jules`],
  ["PATCH", `${path}/jules`],
  ["DELETE", `${path}/jules`],
])("%s %s is for whoever has the token", async (method, at) => {
  const it = await givenRoutes();
  const answer = await it.ask(at, { method, headers: { authorization: "Bearer nobody" } });
  expect(answer.status).toBe(401);
  expect(await seen(it, isAgentEvent)).toEqual([]);
});
