/** Why a mode is in force: the configuration, somebody's command, a rule of the schedule, or the end of attack mode. */
import { expect, test } from "vitest";
import { toModeView } from "../../src/cli/mode.ts";
import { renderModePage } from "../../src/views/mode-page.ts";
import { configOf } from "../support/build.ts";
import { story, type Story } from "../support/given.ts";

const rule = { rule: { key: "0@1000000", mode: "critical" }, nextAt: null } as const;

function viewOf({ state, now, config }: Story, isChanged: boolean | null = null) {
  return toModeView("acme/shop", { state, context: { now, config }, isChanged });
}

test("without a word from anybody it is the configuration's", () => {
  const view = viewOf(story());
  expect(view).toMatchObject({ mode: "priority", setBy: null, cause: "configuration", configured: "priority" });
  expect(renderModePage(view).split("\n")).toHaveLength(2);
});

test("after a command it is whoever asked for it, with what the configuration says", () => {
  const told = story();
  told.tell({ type: "SwitchMode", mode: "effort", by: "ann" });
  const view = viewOf(told, true);
  expect(view).toMatchObject({ mode: "effort", setBy: "ann", cause: "command", isChanged: true });
  expect(renderModePage(view)).toBe(
    "acme/shop: effort, from the next decision on (smallest first).\nann has asked for it. The configuration says priority.",
  );
  expect(renderModePage(viewOf(told, false))).toContain("effort, as before: nothing was changed");
});

test("while a rule of the schedule is in force it is the rule's, and what comes after it is said", () => {
  const told = story();
  told.tell({ type: "Configure", sha: "sha-1", config: configOf(), problems: [] });
  told.timetable = rule;
  told.tell({ type: "Tick" });
  const view = viewOf(told);
  expect(view).toMatchObject({ mode: "critical", setBy: "schedule", cause: "rule" });
  expect(renderModePage(view)).toBe(
    "acme/shop: critical (the longest remaining chain first).\nA rule of the schedule has set it.\nA rule of the schedule is in force: critical counts until it ends, then priority is back.",
  );
});

test("where attack mode has ended by itself it is what was there before", () => {
  const told = story();
  told.tell({ type: "SwitchMode", mode: "blocker", by: "ann" });
  told.tell({ type: "SwitchMode", mode: "attack", by: "ann" });
  told.now += 24 * 60 * 60_000;
  told.tell({ type: "Tick" });
  expect(viewOf(told)).toMatchObject({ mode: "blocker", setBy: "orchestrate", cause: "attack" });
});
