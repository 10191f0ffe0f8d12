/** What the cockpit shows of a state: the example of the documentation, a backlog of ten thousand, and no write without news. */
import { describe, expect, test } from "vitest";
import type { Context } from "../../src/model/context.ts";
import { createState } from "../../src/state/state.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { toCockpitView } from "../../src/engine/cockpit-view.ts";
import { digestOf, isSealed, sealText } from "../../src/engine/digest.ts";
import type { Actor } from "../../src/model/actor.ts";
import type { Event } from "../../src/model/event.ts";
import { toCommandId } from "../../src/model/ids.ts";
import type { SlashCommand } from "../../src/model/slash.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { renderCockpit, renderForecast } from "../../src/views/cockpit.ts";
import { givenDefinition } from "../views/given.ts";
import { blocker, configOf, issue, report, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;

function url(number: number): string {
  return `https://github.com/octo/shop/issues/${number}`;
}

function contextOf(it: Story): Context {
  return { now: it.now, config: it.config };
}

function rendered(it: Story): string {
  return renderCockpit(toCockpitView(it.state, contextOf(it)));
}

/** A morning of a small shop. */
function givenMorning(): Story {
  const it = story(
    configOf({
      mode: "critical",
      agents: [
        { id: "jules", type: "jules", capacity: 2, quota: 15, dispatch: "api", cost: 0.5 },
        { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" },
      ],
      retry: { maxAttempts: 1 },
    }),
  );
  it.now = Date.UTC(2026, 10, 24, 8, 30);
  it.tell({ type: "Configure", sha: "sha-1", config: it.config, problems: [] });
  const facts = (number: number, title: string, more: Parameters<typeof issue>[1] = {}) =>
    issue(number, { title, url: url(number), milestone: { title: "Checkout", labels: [] }, ...more });
  const after = (number: number) => blocker(number, { url: url(number) });
  it.tell(
    observe({
      issues: [
        facts(11, "Store carts in the database", { labels: ["orchestrate", "estimate:2h"] }),
        facts(12, "Add a search box", { labels: ["orchestrate", "estimate:1h"] }),
        facts(13, "Pay by invoice", { blockedBy: [after(11)], labels: ["orchestrate", "estimate:3h"] }),
        facts(14, "Send a receipt by mail", { blockedBy: [after(13)] }),
        facts(15, "Show the price with tax", { labels: ["orchestrate", "estimate:45m"] }),
        facts(16, "Translate the checkout"),
        facts(17, "Fix the rounding of discounts", { labels: ["orchestrate", "quick-win"] }),
        facts(18, "Print `${{ secrets.TOKEN }}` for @octocat <!-- hi --> | x"),
      ],
    }),
  );
  it.tell(
    observe({
      issues: [facts(16, "Translate the checkout", { hash: "edited", editedBy: stranger, editedAt: 5, updatedAt: 2 })],
    }),
  );
  it.tell(schedule());
  start(it, 11);
  start(it, 12);
  start(it, 15);
  it.now += 25 * minute;
  it.tell(instruct(17, { verb: "complete" }));
  it.tell(say(12, fenceOf(it, 12), report("failed", { session: session(12), reason: "The tests do not compile." })));
  it.tell(schedule());
  it.tell({ type: "Configure", sha: "sha-2", config: null, problems: ["line 3: agents[0].capacity: -1 is below 1"] });
  const place = { issue: 20, node: "I_20", url: url(20), digest: "", end: null, at: it.now };
  happened(it, [{ type: "EffectSettled", effect: "e0" as never, cockpit: place }]);
  const tick = (key: string, by: Actor, instruction: SlashCommand): void => {
    const box = { key, tickedAt: it.now };
    it.tell({ type: "Instruct", by, task: taskId(0), comment: "", instruction, problem: null, box });
  };
  tick("mode:critical", writer, { verb: "mode", mode: "critical" });
  tick("stop", stranger, { verb: "stop" });
  it.now += 5 * minute;
  return it;
}

function session(number: number) {
  return { id: `sessions/${number}`, url: `https://jules.google.com/session/${number}` };
}

function fenceOf(it: Story, number: number): number {
  return taskAt(it, number).assignment?.fence ?? 0;
}

function start(it: Story, number: number): void {
  it.tell(say(number, fenceOf(it, number), report("running", { session: session(number) })));
}

function happened(it: Story, events: readonly Event[]): void {
  evolveEntry(it.state, { id: toCommandId("~other"), command: "Other", at: it.now, events, effects: [] });
}

describe("the cockpit of a state", () => {
  test("is the example that the documentation shows", async () => {
    await expect(rendered(givenMorning())).toMatchFileSnapshot("../../docs/cockpit-example.md");
  });

  test("says the same a minute later, but for the forecast", () => {
    const it = givenMorning();
    const told = (): string => {
      const view = toCockpitView(it.state, contextOf(it));
      return digestOf(renderCockpit(view).replace(renderForecast(view), ""));
    };
    const before = told();
    it.now += minute;
    expect(told()).toBe(before);
    it.tell(instruct(15, { verb: "hold" }));
    it.tell(instruct(14, { verb: "hold" }));
    expect(told()).not.toBe(before);
  });

  test("names everything that waits with its reason, each task in one list", () => {
    const view = toCockpitView(givenMorning().state, contextOf(givenMorning()));
    const { running, ready, waiting, attention } = view;
    expect(running.shown.map(({ reference }) => reference)).toEqual(["#11", "#15", "#18"]);
    expect(ready.shown.map(({ reference }) => reference)).toEqual([]);
    expect(waiting.shown.map(({ reference, reasons }) => [reference, reasons[0]?.code])).toEqual([
      ["#13", "blocked"],
      ["#14", "blocked"],
      ["#16", "needs_approval"],
    ]);
    expect(attention.shown.map(({ reference, box }) => [reference, box?.kind])).toEqual([
      ["#12", "retry"],
      ["#16", "approve"],
    ]);
    expect(view.completed).toBe(1);
  });
});

test("of ten thousand tasks fits into an issue, and is made in well under the time between two writes", () => {
  const state = createState();
  const long = "A title as long as titles get, with <tags>, @mentions and | pipes | in it, ".repeat(4).slice(0, 256);
  const events = Array.from({ length: 10_000 }, (_, index): readonly Event[] => {
    const number = index + 1;
    const task = taskId(number);
    const definition = givenDefinition({
      number,
      node: `I_${number}`,
      title: `${number} ${long}`,
      url: url(number),
      milestone: `Milestone ${number % 40}`,
    });
    return [
      { type: "TaskTracked", task, definition },
      { type: "TaskTrusted", task, by: writer.login, hash: definition.hash },
      ...(number % 3 === 0
        ? [
            {
              type: "DependenciesChanged",
              task,
              blockedBy: [{ on: taskId(number - 1), kind: "hard", source: "body" }],
            } as const,
          ]
        : []),
      ...(number % 7 === 0 ? [{ type: "TaskFailed", task, reason: long } as const] : []),
      ...(number % 11 === 0 ? [{ type: "ApprovalRequired", task, reason: long } as const] : []),
    ];
  }).flat();
  evolveEntry(state, { id: toCommandId("~all"), command: "Observe", at: 1, events, effects: [] });
  const started = performance.now();
  const text = sealText(renderCockpit(toCockpitView(state, { now: 2, config: defaultConfig })));
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/### Ready, the next first \(\d{4}\)\n/);
  expect(text).toMatch(/- and \d+ more/);
  expect(text).toContain("```mermaid");
  expect(text).toContain("orchestrate:box:stop");
});

describe("the seal of a text", () => {
  test("holds over other line ends and lost space at the end, and breaks with every other change", () => {
    const sealed = sealText("one\ntwo\n");
    expect(isSealed(sealed)).toBe(true);
    expect(isSealed(sealed.replaceAll("\n", "\r\n"))).toBe(true);
    expect(isSealed(sealed.trimEnd())).toBe(true);
    expect(isSealed(sealed.replace("two", "twö"))).toBe(false);
    expect(isSealed(`${sealed}more`)).toBe(false);
    expect(isSealed("one\ntwo\n")).toBe(false);
  });
});

test("offers to put a proposed split in force, for the text that it was read from", () => {
  const it = story();
  it.tell(observe({ issues: [issue(1)] }));
  const text = { body: "- [ ] One\n- [ ] Two", hash: "hash-1", milestone: null };
  it.tell({ ...instruct(1, { verb: "split" }), text } as Parameters<typeof it.tell>[0]);
  const { attention } = toCockpitView(it.state, contextOf(it));
  expect(attention.shown).toMatchObject([
    {
      reference: "#1",
      detail: "A split into 2 pieces is proposed.",
      box: { kind: "split", number: 1, hash: "hash-1" },
    },
  ]);
});
