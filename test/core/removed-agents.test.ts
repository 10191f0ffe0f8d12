/** An agent of the file that leaves it, or becomes another system there, while it has sessions: they are looked after to their end. */
import { describe, expect, test } from "vitest";
import { configOf as inForce } from "../../src/state/config-in-force.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { toAgentViews, toExplainedView } from "../../src/engine/task-views.ts";
import { toLeavingViews } from "../../src/engine/leaving-views.ts";
import { toCockpitView } from "../../src/engine/cockpit-view.ts";
import type { Config } from "../../src/model/config.ts";
import type { EventOf } from "../../src/model/event.ts";
import { toAgentId } from "../../src/model/ids.ts";
import { agentBehind, type ConfigInForce } from "../../src/model/registry.ts";
import { renderAgentsPage } from "../../src/views/agents-page.ts";
import { renderCockpit } from "../../src/views/cockpit.ts";
import { toExplanation } from "../../src/views/explain-json.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { names } from "../views/given.ts";
import { renderEventLine } from "../../src/views/log-line.ts";
import { configOf, issue, report, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, types, type Story } from "../support/given.ts";

const minute = 60_000;
const jules = { id: "jules", type: "jules", dispatch: "api", capacity: 2, timeout: "45m" };
const julesId = toAgentId("jules");
const withJules = configOf({ agents: [jules] });
const [definition] = withJules.agents;
const withoutAgents = configOf({ agents: [] });
const asCursor = configOf({ agents: [{ ...jules, type: "cursor" }] });
const asWorkflow = configOf({ agents: [{ ...jules, dispatch: "workflow" }] });

let files = 0;

/** The file says this from now on. */
function change(it: Story, config: Config) {
  const events = it.tell({ type: "Configure", sha: `sha-${(files += 1)}`, config, problems: [] });
  it.config = config;
  return events;
}

/** `count` tasks, of which Jules runs as many as it can. */
function atWork(count = 1, config = withJules): Story {
  const it = story();
  change(it, config);
  it.tell(observe({ issues: Array.from({ length: count }, (_, index) => issue(index + 1)) }));
  it.tell(schedule());
  for (let number = 1; number <= Math.min(count, 2); number += 1) run(it, number, number);
  return it;
}

function run(it: Story, number: number, fence: number): void {
  it.tell(say(number, fence, report("running", { session: { id: `sessions/${fence}`, url: null } })));
}

function assigned(it: Story): readonly string[] {
  const events = it.tell(schedule());
  return events.filter((event): event is EventOf<"TaskAssigned"> => event.type === "TaskAssigned").map((e) => e.worker);
}

function configNow(it: Story): ConfigInForce {
  return inForce(it.state, it.config);
}

/** Who is asked for the session of `number`. */
function askedAt(it: Story, number: number): string | undefined {
  return agentBehind(configNow(it), taskAt(it, number).assignment)?.type;
}

describe("an agent that leaves the file with a session", () => {
  test("is said to be taken out with the last entry that it had, gets no new work, and ends its session", () => {
    const it = atWork(3);
    const events = change(it, withoutAgents);
    expect(events.slice(1)).toEqual([{ type: "AgentRemoved", agent: julesId, by: "configuration", definition }]);
    expect(assigned(it)).toEqual([]);
    expect(askedAt(it, 1)).toBe("jules");
    it.tell(say(1, 1, report("succeeded")));
    expect(it.state.occupied.size).toBe(1);
    expect(assigned(it)).toEqual([]);
  });

  test("has it timed out and called off as ever, and nobody is told that it can be neither asked for nor ended", () => {
    const it = atWork(2);
    change(it, withoutAgents);
    expect(types(it.tell(instruct(2, { verb: "cancel" }, writer)))).toContain("CancelRequested");
    it.now += 5 * minute;
    it.tell({ type: "Tick" });
    expect(taskAt(it, 1).escalated).toBeNull();
    it.now += 45 * minute;
    expect(types(it.tell({ type: "Tick" }))).toContain("CancelRequested");
    expect(it.tell(say(1, 1, report("cancelled"))).find(({ type }) => type === "SessionEnded")).toMatchObject({
      result: "timeout",
    });
  });

  test("is known to a process that begins from a snapshot, and to one that has only the log", () => {
    const it = atWork();
    change(it, withoutAgents);
    const read = fromSnapshot(toSnapshot(it.state));
    for (const state of [read, it.state]) {
      expect(agentBehind(inForce(state, withoutAgents), { agent: julesId, fence: 1 })).toMatchObject({ type: "jules" });
    }
  });

  test("costs what its session costs until that ends", () => {
    const priced = configOf({ agents: [{ ...jules, cost: 9 }], limits: { costPerDay: 10 } });
    const it = atWork(1, priced);
    it.tell(observe({ issues: [issue(2)] }));
    change(it, configOf({ agents: [{ ...jules, id: "other", cost: 9 }], limits: { costPerDay: 10 } }));
    expect(assigned(it)).toEqual([]);
  });

  test("is in force again when its entry is back, and its session is its own", () => {
    const it = atWork(2);
    change(it, withoutAgents);
    change(it, withJules);
    expect(toLeavingViews(it.state, configNow(it))).toEqual([]);
    expect(askedAt(it, 1)).toBe("jules");
    it.tell(say(1, 1, report("succeeded")));
    it.tell(observe({ issues: [issue(3)] }));
    expect(assigned(it)).toEqual(["jules/1"]);
  });

  test("without a session is no event beside that of the file", () => {
    const it = story();
    change(it, withJules);
    expect(types(change(it, withoutAgents))).toEqual(["ConfigurationAccepted"]);
    expect(it.state.registry).toBeNull();
  });

  test("is told of with the sessions that it has left: to whoever asks for the agents, in the cockpit, and by explain", () => {
    const it = atWork(2);
    change(it, withoutAgents);
    const context = { now: it.now, config: configNow(it) };
    const leaving = toLeavingViews(it.state, context.config);
    expect(renderAgentsPage(toAgentViews(it.state, context), { loads: [], leaving })).toContain(
      "jules was taken out and gets no new work; 2 sessions go on to their end: jules/1 #1, jules/2 #2",
    );
    expect(renderCockpit(toCockpitView(it.state, context))).toContain("`jules` was taken out and gets no new work");
    const view = toExplainedView(it.state, taskAt(it, 1), context);
    expect(renderExplain(view)).toContain("one of the 2 sessions that it has left");
    expect(toExplanation(view)).toMatchObject({ assignment: { isAgentRemoved: true } });
    it.tell(say(1, 1, report("succeeded")));
    it.tell(say(2, 2, report("succeeded")));
    expect(toLeavingViews(it.state, configNow(it))).toEqual([]);
  });
});

describe("an agent that becomes another system in the file while it has a session", () => {
  test.each([
    ["type", asCursor],
    ["dispatch", asWorkflow],
  ])("by its %s has that session asked for where it was started, and the next one where it is now", (_, after) => {
    const it = atWork();
    const events = change(it, after);
    expect(events.slice(1)).toEqual([
      { type: "AgentRemoved", agent: julesId, by: "configuration", isReplaced: true, definition },
    ]);
    expect(renderEventLine(events[1] as EventOf<"AgentRemoved">, names)).toMatch(
      /another system from now on; its sessions go on as jules, dispatch api/,
    );
    it.tell(observe({ issues: [issue(2)] }));
    expect(assigned(it)).toEqual(["jules/2"]);
    const behind = [1, 2].map((number) => agentBehind(configNow(it), taskAt(it, number).assignment));
    expect(behind).toEqual([{ ...definition, lastFence: 1 }, after.agents[0]]);
    expect(toLeavingViews(it.state, configNow(it))).toMatchObject([
      { type: "jules", isReplaced: true, sessions: [{ worker: "jules/1", reference: "#1" }] },
    ]);
  });

  test("and back again, with a session of each, has each of them asked for where it was started", () => {
    const it = atWork(1);
    change(it, asCursor);
    it.tell(observe({ issues: [issue(2)] }));
    assigned(it);
    change(it, withJules);
    expect([askedAt(it, 1), askedAt(it, 2)]).toEqual(["jules", "cursor"]);
    it.tell(say(1, 1, report("succeeded")));
    it.tell(observe({ issues: [issue(3)] }));
    assigned(it);
    expect([askedAt(it, 2), askedAt(it, 3)]).toEqual(["cursor", "jules"]);
  });

  test("costs by session what each entry says, all together", () => {
    const limits = { costPerDay: 20 };
    const it = atWork(1, configOf({ agents: [{ ...jules, cost: 9 }], limits }));
    change(it, configOf({ agents: [{ ...jules, type: "cursor", cost: 1, capacity: 20 }], limits }));
    it.tell(observe({ issues: Array.from({ length: 20 }, (_, index) => issue(index + 2)) }));
    assigned(it);
    assigned(it);
    // 9 that run already leave room for eleven at 1.
    expect(it.state.occupied.size).toBe(1 + 11);
  });

  test("that only changes what no session is found by is the same agent: no event, and the new entry counts at once", () => {
    const it = atWork();
    const slower = configOf({ agents: [{ ...jules, watch: "2h" }] });
    expect(types(change(it, slower))).toEqual(["ConfigurationAccepted"]);
    expect(agentBehind(configNow(it), taskAt(it, 1).assignment)).toEqual(slower.agents[0]);
  });

  test("takes the place of a registered one with sessions without losing them", () => {
    const it = story();
    change(it, withoutAgents);
    it.tell(observe({ issues: [issue(1)] }));
    it.tell({ type: "RegisterAgent", definition: definition as never, by: "http:token" });
    assigned(it);
    change(it, asCursor);
    expect(askedAt(it, 1)).toBe("jules");
  });
});

describe("a capacity below what runs", () => {
  const three = configOf({ agents: [{ ...jules, capacity: 3 }] });
  const one = configOf({ agents: [{ ...jules, capacity: 1 }] });

  test("ends nothing, and nothing is started before fewer sessions run than it allows", () => {
    const it = atWork(4, three);
    expect(it.state.occupied.size).toBe(3);
    expect(types(change(it, one))).toEqual(["ConfigurationAccepted"]);
    // The one slot that is left is free, but two others still run.
    it.tell(say(1, 1, report("succeeded")));
    expect(assigned(it)).toEqual([]);
    it.tell(say(2, 2, report("succeeded")));
    expect(assigned(it)).toEqual([]);
    it.tell(say(3, 3, report("succeeded")));
    expect(assigned(it)).toEqual(["jules/1"]);
  });

  test("shows every session that runs", () => {
    const it = atWork(3, three);
    change(it, one);
    const [view] = toAgentViews(it.state, { now: it.now, config: configNow(it) });
    expect(view?.workers.map(({ task }) => task?.reference)).toEqual(["#1", "#2", "#3"]);
  });
});
