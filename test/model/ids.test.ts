/** Parts of ids: a slot that is read wrongly is another worker. */
import { expect, test } from "vitest";
import { agentOf, slotOf, toAgentId, toWorkerId, type WorkerId } from "../../src/model/ids.ts";

test("a worker is an agent and the number of a slot, whatever the agent is called", () => {
  for (const name of ["jules", "team/jules", "agent-7", "7"]) {
    for (const slot of [1, 9, 10, 1_000, 123_456]) {
      const worker = toWorkerId(toAgentId(name), slot);
      expect([agentOf(worker), slotOf(worker)]).toEqual([name, slot]);
    }
  }
});

test.each(["jules", "jules/", "jules/x", "jules/1x", "jules/-1", "jules/1.5", "7", ""])("%j names no slot", (text) => {
  expect(slotOf(text as WorkerId)).toBeNaN();
});
