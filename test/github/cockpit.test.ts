/** The cockpit on the embedded GitHub: one, whatever is lost on the way, and read with the edits of others. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CockpitLook, CockpitPlace } from "../../src/ports/cockpit.ts";
import { createEmbedded, type Embedded } from "./embedded.ts";

const marker = "<!-- orchestrate:cockpit -->";
const wanted = { marker, title: "Orchestrate: cockpit", body: `${marker}\n- [ ] a` };

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

async function opened(): Promise<CockpitPlace> {
  const outcome = await github.tracker.cockpit.open(wanted);
  if (outcome.kind !== "open") throw new Error(outcome.reason);
  return outcome.place;
}

async function look(since = 0): Promise<CockpitLook & { readonly kind: "here" }> {
  const found = await github.tracker.cockpit.look(1, since);
  if (found.kind !== "here") throw new Error("It is gone.");
  return found;
}

function edit(by: string, words: string): Promise<void> {
  return github.world.editIssue({ by, number: 1, body: `${marker}\n${words}` });
}

async function later(): Promise<void> {
  await github.clock.advance(5_000);
}

function summary({ edits }: CockpitLook & { readonly kind: "here" }): readonly string[] {
  return edits.map(({ by, isOwn, body }) => {
    const who = isOwn ? "ours" : `${by.login} (${by.permission})`;
    return `${who}: ${body === null ? "?" : body.replace(`${marker}\n`, "")}`;
  });
}

describe("opening the cockpit", () => {
  test("makes one issue and pins it", async () => {
    expect(await github.tracker.cockpit.open(wanted)).toMatchObject({
      kind: "open",
      place: { issue: 1 },
      isClosed: false,
      isFound: false,
    });
    expect(github.world.issue(1)).toMatchObject({ title: wanted.title, body: wanted.body, isPinned: true });
  });

  test("finds the one of an earlier try whose answer was lost, also after a restart", async () => {
    github.interfere = async (request) => {
      if (request.method !== "POST" || !request.url.endsWith("/issues")) return null;
      await github.world.handle(request);
      return new Response("{}", { status: 502 });
    };
    expect((await github.tracker.cockpit.open(wanted)).kind).toBe("delayed");
    github.interfere = () => null;
    const again = await github.restart().cockpit.open(wanted);
    expect(again).toMatchObject({ kind: "open", place: { issue: 1 }, isFound: true });
    expect(github.world.issues()).toHaveLength(1);
    expect(github.world.issue(1).isPinned).toBe(true);
  });

  test("finds one that is pinned however many issues came after it, and says that a person has closed it", async () => {
    await opened();
    await github.world.closeIssue({ by: "walt", number: 1 });
    for (let count = 0; count < 120; count += 1) await github.world.openIssue({ by: "ada", title: `${count}` });
    expect(await github.restart().cockpit.open(wanted)).toMatchObject({ place: { issue: 1 }, isClosed: true });
  });

  test("does not take somebody else's issue with our marker for ours", async () => {
    await github.world.openIssue({ by: "walt", title: "Mine", body: wanted.body });
    expect(await opened()).toMatchObject({ issue: 2 });
  });

  test("goes on where there is no room to pin it", async () => {
    for (let count = 1; count <= 3; count += 1) {
      await github.world.openIssue({ by: "ada", title: `${count}` });
      await github.world.pinIssue({ by: "ada", number: count });
    }
    expect(await opened()).toMatchObject({ issue: 4 });
    expect(github.world.issue(4).isPinned).toBe(false);
  });

  test("is given up where issues cannot be made, and put off in an outage", async () => {
    const answer = (status: number) => {
      github.interfere = (request) =>
        request.method === "POST" && request.url.endsWith("/issues") ? new Response("{}", { status }) : null;
    };
    answer(410);
    expect((await github.tracker.cockpit.open(wanted)).kind).toBe("dropped");
    answer(502);
    expect((await github.tracker.cockpit.open(wanted)).kind).toBe("delayed");
  });
});

describe("a look at the cockpit", () => {
  test("asks once and for no texts while nobody else has edited it", async () => {
    const { node } = await opened();
    await later();
    await github.tracker.cockpit.write({ node, body: `${marker}\n- [ ] b`, state: "leave" });
    github.requests.length = 0;
    expect(await look()).toEqual({ kind: "here", isOpen: true, body: `${marker}\n- [ ] b`, edits: [] });
    expect(github.requests).toHaveLength(1);
  });

  test("tells every edit with the permission of its author as it is now, oldest first", async () => {
    const { node } = await opened();
    await later();
    await github.tracker.cockpit.write({ node, body: `${marker}\none`, state: "leave" });
    await later();
    await edit("walt", "two");
    await later();
    await edit("ada", "three");
    github.world.addUser({ login: "walt", permission: "read" });
    expect(summary(await look())).toEqual(["ours: one", "walt (read): two", "ada (admin): three"]);
  });

  test("tells what was written over before anybody looked", async () => {
    const { node } = await opened();
    await later();
    await edit("walt", "- [x] a");
    await later();
    await github.tracker.cockpit.write({ node, body: `${marker}\n- [ ] a`, state: "leave" });
    const { body, edits } = await look();
    expect(body).toBe(`${marker}\n- [ ] a`);
    expect(edits.filter(({ isOwn }) => !isOwn)).toMatchObject([{ by: { login: "walt" }, body: `${marker}\n- [x] a` }]);
  });

  test("knows that what stood there before the first edit is ours", async () => {
    await opened();
    await later();
    await edit("walt", "- [x] a");
    expect((await look()).edits.map(({ isOwn }) => isOwn)).toEqual([true, true, false]);
  });

  test("is not troubled again by an edit that was taken in", async () => {
    const { node } = await opened();
    await later();
    await edit("walt", "- [x] a");
    const since = (await look()).edits.at(-1)?.at ?? 0;
    await later();
    await github.tracker.cockpit.write({ node, body: `${marker}\n- [ ] a`, state: "leave" });
    expect((await look(since)).edits).toEqual([]);
  });

  test("gives a bot no permission, whatever it has", async () => {
    github.world.addUser({ login: "helper[bot]", permission: "admin", isBot: true });
    await opened();
    await later();
    await edit("helper[bot]", "- [x] a");
    expect(summary(await look()).at(-1)).toBe("helper[bot] (none): - [x] a");
  });

  test("finds it closed, deleted, or in another repository", async () => {
    await opened();
    await github.world.closeIssue({ by: "walt", number: 1 });
    expect(await look()).toMatchObject({ isOpen: false });
    await github.world.deleteIssue({ by: "ada", number: 1 });
    expect(await github.tracker.cockpit.look(1, 0)).toEqual({ kind: "gone" });
    await github.world.openIssue({ by: "ada", title: "Another" });
    await github.world.transferIssue({ by: "ada", number: 2, to: "ada/other" });
    expect(await github.tracker.cockpit.look(2, 0)).toEqual({ kind: "gone" });
  });

  test("says that it cannot be had in an outage, instead of that it is gone", async () => {
    await opened();
    github.interfere = () => new Response("{}", { status: 502 });
    await expect(github.tracker.cockpit.look(1, 0)).rejects.toThrow("GitHub could not be reached");
  });
});

describe("a poll", () => {
  test("shows a cockpit that changed with its text, apart from other issues, and costs two requests while nothing did", async () => {
    const { node } = await opened();
    const other = await github.world.openIssue({ by: "ada", title: "Work" });
    await github.tracker.poll();
    await github.tracker.poll();
    await github.clock.advance(60_000);
    await github.tracker.cockpit.write({ node, body: `${marker}\n- [ ] b`, state: "leave" });
    await github.world.editIssue({ by: "ada", number: other.number, title: "Works" });
    const poll = await github.tracker.poll();
    expect(poll.cockpits).toEqual([{ number: 1, isOpen: true, body: `${marker}\n- [ ] b` }]);
    expect(poll.wanted?.issues).toEqual([other.number]);
    // The cursor moves on with what it has seen.
    await github.tracker.poll();
    for (let round = 0; round < 4; round += 1) {
      github.requests.length = 0;
      expect((await github.tracker.poll()).cockpits).toEqual([]);
      expect(github.requests.length).toBeLessThanOrEqual(2);
    }
  });
});

describe("closing and opening it ourselves", () => {
  test("is one request with the text, unpins it, and pins it again", async () => {
    const { node } = await opened();
    github.requests.length = 0;
    await github.tracker.cockpit.write({ node, body: `${marker}\noff`, state: "closed" });
    expect(github.requests).toHaveLength(1);
    expect(github.world.issue(1)).toMatchObject({ state: "closed", stateReason: "not_planned", isPinned: false });
    await github.tracker.cockpit.write({ node, body: `${marker}\non`, state: "open" });
    expect(github.world.issue(1)).toMatchObject({ state: "open", isPinned: true, body: `${marker}\non` });
  });

  test("is given up where the issue is gone", async () => {
    const { node } = await opened();
    await github.world.deleteIssue({ by: "ada", number: 1 });
    expect((await github.tracker.cockpit.write({ node, body: wanted.body, state: "leave" })).kind).toBe("dropped");
  });
});
