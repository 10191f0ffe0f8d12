import { describe, expect, it } from "vitest";
import type { Agent, Assignable, StartOutcome } from "../../src/ports/agent.ts";
import type { Session } from "../../src/model/task.ts";
import { assign, embed, type Embedded } from "./embedded.ts";

const branch = "orchestrate/7-basket";
const pullUrl = "https://github.com/acme/shop/pull/8";

function sessionOf(outcome: StartOutcome): Session {
  if (outcome.kind !== "started") throw new Error(`it did not start: ${outcome.reason}`);
  return outcome.session;
}

/** A first attempt that ended with a pull request, and the assignment that goes on with it. */
async function handIn(world: Embedded, agent: Agent, id: string): Promise<Assignable> {
  const session = sessionOf(await agent.start(assign(id)));
  world.store.move(world.only(), { state: "running" });
  world.store.move(world.only(), { state: "succeeded", pullUrl, branch });
  const feedback = ["The check `ci` failed."];
  return assign(id, { attempt: 2, fence: 9, feedback, continues: { session, branch } });
}

function bodiesTo(world: Embedded, pattern: RegExp): readonly string[] {
  return world.requests.filter(({ method, url }) => pattern.test(`${method} ${url}`)).map(({ body }) => body);
}

describe("Jules, going on with a pull request", () => {
  it("writes to the same session, with the feedback and the new mark", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const next = await handIn(world, agent, "jules");
    const session = sessionOf(await agent.start(next));
    expect(session.id).toBe(next.continues?.session?.id);
    const followUp = world.store.sessions().at(-1);
    expect(followUp).toMatchObject({ isFollowUp: true, branch, pullUrl, id: session.id });
    expect(followUp?.prompt).toContain("The check `ci` failed.");
    expect(followUp?.prompt).toContain("attempt=2 fence=9");
  });

  it("sends the message once when its answer was lost", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const next = await handIn(world, agent, "jules");
    world.loseAnswers(/:sendMessage/);
    expect(await agent.start(next)).toMatchObject({ kind: "unknown" });
    expect(await agent.start(next)).toMatchObject({ kind: "started" });
    expect(bodiesTo(world, /:sendMessage/)).toHaveLength(1);
    expect(world.store.sessions()).toHaveLength(2);
  });

  it("is running after the message although the session still shows its former end", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const session = sessionOf(await agent.start(await handIn(world, agent, "jules")));
    expect(await agent.watch(session)).toMatchObject({ state: "running" });
    const followUp = world.store.sessions().at(-1);
    if (followUp === undefined) throw new Error("there is no follow-up");
    world.store.move(followUp, { state: "running" });
    expect(await agent.watch(session)).toMatchObject({ state: "running" });
    world.store.move(followUp, { state: "succeeded" });
    expect(await agent.watch(session)).toMatchObject({ state: "succeeded", pullUrl, branch });
  });

  it("believes the former end when a message was let lie", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const session = sessionOf(await agent.start(await handIn(world, agent, "jules")));
    world.clock.moveTo(world.clock.now() + 15 * 60_000);
    expect(await agent.watch(session)).toMatchObject({ state: "succeeded" });
  });

  it("starts afresh on the branch when the session is gone or failed", async () => {
    const world = embed();
    const agent = world.agent("jules");
    const gone = assign("jules", { continues: { session: { id: "sessions/404", url: null }, branch } });
    const session = sessionOf(await agent.start(gone));
    expect(world.only()).toMatchObject({ id: session.id, startingBranch: branch });
    world.store.move(world.only(), { state: "failed", reason: "broken" });
    const next = assign("jules", { attempt: 2, fence: 9, continues: { session, branch } });
    expect(sessionOf(await agent.start(next)).id).not.toBe(session.id);
  });
});

describe("Cursor, going on with a pull request", () => {
  it("gives the same agent another run, whose session has another id", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const next = await handIn(world, agent, "cursor");
    const before = next.continues?.session?.id ?? "";
    const session = sessionOf(await agent.start(next));
    expect(session.id.split("/")[0]).toBe(before.split("/")[0]);
    expect(session.id).not.toBe(before);
    expect(world.store.sessions().at(-1)).toMatchObject({ isFollowUp: true, branch, id: session.id });
    expect(await agent.watch({ id: before, url: null })).toMatchObject({ state: "succeeded" });
    expect(await agent.watch(session)).toMatchObject({ state: "queued" });
  });

  it("adopts the run whose answer was lost, also when it has ended since", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const next = await handIn(world, agent, "cursor");
    world.loseAnswers(/POST .*\/runs/);
    expect(await agent.start(next)).toMatchObject({ kind: "unknown" });
    const followUp = world.store.sessions().at(-1);
    if (followUp === undefined) throw new Error("there is no follow-up");
    world.store.move(followUp, { state: "succeeded" });
    expect(sessionOf(await agent.start(next)).id).toBe(followUp.id);
    expect(world.store.sessions()).toHaveLength(2);
  });

  it("works on the branch itself when another vendor's session made it", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const continues = { session: { id: "sessions/12", url: null }, branch };
    await agent.start(assign("cursor", { continues }));
    const [body = "{}"] = bodiesTo(world, /POST .*\/v1\/agents$/);
    expect(JSON.parse(body)).toMatchObject({
      workOnCurrentBranch: true,
      autoCreatePR: false,
      repos: [{ url: "https://github.com/acme/shop", startingRef: branch }],
      model: { id: "composer-2" },
    });
  });

  it("waits when the agent still has an active run", async () => {
    const world = embed();
    const agent = world.agent("cursor");
    const session = sessionOf(await agent.start(assign("cursor")));
    const next = assign("cursor", { attempt: 2, fence: 9, continues: { session, branch } });
    expect(await agent.start(next)).toMatchObject({ kind: "refused", retryAfterMs: 60_000 });
  });
});

describe("Bifrost, going on with a pull request", () => {
  it("starts a new Sprite that is told the branch", async () => {
    const world = embed();
    const agent = world.agent("bifrost");
    const session = sessionOf(await agent.start(await handIn(world, agent, "bifrost")));
    const made = world.store.sessions().at(-1);
    expect(made).toMatchObject({ id: session.id, startingBranch: branch, branch });
    expect(made?.prompt).toContain(`from the branch \`${branch}\``);
  });
});
