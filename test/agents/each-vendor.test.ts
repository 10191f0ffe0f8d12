import { describe, expect, it } from "vitest";
import { createAgents, vendorBots } from "../../src/agents/registry.ts";
import { Config } from "../../src/model/config.ts";
import { toAgentId } from "../../src/model/ids.ts";
import type { Session } from "../../src/model/task.ts";
import type { StartOutcome } from "../../src/ports/agent.ts";
import { assign, embed, keys } from "./embedded.ts";

function sessionOf(outcome: StartOutcome): Session {
  if (outcome.kind !== "started") throw new Error(`it did not start: ${outcome.reason}`);
  return outcome.session;
}

describe("Jules", () => {
  it("asks for a pull request and for no approval of the plan, from the source that is the repository", async () => {
    const world = embed();
    await world.agent("jules").start(assign("jules"));
    const created = world.requests.find(({ method, url }) => method === "POST" && url.endsWith("/sessions"));
    expect(JSON.parse(created?.body ?? "{}")).toMatchObject({
      title: "orchestrate gh:11:22 attempt 1 fence 5",
      automationMode: "AUTO_CREATE_PR",
      requirePlanApproval: false,
      sourceContext: { source: "sources/github/acme/shop", githubRepoContext: { startingBranch: "main" } },
    });
  });

  it("reads the sources once", async () => {
    const world = embed();
    const agent = world.agent("jules");
    await agent.start(assign("jules"));
    await agent.start(assign("jules", { fence: 6 }));
    expect(world.requests.filter(({ url }) => url.includes("/sources"))).toHaveLength(1);
  });

  it("says what to install when it does not see the repository", async () => {
    const outcome = await embed()
      .agent("jules")
      .start(assign("jules", { repository: "acme/secret" }));
    expect(outcome).toMatchObject({ kind: "refused", reason: expect.stringContaining("install the Jules GitHub App") });
  });

  it("finds a session of hours ago behind a page of others", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const first = sessionOf(await agent.start(assign("jules")));
    for (let fence = 100; fence < 230; fence += 1) {
      const title = `orchestrate gh:11:22 attempt 1 fence ${fence}`;
      const start = { vendor: "jules", prompt: title, startingBranch: "main", isFollowUp: false } as const;
      world.store.begin({ ...start, id: `sessions/${fence}`, title });
    }
    expect(sessionOf(await agent.start(assign("jules"))).id).toBe(first.id);
  });

  it("shows the question of a session that waits", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const session = sessionOf(await agent.start(assign("jules")));
    world.store.move(world.only(), { state: "waiting", question: "Which currency?" });
    expect(await agent.watch(session)).toMatchObject({ state: "waiting", question: "Which currency?" });
  });

  it.each([
    ["PLANNING", "running"],
    ["PAUSED", "waiting"],
    ["AWAITING_PLAN_APPROVAL", "waiting"],
    ["SOMETHING_NEW", "unknown"],
  ])("takes %s for %s", async (state, expected) => {
    const world = embed();
    const agent = world.agent("jules");
    const session = sessionOf(await agent.start(assign("jules")));
    world.answerOnce(/GET .*\/sessions\/\d+$/, () => Response.json({ name: session.id, state }));
    expect(await agent.watch(session)).toMatchObject({ state: expected });
  });

  it("cannot cancel what lives, and confirms what has ended", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const session = sessionOf(await agent.start(assign("jules")));
    expect(await agent.cancel(session)).toMatchObject({ kind: "cannot", reason: expect.stringContaining("https://") });
    world.store.move(world.only(), { state: "failed", reason: "Time is up." });
    expect(await agent.cancel(session)).toMatchObject({ kind: "ended", report: { state: "failed" } });
  });
});

describe("Cursor", () => {
  it("cancels a run and sees its end", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const session = sessionOf(await agent.start(assign("cursor")));
    expect(await agent.cancel(session)).toMatchObject({ kind: "ended", report: { state: "cancelled" } });
    expect(world.heard).toEqual([`started ${session.id}`, `cancelled ${session.id}`]);
    expect(await agent.cancel(session)).toMatchObject({ kind: "ended", report: { state: "cancelled" } });
  });

  it("has only requested the end while the run still shows as running", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const session = sessionOf(await agent.start(assign("cursor")));
    world.answerOnce(/GET .*\/runs\//, () => Response.json({ id: "run-1", status: "RUNNING" }));
    expect(await agent.cancel(session)).toEqual({ kind: "requested" });
  });

  it("takes an expired run for a failed one", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const session = sessionOf(await agent.start(assign("cursor")));
    world.answerOnce(/GET .*\/runs\//, () => Response.json({ id: "run-1", status: "EXPIRED" }));
    expect(await agent.watch(session)).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("time limit"),
    });
  });
});

describe("Bifrost", () => {
  it("fences the Sprite in before anything runs in it, and keeps the issue out of the script", async () => {
    const world = embed();
    await world.agent("bifrost").start(assign("bifrost", { body: "$(reboot)", title: "`reboot`" }));
    const steps = world.requests.filter(({ method }) => method !== "GET").map(({ method, url }) => `${method} ${url}`);
    expect(steps.map((step) => step.replace(/\?.*/, "").replace(/.*\/sprites\/v1\/sprites/, ""))).toEqual([
      "",
      expect.stringMatching(/policy\/network$/),
      expect.stringMatching(/fs\/write$/),
      expect.stringMatching(/fs\/write$/),
      expect.stringMatching(/fs\/write$/),
      expect.stringMatching(/services\/agent$/),
    ]);
    const script = world.requests.find(({ url }) => url.includes("run.sh"))?.body ?? "";
    expect(script).toContain("run-bifrost");
    expect(script).not.toContain("reboot");
    const policy = world.requests.find(({ url }) => url.endsWith("/policy/network"))?.body ?? "{}";
    expect(JSON.parse(policy)).toMatchObject({ rules: expect.arrayContaining([{ domain: "*", action: "deny" }]) });
  });

  it("destroys the Sprite when its end was seen", async () => {
    const world = embed();
    const agent = world.agent("bifrost");
    const session = sessionOf(await agent.start(assign("bifrost")));
    world.store.move(world.only(), { state: "succeeded" });
    expect(await agent.watch(session)).toMatchObject({ state: "succeeded" });
    expect(await agent.watch(session)).toMatchObject({ state: "not_found" });
  });

  it("shows the question of a program that waits, and keeps its Sprite", async () => {
    const world = embed();
    const agent = world.agent("bifrost");
    const session = sessionOf(await agent.start(assign("bifrost")));
    world.store.move(world.only(), { state: "waiting", question: "Which currency?" });
    expect(await agent.watch(session)).toMatchObject({ state: "waiting", question: "Which currency?" });
    expect(await agent.watch(session)).toMatchObject({ state: "waiting" });
  });

  it("ends a session by destroying its Sprite, as often as asked", async () => {
    const world = embed();
    const agent = world.agent("bifrost");
    const session = sessionOf(await agent.start(assign("bifrost")));
    world.loseAnswers(/DELETE /);
    expect(await agent.cancel(session)).toMatchObject({ kind: "unknown" });
    expect(await agent.cancel(session)).toMatchObject({ kind: "ended", report: { state: "not_found" } });
    expect(world.only().state).toBe("cancelled");
  });

  it("waits as long as Sprites says when there is no room for one more", async () => {
    const world = embed();
    const body = { error: "concurrent_sprite_limit_exceeded", message: "10 of 10", retry_after_seconds: 30 };
    world.answerOnce(/POST /, () => Response.json(body, { status: 403 }));
    const outcome = await world.agent("bifrost").start(assign("bifrost"));
    expect(outcome).toMatchObject({ kind: "refused", retryAfterMs: 30_000 });
  });
});

describe("the registry", () => {
  it("finds only configured agents whose key is held, and follows the configuration", () => {
    const world = embed();
    let config = Config.parse({
      agents: [
        { id: "a", type: "jules" },
        { id: "b", type: "cursor" },
      ],
    });
    const journal = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const agents = createAgents({
      config: () => config,
      keys: { jules: keys.jules, cursor: "" },
      fetch: () => Promise.reject(new Error("no request was due")),
      clock: world.clock,
      journal,
    });
    expect(agents.find(toAgentId("a"))).not.toBeNull();
    expect(agents.find(toAgentId("a"))).toBe(agents.find(toAgentId("a")));
    expect(agents.find(toAgentId("b"))).toBeNull();
    expect(agents.find(toAgentId("c"))).toBeNull();
    config = Config.parse({});
    expect(agents.find(toAgentId("a"))).toBeNull();
  });

  it("finds for the fence of a session the system that it was started at, where the id is that of another one by now", () => {
    const world = embed();
    const { agents } = Config.parse({ agents: [{ id: "a", type: "cursor" }] });
    const [before] = Config.parse({ agents: [{ id: "a", type: "jules" }] }).agents;
    const config = { ...Config.parse({}), agents, leaving: before === undefined ? [] : [{ ...before, lastFence: 4 }] };
    const journal = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    const fetch = () => Promise.reject(new Error("no request was due"));
    const found = createAgents({
      config: () => config,
      keys: { jules: keys.jules },
      fetch,
      clock: world.clock,
      journal,
    });
    // This process holds no key of Cursor's.
    expect(found.find(toAgentId("a"), 4)).not.toBeNull();
    expect(found.find(toAgentId("a"), 5)).toBeNull();
    expect(found.find(toAgentId("a"))).toBeNull();
  });

  it("knows vendors by account numbers", () => {
    expect(vendorBots("jules").accounts).toEqual([161369871]);
    expect(vendorBots("cursor").accounts).toEqual([206951365]);
    expect(vendorBots("bifrost").accounts).toEqual([]);
  });
});
