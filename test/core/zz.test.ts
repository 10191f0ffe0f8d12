import fc from "fast-check";
import { test } from "vitest";
import { histories } from "./histories.ts";
import { playHistory } from "./play-history.ts";
import { createState } from "../../src/core/state.ts";
import { evolve } from "../../src/core/evolve.ts";
import { decide } from "../../src/core/decide.ts";
import { begin, takeBack } from "../../src/core/transaction.ts";
import { starvingInOrder } from "../../src/core/starving.ts";
import { configOf, taskId } from "../support/build.ts";
import { givenDefinition } from "../views/given.ts";
import { toCommandId } from "../../src/model/ids.ts";
test("hits", () => {
  let starved = 0, assigned = 0;
  for (const history of fc.sample(histories, 300)) for (const line of playHistory(history).lines) for (const e of JSON.parse(line).events) if (e.type === "TaskAssigned") { assigned += 1; if (e.reasons.starvedMs !== undefined) starved += 1; }
  console.log({ starved, assigned });
});
test("cost", () => {
  const state = createState();
  const now0 = Date.now();
  for (let n = 1; n <= 100_000; n += 1) {
    state.at = n;
    const task = taskId(n);
    evolve(state, { type: "TaskTracked", task, definition: givenDefinition({ number: n, createdAt: n, priority: ((n % 4) + 2) as 2, estimateMinutes: n % 100 }) });
    evolve(state, { type: "TaskTrusted", task, by: "w", hash: "h" });
  }
  console.log("fold", Date.now() - now0);
  const config = configOf({ mode: "effort", agents: [{ id: "jules", type: "jules", capacity: 1000, dispatch: "api" }], limits: { batch: 1, sessionsPerDay: 100000, costPerDay: 100000 } , matching: {}});
  for (const [name, now] of [["fresh", 1_000_000], ["starving", 1e10]] as const) {
    const times: number[] = [];
    for (let i = 0; i < 300; i += 1) {
      const t = performance.now();
      const events = decide(state, { type: "Schedule", id: toCommandId(`~${name}${i}`) }, { now, config });
      times.push(performance.now() - t);
      const s = performance.now();
      state.at = now;
      for (const e of events) evolve(state, e);
    }
    const sorted = times.slice(1).toSorted((a, b) => a - b);
    console.log(name, "first", times[0]?.toFixed(2), "max", sorted.at(-1)?.toFixed(3), "median", sorted[150]?.toFixed(4), "p99", sorted[296]?.toFixed(4));
  }
  const t = performance.now();
  let k = 0; for (const _ of starvingInOrder(state, { now: 1e10, config })) if ((k += 1) === 10) break;
  console.log("look", performance.now() - t, process.memoryUsage().heapUsed / 1e6);
});
