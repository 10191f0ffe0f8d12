import { expect, test } from "vitest";
import type { EventOf } from "../../src/model/event.ts";
import type { Mode } from "../../src/model/mode.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { observe, schedule, story, types, type Story } from "../support/given.ts";

const oneWorker = { agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] };

function to(mode: Mode | null) {
  return { type: "SwitchMode", mode, by: "http:token" } as const;
}

/** A long urgent task and a short one: `priority` takes the first, `effort` the second. */
function given(config: Record<string, unknown> = {}): Story {
  const it = story(configOf({ ...oneWorker, ...config }));
  it.tell(
    observe({
      issues: [
        issue(1, { labels: ["orchestrate", "priority:urgent", "estimate:2h"] }),
        issue(2, { labels: ["orchestrate", "priority:low", "estimate:20m"] }),
      ],
    }),
  );
  return it;
}

test("a switch from outside is one event with who asked, and ranks the next assignment", () => {
  const it = given();
  expect(it.tell(to("effort"))).toEqual([{ type: "ModeChanged", mode: "effort", by: "http:token" }]);
  const [assigned] = it
    .tell(schedule())
    .filter((event): event is EventOf<"TaskAssigned"> => event.type === "TaskAssigned");
  expect([assigned?.task, assigned?.reasons.algorithm]).toEqual([taskId(2), "effort"]);
});

test("the mode that was asked for already is no event, so that an idle pass appends nothing", () => {
  const it = given();
  it.tell(to("effort"));
  expect(it.tell(to("effort"))).toEqual([]);
});

test("null gives the configuration its mode back, and where it has it nothing happens", () => {
  const it = given();
  expect(it.tell(to(null))).toEqual([]);
  it.tell(to("critical"));
  expect(it.tell(to(null))).toEqual([{ type: "ModeChanged", mode: null, by: "http:token" }]);
  expect([it.state.mode, it.state.modeBy]).toEqual([null, null]);
});

test("attack mode begins and ends with a switch as with the slash command", () => {
  const it = given();
  it.tell(to("attack"));
  expect(it.state.attack).toMatchObject({ by: "http:token", before: null });
  expect(types(it.tell(to(null)))).toEqual(["ModeChanged"]);
  expect(it.state.attack).toBeNull();
});
