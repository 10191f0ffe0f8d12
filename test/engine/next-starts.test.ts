/** What `orchestrate next` tells: the very starts of the next schedule, then the queue; for one agent what that could take; else why nothing. */
import { describe, expect, test } from "vitest";
import { toSnapshot } from "../../src/fold/snapshot.ts";
import { toNextView } from "../../src/engine/next-starts.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import { renderNextPage, toNextDocument } from "../../src/views/next-page.ts";
import { blocker, configOf, issue, report } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const agents = [
  { id: "cursor", type: "cursor", capacity: 1, dispatch: "api", capabilities: { typescript: 1, rust: 0 } },
  { id: "jules", type: "jules", capacity: 2, dispatch: "api", capabilities: { typescript: 0.5, rust: 1 } },
];

function labelled(number: number, ...labels: readonly string[]): ReturnType<typeof issue> {
  return issue(number, { labels: ["orchestrate", ...labels] });
}

/** #1 runs for an hour at cursor; #2 is for cursor, #3 to #5 are for anybody, #6 waits for #2. */
function given(config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ agents, ...config }));
  it.now = Date.UTC(2026, 10, 21, 12);
  it.tell(observe({ issues: [labelled(1, "estimate:60m", "agent:cursor")] }));
  it.tell(schedule());
  it.tell(say(1, taskAt(it, 1).assignment?.fence ?? 0, report("running")));
  it.tell(
    observe({
      issues: [
        labelled(2, "priority:urgent", "agent:cursor"),
        labelled(3, "priority:high", "needs:rust"),
        labelled(4, "priority:medium"),
        labelled(5, "priority:low"),
        { ...labelled(6), blockedBy: [blocker(2)] },
      ],
    }),
  );
  return it;
}

function viewOf(it: Story, name: string | null = null, max = 10) {
  const [agent = "", slot] = (name ?? "").split("/");
  const id = toAgentId(agent);
  const worker = slot === undefined ? null : toWorkerId(id, Number(slot));
  const taker = name === null ? null : { name, agent: id, worker };
  return toNextView(it.state, { now: it.now, config: it.config }, { repository: "acme/shop", taker, max });
}

describe("next", () => {
  test("is what the next schedule starts, with the same worker and the same reasons, and then the queue in its order", () => {
    const it = given();
    const before = JSON.stringify(toSnapshot(it.state));
    const { next, readyCount, idle } = viewOf(it);
    expect(JSON.stringify(toSnapshot(it.state))).toBe(before);
    expect(readyCount).toBe(4);
    expect(idle).toEqual([]);
    expect(next.map(({ reference, worker }) => [reference, worker])).toEqual([
      ["#3", "jules/1"],
      ["#4", "jules/2"],
      ["#2", null],
      ["#5", null],
    ]);
    const assigned = it.tell(schedule()).flatMap((event) => (event.type === "TaskAssigned" ? [event] : []));
    expect(next.slice(0, 2)).toMatchObject(
      assigned.map(({ task, agent, worker, reasons }) => ({ task, agent, worker, reasons, score: reasons.score })),
    );
    expect(assigned).toHaveLength(2);
  });

  test("says of what is not started now who is expected to take it, when, and what it waits for", () => {
    const [, , second, last] = viewOf(given()).next;
    expect(second).toMatchObject({ reference: "#2", rank: 1, agent: "cursor", worker: null, reasons: null });
    expect(second?.startsAt).toBe(Date.UTC(2026, 10, 21, 13));
    expect(second?.waiting.map(({ code }) => code)).toEqual(["not_pinned", "at_capacity"]);
    expect(last).toMatchObject({ reference: "#5", rank: 4, worker: null });
    expect(last?.startsAt).toBeGreaterThan(Date.UTC(2026, 10, 21, 12));
    // As it will be once the others have started: nobody is free then.
    expect(last?.waiting).toMatchObject([{ code: "at_capacity" }]);
  });

  test("is cut to as many as are asked for", () => {
    expect(viewOf(given(), null, 1).next.map(({ reference }) => reference)).toEqual(["#3"]);
    expect(renderNextPage(viewOf(given(), null, 3))).toContain("Next, 3 of 4 ready tasks:");
  });

  test("says while orchestration is paused that nothing would be started, and why", () => {
    const it = given();
    it.tell(instruct(1, { verb: "pause" }));
    const view = viewOf(it);
    expect(view.next.map(({ worker, startsAt }) => [worker, startsAt])).toEqual(view.next.map(() => [null, null]));
    expect(view.next.flatMap(({ waiting }) => waiting.map(({ code }) => code))).toContain("paused");
    expect(view.idle).toMatchObject([{ reference: "#6", codes: ["blocked"] }]);
    expect(renderNextPage(view)).toMatch(/\nNothing would be started now:\n- #6: blocked, /);
  });

  test("says where nothing is ready what each task waits for, and where nothing is open that nothing is", () => {
    const it = story(configOf({ agents }));
    expect(renderNextPage(viewOf(it))).toMatch(/\n\nNothing would be started now: no open task waits\.$/);
    it.tell(observe({ issues: [labelled(1, "hold"), { ...labelled(2), blockedBy: [blocker(1)] }] }));
    const view = viewOf(it);
    expect(view.next).toEqual([]);
    expect(view.idle).toEqual([
      { reference: "#1", codes: ["held"] },
      { reference: "#2", codes: ["blocked"] },
    ]);
  });
});

describe("next for one agent", () => {
  test("is what it may and can take, best first, although others could take it too; not what is another's", () => {
    const { next, target } = viewOf(given(), "jules");
    expect(target).toBe("jules");
    expect(next.map(({ reference, rank, worker }) => [reference, rank, worker])).toEqual([
      ["#3", 2, "jules/1"],
      ["#4", 3, "jules/1"],
      ["#5", 4, "jules/1"],
    ]);
    expect(next[0]?.match?.score).toBeGreaterThan(0);
  });

  test("names the reason where it has no room, and leaves out what it cannot do", () => {
    const { next } = viewOf(given(), "cursor");
    expect(next.map(({ reference, worker, waiting }) => [reference, worker, waiting.map(({ code }) => code)])).toEqual([
      ["#2", null, ["at_capacity"]],
      ["#4", null, ["at_capacity"]],
      ["#5", null, ["at_capacity"]],
    ]);
    expect(renderNextPage(viewOf(given(), "cursor"))).toMatch(
      /cursor can take nothing now: the reasons stand above\.$/m,
    );
  });

  test("goes by the very worker that is asked about", () => {
    const it = given();
    it.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
    expect(viewOf(it, "jules/1").next[0]).toMatchObject({ worker: null, waiting: [{ code: "disabled" }] });
    expect(viewOf(it, "jules/2").next[0]).toMatchObject({ worker: "jules/2", waiting: [] });
    expect(viewOf(it, "jules").next[0]).toMatchObject({ worker: "jules/2" });
    expect(renderNextPage(viewOf(story(configOf({ agents })), "jules"))).toMatch(
      /\n\njules can take nothing now: no ready task is for it/,
    );
    it.tell(instruct(3, { verb: "assign", target: "jules/1" }));
    expect(viewOf(it, "jules/2").next.map(({ reference }) => reference)).toEqual(["#4", "#5"]);
  });
});

test("a program is told each with its codes and the same words", () => {
  const document = toNextDocument(viewOf(given()));
  expect(document).toMatchObject({
    repository: "acme/shop",
    at: "2026-11-21T12:00:00.000Z",
    mode: "priority",
    target: null,
    readyCount: 4,
    next: [
      { reference: "#3", worker: "jules/1", startsNow: true, startsAt: "2026-11-21T12:00:00.000Z", waiting: [] },
      { reference: "#4", worker: "jules/2", startsNow: true },
      {
        reference: "#2",
        agent: "cursor",
        worker: null,
        startsNow: false,
        startsAt: "2026-11-21T13:00:00.000Z",
        match: null,
      },
      { reference: "#5", startsNow: false },
    ],
    idle: [],
  });
  const [first] = document["next"] as readonly { readonly why: string }[];
  expect(first?.why).toMatch(/^rank 2 of 4 by priority, suits it with \d+ %/);
});
