/** Tasks that fail, end, come back, are let go of and wait for others anew, in any order: the state says of the graph what its edges say. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { barrierIn } from "../../src/state/stages.ts";
import type { State } from "../../src/state/state.ts";
import { configOf, taskId } from "../support/build.ts";
import { schedule, story } from "../support/given.ts";
import { stagesOf, wrongInGraph } from "./graph-rules.ts";
import { look, numbers, step } from "./graph-steps.ts";

const steps = fc
  .tuple(fc.array(look, { minLength: 4, maxLength: 6 }), fc.array(step, { maxLength: 20 }))
  .map(([first, then]) => [...first, ...then]);

test("whoever is behind a failed task bears its name, whoever waits for itself is told so, and nobody else is", () => {
  fc.assert(
    fc.property(steps, (planned) => {
      const it = story();
      for (const [at, each] of planned.entries()) {
        each(it, at + 1);
        expect(wrongInGraph(it.state)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

const strict = configOf({ strictStages: true });

/** The barrier and the stage of each task, as the state has kept them. */
function keptIn(state: State): unknown {
  const barrier = barrierIn(state, strict);
  const stages = numbers.map((number) => state.stages.stageOf(state.numbering.find(taskId(number))));
  return { barrier: barrier && { stage: barrier.stage, openCount: barrier.openCount }, stages };
}

test("stages that are kept from change to change are those of the edges, however they came to be", () => {
  fc.assert(
    fc.property(steps, fc.array(fc.boolean(), { minLength: 26, maxLength: 26 }), (planned, asked) => {
      const it = story(strict);
      for (const [at, each] of planned.entries()) {
        each(it, at + 1);
        // Within a decision that is taken back, so that what was kept has to follow that too.
        it.ask(schedule());
        if (asked[at] !== true) continue;
        expect(keptIn(it.state)).toEqual(stagesOf(it.state, numbers.map(taskId)));
        expect(keptIn(fromSnapshot(toSnapshot(it.state)))).toEqual(keptIn(it.state));
      }
    }),
    { numRuns: 150 },
  );
});
