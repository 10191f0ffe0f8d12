/** Starting, claiming, cancelling and asking for an agent that is a workflow of the repository's own. */
import { describe, expect, test } from "vitest";
import { handOut } from "../../src/engine/claim-run.ts";
import { createReportingLane, runJob, type JobResult } from "../../src/engine/job.ts";
import { Repository } from "../../src/engine/repository.ts";
import type { PullRequest } from "../../src/model/task.ts";
import type { Assignable } from "../../src/ports/agent.ts";
import { StoreUnavailable } from "../../src/ports/store.ts";
import type { AgentRunInputs, RunFacts } from "../../src/ports/tracker.ts";
import { configOf, issue, taskId } from "../support/build.ts";
import { observe, schedule, story, taskAt, types } from "../support/given.ts";
import { countingStore, createManualClock, fakeWorld, minute, partsOf, pass, rest } from "./given.ts";

const config = configOf({ agents: [{ id: "mine", type: "workflow", workflow: "my-agent.yml", timeout: "30m" }] });

/** The App at work on one task; runs go on until the test says otherwise. */
async function atWork() {
  const clock = createManualClock();
  const store = countingStore((message) => new StoreUnavailable(message));
  const fake = fakeWorld([issue(1)], config);
  const dispatches: AgentRunInputs[] = [];
  const cancels: string[] = [];
  const run: { facts: RunFacts } = { facts: { state: "running", conclusion: null } };
  fake.onRun = () => run.facts;
  const runs = {
    ...fake.world.runs,
    dispatch: async (inputs: AgentRunInputs) => {
      dispatches.push(inputs);
      return { kind: "dispatched", run: "100", url: "https://github.test/runs/100" } as const;
    },
    cancel: async (id: string) => {
      cancels.push(id);
      return { kind: "requested" } as const;
    },
  };
  const repository = new Repository(partsOf("app", { store, clock }), { ...fake.world, runs });
  void repository.start();
  await rest();
  const claimed: Assignable[] = [];
  async function job(id: string): Promise<JobResult> {
    const result = runJob(partsOf(`run-${id}`, { store, clock }), {
      world: { tracker: fake.world.tracker, agents: { find: () => null } },
      request: { mode: "start-agent", task: taskId(1), fence: 1, run: id },
      onState: () => undefined,
      onClaim: (assignable) => void claimed.push(assignable),
    });
    return result;
  }
  return { clock, store, fake, dispatches, cancels, run, repository, job, claimed };
}

describe("a workflow of the repository's own", () => {
  test("is dispatched by its name, with what it needs to work and to report", async () => {
    const { dispatches, repository } = await atWork();
    expect(dispatches).toEqual([
      {
        mode: "start-agent",
        task: taskId(1),
        agent: "mine",
        attempt: 1,
        fence: 1,
        custom: { file: "my-agent.yml", worker: "mine/1", issue: 1 },
      },
    ]);
    repository.stop();
  });

  test("is handed the approved text with its claim, and nobody watches it from a job", async () => {
    const { store, repository, job, claimed } = await atWork();
    expect(await job("100")).toBe("claimed");
    expect(claimed).toMatchObject([{ number: 1, worker: "mine/1", title: "Issue 1" }]);
    expect(await job("200")).toBe("not_ours");
    expect(types(await store.events()).filter((type) => type === "SessionStarted")).toHaveLength(1);
    repository.stop();
  });

  test("is handed what checks and reviewers said of the pull request that it goes on with", async () => {
    const it = story(config);
    it.tell(observe({ issues: [issue(1)] }));
    it.tell(schedule());
    const { assignment } = taskAt(it, 1);
    if (assignment === null) throw new Error("It is not assigned.");
    const open = { number: 7, state: "open" } as PullRequest;
    const feedback = { pull: 7, sha: "abc", checks: [], reviews: [], moreChecks: 0, strangers: 0, reviewedAt: null };
    const parts = partsOf("run-100", {
      clock: createManualClock(),
      store: countingStore((why) => new StoreUnavailable(why)),
    });
    const claimed: Assignable[] = [];
    await handOut({
      parts,
      tracker: fakeWorld([issue(1)], config).world.tracker,
      conflicts: undefined,
      lane: createReportingLane(parts),
      task: { ...taskAt(it, 1), assignment, pull: open },
      dossier: { criteria: [], feedback, at: 0 },
      onClaim: (assignable) => void claimed.push(assignable),
    });
    expect(claimed).toMatchObject([{ number: 1, said: feedback }]);
  });

  test("is handed nothing when the text has changed since, and its session ends", async () => {
    const { store, fake, repository, job, claimed } = await atWork();
    fake.issues.set(1, issue(1, { hash: "other" }));
    expect(await job("100")).toBe("refused");
    expect(claimed).toEqual([]);
    expect(await store.events()).toContainEqual(
      expect.objectContaining({
        type: "SessionEnded",
        detail: expect.stringMatching(/text changed after it was approved/),
      }),
    );
    repository.stop();
  });

  test("is not even dispatched when the text has changed before", async () => {
    const { dispatches, fake, store, repository, run, clock } = await atWork();
    fake.issues.set(1, issue(1, { hash: "other" }));
    run.facts = { state: "ended", conclusion: "failure" };
    await pass(clock, 12 * minute);
    expect(types(await store.events())).toContain("RetryScheduled");
    expect(dispatches).toHaveLength(1);
    repository.stop();
  });

  test("that ends without a word is seen within a cycle of its webhook, with how it ended", async () => {
    const { clock, store, run, repository, dispatches } = await atWork();
    await pass(clock, 2 * minute);
    run.facts = { state: "ended", conclusion: "failure" };
    repository.hear([{ kind: "run", run: "100", state: "ended" }]);
    await rest();
    expect(await store.events()).toContainEqual(
      expect.objectContaining({ type: "SessionEnded", result: "vendor_failed", detail: "Run 100 ended with failure." }),
    );
    await pass(clock, minute);
    expect(dispatches.map(({ attempt }) => attempt)).toEqual([1, 2]);
    repository.stop();
  });

  test("that falls silent is cancelled at its timeout, and nothing follows before it was seen ended", async () => {
    const { clock, store, run, cancels, repository, dispatches } = await atWork();
    await pass(clock, 35 * minute);
    expect([cancels, dispatches.length]).toEqual([["100"], 1]);
    await pass(clock, 10 * minute);
    expect(dispatches).toHaveLength(1);
    run.facts = { state: "ended", conclusion: "cancelled" };
    // No webhook comes: a run that is to end is asked for every two minutes.
    await pass(clock, 3 * minute);
    expect(await store.events()).toContainEqual(expect.objectContaining({ type: "SessionEnded", result: "timeout" }));
    await pass(clock, minute);
    expect(dispatches).toHaveLength(2);
    repository.stop();
  });
});
