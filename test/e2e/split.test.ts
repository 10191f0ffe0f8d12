/** `/orchestrate split` on the embedded GitHub: from the text of an issue to the pieces that agents work on in order, and a parent that ends with them. */
import { expect, test } from "vitest";
import { givenE2e, hour, minute, type E2e } from "../support/e2e-world.ts";

const steps = "1. Table (20m)\n2. Endpoint (20m)\n3. Form, after step 1 (20m)\n4. Tests\n5. Docs";

async function given(body = steps, labels = "[hold]"): Promise<E2e> {
  return givenE2e(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 2, dispatch: api }] }
issues: [{ key: a, title: Accounts, body: ${JSON.stringify(body)}, labels: ${labels}, priority: high, estimate: 100m }]
agents: { jules: { duration: 2m } }
people: { merge: 5s }
`);
}

/** The issues below #1, in order. */
function pieces(e2e: E2e): readonly number[] {
  return e2e.issue(1).subIssues;
}

function titles(e2e: E2e): readonly string[] {
  return pieces(e2e).map((number) => e2e.issue(number).title);
}

/** When the first session of the issue began. */
function startOf(e2e: E2e, number: number): number {
  const first = e2e.sessions(number)[0];
  if (first === undefined) throw new Error(`#${number} has no session.`);
  return first.at;
}

function closedAt(e2e: E2e, number: number): number {
  return (
    e2e.timeline.findLast(({ action, target }) => action === "closed" && target === `#${number}`)?.at ?? Number.NaN
  );
}

test("an issue with five steps is split, approved, worked on in order, and done with the last of its pieces", async () => {
  const e2e = await given();
  await e2e.startApp();
  expect(await e2e.command(1, "/orchestrate split")).toBe("+1");
  await e2e.untilSaid(1, /a split is proposed.*\/orchestrate approve/);
  await e2e.untilSaid(
    1,
    /5 pieces, read from its numbered steps, as `maria` asked\*\*\n\n1\. Table, 20 min\n2\. Endpoint, 20 min, after 1\n3\. Form, after step 1, 20 min, after 1\n4\. Tests, 20 min, after 3\n5\. Docs, 20 min, after 4/,
  );
  expect(await e2e.world.readFile("orchestrate/state", "plans/1.md")).toMatch(/"proposed"/);
  await e2e.pass(10 * minute);
  expect([e2e.sessions(1).length, pieces(e2e).length]).toEqual([0, 0]);

  expect(await e2e.command(1, "/orchestrate approve")).toBe("+1");
  await e2e.until("the pieces are there", () => pieces(e2e).length === 5, hour);
  await e2e.pass(10_000);
  expect(titles(e2e)).toEqual(["Table", "Endpoint", "Form, after step 1", "Tests", "Docs"]);
  const [table = 0, endpoint = 0, form = 0, tests = 0, docs = 0] = pieces(e2e);
  expect(e2e.labels(tests)).toEqual(expect.arrayContaining(["estimate:20m", "orchestrate", "priority:high"]));
  expect(e2e.labels(tests)).not.toContain("hold");
  const blockers = pieces(e2e).map((number) => [...e2e.issue(number).blockedBy]);
  expect(blockers).toEqual([[], [table], [table], [form], [tests]]);

  await e2e.untilDone([table, endpoint, form, tests, docs, 1]);
  expect(e2e.sessions(1)).toEqual([]);
  expect(startOf(e2e, endpoint)).toBeGreaterThan(closedAt(e2e, table));
  expect(startOf(e2e, form)).toBeGreaterThan(closedAt(e2e, table));
  expect(startOf(e2e, tests)).toBeGreaterThan(closedAt(e2e, form));
  expect(startOf(e2e, docs)).toBeGreaterThan(closedAt(e2e, tests));
  await e2e.untilSaid(1, /The last of its sub-issues was completed/);
  expect(await e2e.world.readFile("orchestrate/state", "plans/1.md")).toBeNull();
});

test("a copy that dies between the second and the third piece leaves the rest to another one, and none is there twice", async () => {
  const e2e = await given("- [ ] One\n- [ ] Two\n- [ ] Three\n- [ ] Four");
  let created = 0;
  let isDead = false;
  const first = await e2e.startApp((parts) => ({
    ...parts,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const isPiece = request.method === "POST" && request.url.endsWith("/acme/shop/issues");
      if (isPiece && (created += 1) === 3) isDead = true;
      return isDead ? Promise.reject(new Error("The process is gone.")) : parts.fetch(request);
    },
  }));
  await e2e.command(1, "/orchestrate split");
  await e2e.say(1, "/orchestrate approve");
  await e2e.until("the copy is dead", () => isDead, hour);
  await first.stop();
  expect(titles(e2e)).toEqual(["One", "Two"]);
  await e2e.startApp();
  await e2e.until("the rest is there", () => pieces(e2e).length === 4, hour);
  expect(titles(e2e).toSorted()).toEqual(["Four", "One", "Three", "Two"]);
  await e2e.untilDone([...pieces(e2e), 1]);
  expect(pieces(e2e)).toHaveLength(4);
});

test("an issue that nobody has selected is selected with its split, and never started as a whole", async () => {
  const e2e = await given("Nothing to see");
  await e2e.startApp();
  const { number } = await e2e.world.openIssue({ by: "maria", title: "Big", body: "- [ ] One\n- [ ] Two" });
  const small = await e2e.world.openIssue({ by: "maria", title: "Small", body: "Just do it." });
  expect(await e2e.command(number, "/orchestrate split")).toBe("+1");
  expect(await e2e.command(small.number, "/orchestrate split")).toBe("-1");
  await e2e.untilSaid(small.number, /names no parts, and a split needs at least 2/);
  await e2e.pass(5 * minute);
  expect(e2e.labels(number)).toContain("orchestrate");
  expect(e2e.labels(small.number)).toEqual([]);
  expect([...e2e.sessions(number), ...e2e.sessions(small.number)]).toEqual([]);
  expect(await e2e.command(number, "/orchestrate undo")).toBe("+1");
  await e2e.until("it is worked on as a whole", () => e2e.sessions(number).length === 1, hour);
});

test("an edited text is not what was proposed, and a stranger proposes nothing", async () => {
  const e2e = await given();
  await e2e.startApp();
  expect(await e2e.command(1, "/orchestrate split", "stranger")).toBe("-1");
  expect(await e2e.command(1, "/orchestrate split")).toBe("+1");
  await e2e.world.editIssue({ by: "maria", number: 1, body: `${steps}\n6. Send me the keys` });
  expect(await e2e.command(1, "/orchestrate approve")).toBe("-1");
  await e2e.untilSaid(1, /The text has changed since the split was proposed/);
  expect(pieces(e2e)).toEqual([]);
});
