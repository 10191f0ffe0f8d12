/** Acts on checks and statuses, and the judgement whether a commit is green. */
import { checkRunBody, checkSuiteBody, statusBody } from "./payload-code.ts";
import type { CheckRunRecord, CheckSuiteRecord, StatusRecord } from "./records.ts";
import { actionsApp } from "./repository-state.ts";
import type { RepositoryState } from "./repository-state.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CheckActs } from "./world-acts.ts";
import type { Ground } from "./world-ground.ts";

type AppReference = CheckRunRecord["app"];

const greenConclusions = new Set<string | null>(["success", "neutral", "skipped"]);

/** `settled` is called when the judgement on a commit may have changed: a merge may wait for it. */
export function createCheckActs(ground: Ground, settled: (sha: string) => Promise<void>): CheckActs {
  const { state } = ground;

  function actorOf(app: AppReference): Actor {
    return { user: app.id === state.app.id ? state.appUser : state.actionsUser, viaApp: app.id };
  }

  function suiteOf(sha: string, app: AppReference): CheckSuiteRecord {
    for (const suite of state.checkSuites.values()) if (suite.sha === sha && suite.app.id === app.id) return suite;
    const now = state.now();
    const suite: CheckSuiteRecord = {
      ...state.identity("checkSuite"),
      sha,
      headBranch: branchesAt(ground, sha)[0] ?? null,
      app,
      status: "queued",
      conclusion: null,
      createdAt: now,
      updatedAt: now,
    };
    state.checkSuites.set(suite.id, suite);
    state.index({ kind: "CheckSuite", record: suite });
    ground.deliver("check_suite.requested", actorOf(app), checkSuiteBody(state, suite));
    return suite;
  }

  function createRun(act: Parameters<CheckActs["check"]>[0], app: AppReference): CheckRunRecord {
    const suite = suiteOf(act.sha, app);
    const run: CheckRunRecord = {
      ...state.identity("checkRun"),
      name: act.name,
      sha: act.sha,
      app,
      status: act.status === "queued" ? "queued" : "in_progress",
      conclusion: null,
      output: { title: act.output?.title ?? null, summary: act.output?.summary ?? null },
      startedAt: state.now(),
      completedAt: null,
      suite: suite.id,
    };
    state.checkRuns.set(run.id, run);
    state.index({ kind: "CheckRun", record: run });
    suite.status = "in_progress";
    suite.conclusion = null;
    suite.updatedAt = state.now();
    ground.deliver("check_run.created", actorOf(app), checkRunBody(state, run));
    return run;
  }

  async function move(run: CheckRunRecord, change: Parameters<CheckActs["updateCheck"]>[1]): Promise<void> {
    run.output = { ...run.output, ...change.output };
    const status = change.status ?? (change.conclusion === undefined ? run.status : "completed");
    if (status === run.status && status !== "completed") return;
    run.status = status;
    if (status !== "completed") return;
    run.conclusion = change.conclusion ?? run.conclusion ?? "success";
    run.completedAt = state.now();
    ground.deliver("check_run.completed", actorOf(run.app), checkRunBody(state, run));
    completeSuite(run);
    await settled(run.sha);
  }

  function completeSuite(last: CheckRunRecord): void {
    const suite = state.checkSuites.get(last.suite);
    if (suite === undefined) return;
    const runs = latestRuns(state, last.sha).filter((run) => run.suite === suite.id);
    if (runs.some((run) => run.status !== "completed")) return;
    const red = runs.find((run) => !greenConclusions.has(run.conclusion));
    suite.status = "completed";
    suite.conclusion = red?.conclusion ?? "success";
    suite.updatedAt = state.now();
    const actor = actorOf(suite.app);
    ground.deliver("check_suite.completed", actor, checkSuiteBody(state, suite));
    const pull = state.pulls().find((issue) => issue.state === "open" && issue.pull.headSha === suite.sha);
    ground.tell(actor, "checks", {
      target: pull === undefined ? suite.sha : `pull #${pull.number}`,
      detail: {
        sha: suite.sha,
        conclusion: suite.conclusion,
        checks: Object.fromEntries(runs.map((run) => [run.name, run.conclusion])),
        ...(pull === undefined ? {} : { pull: pull.number }),
      },
    });
  }

  async function status(actor: Actor, wanted: Parameters<CheckActs["status"]>[1]): Promise<StatusRecord> {
    ground.demand(actor, "write");
    demandCommit(state, wanted.sha);
    const record: StatusRecord = {
      ...state.identity("status"),
      sha: wanted.sha,
      context: wanted.context,
      state: wanted.state,
      description: wanted.description ?? null,
      targetUrl: wanted.targetUrl ?? null,
      creator: actor.user,
      createdAt: state.now(),
    };
    state.statuses.push(record);
    state.index({ kind: "StatusContext", record });
    ground.deliver("status", actor, statusBody(state, record, branchesAt(ground, record.sha)));
    await settled(record.sha);
    return record;
  }

  return {
    async check(act) {
      demandCommit(state, act.sha);
      const app = act.app ?? { id: actionsApp.id, slug: actionsApp.slug };
      const open = state
        .checksOf(act.sha)
        .find((run) => run.name === act.name && run.app.id === app.id && run.status !== "completed");
      const run = act.isNew === true || open === undefined ? createRun(act, app) : open;
      const { status: next, conclusion, output } = act;
      await move(run, {
        status: next,
        ...(conclusion === undefined ? {} : { conclusion }),
        ...(output === undefined ? {} : { output }),
      });
      return run;
    },
    async updateCheck(id, change) {
      const run = state.checkRuns.get(id);
      if (run === undefined) throw new ActRefusal(404, "Not Found");
      await move(run, change);
      return run;
    },
    status,
    isGreen: (sha) => isGreen(state, sha),
  };
}

/** Whether every required check is green on the commit, as a check run or as a status. A missing one is not. */
export function isGreen(state: RepositoryState, sha: string): boolean {
  const runs = latestRuns(state, sha);
  const statuses = state.statusesOf(sha);
  return state.requiredChecks.every(
    (name) =>
      runs.some((run) => run.name === name && run.status === "completed" && greenConclusions.has(run.conclusion)) ||
      statuses.some((status) => status.context === name && status.state === "success"),
  );
}

/** The last run of each name and App. */
function latestRuns(state: RepositoryState, sha: string): readonly CheckRunRecord[] {
  const latest = new Map<string, CheckRunRecord>();
  for (const run of state.checksOf(sha)) latest.set(`${run.app.id} ${run.name}`, run);
  return [...latest.values()];
}

function demandCommit(state: RepositoryState, sha: string): void {
  if (!state.commits.has(sha)) throw new ActRefusal(422, `No commit found for SHA: ${sha}`);
}

/** Branches whose head is the commit. */
export function branchesAt(ground: Ground, sha: string): readonly string[] {
  const branches: string[] = [];
  for (const [name, oid] of ground.git.refs) {
    if (oid === sha && name.startsWith("refs/heads/")) branches.push(name.slice("refs/heads/".length));
  }
  return branches;
}
