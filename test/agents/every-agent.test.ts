import { describe, expect, it } from "vitest";
import type { Session } from "../../src/model/task.ts";
import type { StartOutcome } from "../../src/ports/agent.ts";
import { assign, embed, keys } from "./embedded.ts";

/** The request of each vendor that makes a session come to be. */
const creating = {
  jules: /POST .*\/sessions$/,
  cursor: /POST .*\/v1\/agents$/,
  bifrost: /PUT .*\/services\/agent/,
} as const;
const ids = ["jules", "cursor", "bifrost"] as const;

function sessionOf(outcome: StartOutcome): Session {
  if (outcome.kind !== "started") throw new Error(`it did not start: ${outcome.reason}`);
  return outcome.session;
}

describe.each(ids)("%s", (id) => {
  it("starts one session that knows its prompt and its branch", async () => {
    const world = embed();
    const session = sessionOf(await world.agent(id).start(assign(id)));
    const made = world.only();
    expect(made.id).toBe(session.id);
    expect(made.startingBranch).toBe("main");
    expect(made.prompt).toContain("orchestrate:task=gh:11:22 attempt=1 fence=5");
    expect(made.prompt).toContain(`Worker: \`${id}/2\``);
    expect(session.url).toMatch(/^https:\/\//);
  });

  it("finds the session again when the answer to the start was lost", async () => {
    const world = embed();
    world.loseAnswers(creating[id]);
    const first = await world.agent(id).start(assign(id));
    expect(first).toMatchObject({ kind: "unknown" });
    const second = await world.agent(id).start(assign(id));
    expect(sessionOf(second).id).toBe(world.only().id);
  });

  it("finds the session again although the issue was edited in between", async () => {
    const world = embed();
    world.loseAnswers(creating[id]);
    await world.agent(id).start(assign(id));
    const second = await world.agent(id).start(assign(id, { body: "Something else by now." }));
    expect(sessionOf(second).id).toBe(world.only().id);
  });

  it("starts another session for another fence", async () => {
    const world = embed();
    const first = sessionOf(await world.agent(id).start(assign(id)));
    const second = sessionOf(await world.agent(id).start(assign(id, { attempt: 2, fence: 6 })));
    expect(second.id).not.toBe(first.id);
    expect(world.store.sessions()).toHaveLength(2);
  });

  it("loses every answer of a start once, and still makes exactly one session", async () => {
    const world = embed();
    world.loseAnswers(/^(?:POST|PUT) /, 6);
    let outcome = await world.agent(id).start(assign(id));
    for (let count = 0; count < 12 && outcome.kind !== "started"; count += 1) {
      outcome = await world.agent(id).start(assign(id));
    }
    expect(sessionOf(outcome).id).toBe(world.only().id);
  });

  it("says that nobody knows when no answer comes in time", async () => {
    const world = embed();
    world.answerOnce(/./, () => new Response("<html>bad gateway</html>", { status: 502 }));
    expect(await world.agent(id).start(assign(id))).toMatchObject({ kind: "unknown" });
    expect(world.store.sessions()).toHaveLength(0);
  });

  it("names the variable to check when the key is wrong, and never the key", async () => {
    const world = embed();
    const outcome = await world.agent(id, { key: "wrong-secret" }).start(assign(id));
    const variable = { jules: "JULES_API_KEY", cursor: "CURSOR_API_KEY", bifrost: "SPRITES_TOKEN" }[id];
    expect(outcome).toMatchObject({ kind: "refused", retryAfterMs: null });
    expect(JSON.stringify(outcome)).toContain(variable);
    expect(JSON.stringify([outcome, world.logged])).not.toContain("wrong-secret");
  });

  it("does not pass on a key that the vendor repeats", async () => {
    const world = embed();
    world.answerOnce(/./, () => Response.json({ error: { message: `bad key ${keys[id]}` } }, { status: 403 }));
    const outcome = await world.agent(id).start(assign(id));
    expect(JSON.stringify([outcome, world.logged])).not.toContain(keys[id]);
  });

  it("does not take a 429 for a no while the answer to an earlier start is lost", async () => {
    const world = embed();
    world.loseAnswers(creating[id]);
    await world.agent(id).start(assign(id));
    world.answerOnce(/./, () => Response.json({}, { status: 429, headers: { "retry-after": "120" } }));
    const second = await world.agent(id).start(assign(id));
    expect(second.kind).not.toBe("refused");
    const third = await world.agent(id).start(assign(id));
    expect(sessionOf(third).id).toBe(world.only().id);
  });

  it("says when to come back after a 429", async () => {
    const world = embed();
    world.answerOnce(/^POST /, () => Response.json({}, { status: 429, headers: { "retry-after": "120" } }));
    const outcome = await world.agent(id).start(assign(id));
    expect(outcome).toMatchObject({ kind: "refused", retryAfterMs: 120_000 });
  });

  it("counts no session when the vendor refuses the start", async () => {
    const world = embed();
    world.admitNext({ refused: { status: 400, message: "The repository is not ready." } });
    const outcome = await world.agent(id).start(assign(id));
    expect(outcome).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(outcome)).toContain("The repository is not ready.");
    expect(world.store.sessions()).toHaveLength(0);
    expect(await world.agent(id).start(assign(id))).toMatchObject({ kind: "started" });
  });

  it("reports queued, running and succeeded with the pull request", async () => {
    const world = embed();
    const agent = world.agent(id);
    const session = sessionOf(await agent.start(assign(id)));
    expect(await agent.watch(session)).toMatchObject({ state: "queued", pullUrl: null });
    world.store.move(world.only(), { state: "running" });
    expect(await agent.watch(session)).toMatchObject({ state: "running", reason: null });
    const pullUrl = "https://github.com/acme/shop/pull/8";
    world.store.move(world.only(), { state: "succeeded", pullUrl, branch: "orchestrate/7-basket" });
    expect(await agent.watch(session)).toMatchObject({
      state: "succeeded",
      pullUrl,
      branch: "orchestrate/7-basket",
      session: { id: session.id },
    });
  });

  it("reports why a session failed", async () => {
    const world = embed();
    const agent = world.agent(id);
    const session = sessionOf(await agent.start(assign(id)));
    world.store.move(world.only(), { state: "running" });
    world.store.move(world.only(), { state: "failed", reason: "The tests never ended." });
    expect(await agent.watch(session)).toMatchObject({ state: "failed", reason: "The tests never ended." });
  });

  it("does not take an outage for an end", async () => {
    const world = embed();
    const agent = world.agent(id);
    const session = sessionOf(await agent.start(assign(id)));
    for (const status of [500, 401, 429]) {
      world.answerOnce(/GET /, () => Response.json({}, { status }));
      expect(await agent.watch(session)).toMatchObject({ state: "unknown" });
    }
    world.loseAnswers(/GET /);
    expect(await agent.watch(session)).toMatchObject({ state: "unknown" });
  });

  it("says not_found for a session that the vendor does not know, or whose name is no name", async () => {
    const world = embed();
    const name = { jules: "sessions/404", cursor: "bc-1/run-2", bifrost: "orchestrate-1-2" }[id];
    const agent = world.agent(id);
    expect(await agent.watch({ id: name, url: null })).toMatchObject({ state: "not_found" });
    const asked = world.requests.length;
    expect(await agent.watch({ id: "../../sources?x=", url: null })).toMatchObject({ state: "not_found" });
    expect(world.requests).toHaveLength(asked);
  });

  it("gives up on an answer that never comes, by the clock", async () => {
    const world = embed();
    world.answerOnce(/./, () => new Response(new ReadableStream({})));
    const pending = world.agent(id).start(assign(id));
    while (world.clock.nextAt === null) await new Promise((resolve) => setImmediate(resolve));
    world.clock.fireNext();
    expect(await pending).toMatchObject({ kind: "unknown" });
    expect(world.clock.nextAt).toBeNull();
  });
});
