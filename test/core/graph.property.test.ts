/** Tasks that fail, end, come back, are let go of and wait for others anew, in any order: the state says of the graph what its edges say. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SlashCommand } from "../../src/model/slash.ts";
import { blocker, issue, taskId, writer } from "../support/build.ts";
import { instruct, observe, story, type Story } from "../support/given.ts";
import { wrongInGraph } from "./graph-rules.ts";

const numbers = [1, 2, 3, 4, 5, 6];
const one = fc.constantFrom(...numbers);
type Step = (it: Story, at: number) => void;

const look: fc.Arbitrary<Step> = fc
  .record({
    number: one,
    on: fc.uniqueArray(one, { maxLength: 3 }),
    soft: fc.constantFrom(0, 0, 1),
    isSelected: fc.constantFrom(true, true, false),
  })
  .map(({ number, on, soft, isSelected }) => (it, at) => {
    const blockedBy = on.map((each, index) => blocker(each, { kind: index < soft ? "soft" : "hard" }));
    const selection = isSelected ? {} : { labels: [], selectedBy: null };
    it.tell(observe({ issues: [issue(number, { blockedBy, updatedAt: at, ...selection })] }));
  });
const says: fc.Arbitrary<Step> = fc
  .record({
    number: one,
    said: fc.constantFrom<SlashCommand[]>(
      { verb: "fail", reason: "No way." },
      { verb: "fail", reason: "No way." },
      { verb: "complete" },
      { verb: "cancel" },
      { verb: "retry" },
    ),
  })
  .map(
    ({ number, said }) =>
      (it) =>
        void it.tell(instruct(number, said)),
  );
const unblocks: fc.Arbitrary<Step> = fc.record({ number: one, on: one }).map(({ number, on }) => (it) => {
  const reference = { id: taskId(on), reference: `#${on}`, url: null };
  it.tell({ ...instruct(number, { verb: "unblock", repository: null, number: on }), reference } as never);
});
const closes: fc.Arbitrary<Step> = fc
  .record({ number: one, stateReason: fc.constantFrom("completed" as const, "not_planned" as const) })
  .map(({ number, stateReason }) => (it, at) => {
    it.tell(observe({ issues: [issue(number, { state: "closed", stateReason, closedBy: writer, updatedAt: at })] }));
  });
const goes: fc.Arbitrary<Step> = one.map(
  (number) => (it) => void it.tell(observe({ gone: [{ id: taskId(number), reason: "deleted" }] })),
);
const step = fc.oneof(
  { weight: 6, arbitrary: look },
  { weight: 6, arbitrary: says },
  { weight: 2, arbitrary: unblocks },
  { weight: 1, arbitrary: closes },
  { weight: 1, arbitrary: goes },
);

test("whoever is behind a failed task bears its name, whoever waits for itself is told so, and nobody else is", () => {
  fc.assert(
    fc.property(fc.array(look, { minLength: 4, maxLength: 6 }), fc.array(step, { maxLength: 20 }), (first, steps) => {
      const it = story();
      for (const [at, each] of [...first, ...steps].entries()) {
        each(it, at + 1);
        expect(wrongInGraph(it.state)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
