import { describe, expect, test } from "vitest";
import { capacityOf, shownSlots } from "../../src/state/capacity.ts";
import { nextDueAt } from "../../src/core/decide-tick.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { expectedStart } from "../../src/insight/expected-start.ts";
import { simulate } from "../../src/insight/simulate.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { createState } from "../../src/state/state.ts";
import { useOfAgents } from "../../src/core/utilisation.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { whyIdle } from "../../src/insight/why-idle.ts";
import { toAgentViews } from "../../src/engine/task-views.ts";
import { runPass } from "../../src/engine/pass.ts";
import { toAgentId, toCommandId } from "../../src/model/ids.ts";
import type { OperatorFacts } from "../../src/model/operator.ts";
import { renderAgents } from "../../src/views/agents-table.ts";
import { configOf, issue } from "../support/build.ts";
import { instruct, observe, schedule, story, taskAt, types, type Story } from "../support/given.ts";
import { complete, quickWins, startAll } from "./attack-story.ts";

const minute = 60_000;
const cursor = toAgentId("cursor");
const tick = { type: "Tick" } as const;
const attended = { id: "cursor", type: "cursor", capacity: 2, operators: ["alice", "bob"] };

const there = (login: string): OperatorFacts => ({ login, presence: "available", until: null });
const busy = (login: string, until: number | null = null) => ({ login, presence: "busy", until }) as const;
const unknown = (login: string) => ({ login, presence: "unknown", until: null }) as const;

function told(...operators: readonly OperatorFacts[]) {
  return { type: "ReportOperators", operators } as const;
}

/** Six ready tasks for `agents`. */
function given(agents: readonly object[] = [attended]): Story {
  const it = story(configOf({ agents }));
  it.tell(observe({ issues: [1, 2, 3, 4, 5, 6].map((number) => issue(number)) }));
  return it;
}

function slots(it: Story): number {
  const [agent] = it.config.agents;
  return agent === undefined ? -1 : capacityOf(it.state, agent);
}

function reasonsOf(it: Story, number: number) {
  return waitingReasons(it.state, taskAt(it, number), { now: it.now, config: it.config });
}

describe("an agent with operators", () => {
  test("runs one session for each who is available, and no more than its capacity", () => {
    const it = given();
    expect(it.tell(told(busy("alice"), there("bob")))).toEqual([
      { type: "OperatorsChanged", agent: cursor, operators: [busy("alice"), there("bob")] },
    ]);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    expect(it.tell(schedule())).toEqual([]);
    const wide = given([{ ...attended, capacity: 3, perOperator: 4 }]);
    wide.tell(told(busy("alice"), there("bob")));
    expect(slots(wide)).toBe(3);
    wide.tell(told(busy("alice"), busy("bob")));
    expect(slots(wide)).toBe(0);
  });

  test("has as many slots as before where nobody is away", () => {
    const it = given();
    it.tell(told(there("alice"), there("bob")));
    expect(slots(it)).toBe(2);
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned", "TaskAssigned"]);
  });

  test("starts nothing for whom GitHub has not said anything of yet, and says so", () => {
    const it = given();
    expect(it.tell(schedule())).toEqual([]);
    it.tell(told(busy("bob")));
    const detail =
      "No operator of cursor is available: GitHub has not said yet whether alice is available, bob is busy.";
    expect(reasonsOf(it, 1)).toEqual([{ code: "no_operator", detail }]);
  });

  test("starts nothing while nobody is available, and says of each who waits for whom", () => {
    const it = given();
    it.tell(told(busy("alice", Date.parse("2026-01-05T14:00:00Z")), busy("bob")));
    expect(it.tell(schedule())).toEqual([]);
    const detail = "No operator of cursor is available: alice is busy until 2026-01-05 14:00 UTC, bob is busy.";
    expect(reasonsOf(it, 1)).toEqual([{ code: "no_operator", detail }]);
    expect(whyIdle(it.state, it, 2).tasks).toEqual([
      { number: 1, codes: ["no_operator"] },
      { number: 2, codes: ["no_operator"] },
    ]);
  });

  test("goes on in the pass that hears of somebody who is back", () => {
    const it = given();
    it.tell(told(busy("alice"), busy("bob")));
    const commands = [told(busy("alice"), there("bob")), tick, schedule()].map((command, index) => ({
      ...command,
      id: toCommandId(`~pass:${index}`),
    }));
    const pass = runPass(it.state, commands as never, it);
    expect(pass.entries.flatMap((entry) => entry.events).map(({ type }) => type)).toEqual([
      "OperatorsChanged",
      "TaskAssigned",
    ]);
  });

  test("keeps its sessions when its operators leave, and starts none beside those that go on", () => {
    const it = given();
    it.tell(told(there("alice"), there("bob")));
    it.tell(schedule());
    startAll(it);
    it.tell(told(busy("alice"), there("bob")));
    expect(it.state.occupied.size).toBe(2);
    const [first] = [...it.state.occupied.entries()].map(([, id]) => it.state.tasks.get(id)?.definition.number ?? 0);
    complete(it, first ?? 0);
    // The other one is still on the hands of who is left.
    expect(it.tell(schedule())).toEqual([]);
    expect(it.state.occupied.size).toBe(1);
    it.tell(told(there("alice"), there("bob")));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("lets nobody give way where the end of a session would make room for none", () => {
    const it = story(configOf({ agents: [{ ...attended, timeout: "9h" }] }));
    const labels = ["orchestrate", "estimate:4h"];
    it.tell(observe({ issues: [1, 2].map((number) => issue(number, { labels })) }));
    it.tell(told(there("alice"), there("bob")));
    it.tell(schedule());
    startAll(it);
    it.now += 40 * minute;
    it.tell(observe({ issues: [issue(9, { labels: [...labels, "priority:urgent"] })] }));
    it.tell(told(busy("alice"), there("bob")));
    expect(types(it.tell(schedule()))).not.toContain("TaskPreempted");
    it.tell(told(there("alice"), there("bob")));
    expect(types(it.tell(schedule()))).toContain("TaskPreempted");
  });

  test("shows the sessions that go on after everybody has left, and divides nothing by its slots", () => {
    const it = given();
    it.tell(told(there("alice"), there("bob")));
    it.tell(schedule());
    startAll(it);
    it.tell(told(busy("alice"), busy("bob")));
    const [agent] = it.config.agents;
    expect(agent === undefined ? 0 : shownSlots(it.state, agent)).toBe(2);
    expect(useOfAgents(it.state, it, null)).toMatchObject([{ capacity: 0, busy: 0, off: 0, free: 0, utilisation: 0 }]);
    const table = renderAgents(toAgentViews(it.state, it));
    expect(table).toContain("0 of 2 operators available: alice is busy, bob is busy; 2 of 2 busy");
  });

  test("says it once, and what it says of those who were not asked for stays", () => {
    const it = given();
    const away = told(busy("alice"), busy("bob"));
    it.tell(away);
    expect(it.tell(away)).toEqual([]);
    expect(it.tell(told())).toEqual([]);
    expect(it.tell(told(there("BOB")))).toEqual([
      { type: "OperatorsChanged", agent: cursor, operators: [busy("alice"), there("bob")] },
    ]);
    expect(slots(it)).toBe(1);
  });

  test("counts a status that is over no more: when it is read, and when its time comes", () => {
    const it = given();
    it.tell(told(busy("alice", it.now), there("bob")));
    expect(slots(it)).toBe(2);
    const until = it.now + 30 * minute;
    it.tell(told(busy("alice", until), busy("bob")));
    expect(nextDueAt({ state: it.state, context: it })).toBe(until);
    it.now = until - 1;
    expect(types(it.tell(tick))).not.toContain("OperatorsChanged");
    it.now = until;
    expect(it.tell(tick)).toContainEqual({
      type: "OperatorsChanged",
      agent: cursor,
      operators: [there("alice"), busy("bob")],
    });
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
  });

  test("is expected to start when the first says to be back, and nobody can say when where none does", () => {
    const it = given();
    const until = it.now + 30 * minute;
    it.tell(told(busy("alice", until), busy("bob")));
    expect(expectedStart(it.state, taskAt(it, 1), it)).toBe(until);
    it.tell(told(busy("alice"), busy("bob")));
    expect(expectedStart(it.state, taskAt(it, 1), it)).toBeNull();
  });

  test("does not make what only it can take unplaceable, also where a person asked for one worker of it", () => {
    const it = given();
    it.tell(instruct(1, { verb: "assign", target: "cursor/2" }));
    it.tell(told(busy("alice"), busy("bob")));
    expect(it.tell(schedule())).toEqual([]);
    it.tell(told(busy("alice"), there("bob")));
    expect(types(it.tell(schedule()))).toEqual(["TaskAssigned"]);
    expect(reasonsOf(it, 1)).toEqual([
      { code: "no_operator", detail: "Not all operators of cursor are available: alice is busy." },
    ]);
    it.tell(told(there("alice"), there("bob")));
    expect(it.tell(schedule())).toContainEqual(expect.objectContaining({ type: "TaskAssigned", worker: "cursor/2" }));
  });

  test("lets others take what it cannot, and is named in their account", () => {
    const it = given([attended, { id: "jules", type: "jules", capacity: 1 }]);
    it.tell(told(busy("alice"), busy("bob")));
    expect(it.tell(schedule())).toMatchObject([
      {
        type: "TaskAssigned",
        agent: "jules",
        reasons: { rejected: [{ worker: "cursor/1", code: "no_operator" }], rejectedCount: { no_operator: 0 } },
      },
    ]);
  });
});

describe("a login that GitHub does not know", () => {
  test("is not counted and told of, once, until it is put right", () => {
    const it = given();
    const events = it.tell(told(unknown("alice"), there("bob")));
    expect(types(events)).toEqual(["OperatorsChanged", "WarningRaised"]);
    expect(events[1]).toMatchObject({
      warning: {
        code: "operator_unknown",
        subject: "cursor",
        detail:
          "GitHub knows no user alice, whom agents[].operators names: nothing is started on cursor for that name.",
      },
    });
    expect(it.tell(told(unknown("alice"), there("bob")))).toEqual([]);
    expect(slots(it)).toBe(1);
    expect(types(it.tell(told(there("alice"), there("bob"))))).toEqual(["OperatorsChanged", "WarningCleared"]);
  });

  test("is told of no more when the configuration names it no more", () => {
    const it = given();
    it.tell(told(unknown("alice"), there("bob")));
    it.config = configOf({ agents: [{ id: "cursor", type: "cursor", capacity: 2 }] });
    it.now += minute;
    expect(types(it.tell(tick))).toContain("WarningCleared");
    expect(slots(it)).toBe(2);
  });
});

describe("beside what others say of the capacity", () => {
  test("the fewer count: a vendor's limit and the operators", () => {
    const it = given([{ ...attended, id: "bifrost", type: "bifrost", capacity: 4, perOperator: 2, dispatch: "api" }]);
    it.tell(told(there("alice"), there("bob")));
    it.tell({ type: "ReportCapacity", agent: toAgentId("bifrost"), limit: 3 });
    expect(slots(it)).toBe(3);
    it.tell(told(busy("alice"), there("bob")));
    expect(slots(it)).toBe(2);
    it.tell({ type: "ReportCapacity", agent: toAgentId("bifrost"), limit: 0 });
    expect(slots(it)).toBe(1);
    it.tell(told(busy("alice"), busy("bob")));
    expect(slots(it)).toBe(0);
    it.tell({ type: "ReportCapacity", agent: toAgentId("bifrost"), limit: null });
    it.tell(told(there("alice"), there("bob")));
    expect(slots(it)).toBe(4);
  });

  test("attack mode raises no agent above its operators, and what it raised is there again when they are", () => {
    const sprites = { ...attended, id: "bifrost", type: "bifrost", maxCapacity: 20, perOperator: 2 };
    const it = story(configOf({ agents: [sprites], attack: { scale: { ready: 5 } } }));
    it.tell(observe({ issues: quickWins(1, 20) }));
    it.tell(told(there("alice"), there("bob")));
    it.tell(instruct(1, { verb: "attack", to: "on" }));
    it.tell(schedule());
    startAll(it);
    expect(it.tell(tick)).toContainEqual(expect.objectContaining({ type: "CapacityChanged", capacity: 4 }));
    it.tell(schedule());
    it.tell(told(busy("alice"), there("bob")));
    expect(slots(it)).toBe(2);
    it.now += 20 * minute;
    const events = it.tell(tick);
    expect(types(events)).not.toContain("CapacityChanged");
    expect(events).toContainEqual(
      expect.objectContaining({
        warning: expect.objectContaining({
          code: "scaling",
          suggestion:
            "The operators of bifrost look after no more sessions at once: name more of them, or raise perOperator in .github/orchestrate.yml.",
        }) as unknown,
      }),
    );
    it.tell(told(there("alice"), there("bob")));
    expect(slots(it)).toBe(4);
    it.tell(told(busy("alice"), there("bob")));
    it.tell(instruct(1, { verb: "attack", to: "off" }));
    it.tell(tick);
    it.tell(told(there("alice"), there("bob")));
    expect(slots(it)).toBe(2);
  });
});

test("modes are compared with the workers that there are when everybody is available", () => {
  const it = given();
  it.tell(told(busy("alice"), busy("bob")));
  expect(simulate(it.state, it)).toMatchObject({ hasWorkers: true, comparison: { capacity: 2 } });
});

test("a process that starts from a snapshot, or from the log, knows who is away", () => {
  const it = given();
  it.tell(told(busy("alice", it.now + 5 * minute), unknown("bob")));
  const again = createState();
  for (const entry of it.entries) evolveEntry(again, entry);
  const read = fromSnapshot(toSnapshot(it.state));
  const [agent] = it.config.agents;
  if (agent === undefined) throw new Error("There is no agent.");
  expect([capacityOf(again, agent), capacityOf(read, agent)]).toEqual([0, 0]);
  expect(toSnapshot(read)).toEqual(toSnapshot(it.state));
  expect(toSnapshot(again)).toEqual(toSnapshot(it.state));
});
