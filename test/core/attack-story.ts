/** What stories of attack mode begin with: small work, agents that may have more workers, starts and completions. */
import type { Config } from "../../src/model/config.ts";
import type { IssueFacts } from "../../src/model/observation.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, say, type Story } from "../support/given.ts";

export function quickWins(first: number, count: number): readonly IssueFacts[] {
  return Array.from({ length: count }, (_, index) => issue(first + index, { labels: ["orchestrate", "quick-win"] }));
}

export function sprites(capacity: number, maxCapacity: number, config: Record<string, unknown> = {}): Config {
  return configOf({ agents: [{ id: "bifrost", type: "bifrost", capacity, maxCapacity, dispatch: "api" }], ...config });
}

/** Everything that is assigned starts. */
export function startAll(it: Story): void {
  for (const [, id] of it.state.occupied.entries()) {
    const task = it.state.tasks.get(id);
    if (task?.assignment?.phase === "claimed")
      it.tell(say(task.definition.number, task.assignment.fence, report("running")));
  }
}

/** A person declares it done: one completion, whatever the agent did. */
export function complete(it: Story, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    it.tell(instruct(number, { verb: "complete" }));
    const fence = it.state.tasks.get(taskId(number))?.assignment?.fence;
    if (fence !== undefined) it.tell(say(number, fence, report("cancelled")));
  }
}
