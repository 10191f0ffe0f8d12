/** Issues that are not fit to be worked on, on the embedded GitHub: what people read on them, and how they go on. */
import { expect, test } from "vitest";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

async function given(issues: string, ready = ""): Promise<E2e> {
  const e2e = await givenE2e(`
repository: acme/shop
config: { agents: [{ id: jules, type: jules, capacity: 2, dispatch: api }], ${ready} }
issues: ${issues}
agents: { jules: { duration: 2m } }
people: { merge: 5s }
`);
  await e2e.startApp();
  return e2e;
}

const criteria = "ready: { criteria: true }";
const full = "Show it.\n\n## Acceptance criteria\n\n- the total is shown";

test("an issue without criteria says so on itself and starts nothing, until somebody adds them", async () => {
  const e2e = await given("[{ key: a, title: Show the total }]", criteria);
  await e2e.untilSaid(1, /not ready.*lacks acceptance criteria.*Edit the issue, and it goes on by itself/s);
  expect(e2e.labels(1)).toContain("status:pending");
  await e2e.pass(10 * minute);
  expect(e2e.sessions(1)).toHaveLength(0);
  await e2e.world.editIssue({ by: "maria", number: 1, body: full });
  await e2e.untilDone([1]);
  expect(e2e.sticky(1)).not.toContain("names no acceptance criteria");
});

test("an approval lets it be worked on as it is, and the receipt says that nothing said against what", async () => {
  const e2e = await given("[{ key: a, title: Show the total }]", criteria);
  await e2e.untilSaid(1, /lacks acceptance criteria/);
  expect(await e2e.command(1, "/orchestrate approve", "tom")).toBe("-1");
  expect(await e2e.command(1, "/orchestrate approve", "maria")).toBe("+1");
  await e2e.untilDone([1]);
  await e2e.untilSaid(1, /names no acceptance criteria/);
});

test("of two issues that say the same one is worked on at a time, and the second goes on when the first is closed", async () => {
  const e2e = await given("[{ key: a, title: Show the total, labels: [hold] }, { key: b, title: Show the total }]");
  await e2e.untilSaid(2, /held as a duplicate.*It says the same as #1/s);
  await e2e.pass(10 * minute);
  expect(e2e.sessions(2)).toHaveLength(0);
  await e2e.world.closeIssue({ by: "maria", number: 1, reason: "not_planned" });
  await e2e.untilDone([2]);
  expect(e2e.sessions(1)).toHaveLength(0);
});
