/** The cockpit and the engine: when it is written, what a look costs, and that two copies of the program act as one. */
import { afterEach, expect, test } from "vitest";
import { Repository } from "../../src/engine/repository.ts";
import { sealText } from "../../src/engine/digest.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { CockpitEdit } from "../../src/ports/cockpit.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import { TrackerUnavailable, type Poll } from "../../src/ports/tracker.ts";
import { configOf, issue, stranger, writer } from "../support/build.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest, type FakeWorld } from "./given.ts";

const running: Repository[] = [];
afterEach(() => {
  for (const repository of running.splice(0)) repository.stop();
});

function ground() {
  return { clock: createManualClock(), store: countingStore((message) => new StoreUnavailable(message)) };
}

async function start(place: ReturnType<typeof ground>, faked: FakeWorld, owner = "one"): Promise<Repository> {
  const repository = new Repository(partsOf(owner, place), faked.world);
  running.push(repository);
  await repository.start();
  await rest();
  return repository;
}

async function opened(count = 1, config: Record<string, unknown> = {}) {
  const issues = Array.from({ length: count }, (_, index) => issue(index + 1));
  const faked = fakeWorld(issues, configOf(config));
  const place = ground();
  const repository = await start(place, faked);
  await pass(place.clock, 2 * minute);
  return { faked, repository, ...place };
}

const ours: Actor = { login: "orchestrate[bot]", id: 9, kind: "bot", permission: "none" };

/** What a look finds once somebody has ticked these. */
function tick(faked: FakeWorld, by: Actor, ...keys: readonly string[]): void {
  const body = keys.map((key) => `- [x] words <!-- orchestrate:box:${key} -->`).join("\n");
  const edits: CockpitEdit[] = [
    { at: 1, by: ours, isOwn: true, body: null },
    { at: 2, by, isOwn: false, body },
  ];
  faked.cockpit.look = { kind: "here", isOpen: true, body, edits };
}

function bodies(faked: FakeWorld): readonly string[] {
  return faked.cockpit.written.map(({ body }) => body);
}

test("is opened once, and a webhook about it is a look at it and not at an issue", async () => {
  const { faked, repository, clock } = await opened();
  expect(faked.cockpit.opened).toHaveLength(1);
  const looks = faked.looks.length;
  tick(faked, writer, "pause");
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, 10_000);
  expect(faked.looks.slice(looks).flatMap((wanted) => wanted.issues)).not.toContain(900);
  expect(bodies(faked).at(-1)).toContain("**Paused**");
});

test("the same tick is one command, however often it is seen, and whoever sees it", async () => {
  const { faked, repository, clock, store } = await opened();
  const second = await start({ clock, store }, faked, "two");
  tick(faked, writer, "pause");
  for (const each of [repository, second, repository]) each.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, 3 * minute);
  const types = (await store.events()).map(({ type }) => type);
  expect(types.filter((type) => type === "BoxTicked")).toHaveLength(1);
  expect(types.filter((type) => type === "OrchestrationPaused")).toHaveLength(1);
  expect(faked.cockpit.opened).toHaveLength(1);
});

test("two copies that begin together open one", async () => {
  const faked = fakeWorld([issue(1), issue(2)]);
  const place = ground();
  // Whoever loses a race waits a moment, so time has to pass for both to begin.
  const begun = Promise.all([start(place, faked, "one"), start(place, faked, "two")]);
  await pass(place.clock, 20 * minute);
  await begun;
  expect(faked.cockpit.opened).toHaveLength(1);
});

test("a tick is heard before it is written over", async () => {
  const { faked, clock, repository } = await opened(3);
  // Nobody tells of the tick; something else is to be shown.
  tick(faked, writer, "mode:critical");
  const starts = faked.starts.length;
  faked.issues.set(4, issue(4));
  repository.hear([{ kind: "issue", number: 4 }]);
  await pass(clock, 3 * minute);
  expect(starts).toBeGreaterThan(0);
  expect(bodies(faked).at(-1)).toMatch(/Mode: \*\*critical\*\*.*set by wanda/);
});

test("whoever may not is told so in it, and nothing happens", async () => {
  const { faked, clock, repository, store } = await opened();
  tick(faked, stranger, "stop", "mode:critical");
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, 10_000);
  expect(bodies(faked).at(-1)).toMatch(/🚫 emergency stop was refused, ticked by `sam`/);
  const types = (await store.events()).map(({ type }) => type);
  expect(types).not.toContain("OrchestrationPaused");
  expect(types).not.toContain("ModeChanged");
});

test("the emergency stop starts nothing that was assigned and not begun", async () => {
  const faked = fakeWorld([issue(1), issue(2)]);
  const place = ground();
  let isHeld = true;
  faked.onStart = () =>
    isHeld ? { kind: "unknown", reason: "502" } : { kind: "started", session: { id: "s", url: null } };
  const repository = await start(place, faked);
  await pass(place.clock, 2 * minute);
  tick(faked, writer, "stop");
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(place.clock, 5_000);
  faked.issues.set(3, issue(3));
  repository.hear([{ kind: "issue", number: 3 }]);
  isHeld = false;
  await pass(place.clock, 20 * minute);
  expect(faked.starts.some(({ number }) => number === 3)).toBe(false);
  const ended = (await place.store.events()).filter(({ type }) => type === "SessionEnded");
  expect(ended).toMatchObject([{ result: "stopped" }, { result: "stopped" }]);
});

test("nothing is written while nothing changes, and a poll that shows what we wrote asks for no look", async () => {
  const { faked, clock } = await opened();
  await pass(clock, 10 * minute);
  const { looks, written } = faked.cockpit;
  const before = { looks, written: written.length };
  const text = sealText("<!-- orchestrate:cockpit -->\nas we wrote it");
  listed(faked, { number: 900, isOpen: true, body: text });
  await pass(clock, 10 * minute);
  expect({ looks: faked.cockpit.looks, written: faked.cockpit.written.length }).toEqual(before);
  listed(faked, { number: 900, isOpen: true, body: `${text}- [x] a <!-- orchestrate:box:pause -->\n` });
  await pass(clock, 2 * minute);
  expect(faked.cockpit.looks).toBeGreaterThan(looks);
});

function listed(faked: FakeWorld, cockpit: NonNullable<Poll["cockpits"]>[number]): void {
  const { poll } = faked.world.tracker;
  Object.assign(faked.world.tracker, { poll: async () => ({ ...(await poll()), cockpits: [cockpit] }) });
}

test("an issue that only looks like a cockpit is looked at like any other", async () => {
  const { faked, clock } = await opened();
  const { looks } = faked.cockpit;
  listed(faked, { number: 7, isOpen: true, body: "<!-- orchestrate:cockpit -->\nhello" });
  await pass(clock, 2 * minute);
  expect(faked.looks.flatMap((wanted) => wanted.issues)).toContain(7);
  expect(faked.cockpit.looks).toBe(looks);
});

test("a look that fails is made up for", async () => {
  const { faked, clock, repository } = await opened();
  tick(faked, writer, "pause");
  const { look } = faked.world.tracker.cockpit;
  let isDown = true;
  Object.assign(faked.world.tracker.cockpit, {
    look: (number: number, since: number) =>
      isDown ? Promise.reject(new TrackerUnavailable("502", { retryAfterMs: 1_000 })) : look(number, since),
  });
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, 10_000);
  isDown = false;
  await pass(clock, 2 * minute);
  expect(bodies(faked).at(-1)).toContain("**Paused**");
});

test("closed, it is written once more and then left alone; reopened, it is kept again", async () => {
  const { faked, clock, repository } = await opened(3);
  faked.cockpit.look = { kind: "here", isOpen: false, body: "", edits: [] };
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, minute);
  expect(bodies(faked).at(-1)).toContain("this cockpit is closed");
  const count = faked.cockpit.written.length;
  faked.issues.set(9, issue(9));
  repository.hear([{ kind: "issue", number: 9 }]);
  await pass(clock, 5 * minute);
  expect(faked.cockpit.written).toHaveLength(count);
  faked.cockpit.look = { kind: "here", isOpen: true, body: "", edits: [] };
  repository.hear([{ kind: "issue", number: 900 }]);
  await pass(clock, minute);
  expect(bodies(faked).at(-1)).toContain("### Controls");
});

test("nothing is opened where nothing is selected, or where it is not wanted", async () => {
  const none = fakeWorld([]);
  const place = ground();
  await start(place, none);
  await pass(place.clock, 10 * minute);
  expect(none.cockpit.opened).toEqual([]);
  const { faked } = await opened(1, { cockpit: false });
  expect(faked.cockpit.opened).toEqual([]);
});
