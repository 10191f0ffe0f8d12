/** Acts on checks and statuses, and the judgement whether a commit is green. */
import { methodsOf } from "./bound-methods.ts";
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
  return methodsOf<CheckActs>(new CheckRoom(ground, settled));
}

class CheckRoom implements CheckActs {
  readonly #ground: Ground;
  readonly #settled: (sha: string) => Promise<void>;
  readonly #state: RepositoryState;

  constructor(ground: Ground, settled: (sha: string) => Promise<void>) {
    this.#ground = ground;
    this.#settled = settled;
    this.#state = ground.state;
  }

  #actorOf(app: AppReference): Actor {
    return { user: app.id === this.#state.app.id ? this.#state.appUser : this.#state.actionsUser, viaApp: app.id };
  }

  #suiteOf(sha: string, app: AppReference): CheckSuiteRecord {
    for (const suite of this.#state.checkSuites.values())
      if (suite.sha === sha && suite.app.id === app.id) return suite;
    const now = this.#state.now();
    const suite: CheckSuiteRecord = {
      ...this.#state.identity("checkSuite"),
      sha,
      headBranch: branchesAt(this.#ground, sha)[0] ?? null,
      app,
      status: "queued",
      conclusion: null,
      createdAt: now,
      updatedAt: now,
    };
    this.#state.checkSuites.set(suite.id, suite);
    this.#state.index({ kind: "CheckSuite", record: suite });
    this.#ground.deliver("check_suite.requested", this.#actorOf(app), checkSuiteBody(this.#state, suite));
    return suite;
  }

  #createRun(act: Parameters<CheckActs["check"]>[0], app: AppReference): CheckRunRecord {
    const suite = this.#suiteOf(act.sha, app);
    const run: CheckRunRecord = {
      ...this.#state.identity("checkRun"),
      name: act.name,
      sha: act.sha,
      app,
      status: act.status === "queued" ? "queued" : "in_progress",
      conclusion: null,
      output: {
        title: act.output?.title ?? null,
        summary: act.output?.summary ?? null,
        text: act.output?.text ?? null,
      },
      annotations: [],
      log: null,
      startedAt: this.#state.now(),
      completedAt: null,
      suite: suite.id,
    };
    this.#state.checkRuns.set(run.id, run);
    this.#state.index({ kind: "CheckRun", record: run });
    suite.status = "in_progress";
    suite.conclusion = null;
    suite.updatedAt = this.#state.now();
    this.#ground.deliver("check_run.created", this.#actorOf(app), checkRunBody(this.#state, run));
    return run;
  }

  async #move(run: CheckRunRecord, change: Parameters<CheckActs["updateCheck"]>[1]): Promise<void> {
    run.output = { ...run.output, ...change.output };
    run.annotations = change.annotations ?? run.annotations;
    run.log = change.log ?? run.log;
    const status = change.status ?? (change.conclusion === undefined ? run.status : "completed");
    if (status === run.status && status !== "completed") return;
    run.status = status;
    if (status !== "completed") return;
    run.conclusion = change.conclusion ?? run.conclusion ?? "success";
    run.completedAt = this.#state.now();
    this.#ground.deliver("check_run.completed", this.#actorOf(run.app), checkRunBody(this.#state, run));
    this.#completeSuite(run);
    await this.#settled(run.sha);
  }

  #completeSuite(last: CheckRunRecord): void {
    const suite = this.#state.checkSuites.get(last.suite);
    if (suite === undefined) return;
    const runs = latestRuns(this.#state, last.sha).filter((run) => run.suite === suite.id);
    if (runs.some((run) => run.status !== "completed")) return;
    const red = runs.find((run) => !greenConclusions.has(run.conclusion));
    suite.status = "completed";
    suite.conclusion = red?.conclusion ?? "success";
    suite.updatedAt = this.#state.now();
    const actor = this.#actorOf(suite.app);
    this.#ground.deliver("check_suite.completed", actor, checkSuiteBody(this.#state, suite));
    const pull = this.#state.pulls().find((issue) => issue.state === "open" && issue.pull.headSha === suite.sha);
    this.#ground.tell(actor, "checks", {
      target: pull === undefined ? suite.sha : `pull #${pull.number}`,
      detail: {
        sha: suite.sha,
        conclusion: suite.conclusion,
        checks: Object.fromEntries(runs.map((run) => [run.name, run.conclusion])),
        ...(pull === undefined ? {} : { pull: pull.number }),
      },
    });
  }

  async status(actor: Actor, wanted: Parameters<CheckActs["status"]>[1]): Promise<StatusRecord> {
    this.#ground.demand(actor, "write");
    demandCommit(this.#state, wanted.sha);
    const record: StatusRecord = {
      ...this.#state.identity("status"),
      sha: wanted.sha,
      context: wanted.context,
      state: wanted.state,
      description: wanted.description ?? null,
      targetUrl: wanted.targetUrl ?? null,
      creator: actor.user,
      createdAt: this.#state.now(),
    };
    this.#state.statuses.push(record);
    this.#state.index({ kind: "StatusContext", record });
    this.#ground.deliver("status", actor, statusBody(this.#state, record, branchesAt(this.#ground, record.sha)));
    await this.#settled(record.sha);
    return record;
  }

  async check(act: Parameters<CheckActs["check"]>[0]): ReturnType<CheckActs["check"]> {
    demandCommit(this.#state, act.sha);
    const app = act.app ?? { id: actionsApp.id, slug: actionsApp.slug };
    const open = this.#state
      .checksOf(act.sha)
      .find((run) => run.name === act.name && run.app.id === app.id && run.status !== "completed");
    const run = act.isNew === true || open === undefined ? this.#createRun(act, app) : open;
    const { status: next, conclusion, output, annotations, log } = act;
    await this.#move(run, {
      status: next,
      ...(annotations === undefined ? {} : { annotations }),
      ...(log === undefined ? {} : { log }),
      ...(conclusion === undefined ? {} : { conclusion }),
      ...(output === undefined ? {} : { output }),
    });
    return run;
  }

  async updateCheck(
    id: Parameters<CheckActs["updateCheck"]>[0],
    change: Parameters<CheckActs["updateCheck"]>[1],
  ): ReturnType<CheckActs["updateCheck"]> {
    const run = this.#state.checkRuns.get(id);
    if (run === undefined) throw new ActRefusal(404, "Not Found");
    await this.#move(run, change);
    return run;
  }

  isGreen(sha: string): boolean {
    return isGreen(this.#state, sha);
  }
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
function branchesAt(ground: Ground, sha: string): readonly string[] {
  const branches: string[] = [];
  for (const [name, oid] of ground.git.refs) {
    if (oid === sha && name.startsWith("refs/heads/")) branches.push(name.slice("refs/heads/".length));
  }
  return branches;
}
