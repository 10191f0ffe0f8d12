/** An agent with people behind it, in the App as it runs: who leaves, who comes back, and what the issue and the cockpit say of it. */
import { expect, test } from "vitest";
import { givenE2e, hour, minute, type E2e } from "../support/e2e-world.ts";

async function given(operators = "[alice, bob]"): Promise<E2e> {
  const e2e = await givenE2e(`
config:
  agents: [{ id: cursor, type: cursor, capacity: 2, dispatch: api, operators: ${operators} }]
issues: [{ key: a, title: First }, { key: b, title: Second }, { key: c, title: Third }]
agents: { cursor: { duration: [30m, 30m] } }
actors: { alice: write, bob: read }
`);
  return e2e;
}

function startedCount(e2e: E2e): number {
  return [1, 2, 3].reduce((sum, number) => sum + e2e.sessions(number).length, 0);
}

test("while nobody is there nothing starts and explain says who is away; whoever comes back brings one task", async () => {
  const e2e = await given();
  e2e.world.setStatus({ by: "alice", isBusy: true, expiresAt: e2e.now() + 3 * hour });
  e2e.world.setStatus({ by: "bob", isBusy: true });
  await e2e.startApp();
  await e2e.pass(hour);
  expect(startedCount(e2e)).toBe(0);
  await e2e.command(1, "/orchestrate explain");
  await e2e.untilSaid(1, /No operator of cursor is available: alice is busy until [-\d]+ \d\d:\d\d UTC, bob is busy\./);
  await e2e.command(2, "/orchestrate agents");
  await e2e.untilSaid(2, /0 of 2 operators available: alice is busy until [-\d]+ \d\d:\d\d UTC, bob is busy/);
  e2e.world.setStatus({ by: "bob", isBusy: false });
  await e2e.pass(12 * minute);
  expect(startedCount(e2e)).toBe(1);
  await e2e.untilDone([1, 2, 3]);
});

test("a login that GitHub does not know is warned of, and the others work", async () => {
  const e2e = await given("[alice, bobb]");
  await e2e.startApp();
  await e2e.until("it is told", () => e2e.isLogged(/GitHub knows no user bobb/), 10 * minute);
  await e2e.until("one task has a session", () => startedCount(e2e) === 1, 20 * minute);
  await e2e.pass(10 * minute);
  expect(startedCount(e2e)).toBe(1);
});

test("people whom another configuration names are asked for with the next cycle", async () => {
  const e2e = await given("[alice]");
  e2e.world.setStatus({ by: "alice", isBusy: true });
  e2e.world.setStatus({ by: "bob", isBusy: true });
  await e2e.startApp();
  await e2e.pass(minute);
  await e2e.configure("agents: [{ id: cursor, type: cursor, capacity: 2, dispatch: api, operators: [alice, bob] }]");
  await e2e.until("bob is known to be busy", () => e2e.isLogged(/alice is busy, bob is busy/), 3 * minute);
  expect(startedCount(e2e)).toBe(0);
});
