/** Tasks whose sessions ended well and whose pull requests could be merged: what tests of merging begin with. */
import { waitingReasons } from "../../src/core/waiting.ts";
import type { EffectOutcome } from "../../src/model/command.ts";
import type { Config } from "../../src/model/config.ts";
import type { Effect } from "../../src/model/effect.ts";
import type { Event } from "../../src/model/event.ts";
import { toCommandId, type EffectId } from "../../src/model/ids.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { configOf, issue, pull, report, taskId, writer } from "../support/build.ts";
import { observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

export const a = "a".repeat(40);
export const b = "b".repeat(40);
const agents = [{ id: "jules", type: "jules", capacity: 9, dispatch: "api" }];

export function merging(merge: string, config: Record<string, unknown> = {}): Config {
  return configOf({ agents, merge, ...config });
}

/** Issues 1, 2, … with sessions that ended well; the pull request of issue n is #20+n. */
export function reviewed(config: Config, issues = [issue(1), issue(2)]): Story {
  const it = story(config);
  it.tell(observe({ issues }));
  it.tell(schedule());
  for (const [, { id, definition, assignment }] of it.state.tasks.entries()) {
    if (assignment === null) continue;
    const { number } = definition;
    it.tell(say(number, assignment.fence, report("running", { session: { id, url: null } })));
    const done = { session: { id, url: null }, pullUrl: pull(20 + number).url, branch: `orchestrate/${number}-work` };
    it.tell(say(number, assignment.fence, report("succeeded", done)));
  }
  return it;
}

export function facts(number: number, more: Partial<PullFacts> = {}): PullFacts {
  return pull(20 + number, { branch: `orchestrate/${number}-work`, files: [`${number}.ts`], ...more });
}

export function see(it: Story, number: number, more: Partial<PullFacts> = {}): readonly Event[] {
  return it.tell(observe({ pulls: [facts(number, more)] }));
}

export function merged(it: Story, number: number, more: Partial<PullFacts> = {}): readonly Event[] {
  return see(it, number, { state: "merged", mergedBy: writer, mergedAt: it.now, ...more });
}

/** The merge of issue `number` that waits in the outbox, or what has to be done before it, ends like this. */
export function settle(it: Story, number: number, outcome: EffectOutcome): readonly Event[] {
  const effect = [...it.state.outbox.entries()].find(
    ([, { effect: each }]) =>
      (each.type === "MergePull" || each.type === "UpdateBranch") && each.task === taskId(number),
  )?.[0] as EffectId;
  return it.tell({ type: "SettleEffects", settled: [{ effect, outcome }] }, toCommandId(`~settle:${effect}`));
}

export function mergeOf(number: number, sha = a): Effect & { readonly type: "MergePull" } {
  return { type: "MergePull", task: taskId(number), pull: 20 + number, sha };
}

export function why(it: Story, number: number): readonly { readonly code: string; readonly detail: string }[] {
  return waitingReasons(it.state, taskAt(it, number), { now: it.now, config: it.config });
}
