/** Stories of workers and agents: a backlog, tasks that end one after another, and what became of the workers. */
import type { Event } from "../../src/model/event.ts";
import { toAgentId, toWorkerId } from "../../src/model/ids.ts";
import type { SessionReport } from "../../src/model/observation.ts";
import { configOf, issue, pull, report } from "../support/build.ts";
import { observe, say, schedule, story, types, type Story } from "../support/given.ts";

export const minute = 60_000;
export const jules = toAgentId("jules");
export const first = toWorkerId(jules, 1);

/** One agent with so many workers, and twenty tasks to do; one that has failed comes back only after hours. */
export function backlog(capacity: number, more: Record<string, unknown> = {}): Story {
  const agents = [{ id: "jules", type: "jules", capacity, dispatch: "api" }];
  const it = story(configOf({ agents, retry: { backoff: { initial: "3h", max: "3h" } }, ...more }));
  it.tell(observe({ issues: Array.from({ length: 20 }, (_, index) => issue(index + 1)) }));
  return it;
}

/** The tasks that are with a worker, by number, with their fences. */
export function held(
  it: Story,
): readonly { readonly number: number; readonly fence: number; readonly worker: string }[] {
  return [...it.state.tasks.entries()].flatMap(([, { definition, assignment }]) =>
    assignment === null
      ? []
      : [{ number: definition.number, fence: assignment.fence, worker: String(assignment.worker) }],
  );
}

/** The only task in work ends after `afterMs`; what was decided with its end. */
export function end(it: Story, state: SessionReport["state"], facts: Partial<SessionReport> = {}): readonly Event[] {
  const [task] = held(it);
  if (task === undefined) throw new Error("nothing is in work");
  return it.tell(say(task.number, task.fence, report(state, facts)));
}

/** The next task is given out, starts, and ends a minute later. */
export function turn(it: Story, state: SessionReport["state"], facts: Partial<SessionReport> = {}): readonly Event[] {
  it.tell(schedule());
  const [task] = held(it);
  if (task === undefined) throw new Error("nothing was given out");
  it.tell(say(task.number, task.fence, report("running")));
  it.now += minute;
  return end(it, state, facts);
}

let pulls = 100;
/** An end that counts as good at once: it names its pull request. */
export function good(): Partial<SessionReport> {
  return { pullUrl: pull((pulls += 1)).url };
}

/** What the clock brings to workers and agents. */
export function tick(it: Story): readonly string[] {
  return types(it.tell({ type: "Tick" })).filter((type) => /^(?:Worker|Agent)/.test(type));
}
