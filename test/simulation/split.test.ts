/** A split while everything fails that can, and where nobody serves the repository: each piece is one issue, and all is done. */
import { expect, test } from "vitest";
import { allFaults } from "../../src/sandbox/faults.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import { flawless, playScenario, shortcomings } from "./play.ts";

const steps = "1. Table\\n2. Endpoint\\n3. Form (after step 1)\\n4. Tests\\n5. Docs\\n6. Release\\n7. Tell";

function scenario(dispatch: string) {
  return parseScenario(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 2, dispatch: ${dispatch} }] }
issues: [{ key: a, title: Accounts, body: "${steps}", labels: [hold] }]
agents: { jules: { duration: 2m } }
events:
  - { at: 5m, comment: { issue: a, body: "/orchestrate split" } }
  - { at: 25m, comment: { issue: a, body: "/orchestrate approve" } }
people: { merge: 1m }
until: 3d
`);
}

test("of seven steps is worked on to its end under all faults, with a pull request for each", async () => {
  const report = await playScenario(scenario("api"), { seed: 3, faults: allFaults });
  expect(shortcomings(report)).toEqual(flawless);
  expect(report.timeline.filter(({ action }) => action === "pr_opened")).toHaveLength(7);
}, 60_000);

test("of seven steps is worked on to its end by runs of the workflow alone", async () => {
  const runs = { app: false, action: true };
  expect(shortcomings(await playScenario(scenario("workflow"), { seed: 1, runs }))).toEqual(flawless);
}, 60_000);
