/** Merging without a person, from the configuration to GitHub, with a conflict on the way: real git, real requests. */
import { describe, expect, test } from "vitest";
import { taskStatuses } from "../../src/model/task.ts";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

const scenario = `
repository: acme/shop
config:
  mode: priority
  merge: auto
  retry: { backoff: { initial: 30s, max: 30s } }
  agents: [{ id: jules, type: jules, capacity: 2, dispatch: api }]
issues:
  - { key: total, title: Fix the total, priority: urgent, files: [src/shop.ts, src/total.ts] }
  - { key: tax, title: Add the tax, files: [src/shop.ts, src/tax.ts] }
agents: { jules: { duration: 5m } }
people: { merge: never }
`;

function pullOf(e2e: E2e, number: number): number {
  const prefix = `orchestrate/${number}-`;
  return e2e.world.issues().find((issue) => issue.pull?.headBranch.startsWith(prefix) === true)?.number ?? 0;
}

async function taskFile(e2e: E2e, number: number): Promise<string> {
  const texts = await Promise.all(
    taskStatuses.map((status) => e2e.world.readFile("orchestrate/state", `tasks/${status}/${number}.md`)),
  );
  return texts.find((text) => text !== null) ?? "";
}

describe("merge: auto", () => {
  test("of two that change one file the first is merged, and the second told where it conflicts, then merged as well", async () => {
    const e2e = await givenE2e(scenario);
    await e2e.startApp();
    // Both pull requests are open before either is merged.
    expect(await e2e.command(1, "/orchestrate pause")).toBe("+1");
    await e2e.until("there are two pull requests", () => pullOf(e2e, 1) > 0 && pullOf(e2e, 2) > 0);
    await e2e.pass(3 * minute);
    expect(e2e.timeline.filter(({ action }) => action === "merged")).toEqual([]);
    expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
    await e2e.until("the other has a second attempt", () => e2e.sessions(2).length + e2e.sessions(1).length === 3);
    const [again] = e2e.sessions(2).length === 2 ? [2] : [1];
    const prompt = e2e.simulation.sessions().at(-1)?.prompt ?? "";
    expect(prompt).toContain("It conflicts with the base branch main");
    expect(prompt).toContain("| src/shop.ts");
    expect(prompt).not.toContain("| src/tax.ts");
    await e2e.pass(minute);
    expect(e2e.sticky(again ?? 0)).toContain("Conflicts with the base branch `main` in: `src/shop.ts`");
    expect(await taskFile(e2e, again ?? 0)).toContain("### Conflicts with the base branch `main`\n\n- `src/shop.ts`");
    await e2e.untilDone([1, 2]);
    const mergers = e2e.timeline.filter(({ action }) => action === "merged").map(({ actor }) => actor);
    expect(mergers).toEqual(["orchestrate[bot]", "orchestrate[bot]"]);
  });

  test("where branches have to be up to date the second is updated when the first has landed, says so, and is merged when it is green", async () => {
    const apart = scenario.replace("src/shop.ts, src/tax.ts", "src/tax.ts");
    const e2e = await givenE2e(`${apart}settings: { strictChecks: true }\n`);
    await e2e.startApp();
    expect(await e2e.command(1, "/orchestrate pause")).toBe("+1");
    await e2e.until("there are two pull requests", () => pullOf(e2e, 1) > 0 && pullOf(e2e, 2) > 0);
    await e2e.pass(3 * minute);
    expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
    const updates = () =>
      e2e.timeline.filter((each) => each.action === "pr_updated" && each.actor === "orchestrate[bot]");
    await e2e.until("one branch is brought up to date", () => updates().length === 1);
    const second = updates()[0]?.detail["pull"] === pullOf(e2e, 1) ? 1 : 2;
    await e2e.until("its comment says so", () =>
      e2e.sticky(second).includes("is behind main: its branch is brought up to date with main"),
    );
    await e2e.untilDone([1, 2]);
    expect(updates()).toHaveLength(1);
    expect(e2e.sessions(1).length + e2e.sessions(2).length).toBe(2);
  });

  test("while criteria are open that are required nobody but a person merges; once somebody has ticked them it goes on by itself", async () => {
    const body = "## Acceptance criteria\n\n- [ ] The total has the tax";
    const asked = scenario
      .replace("src/shop.ts, src/tax.ts", "src/tax.ts")
      .replace("  merge: auto\n", "  merge: auto\n  finished: { criteria: require }\n")
      .replace("title: Fix the total,", `title: Fix the total, body: ${JSON.stringify(body)},`);
    const e2e = await givenE2e(asked);
    await e2e.startApp();
    await e2e.until("the other one is merged", () => e2e.world.issues()[1]?.state === "closed");
    await e2e.until("its comment says what is open", () =>
      e2e.sticky(1).includes('1 acceptance criterion is not ticked: "The total has the tax".'),
    );
    await e2e.pass(5 * minute);
    expect(e2e.timeline.filter(({ action }) => action === "merged")).toHaveLength(1);
    await e2e.world.editIssue({ by: "maria", number: 1, body: body.replace("[ ]", "[x]") });
    await e2e.untilDone([1, 2]);
    expect(e2e.sessions(1)).toHaveLength(1);
  });
});
