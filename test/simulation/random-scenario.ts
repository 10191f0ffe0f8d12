/**
 * Scenarios that nobody thought of: backlogs, agents, people, commands and faults drawn at random, in all that the format allows and that
 * leaves nothing waiting for a person at the end.
 */
import fc from "fast-check";
import { type Scenario, parseScenario } from "../../src/sandbox/scenario.ts";

const agentIds = ["jules", "cursor", "bifrost"] as const;
const span = fc.constantFrom<readonly [string, string]>(["2m", "5m"], ["5m", "20m"], ["1m", "3m"]);
const upTo = (max: number) => fc.integer({ min: 0, max: Math.round(max * 1_000) }).map((part) => part / 1_000);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const agent = (id: string) =>
  fc.record(
    {
      id: fc.constant(id),
      type: fc.constant(id),
      capacity: fc.integer({ min: 1, max: 4 }),
      dispatch: fc.constantFrom("workflow", "api"),
      timeout: fc.constantFrom("20m", "45m"),
    },
    { requiredKeys: ["id", "type", "capacity"] },
  );

const config = fc.subarray([...agentIds], { minLength: 1 }).chain((ids) =>
  fc.record(
    {
      agents: fc.tuple(...ids.map(agent)),
      mode: fc.constantFrom("priority", "blocker", "effort", "balanced", "critical", "attack"),
      merge: fc.constantFrom("auto", "person"),
      done: fc.constantFrom("merged", "checks", "reported"),
      strictStages: fc.boolean(),
      // Enough of everything, so that no cap is what a run ends at.
      retry: fc.constant({ maxAttempts: 20 }),
      limits: fc.constant({ attemptsPerTask: 60, sessionsPerDay: 1_000, costPerTask: 1_000, costPerDay: 100_000 }),
    },
    { requiredKeys: ["agents", "retry", "limits"] },
  ),
);

/** Each waits for up to two that come before it. */
const issues = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      fc.record(
        {
          key: fc.constant(`i${index}`),
          title: fc.constant(`Issue ${index}`),
          body: fc.constantFrom("Do it.", "See #1.\n\n- [ ] one\n- [ ] two", "Blocked by nothing."),
          priority: fc.constantFrom(1, 3, 5, "urgent", "high", "low", "P0", "P3", "none"),
          estimate: fc.constantFrom("10m", "1h", 15, "2h"),
          labels: fc.subarray(["quick-win", "mode:attack", "priority:high"], { maxLength: 1 }),
          files: fc.constant(["shared.txt"]),
          blockedBy: fc.uniqueArray(fc.integer({ min: 0, max: Math.max(0, index - 1) }), {
            maxLength: index === 0 ? 0 : 2,
          }),
        },
        { requiredKeys: ["key", "title", "blockedBy"] },
      ),
    ),
  ),
);

const outcomes = fc.record(
  {
    success: fc.integer({ min: 3, max: 10 }),
    checks_fail: fc.integer({ min: 1, max: 3 }),
    no_pr: fc.integer({ min: 1, max: 3 }),
    api_error: fc.integer({ min: 1, max: 3 }),
    needs_input: fc.integer({ min: 1, max: 3 }),
    timeout: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["success"] },
);
const behaviour = fc.record({ duration: span, outcomes }, { requiredKeys: ["duration"] });

const words = [
  "status",
  "explain",
  "plan",
  "simulate",
  "agents",
  "help",
  "retry",
  "resume",
  "undo",
  "complete",
  "approve",
  "nonsense",
  "mode critical",
  "mode effort",
  "attack on",
  "attack off",
  "priority high",
  "estimate 30m",
  "swarm 2",
  ...agentIds.flatMap((id) => [`handoff ${id}`, `assign ${id}`]),
];

/** What people do meanwhile to one of the issues. */
const event = (count: number) => {
  const issue = fc.integer({ min: 0, max: count - 1 }).map((index) => `i${index}`);
  const at = fc.integer({ min: 1, max: 180 }).map((minutes) => `${minutes}m`);
  const by = sometimes(fc.constantFrom("bob", "stranger"));
  return fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        at,
        by,
        comment: fc.record({ issue, body: fc.constantFrom(...words).map((word) => `/orchestrate ${word}`) }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        at,
        label: fc.record({ issue, add: fc.constantFrom("priority:urgent", "quick-win", "estimate:20m") }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ at, close: fc.record({ issue, reason: fc.constant("completed") }) }) },
    { weight: 1, arbitrary: fc.record({ at, edit: fc.record({ issue, body: fc.constant("Edited text.") }) }) },
    { weight: 1, arbitrary: fc.record({ at, merge: fc.record({ issue }) }) },
  );
};

const faults = fc.record(
  {
    webhooks: fc.record(
      {
        drop: upTo(0.3),
        duplicate: upTo(0.3),
        reorder: fc.oneof(fc.boolean(), upTo(1)),
        delay: fc.constant(["1s", "60s"]),
      },
      { requiredKeys: [] },
    ),
    api: fc.record({ error: upTo(0.1), secondaryLimit: upTo(0.05), timeout: upTo(0.08) }, { requiredKeys: [] }),
    crash: fc.record({ rate: upTo(0.02) }),
    replicas: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);

const scenario = fc.tuple(config, issues).chain(([configuration, backlog]) =>
  fc.record(
    {
      config: fc.constant(configuration),
      issues: fc.constant(
        backlog.map((issue) => ({ ...issue, blockedBy: issue.blockedBy.map((index) => `i${index}`) })),
      ),
      agents: fc.record(Object.fromEntries(configuration.agents.map(({ id }) => [id, behaviour]))),
      events: fc.array(event(backlog.length), { maxLength: 6 }),
      people: fc.constant({ merge: ["1m", "30m"] }),
      faults,
      seed: fc.integer({ min: 1, max: 1_000_000 }),
      until: fc.constant("7d"),
    },
    { requiredKeys: ["config", "issues", "agents", "seed", "until"] },
  ),
);

/** The same scenario for the same seed, as text and as it is read. */
export function drawScenario(seed: number): { readonly text: string; readonly scenario: Scenario } {
  const [drawn] = fc.sample(scenario, { seed, numRuns: 1 });
  const text = JSON.stringify(drawn, null, 1);
  return { text, scenario: parseScenario(text, `the scenario of seed ${seed}`) };
}
