/** Duplicates against a slow and obvious rule over all tasks, through observations, ends, approvals and decisions that are taken back. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isEnded } from "../../src/state/readiness.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { State } from "../../src/state/state.ts";
import type { Task } from "../../src/model/task.ts";
import { configOf, issue, stranger, taskId, writer } from "../support/build.ts";
import { instruct, observe, schedule, story } from "../support/given.ts";

const count = 6;
const step = fc.record({
  number: fc.integer({ min: 1, max: count }),
  text: fc.constantFrom("a", "b"),
  what: fc.constantFrom(
    "look",
    "look",
    "strange",
    "deselect",
    "approve",
    "complete",
    "cancel",
    "retry",
    "schedule",
    "ask",
  ),
});

/** Who should be held for whom, by walking everything. */
function expected(state: State): ReadonlyMap<string, string | null> {
  const tasks = [...state.tasks.entries()].map(([, task]) => task).filter((task) => !isEnded(task));
  return new Map(tasks.map((task) => [task.id, firstBefore(task, tasks)]));
}

function firstBefore(task: Task, tasks: readonly Task[]): string | null {
  const begun = (each: Task) => each.assignment !== null || each.attempts.length > 0 || each.pull !== null;
  const meant = (each: Task) => each.waived === each.definition.hash;
  const rank = (each: Task) => (begun(each) ? 0 : 2) + (each.trust !== null && each.pendingReason === null ? 0 : 1);
  if (begun(task) || meant(task)) return null;
  const others = tasks.filter((each) => each.definition.hash === task.definition.hash && !meant(each));
  const [first] = others.toSorted(
    (one, other) => rank(one) - rank(other) || one.definition.number - other.definition.number,
  );
  return first === undefined || first.id === task.id ? null : first.id;
}

test("whoever is held is held for the one that goes on, after every step and in every process", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const it = story(configOf());
      for (const [at, { number, text, what }] of steps.entries()) {
        const facts = { hash: text, updatedAt: at + 2, editedBy: writer, editedAt: at + 2 };
        const by = { actor: stranger, at: 1 };
        if (what === "look") it.tell(observe({ issues: [issue(number, facts)] }));
        else if (what === "strange")
          it.tell(observe({ issues: [issue(number, { ...facts, selectedBy: by, editedBy: stranger })] }));
        else if (what === "deselect") it.tell(observe({ issues: [issue(number, { ...facts, selectedBy: null })] }));
        else if (what === "schedule") it.tell(schedule());
        else if (what === "ask") it.ask(instruct(number, { verb: "complete" }));
        else it.tell(instruct(number, { verb: what }), `~${at}`);
        const open = [...it.state.tasks.entries()].filter(([, task]) => !isEnded(task));
        expect(new Map(open.map(([id, task]) => [id, task.duplicateOf ?? null]))).toEqual(expected(it.state));
      }
      expect(toSnapshot(fromSnapshot(toSnapshot(it.state)))).toEqual(toSnapshot(it.state));
      expect(it.state.tasks.get(taskId(count + 1))).toBeUndefined();
    }),
    { numRuns: 150 },
  );
});
