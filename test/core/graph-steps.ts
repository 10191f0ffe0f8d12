/** What happens to a few tasks that wait for each other: they fail, end, come back, are let go of, and wait for others anew. */
import fc from "fast-check";
import type { SlashCommand } from "../../src/model/slash.ts";
import { blocker, issue, taskId, writer } from "../support/build.ts";
import { instruct, observe, type Story } from "../support/given.ts";

/** All issues that there may be. */
export const numbers = [1, 2, 3, 4, 5, 6];
const one = fc.constantFrom(...numbers);
/** Something that happens to the graph at an instant. */
export type GraphStep = (it: Story, at: number) => void;

/** An issue is seen with other edges than before, or with its label or without. */
export const look: fc.Arbitrary<GraphStep> = fc
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
const says: fc.Arbitrary<GraphStep> = fc
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
const unblocks: fc.Arbitrary<GraphStep> = fc.record({ number: one, on: one }).map(({ number, on }) => (it) => {
  const reference = { id: taskId(on), reference: `#${on}`, url: null };
  it.tell({ ...instruct(number, { verb: "unblock", repository: null, number: on }), reference } as never);
});
const closes: fc.Arbitrary<GraphStep> = fc
  .record({ number: one, stateReason: fc.constantFrom("completed" as const, "not_planned" as const) })
  .map(({ number, stateReason }) => (it, at) => {
    it.tell(observe({ issues: [issue(number, { state: "closed", stateReason, closedBy: writer, updatedAt: at })] }));
  });
const goes: fc.Arbitrary<GraphStep> = one.map(
  (number) => (it) => void it.tell(observe({ gone: [{ id: taskId(number), reason: "deleted" }] })),
);
/** Anything of all that. */
export const step = fc.oneof(
  { weight: 6, arbitrary: look },
  { weight: 6, arbitrary: says },
  { weight: 2, arbitrary: unblocks },
  { weight: 1, arbitrary: closes },
  { weight: 1, arbitrary: goes },
);
