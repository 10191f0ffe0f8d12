/** Agents that are registered while the program runs: they work beside those of the file, and go without losing a session. */
import { describe, expect, test } from "vitest";
import { configOf as inForce } from "../../src/state/config-in-force.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { runPass } from "../../src/engine/pass.ts";
import type { Command } from "../../src/model/command.ts";
import { defaultConfig } from "../../src/model/config.ts";
import { AgentConfig } from "../../src/model/config-agent.ts";
import type { EventOf } from "../../src/model/event.ts";
import { toAgentId, toCommandId } from "../../src/model/ids.ts";
import { agentBehind } from "../../src/model/registry.ts";
import { configOf, issue, report } from "../support/build.ts";
import { observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const by = "http:token";
const runner = AgentConfig.parse({ id: "runner", type: "cursor", dispatch: "api" });
const id = toAgentId("runner");
const noAgents = configOf({ agents: [] });
const julesOnly = configOf({ agents: [{ id: "jules", type: "jules", dispatch: "api", capacity: 2, maxCapacity: 4 }] });

function register(definition: AgentConfig = runner) {
  return { type: "RegisterAgent", definition, by } as const;
}

const remove = { type: "RemoveAgent", agent: id, by } as const;

function revise(change: object, agent = id) {
  return { type: "ReviseAgent", agent, by, ...change } as const;
}

/** Tasks that only `runner` may take. */
function given(config = noAgents, count = 1): Story {
  const it = story(config);
  const issues = Array.from({ length: count }, (_, index) => issue(index + 1));
  it.tell(observe({ issues }));
  return it;
}

function assigned(it: Story): readonly string[] {
  const events = it.tell(schedule());
  return events.filter((event): event is EventOf<"TaskAssigned"> => event.type === "TaskAssigned").map((e) => e.worker);
}

function slotsOf(it: Story, agent = "jules"): number | undefined {
  return agentBehind(inForce({ configuration: null, registry: it.state.registry }, it.config), {
    agent: toAgentId(agent),
    fence: 0,
  })?.capacity;
}

describe("an agent that is registered", () => {
  test("takes work with the next decision, as one of the file does", () => {
    const it = given();
    expect(assigned(it)).toEqual([]);
    expect(it.tell(register())).toEqual([{ type: "AgentRegistered", agent: id, definition: runner, by }]);
    expect(assigned(it)).toEqual(["runner/1"]);
  });

  test("a second time under the same id is nobody, and neither is one with an id of the file", () => {
    const it = given(julesOnly);
    it.tell(register());
    expect(it.tell(register())).toEqual([]);
    expect(it.tell(register({ ...runner, id: "jules" }))).toEqual([]);
  });

  test("is in a snapshot, and a process that starts from it has the same configuration", () => {
    const it = given();
    it.tell(register());
    const read = fromSnapshot(toSnapshot(it.state));
    expect(inForce(read, defaultConfig).agents).toEqual([runner]);
  });

  test("an older snapshot, which knows of none, is read as before", () => {
    const it = given();
    const lines = toSnapshot(it.state).map((line) => line.replace(/"registry":null,/, ""));
    expect(lines.join("\n")).not.toContain("registry");
    expect(fromSnapshot(lines).registry).toBeNull();
  });

  test("survives a new configuration file", () => {
    const it = given();
    it.tell(register());
    const events = it.tell({ type: "Configure", sha: "two", config: julesOnly, problems: [] });
    expect(types(events)).toEqual(["ConfigurationAccepted"]);
    expect(inForce(it.state, defaultConfig).agents.map((agent) => agent.id)).toEqual(["jules", "runner"]);
  });

  test("gives way to the file when that names its id, which the log says, and is gone when the file drops it again", () => {
    const it = given();
    it.tell(register());
    const ofFile = configOf({ agents: [{ id: "runner", type: "jules", capacity: 3 }] });
    const events = it.tell({ type: "Configure", sha: "two", config: ofFile, problems: [] });
    expect(events.slice(1)).toEqual([{ type: "AgentRemoved", agent: id, by: "configuration", isReplaced: true }]);
    expect(inForce(it.state, defaultConfig).agents).toEqual(ofFile.agents);
    it.tell({ type: "Configure", sha: "three", config: noAgents, problems: [] });
    expect(inForce(it.state, defaultConfig).agents).toEqual([]);
  });

  test("takes back what was told of a task that nobody could take, and its removal tells it again", () => {
    const it = story(julesOnly);
    it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "agent:runner"] })] }));
    expect(types(it.tell(schedule()))).toContain("TaskEscalated");
    expect(types(it.tell(register()))).toEqual(["AgentRegistered", "EscalationLifted"]);
    it.tell(remove);
    expect(types(it.tell(schedule()))).toContain("TaskEscalated");
  });
});

test("nobody who was registered is in the way: the configuration in force is the file's own object", () => {
  const { state } = given();
  expect(inForce(state, julesOnly)).toBe(julesOnly);
});

test("between two changes the configuration in force is the same object, and put together again it is not doubled", () => {
  const it = given();
  it.tell(register());
  const first = inForce(it.state, julesOnly);
  expect(inForce(it.state, julesOnly)).toBe(first);
  expect(inForce(it.state, first)).toBe(first);
  it.tell(revise({ definition: { ...runner, capacity: 9 } }));
  expect(inForce(it.state, first).agents.map(({ capacity }) => capacity)).toEqual([2, 9]);
});

describe("an agent that is taken out", () => {
  test("gets no new work, and its session is looked after to its end, which alone frees its worker", () => {
    const it = given(noAgents, 2);
    it.tell(register());
    assigned(it);
    it.tell(say(1, 1, report("running")));
    expect(it.tell(remove)).toEqual([{ type: "AgentRemoved", agent: id, by }]);
    expect(assigned(it)).toEqual([]);
    expect(taskAt(it, 1).assignment?.worker).toBe("runner/1");
    const config = inForce({ configuration: null, registry: it.state.registry }, it.config);
    expect([config.agents, agentBehind(config, { agent: id, fence: 1 })]).toEqual([[], { ...runner, lastFence: 1 }]);
    it.tell(say(1, 1, report("succeeded", { costUsd: null })));
    expect(it.state.occupied.size).toBe(0);
  });

  test("still costs what its sessions in flight cost", () => {
    const it = given(configOf({ agents: [], limits: { costPerDay: 10 } }), 2);
    it.tell(register({ ...runner, cost: 9 }));
    assigned(it);
    it.tell(remove);
    it.tell(register({ ...runner, id: "other", cost: 9 }));
    expect(assigned(it)).toEqual([]);
  });

  test("is known in a snapshot as long as it has a session, and its id is free again after that", () => {
    const it = given();
    it.tell(register());
    assigned(it);
    it.tell(say(1, 1, report("running")));
    it.tell(remove);
    expect(fromSnapshot(toSnapshot(it.state)).registry?.leaving).toEqual([{ ...runner, lastFence: 1 }]);
    expect(it.tell(register())).toEqual([]);
    it.tell(say(1, 1, report("succeeded")));
    expect(types(it.tell(register()))).toEqual(["AgentRegistered"]);
    expect(it.state.registry?.leaving).toEqual([]);
  });

  test("without a session is gone at once, and twice is once", () => {
    const it = given();
    it.tell(register());
    it.tell(remove);
    expect(it.state.registry).toEqual({ agents: [], leaving: [], capacities: [] });
    expect(it.tell(remove)).toEqual([]);
  });

  test("leaves no disabled worker behind for whoever has its id next", () => {
    const it = given();
    it.tell(register());
    it.tell(revise({ isEnabled: false }));
    expect(types(it.tell(remove))).toEqual(["WorkerEnabled", "AgentRemoved"]);
  });

  test("of the file it is not: nothing happens", () => {
    const it = given(julesOnly);
    expect(it.tell({ ...remove, agent: toAgentId("jules") })).toEqual([]);
  });
});

describe("an agent that is changed", () => {
  test("counts with the next decision", () => {
    const it = given(noAgents, 3);
    it.tell(register());
    expect(types(it.tell(revise({ definition: { ...runner, capacity: 2 } })))).toEqual(["AgentRevised"]);
    expect(assigned(it)).toEqual(["runner/1", "runner/2"]);
  });

  test("into what it is already is no event", () => {
    const it = given();
    it.tell(register());
    expect(it.tell(revise({ definition: runner }))).toEqual([]);
  });

  test("does not change its system while it has a session, which another system would not find", () => {
    const it = given();
    it.tell(register());
    assigned(it);
    expect(it.tell(revise({ definition: { ...runner, type: "jules" } }))).toEqual([]);
    expect(types(it.tell(revise({ definition: { ...runner, timeout: 60_000 } })))).toEqual(["AgentRevised"]);
  });

  test("is disabled and enabled as a whole by the events of the slash commands", () => {
    const it = given();
    it.tell(register({ ...runner, capacity: 2 }));
    const off = it.tell(revise({ isEnabled: false }));
    expect(off).toEqual([1, 2].map((slot) => ({ type: "WorkerDisabled", worker: `runner/${slot}`, by })));
    expect(assigned(it)).toEqual([]);
    expect(types(it.tell(revise({ isEnabled: true })))).toEqual(["WorkerEnabled", "WorkerEnabled"]);
    expect(assigned(it)).toEqual(["runner/1"]);
  });

  test("to more slots while it is disabled has the new ones disabled, too", () => {
    const it = given();
    it.tell(register());
    it.tell(revise({ isEnabled: false }));
    expect(types(it.tell(revise({ definition: { ...runner, capacity: 2 } })))).toEqual([
      "AgentRevised",
      "WorkerDisabled",
    ]);
    expect(assigned(it)).toEqual([]);
  });

  test("of the file has fewer slots or more, as far as maxCapacity goes, and null gives the file its say back", () => {
    const it = given(julesOnly, 5);
    const jules = toAgentId("jules");
    expect(it.tell(revise({ capacity: 4 }, jules))).toEqual([
      { type: "CapacityOverridden", agent: jules, capacity: 4, by },
    ]);
    expect(assigned(it)).toHaveLength(4);
    expect(it.tell(revise({ capacity: 5 }, jules))).toEqual([]);
    it.tell(revise({ capacity: 1 }, jules));
    expect(slotsOf(it)).toBe(1);
    it.tell(revise({ capacity: null }, jules));
    expect(slotsOf(it)).toBe(2);
  });

  test("of the file has the file's slots again when the file says another number, and keeps them while it does not", () => {
    const it = given(julesOnly);
    it.tell({ type: "Configure", sha: "one", config: julesOnly, problems: [] });
    it.tell(revise({ capacity: 1 }, toAgentId("jules")));
    const same = { ...julesOnly, mode: "effort" as const };
    expect(types(it.tell({ type: "Configure", sha: "two", config: same, problems: [] }))).toEqual([
      "ConfigurationAccepted",
    ]);
    const other = configOf({ agents: [{ id: "jules", type: "jules", capacity: 3, maxCapacity: 4 }] });
    expect(it.tell({ type: "Configure", sha: "three", config: other, problems: [] }).slice(1)).toEqual([
      { type: "CapacityOverridden", agent: "jules", capacity: null, by: "configuration" },
    ]);
  });

  test("to fewer slots than its vendor allows is not held at what the vendor said", () => {
    const it = given(julesOnly);
    const jules = toAgentId("jules");
    it.tell({ type: "ReportCapacity", agent: jules, limit: 1 });
    expect(types(it.tell(revise({ capacity: 1 }, jules)))).toEqual(["CapacityOverridden", "CapacityChanged"]);
    expect(it.state.agents.get(jules)?.capacity).toBeNull();
  });

  test("has its rests behind it when it is reset, and whom a person has disabled stays so", () => {
    const config = configOf({ agents: [], health: { failures: 1, rest: "1h" } });
    const it = given(config, 2);
    it.tell(register({ ...runner, capacity: 2 }));
    assigned(it);
    it.tell(say(1, 1, report("running")));
    it.tell(say(1, 1, report("failed", { failure: "validation" })));
    expect(it.state.workers.get("runner/1" as never)?.restsUntil).not.toBeNull();
    expect(it.tell(revise({ isEnabled: false, isReset: true })).map((event) => event.type)).toEqual([
      "WorkerDisabled",
      "WorkerDisabled",
      "WorkerRestored",
    ]);
  });
});

test("what follows a registration in the same pass already knows of it", () => {
  const it = given();
  const commands = [register(), schedule()].map((command, index) => ({ ...command, id: toCommandId(`~${index}`) }));
  const pass = runPass(it.state, commands as Command[], { now: it.now, config: it.config });
  expect(pass.entries.map(({ command }) => command)).toEqual(["RegisterAgent", "Schedule"]);
  pass.takeBack();
  expect(it.state.registry).toBeNull();
});
