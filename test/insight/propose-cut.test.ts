/** The way out of a cycle: the edge that costs least goes, and a person's word is the last to go. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCycle } from "../../src/core/decide-cycles.ts";
import { proposeCut } from "../../src/insight/propose-cut.ts";
import { toTaskView } from "../../src/engine/task-views.ts";
import { renderExplain } from "../../src/views/explain.ts";
import { renderSticky } from "../../src/views/sticky-comment.ts";
import type { BlockerFacts } from "../../src/model/observation.ts";
import { blocker, issue, taskId, writer } from "../support/build.ts";
import { instruct, observe, story, type Story } from "../support/given.ts";

/** Task n waits for the blockers at place n - 1. */
function circle(...blockers: readonly (readonly BlockerFacts[])[]): Story {
  const it = story();
  it.tell(observe({ issues: blockers.map((blockedBy, index) => issue(index + 1, { blockedBy })) }));
  return it;
}

function cut(it: Story, number: number): readonly string[] {
  const cycle = it.state.tasks.get(taskId(number))?.cycle ?? [];
  const names = (id: string) => `#${it.state.tasks.get(id as never)?.definition.number}`;
  return proposeCut(it.state, cycle).map(({ task, on }) => `${names(task)} no longer waits for ${names(on)}`);
}

const soft = { kind: "soft", source: "body" } as const;
const body = { source: "body" } as const;

describe("the proposed cut", () => {
  test("is the soft edge before one of a text, and that before a native one", () => {
    expect(cut(circle([blocker(3)], [blocker(1, soft)], [blocker(2, body)]), 1)).toEqual(["#2 no longer waits for #1"]);
    expect(cut(circle([blocker(3)], [blocker(1)], [blocker(2, body)]), 1)).toEqual(["#3 no longer waits for #2"]);
  });

  test("is the same for every task of the cycle, and the first by number where all cost the same", () => {
    const it = circle([blocker(3)], [blocker(1)], [blocker(2)]);
    expect(new Set([1, 2, 3].map((number) => cut(it, number).join()))).toHaveLength(1);
  });

  test("is no edge of a command where there is any other", () => {
    const it = circle([blocker(2)], []);
    const edge = { ...instruct(2, { verb: "blocked-by", number: 3, repository: null }), reference: blocker(3) };
    it.tell(observe({ issues: [issue(3)] }));
    it.tell(edge as Parameters<typeof it.tell>[0]);
    it.tell(observe({ issues: [issue(3, { updatedAt: 2, blockedBy: [blocker(1)] })] }));
    expect(cut(it, 1)).not.toContain("#2 no longer waits for #3");
    expect(cut(it, 1)).toHaveLength(1);
  });

  test("is told with the command to write and where, and nothing is cut without it", () => {
    const it = circle([blocker(2)], [blocker(1, soft)]);
    const task = it.state.tasks.get(taskId(1));
    if (task === undefined) throw new Error("It is not there.");
    const view = toTaskView(it.state, task, { now: it.now, config: it.config });
    const way = "cut #1 → #2 with `/orchestrate unblock #1` on #2";
    expect(renderSticky(view)).toContain(way);
    expect(renderExplain(view)).toContain(way);
    expect(it.tell({ type: "Tick" })).toEqual([]);
    const command = { ...instruct(2, { verb: "unblock", number: 1, repository: null }, writer), reference: blocker(1) };
    it.tell(command as Parameters<typeof it.tell>[0]);
    expect([it.status(1), it.status(2)]).toEqual(["blocked", "ready"]);
  });

  test("leaves no cycle among the tasks of the one that was reported", () => {
    const edges = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })), {
      selector: String,
      maxLength: 14,
    });
    fc.assert(
      fc.property(edges, (pairs) => {
        const of = (number: number) =>
          pairs.filter(([to, on]) => to === number && on !== to).map(([, on]) => blocker(on));
        const it = circle(...[1, 2, 3, 4, 5, 6].map(of));
        for (const [, task] of it.state.tasks.entries()) {
          if (task.cycle === null) continue;
          const members = new Set(task.cycle);
          const gone = new Set(proposeCut(it.state, task.cycle).map((each) => `${each.task} ${each.on}`));
          expect(gone.size).toBeGreaterThan(0);
          const trial = story();
          const left = [...it.state.tasks.entries()].map(([, each]) => {
            const kept = each.blockedBy.filter(
              (edge) => members.has(each.id) && members.has(edge.on) && !gone.has(`${each.id} ${edge.on}`),
            );
            const { number } = each.definition;
            return issue(number, { blockedBy: kept.map((edge) => ({ ...blocker(number), id: edge.on })) });
          });
          trial.tell(observe({ issues: left }));
          expect(findCycle(trial.state, task.id)).toBeNull();
        }
      }),
      { numRuns: 100 },
    );
  });
});
