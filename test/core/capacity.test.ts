import { expect, test } from "vitest";
import { capacityOf } from "../../src/state/capacity.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { configOf, issue } from "../support/build.ts";
import { observe, schedule, story, types, type Story } from "../support/given.ts";

const agents = [{ id: "bifrost", type: "bifrost", capacity: 4, dispatch: "api" }];
const bifrost = toAgentId("bifrost");

function given(): Story {
  const it = story(configOf({ agents }));
  it.tell(observe({ issues: [1, 2, 3, 4, 5].map((number) => issue(number)) }));
  return it;
}

function says(limit: number | null) {
  return { type: "ReportCapacity", agent: bifrost, limit } as const;
}

function slots(it: Story): number {
  const [agent] = it.config.agents;
  return agent === undefined ? 0 : capacityOf(it.state, agent);
}

test("a vendor that runs fewer sessions than the configuration asks for bounds the agent, and the schedule keeps to it", () => {
  const it = given();
  expect(it.tell(says(2))).toEqual([
    { type: "CapacityChanged", agent: bifrost, capacity: 2, reason: "its vendor runs 2 sessions at once" },
  ]);
  expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
});

test("said again it is no news, and with room again the agent has its slots back", () => {
  const it = given();
  it.tell(says(2));
  expect(it.tell(says(2))).toEqual([]);
  it.tell(says(3));
  expect(slots(it)).toBe(3);
  it.tell(says(100));
  expect(slots(it)).toBe(4);
  expect(it.tell(says(100))).toEqual([]);
});

test("a limit of nothing leaves one slot to try with, and where nobody can be asked any more nothing is bounded", () => {
  const it = given();
  it.tell(says(0));
  expect(slots(it)).toBe(1);
  it.tell(says(null));
  expect(slots(it)).toBe(4);
  expect(it.tell(says(null))).toEqual([]);
  expect(it.tell({ ...says(1), agent: toAgentId("nobody") })).toEqual([]);
});

test("sessions that run when the limit falls go on, and nothing is started beside them", () => {
  const it = given();
  it.tell(schedule());
  it.tell(says(1));
  expect(it.state.occupied.size).toBe(4);
  expect(it.tell(schedule())).toEqual([]);
});
