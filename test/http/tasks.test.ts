/** Work from outside: a request becomes an issue and a task, once, and the answer says who has it or when it starts. */
import { describe, expect, test } from "vitest";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { SubmittedIssue } from "../../src/ports/tracker.ts";
import { issue, taskId } from "../support/build.ts";
import { minute, pass, rest } from "../engine/given.ts";
import { givenRoutes, type Routes } from "./given.ts";

const path = "/api/orchestrator/tasks";
const key = { "idempotency-key": "one" };

/** The issues that GitHub was asked for, from now on. */
function issuesAskedFor(it: Routes): readonly SubmittedIssue[] {
  const wanted: SubmittedIssue[] = [];
  const { tracker } = it.places[0]?.fake.world ?? {};
  if (tracker === undefined) throw new Error("There is no repository.");
  const { createIssue } = tracker;
  tracker.createIssue = (each, isRepeat) => {
    wanted.push(each as SubmittedIssue);
    return createIssue(each, isRepeat);
  };
  return wanted;
}

async function events(it: Routes, type: string): Promise<readonly unknown[]> {
  return ((await it.places[0]?.events()) ?? []).filter((event) => event.type === type);
}

describe("a task that is submitted", () => {
  test("is an issue and with a worker by the time of the answer, where one is free", async () => {
    const it = await givenRoutes({ issues: [] });
    const answer = await it.post(path, { title: "Fix the login", body: "It fails.", by: "wanda" });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      repository: "acme/shop",
      task: taskId(1),
      number: 1,
      url: "https://github.test/o/r/issues/1",
      title: "Fix the login",
      status: "assigned",
      assignment: { agent: "jules", worker: "jules/1", attempt: 1 },
      waiting: [],
      classification: { kind: "functional", reasons: ['"login" in the title'] },
      note: null,
    });
    expect(await events(it, "TaskTrusted")).toEqual([
      { type: "TaskTrusted", task: taskId(1), by: "http:wanda", hash: "hash-1" },
    ]);
  });

  test("waits its turn where nobody is free, with the reason and the expected start", async () => {
    const it = await givenRoutes({ issues: [issue(1)] });
    const { json } = await it.post(path, { title: "Later", estimate: "20m" });
    expect(json).toMatchObject({ number: 2, status: "ready", assignment: null, waiting: [{ code: "at_capacity" }] });
    expect(Date.parse(json.expectedStart)).toBeGreaterThan(it.clock.now());
  });

  test("says on the issue what it was sent with, and what it waits for stands before the text", async () => {
    const it = await givenRoutes({ issues: [issue(1), issue(2)] });
    const wanted = issuesAskedFor(it);
    const { json } = await it.post(path, {
      title: " Fix it ",
      body: "```\nnever closed",
      priority: "P1",
      estimate: "1h",
      labels: ["bug", "needs:go"],
      blockedBy: [1, "#1", taskId(2)],
      agent: "jules",
      by: "wanda",
    });
    expect(wanted).toEqual([
      {
        submission: expect.stringMatching(/^[0-9a-f]{32}$/),
        title: "Fix it",
        body: "Blocked by #1, #2.\n\n```\nnever closed\n\n<sub>Submitted over HTTP by `wanda`; opened by Orchestrate.</sub>",
        labels: ["orchestrate", "bug", "needs:go", "priority:high", "estimate:60m", "agent:jules"],
      },
    ]);
    expect(json).toMatchObject({ status: "blocked", blockers: [{ reference: "#1" }, { reference: "#2" }] });
  });

  test("twice with one key is one issue, and the second answer says what became of it", async () => {
    const it = await givenRoutes({ issues: [] });
    const wanted = issuesAskedFor(it);
    const first = await it.post(path, { title: "Fix it" }, key);
    const second = await it.post(path, { title: "Fix it" }, key);
    expect([first.status, second.status, wanted.length]).toEqual([201, 200, 1]);
    expect(second.json).toMatchObject({
      number: 1,
      status: "in_progress",
      note: expect.stringMatching(/was used before/),
    });
  });

  test("at the same time with one key is one issue", async () => {
    const it = await givenRoutes({ issues: [] });
    const wanted = issuesAskedFor(it);
    const answers = await Promise.all([1, 2, 3].map(() => it.post(path, { title: "Fix it" }, key)));
    expect(answers.map(({ json }) => json.number)).toEqual([1, 1, 1]);
    expect(wanted).toHaveLength(1);
  });

  test("is refused with everything that it lacks where a definition of ready asks for more", async () => {
    const it = await givenRoutes({ issues: [], config: { ready: { goal: true, criteria: true, estimate: true } } });
    const wanted = issuesAskedFor(it);
    const answer = await it.post(path, { title: "Fix it", body: "Goal: it works" });
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toBe(
      "Nothing was submitted. It does not meet the definition of ready: it lacks acceptance criteria (a list below that heading, or a checklist) and an estimate (a label such as `estimate:2h`). `ready` in the configuration asks for that: put it into the text, and send an estimate.",
    );
    expect(wanted).toEqual([]);
    const body = "Goal: it works\n\n- [ ] it works on a phone";
    expect((await it.post(path, { title: "Fix it", body, estimate: "1h" })).status).toBe(201);
  });

  describe("without a key", () => {
    const words = { title: "Fix it", body: "Now.", by: "wanda" };

    test("twice within ten minutes is one issue, and the second answer says what became of it and what to send for another", async () => {
      const it = await givenRoutes({ issues: [] });
      const wanted = issuesAskedFor(it);
      const first = await it.post(path, words);
      await pass(it.clock, 9 * minute);
      const second = await it.post(path, { ...words, priority: "high" });
      expect([first.status, second.status, wanted.length]).toEqual([201, 200, 1]);
      expect(second.json).toMatchObject({
        number: 1,
        note: expect.stringMatching(/less than ten minutes ago.*Send an Idem/),
      });
    });

    test("at the same time is one issue", async () => {
      const it = await givenRoutes({ issues: [] });
      const answers = await Promise.all([1, 2, 3].map(() => it.post(path, words)));
      expect(answers.map(({ json }) => json.number)).toEqual([1, 1, 1]);
    });

    test("is new work after ten minutes, from somebody else, with other words, and with a key", async () => {
      const it = await givenRoutes({ issues: [] });
      await it.post(path, words);
      const others = [
        await it.post(path, { ...words, by: "tom" }),
        await it.post(path, { ...words, title: "Fix it now" }),
        await it.post(path, { ...words, body: "" }),
        await it.post(path, words, key),
      ];
      await pass(it.clock, 10 * minute);
      others.push(await it.post(path, words));
      expect(others.map(({ status, json }) => [status, json.number])).toEqual(
        [2, 3, 4, 5, 6].map((each) => [201, each]),
      );
    });

    // The clock of the test begins at a border between two spans.
    test.each([
      ["a second before and a second after the border of a span", 9 * minute + 59_000, 2_000],
      ["at the beginning of a span and at the end of it", 10 * minute, 9 * minute + 59_000],
    ])("%s is one issue", async (_, start, later) => {
      const it = await givenRoutes({ issues: [] });
      await pass(it.clock, start - (it.clock.now() % (10 * minute)));
      await it.post(path, words);
      await pass(it.clock, later);
      expect(await it.post(path, words)).toMatchObject({ status: 200, json: { number: 1 } });
    });

    test("on both sides of the border of a span, before the first is in the log, is one issue", async () => {
      const it = await givenRoutes({ issues: [] });
      const { store } = it.places[0] ?? {};
      if (store === undefined) throw new Error("There is no repository.");
      await pass(it.clock, 10 * minute - 1_000 - (it.clock.now() % (10 * minute)));
      store.trouble = () => {
        throw new StoreUnavailable("down", { retryAfterMs: 1_000 });
      };
      const first = it.post(path, words);
      await rest();
      await pass(it.clock, 2_000);
      const second = it.post(path, words);
      await rest();
      store.trouble = null;
      await pass(it.clock, 3_000);
      expect([(await first).json.number, (await second).json.number]).toEqual([1, 1]);
      expect(await events(it, "TaskSubmitted")).toHaveLength(1);
    });
  });

  test("is answered as accepted while GitHub is down, and is one issue once it is back", async () => {
    const it = await givenRoutes({ issues: [] });
    const { tracker } = it.places[0]?.fake.world ?? {};
    if (tracker === undefined) throw new Error("There is no repository.");
    const { createIssue } = tracker;
    tracker.createIssue = async () => ({ kind: "delayed", reason: "GitHub is down.", retryAfterMs: 60_000 });
    const pending = it.post(path, { title: "Fix it" }, key);
    await rest();
    await pass(it.clock, 21_000);
    expect(await pending).toMatchObject({
      status: 202,
      json: { task: null, number: null, note: expect.stringMatching(/as soon as GitHub/) },
    });
    tracker.createIssue = createIssue;
    await pass(it.clock, 120_000);
    expect(await it.post(path, { title: "Fix it" }, key)).toMatchObject({ status: 200, json: { number: 1 } });
  });

  test("is not lost with the answer of the state branch", async () => {
    const it = await givenRoutes({ issues: [] });
    const { store } = it.places[0] ?? {};
    if (store === undefined) throw new Error("There is no repository.");
    let isLost = false;
    store.trouble = () => {
      if (isLost) return "fine";
      isLost = true;
      return "land";
    };
    const pending = it.post(path, { title: "Fix it" }, key);
    await rest();
    await pass(it.clock, 5_000);
    expect((await pending).json).toMatchObject({ number: 1 });
    expect(await events(it, "TaskSubmitted")).toHaveLength(1);
  });

  test("counts although the state could not be written while somebody waited", async () => {
    const it = await givenRoutes({ issues: [] });
    const { store } = it.places[0] ?? {};
    if (store === undefined) throw new Error("There is no repository.");
    store.trouble = () => {
      throw new StoreUnavailable("down", { retryAfterMs: 1_000 });
    };
    const pending = it.post(path, { title: "Fix it" }, key);
    await rest();
    await pass(it.clock, 21_000);
    expect((await pending).json).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/submission is not lost/),
    });
    store.trouble = null;
    await pass(it.clock, 5_000);
    expect((await it.post(path, { title: "Fix it" }, key)).json).toMatchObject({ number: 1, status: "in_progress" });
  });

  test("that GitHub never takes is refused with its reason, and so is its repetition", async () => {
    const it = await givenRoutes({ issues: [] });
    const { tracker } = it.places[0]?.fake.world ?? {};
    if (tracker === undefined) throw new Error("There is no repository.");
    tracker.createIssue = async () => ({ kind: "dropped", reason: "Issues are disabled." });
    const refusal = { status: 409, json: { detail: expect.stringMatching(/Issues are disabled/) } };
    expect(await it.post(path, { title: "Fix it" }, key)).toMatchObject(refusal);
    expect(await it.post(path, { title: "Fix it" }, key)).toMatchObject(refusal);
  });

  test("is refused while the queue is full, and leaves nothing behind", async () => {
    const it = await givenRoutes({ issues: [issue(1)], config: { limits: { queue: 1 } } });
    const answer = await it.post(path, { title: "Fix it" }, key);
    expect(answer.json).toMatchObject({ status: 429, detail: expect.stringMatching(/full at its limit of 1/) });
    expect(answer.headers.get("retry-after")).toBe("60");
    expect(await events(it, "TaskSubmitted")).toEqual([]);
  });
});

describe("nothing is submitted", () => {
  test.each([
    ["without a title", {}, /`title` must be one line/],
    ["with an empty title", { title: "  " }, /`title` must be one line/],
    ["with a title of two lines", { title: "a\nb" }, /`title` must be one line/],
    ["with a title that is too long", { title: "x".repeat(257) }, /1 to 256/],
    ["with a body that is too long", { title: "a", body: "x".repeat(30_001) }, /`body` must be text of at most 30000/],
    ["with a mark of ours", { title: "a", body: "x <!-- Orchestrate:task=gh:1:2 -->" }, /`body` must not have a mark/],
    ["with a terminal's commands", { title: "a", body: "\u001b[2J" }, /`body` must be text, without/],
    ["with a priority that is none", { title: "a", priority: 6 }, /`priority` must be urgent, high/],
    ["with no time at all", { title: "a", estimate: "10s" }, /`estimate` must be a minute/],
    ["with a status", { title: "a", labels: ["status:ready"] }, /`labels\.0` is not to be .*status:ready.*itself/],
    ["with a mode", { title: "a", labels: ["Mode: attack"] }, /switch the mode/],
    ["with a quick win", { title: "a", labels: ["quick-win"] }, /relaxes review/],
    ["with an agent's label", { title: "a", labels: ["agent:jules"] }, /use the field `agent`/],
    ["with a priority's label", { title: "a", labels: ["P0"] }, /use the field `priority`/],
    ["with too many labels", { title: "a", labels: Array.from({ length: 21 }, (_, at) => `l${at}`) }, /at most 20/],
    ["with a label that is too long", { title: "a", labels: ["x".repeat(51)] }, /1 to 50/],
    ["behind what is no task", { title: "a", blockedBy: ["gh:1:2"] }, /`blockedBy` names gh:1:2, which is no task/],
    ["behind a word", { title: "a", blockedBy: ["soon"] }, /`blockedBy\.0` must be/],
    ["for an unknown agent", { title: "a", agent: "hal" }, /no agent or worker hal/],
    ["in a name that is none", { title: "a", by: "a b" }, /`by` must be the name/],
    ["with a field that there is not", { title: "a", status: "ready" }, /no field `status`/],
  ] as const)("%s", async (_what, body, detail) => {
    const it = await givenRoutes({ issues: [] });
    const wanted = issuesAskedFor(it);
    const answer = await it.post(path, body);
    expect(answer.json).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
    expect(wanted).toEqual([]);
  });

  test("without the token", async () => {
    const it = await givenRoutes({ issues: [] });
    expect((await it.post(path, { title: "a" }, { authorization: "Bearer no" })).status).toBe(401);
  });
});

describe("a task that is submitted by a template", () => {
  const template = `
fields: [{ name: what, required: true }, { name: size, default: 2h }]
title: "Add {{what}}"
body: "{{what}}, as said."
criteria: ["{{what}} is there"]
labels: [shop]
priority: low
estimate: "{{size}}"
`;

  async function given(text: string | null): Promise<Routes> {
    const it = await givenRoutes({ issues: [] });
    const { tracker } = it.places[0]?.fake.world ?? {};
    if (tracker === undefined) throw new Error("There is no repository.");
    tracker.template = async (name) => (name === "feature" ? text : null);
    return it;
  }

  test("is the issue that the template makes, with what the request says beside it", async () => {
    const it = await given(template);
    const wanted = issuesAskedFor(it);
    const fields = { what: "search" };
    const answer = await it.post(path, { template: "feature", fields, priority: "high", labels: ["cart"] });
    expect(answer).toMatchObject({ status: 201, json: { title: "Add search" } });
    expect(wanted).toMatchObject([
      {
        title: "Add search",
        labels: ["orchestrate", "shop", "cart", "priority:high", "estimate:120m"],
        body: expect.stringMatching(/^search, as said\.\n\n## Acceptance criteria\n\n- \[ \] search is there\n\n<sub>/),
      },
    ]);
    const again = await it.post(path, { template: "feature", fields, priority: "high" });
    expect(again).toMatchObject({ status: 200, json: { number: 1 } });
    expect(wanted).toHaveLength(1);
  });

  test.each([
    [{ template: "feature" }, template, "Nothing was submitted. The field what is missing."],
    [{ template: "none" }, template, /There is no \.github\/orchestrate\/templates\/none\.yml on the default branch\./],
    [{ template: "../x" }, template, /^`template` must be small letters/],
    [{ template: "feature", title: "x" }, template, /leave `title` and `body` out/],
    [{ title: "x", fields: {} }, template, /name it as `template`/],
    [{ template: "feature", fields: { what: 1 } }, template, /^`fields\.what` must be texts/],
    [{ template: "feature" }, "titel: x", /feature\.yml cannot be used: line 1: /],
    [
      { template: "feature" },
      "title: x\npieces: [{ id: a, title: A }]",
      /makes several issues, and a request opens one/,
    ],
    [{ template: "feature", fields: { what: "x" } }, `${template}needs: ["status:done"]`, /is no name of a capability/],
    [{}, template, /^`title` must be one line/],
  ])("is refused where it cannot be made: %j", async (body, text, sentence) => {
    const it = await given(text);
    const answer = await it.post(path, body);
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(sentence);
    expect(await events(it, "TaskSubmitted")).toEqual([]);
  });
});
