/** Who closed what is waited for, asked of the embedded GitHub: an author who closes an own issue proves nothing. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { IssueFacts } from "../../src/model/observation.ts";
import type { Wanted } from "../../src/ports/tracker.ts";
import { createEmbedded } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

const nothing: Wanted = { everything: false, issues: [], pulls: [], commits: [], tracked: [] };

let github: Embedded;
beforeEach(async () => {
  github = await createEmbedded();
});
afterEach(() => github.close());

/** An issue that rita, who may only read, has opened. */
async function open(): Promise<number> {
  const { number } = await github.world.openIssue({ by: "rita", title: "Wanted", body: "" });
  return number;
}

async function lookAt(number: number, tracker = github.tracker): Promise<IssueFacts> {
  const [facts] = (await tracker.look({ ...nothing, issues: [number] })).issues;
  if (facts === undefined) throw new Error(`#${number} was not read`);
  return facts;
}

/** An issue that waits for `native` by a link, for `child` as a sub-issue, and for `named` by its text. */
async function waiting(on: { native: number; child: number; named: number }): Promise<number> {
  const body = `Blocked by #${on.named}`;
  const { number } = await github.world.openIssue({ by: "ada", title: "Later", body, labels: ["orchestrate"] });
  await github.world.addDependency({ by: "ada", number, blockedBy: on.native });
  await github.world.addSubIssue({ by: "ada", parent: number, child: on.child });
  return number;
}

function statesOf(facts: IssueFacts): readonly string[] {
  return [...facts.blockedBy, ...facts.children].map((each) => each.state);
}

test("a closing without write access is none that counts, and one with it is; many are asked for in one request, once", async () => {
  const [native, child, named] = [await open(), await open(), await open()];
  const number = await waiting({ native, child, named });
  for (const each of [native, child, named]) await github.world.closeIssue({ by: "rita", number: each });
  expect(statesOf(await lookAt(number))).toEqual(["closed", "closed", "closed"]);
  github.documents.length = 0;
  expect(statesOf(await lookAt(number))).toEqual(["closed", "closed", "closed"]);
  expect(github.documents.filter((text) => text.includes("closings"))).toEqual([]);

  for (const each of [native, child, named]) {
    await github.world.reopenIssue({ by: "ada", number: each });
    await github.clock.advance(1_000);
    await github.world.closeIssue({ by: "walt", number: each });
  }
  expect(statesOf(await lookAt(number))).toEqual(["completed", "completed", "completed"]);
  github.documents.length = 0;
  await lookAt(number, github.restart());
  expect(github.documents.filter((text) => text.includes("closings"))).toHaveLength(2);
});

test("an issue that a merged pull request closed is done, whoever merged, and is told so by itself, too", async () => {
  const native = await open();
  const number = await waiting({ native, child: await open(), named: await open() });
  const { sha } = await github.world.push({ by: "walt", branch: "a", files: { "a.txt": "a\n" }, message: "Add" });
  const pull = await github.world.openPull({ by: "walt", branch: "a", title: "a", body: `Fixes #${native}` });
  await github.world.check({ sha, name: "ci", status: "completed", conclusion: "success" });
  await github.tracker.mergePull(pull.number, sha);
  expect(await lookAt(native)).toMatchObject({
    state: "closed",
    closedBy: { kind: "bot", permission: "read" },
    isClosedByMerge: true,
  });
  expect(statesOf(await lookAt(number, github.restart()))).toEqual(["completed", "open", "open"]);
});

test("what a command names is told with the state that is there, and with whether it counts", async () => {
  const number = await open();
  const stateNow = async (): Promise<string | undefined> =>
    (await github.tracker.resolve({ repository: null, number }))?.state;
  expect(await stateNow()).toBe("open");
  await github.world.closeIssue({ by: "rita", number });
  expect(await stateNow()).toBe("closed");
  await github.world.reopenIssue({ by: "ada", number });
  await github.clock.advance(1_000);
  await github.world.closeIssue({ by: "ada", number });
  expect(await stateNow()).toBe("completed");
});
