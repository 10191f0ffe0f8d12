import { test } from "vitest";
import { waitingReasons } from "../../src/core/waiting.ts";
import { expectedStart } from "../../src/core/expected-start.ts";
import { configOf, issue, report, taskId, writer } from "../support/build.ts";
import { instruct, observe, say, schedule, story, type Story, taskAt } from "../support/given.ts";
const minute = 60_000;
const ctx = (it: Story) => ({ now: it.now, config: it.config });
const reasons = (it: Story, n: number) => waitingReasons(it.state, taskAt(it, n), ctx(it)).map((r) => r.code + ":" + r.detail);
const assigned = (ev: readonly any[]) => ev.filter((e) => e.type === "TaskAssigned").map((e) => `${e.task}@${e.worker}`);
const many = (from: number, to: number, facts: any = {}) => Array.from({ length: to - from + 1 }, (_, i) => issue(from + i, facts));

test("T1 quota burst", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 5, dispatch: "api", quota: 2 }] }));
  it.tell(observe({ issues: many(1, 6) }));
  console.log("T1", assigned(it.tell(schedule())));
});
test("T2 cost burst", () => {
  const it = story(configOf({ limits: { costPerDay: 20 }, agents: [{ id: "jules", type: "jules", capacity: 8, dispatch: "api", cost: 10 }] }));
  it.tell(observe({ issues: many(1, 8) }));
  console.log("T2", assigned(it.tell(schedule())));
});
test("T3 pin beyond capacity", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 5, dispatch: "api" }] }));
  it.tell(observe({ issues: many(1, 2) }));
  it.tell(instruct(1, { verb: "assign", target: "jules/5" } as any));
  it.config = configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }] });
  console.log("T3", assigned(it.tell(schedule())), reasons(it, 1));
  it.now += 10 * minute;
  console.log("T3b", it.tell(schedule()), reasons(it, 1));
});
test("T4 refused urgent after recovery", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
  it.tell(observe({ issues: [issue(1, { labels: ["orchestrate", "priority:urgent"] }), ...many(2, 6)] }));
  console.log("T4", assigned(it.tell(schedule())));
  it.tell({ type: "ReportOutcome", task: taskId(1), fence: it.state.fence, outcome: { kind: "refused", reason: "503", retryAfterMs: null } } as any);
  for (let i = 0; i < 4; i++) {
    const a = assigned(it.tell(schedule()));
    console.log("T4", i, a);
    const id = it.state.occupied.get("jules/1" as any);
    if (id === undefined) { it.now += minute; continue; }
    const n = Number(it.state.tasks.get(id)!.definition.number);
    it.tell(say(n, it.state.fence, report("running")));
    it.now += 10 * minute;
    it.tell(say(n, it.state.fence, report("succeeded")));
  }
});
test("T5 pins to a disabled agent block others", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }, { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" }] }));
  it.tell(observe({ issues: [...many(1, 230, { labels: ["orchestrate", "priority:urgent", "agent:jules"] }), issue(231)] }));
  it.tell(instruct(1, { verb: "disable", worker: "jules/1" } as any));
  console.log("T5", assigned(it.tell(schedule())), reasons(it, 231), reasons(it, 2));
});
test("T6 expected start", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }] }));
  it.tell(observe({ issues: many(1, 2) }));
  it.tell(instruct(1, { verb: "disable", worker: "jules/1" } as any));
  console.log("T6", assigned(it.tell(schedule())), reasons(it, 1), expectedStart(it.state, taskAt(it, 1), ctx(it)), it.now);
});
test("T7 pinned resting/disabled", () => {
  const it = story(configOf({ agents: [{ id: "jules", type: "jules", capacity: 2, dispatch: "api" }] }));
  it.tell(observe({ issues: many(1, 2) }));
  it.tell(instruct(1, { verb: "assign", target: "jules/1" } as any));
  it.tell(instruct(1, { verb: "disable", worker: "jules/1" } as any));
  console.log("T7", assigned(it.tell(schedule())), reasons(it, 1));
  it.now += 30 * 60 * minute;
  console.log("T7b", it.tell({ type: "Tick" } as any), it.tell(schedule()), reasons(it, 1));
});
