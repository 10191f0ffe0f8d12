/** What an agent is told when its session starts: what stands in the way of a branch that was begun, and how to go about the work. */
import { expect, test } from "vitest";
import { renderPrompt } from "../../src/agents/prompt.ts";
import { startSession } from "../../src/engine/brief.ts";
import type { BranchPair, Conflicts } from "../../src/ports/conflicts.ts";
import { configOf, issue, report, taskId } from "../support/build.ts";
import { instruct, observe, say, schedule, story, taskAt } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, partsOf } from "./given.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";

const agents = [
  { id: "cursor", type: "cursor", capacity: 1, dispatch: "api" },
  { id: "bifrost", type: "bifrost", capacity: 1, dispatch: "api" },
];

/** Starts #1, which was handed over after its first session left `branch`; null: it is its first attempt. */
async function startOn(branch: string | null, conflicts?: Conflicts) {
  const it = story(configOf({ agents }));
  const facts = issue(1, { labels: ["orchestrate", "agent:cursor"] });
  it.tell(observe({ issues: [facts] }));
  it.tell(schedule());
  if (branch !== null) {
    const session = { id: "bc-1/run-1", url: null };
    it.tell(say(1, 1, report("running", { session })));
    it.tell(instruct(1, { verb: "handoff", target: "bifrost" }));
    it.tell(say(1, 1, report("cancelled", { session, branch })));
    it.tell(schedule());
  }
  const fake = fakeWorld([facts], it.config);
  const task = it.state.tasks.get(taskId(1));
  const { assignment } = taskAt(it, 1);
  if (task === undefined || assignment === null) throw new Error("It is not assigned.");
  const parts = partsOf("one", {
    clock: createManualClock(),
    store: countingStore((why) => new StoreUnavailable(why)),
  });
  const { tracker } = fake.world;
  await startSession(parts, {
    tracker,
    conflicts,
    agent: fake.agent,
    task: { ...task, assignment },
    dossier: undefined,
  });
  const [started] = fake.starts;
  if (started === undefined) throw new Error("Nothing was started.");
  return started;
}

function answering(paths: readonly string[] | null, asked: BranchPair[] = []): Conflicts {
  return { find: async (pair) => (asked.push(pair), paths) };
}

test("a branch that was begun is compared with the base before its next attempt starts, and the agent knows what conflicts", async () => {
  const asked: BranchPair[] = [];
  const { feedback } = await startOn("orchestrate/1-half", answering(["src/a.ts", "src/b.ts"], asked));
  expect(asked).toEqual([{ head: "orchestrate/1-half", base: "main" }]);
  expect(feedback[0]).toBe(
    "The branch orchestrate/1-half and main have both changed src/a.ts, src/b.ts: merge main into it before anything else.",
  );
});

test("of many files ten are named", async () => {
  const paths = Array.from({ length: 12 }, (_, index) => `f${index}`);
  const { feedback } = await startOn("orchestrate/1-half", answering(paths));
  expect(feedback[0]).toContain("f9, and 2 more: merge");
});

test("where nothing conflicts, or nobody can say, it is told to merge the base first all the same", async () => {
  for (const conflicts of [answering([]), answering(null), undefined]) {
    const started = await startOn("orchestrate/1-half", conflicts);
    expect(started.feedback.join(" ")).not.toContain("have both changed");
    expect(renderPrompt(started)).toContain("First of all merge `main` into it as it is now");
  }
});

test("a first attempt has no branch, so nothing is compared and nothing is said of a conflict", async () => {
  const asked: BranchPair[] = [];
  const started = await startOn(null, answering(["src/a.ts"], asked));
  expect(asked).toEqual([]);
  expect(renderPrompt(started)).not.toContain("First of all merge");
});

test("the prompt says how to go about the work by what sort it is", async () => {
  expect((await startOn(null)).work).toBe("functional");
});
