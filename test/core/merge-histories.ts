/** Many green pull requests at once, any order of looks, refusals and queue ends: what is merged is green, in order and apart. */
import fc from "fast-check";
import { expect } from "vitest";
import type { Command, EffectOutcome } from "../../src/model/command.ts";
import type { EffectType } from "../../src/model/effect.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import { blocker, configOf, issue, observation, pull, report, taskId, writer } from "../support/build.ts";
import type { PlannedPass, Step } from "./histories.ts";
import { playHistory } from "./play-history.ts";

const count = 5;
const number = fc.integer({ min: 1, max: count });
const agents = [{ id: "jules", type: "jules", capacity: count, dispatch: "api" }];

const configs = [
  configOf({ agents, merge: "auto", retry: { maxAttempts: 10 }, limits: { attemptsPerTask: 100 } }),
  configOf({ agents, merge: "queue", retry: { maxAttempts: 10 }, limits: { attemptsPerTask: 100 } }),
  configOf({ agents, mode: "attack", retry: { maxAttempts: 10 }, limits: { attemptsPerTask: 100 } }),
];

/** What `number` waits for: only what has a smaller number, and mostly no more than a pull request of it. */
const edges = fc
  .array(
    fc.array(fc.record({ on: number, kind: fc.constantFrom("hard", "soft"), partial: fc.boolean() }), { maxLength: 1 }),
    {
      minLength: count,
      maxLength: count,
    },
  )
  .map((drawn): Step => () => ({
    type: "Observe",
    observation: observation({
      issues: drawn.map((waits, index) =>
        issue(index + 1, {
          labels: ["orchestrate", "quick-win"],
          blockedBy: waits.flatMap(({ on, kind, partial }) =>
            on <= index ? [blocker(on, { kind: kind as "hard", ...(partial ? { kind: "soft", partial } : {}) })] : [],
          ),
        }),
      ),
    }),
  }));

/** All live sessions end well, each with a pull request of its own. */
const finish: fc.Arbitrary<Step> = number.map((each) => ({ state }) => ({
  type: "ReportSession",
  task: taskId(each),
  fence: state.tasks.get(taskId(each))?.assignment?.fence ?? 0,
  report: report("succeeded", { pullUrl: pull(20 + each).url }),
}));

const standing = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Partial<PullFacts>>({}) },
  { weight: 3, arbitrary: fc.constant<Partial<PullFacts>>({ isBehind: true }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Partial<PullFacts>[]>(
      { checks: "failure", requiredChecks: "failure", failedChecks: ["ci"] },
      { checks: "pending", requiredChecks: "pending" },
      { mergeable: "conflict" },
      { mergeable: "unknown" },
      { isDraft: true },
      { isObjectedTo: true },
      { isInQueue: true },
      { state: "merged", mergedBy: writer, mergedAt: 1_000_000_000 },
      { state: "closed" },
    ),
  },
);

const look: fc.Arbitrary<Step> = fc
  .array(
    fc.record({
      of: number,
      sha: fc.constantFrom("a", "a", "b"),
      files: fc.constantFrom(null, ["a.ts"], ["a.ts", "b.ts"], ["c.ts"], ["d.ts"], ["e.ts"]),
      left: fc.option(fc.constantFrom("checks" as const, "conflict" as const, "person" as const), { freq: 2 }),
      standing,
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((drawn) => ({ now }) => ({
    type: "Observe",
    observation: observation({
      pulls: drawn.map((each) =>
        pull(20 + each.of, {
          branch: `orchestrate/${each.of}-work`,
          sha: each.sha.repeat(40),
          updatedAt: now,
          files: each.files,
          leftQueue: each.left === null ? null : { at: now, why: each.left },
          ...each.standing,
        }),
      ),
    }),
  }));

const merges: ReadonlySet<EffectType> = new Set<EffectType>(["MergePull", "UpdateBranch"]);

const settle: fc.Arbitrary<Step> = fc
  .record({
    place: fc.nat(3),
    outcome: fc.constantFrom<EffectOutcome[]>(
      { kind: "done" },
      { kind: "dropped", reason: "no" },
      { kind: "withdrawn" },
      { kind: "delayed", reason: "outage", retryAfterMs: 5_000 },
    ),
  })
  .map(({ place, outcome }) => ({ state }) => {
    const asked = [...state.outbox.entries()].filter(([, { effect }]) => merges.has(effect.type));
    return { type: "SettleEffects", settled: asked.slice(place, place + 1).map(([effect]) => ({ effect, outcome })) };
  });

const said: fc.Arbitrary<Step> = fc
  .record({
    of: number,
    instruction: fc.constantFrom(
      { verb: "hold" } as const,
      { verb: "resume", number: null } as const,
      { verb: "retry" } as const,
      { verb: "pause" } as const,
      { verb: "complete" } as const,
    ),
  })
  .map(({ of, instruction }) => () => ({
    type: "Instruct",
    by: writer,
    task: taskId(of),
    comment: `IC_${of}`,
    instruction,
    problem: null,
  }));

function passOf(steps: readonly Step[]): PlannedPass {
  return { waitMs: 60_000, steps, isFull: true, repeats: 0 };
}

const histories = fc
  .record({
    config: fc.constantFrom(...configs),
    first: edges,
    passes: fc.array(
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: finish },
          { weight: 6, arbitrary: look },
          { weight: 2, arbitrary: settle },
          { weight: 1, arbitrary: said },
        ),
        { minLength: 1, maxLength: 4 },
      ),
      { minLength: 5, maxLength: 40, size: "max" },
    ),
  })
  .map(({ config, first, passes }): readonly PlannedPass[] => {
    const configure: Step = () =>
      ({ type: "Configure", sha: "sha", config, problems: [] }) satisfies Omit<Command & { type: "Configure" }, "id">;
    return [passOf([configure, first]), ...passes.map(passOf)];
  });

/** Nothing is merged that is not green, before what it depends on, or beside a merge of the same files. */
export function assertMergesAreRight(runs: number): void {
  fc.assert(
    fc.property(histories, fc.nat(40), (history, at) => {
      const { problems, lines } = playHistory(history);
      expect(problems).toEqual([]);
      // Who starts from a snapshot asks for the same merges.
      expect(playHistory(history, at % history.length).lines).toEqual(lines);
    }),
    { numRuns: runs },
  );
}

/** The types of event about merges that happen in so many of the histories, which are the same each time. */
export function mergeEventsIn(count: number): ReadonlySet<string> {
  const lines = fc.sample(histories, { numRuns: count, seed: 1 }).flatMap((history) => playHistory(history).lines);
  const types = ["MergeRequested", "BranchUpdateRequested", "MergePutOff", "MergeReturned"];
  return new Set(types.filter((type) => lines.some((line) => line.includes(`"type":"${type}"`))));
}
