import { describe, expect, test } from "vitest";
import { expectedStart } from "../../src/core/expected-start.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt, type Story } from "../support/given.ts";

const minute = 60_000;

/** Two tasks and one worker; in how many minutes the second is expected to start. */
function given(limits: Record<string, unknown> = {}): Story {
  const agents = [{ id: "jules", type: "jules", capacity: 1, dispatch: "api" }];
  const it = story(configOf({ agents, limits, health: { refusals: 1 } }));
  it.tell(observe({ issues: [issue(1), issue(2)] }));
  return it;
}

function inMinutes(it: Story, number: number): number | null {
  const at = expectedStart(it.state, taskAt(it, number), { now: it.now, config: it.config });
  return at === null ? null : (at - it.now) / minute;
}

describe("a waiting task is expected to start", () => {
  test("when the session before it is expected to end", () => {
    const it = given();
    it.tell(schedule());
    it.tell(say(1, 1, report("running")));
    it.now += 10 * minute;
    expect(inMinutes(it, 2)).toBe(20);
  });

  test("not before the pause of the only agent is over", () => {
    const it = given();
    it.tell(schedule());
    const outcome = { kind: "refused", reason: "503", retryAfterMs: null } as const;
    it.tell({ type: "ReportOutcome", task: taskId(1), fence: 1, outcome });
    expect(inMinutes(it, 2)).toBe(5);
  });

  test("at no time that can be said while every worker is disabled, or a cap is reached", () => {
    const off = given();
    off.tell(instruct(1, { verb: "disable", worker: "jules/1" }));
    expect(inMinutes(off, 1)).toBeNull();
    const capped = given({ sessionsPerDay: 1 });
    expect(inMinutes(capped, 2)).toBe(30);
    capped.tell(schedule());
    expect(inMinutes(capped, 2)).toBeNull();
  });
});
