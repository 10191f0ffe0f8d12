/** A process of its own: holds 100,000 open tasks of which 10,000 are with a worker, and prints its resident megabytes. */
import { decide } from "../../src/core/decide.ts";
import { evolve } from "../../src/core/evolve.ts";
import { toCommandId } from "../../src/model/ids.ts";
import { config, loadBacklog } from "./backlog-run.ts";

const state = loadBacklog(100_000);
for (let round = 0; round < 10; round += 1) {
  const context = { now: 1_700_200_000_000, config };
  for (const event of decide(state, { type: "Schedule", id: toCommandId(`~memory:${round}`) }, context))
    evolve(state, event);
}
if (state.occupied.size !== 10_000) throw new Error(`Only ${state.occupied.size} workers are taken.`);
globalThis.gc?.();
globalThis.gc?.();
process.stdout.write(`${JSON.stringify({ residentMb: process.memoryUsage().rss / 2 ** 20 })}\n`);
// Held until here, so that it is what was measured.
if (state.openCount !== 100_000) throw new Error("The backlog is not what it should be.");
