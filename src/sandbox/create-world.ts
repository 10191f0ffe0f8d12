/** Assembles the embedded GitHub: state, git, acts and API, and the World through which people and agents use them. */
import { createActs } from "./create-acts.ts";
import { createApi } from "./api.ts";
import type { Api } from "./api.ts";
import { createGit } from "./git.ts";
import type { Git } from "./git-types.ts";
import type { UserStatusRecord } from "./records.ts";
import { RepositoryState } from "./repository-state.ts";
import { repositoryJson } from "./rest-json.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Acts, Actor } from "./world-acts.ts";
import type { World, WorldOptions } from "./world.ts";

interface Parts {
  readonly state: RepositoryState;
  readonly git: Git;
  readonly acts: Acts;
  readonly api: Api;
  /** Counts an act as open until it has come to its end. */
  readonly track: <Result>(act: () => Promise<Result> | Result) => Promise<Result>;
}

/** Makes the repository with its first commit on the default branch. Rejects when git is missing or the folder unusable. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const git = await createGit(options.directory);
  const state = new RepositoryState(options);
  const { chance, app } = options;
  const acts = createActs({ state, git, chance, webhookSecret: app.webhookSecret });
  const api = createApi({ state, acts, git, options });
  const { owner, defaultBranch, name } = state.repository;
  const files = { "README.md": `# ${name}\n`, ...options.files };
  await acts.push({ user: owner, viaApp: null }, { branch: defaultBranch, files, message: "Initial commit\n" });
  let openCount = 0;
  const track: Parts["track"] = async (act) => {
    openCount += 1;
    try {
      return await act();
    } finally {
      openCount -= 1;
    }
  };
  const parts: Parts = { state, git, acts, api, track };
  return {
    ...createResidence(parts),
    ...createIssueDoor(parts),
    ...createCodeDoor(parts),
    handle: (request) => track(() => api.handle(request)),
    revokeApp: () => api.revokeApp(),
    jobToken: (run, permissions) => api.jobToken(run, permissions),
    workflows: () => [...state.workflows.values()].filter((workflow) => workflow.state === "active"),
    startRun: ({ workflow, event, by }) =>
      acts.startRun({ workflow, event, actor: by === undefined ? { user: owner, viaApp: null } : byName(state, by) }),
    onEvent: (listener) => acts.onEvent(listener),
    repositoryPayload: () => repositoryJson(state),
    onDispatch: (listener) => acts.onDispatch(listener),
    onCancel: (listener) => acts.onCancel(listener),
    onDelivery: (listener) => acts.onDelivery(listener),
    onTimeline: (listener) => acts.onTimeline(listener),
    get queueLength() {
      return state.mergeQueue?.length ?? 0;
    },
    get openCount() {
      return openCount + git.openCount;
    },
    get counters() {
      return api.counters;
    },
    close: () => git.close(),
  };
}

/** Whoever acts under a login: a person, or an App's bot. */
function byName(state: RepositoryState, login: string): Actor {
  return { user: state.findUser(login) ?? state.repository.owner, viaApp: null };
}

/** The person of a login, who must have been added. */
function person(state: RepositoryState, login: string): Actor {
  const user = state.findUser(login);
  if (user === undefined) throw new Error(`Nobody is called ${login} here; add the user first.`);
  return { user, viaApp: null };
}

function createResidence({
  state,
  acts,
}: Parts): Pick<
  World,
  "user" | "addUser" | "setStatus" | "onStatus" | "installApp" | "issues" | "issue" | "checks" | "run"
> {
  const listeners: ((status: UserStatusRecord) => void)[] = [];
  return {
    user: (login) => person(state, login).user,
    addUser(wanted) {
      const { login, id } = wanted;
      const type = wanted.isBot === true ? "Bot" : "User";
      const user = state.addUser({ login, type, ...(id === undefined ? {} : { id }) });
      state.permissions.set(user.id, wanted.permission);
      return user;
    },
    setStatus({ by, isBusy, expiresAt = null }) {
      const { user } = person(state, by);
      const status = { user, isBusy, expiresAt, at: state.now() };
      state.userStatuses.set(user.id, status);
      for (const listener of listeners) listener(status);
    },
    onStatus(listener) {
      listeners.push(listener);
    },
    installApp: () => acts.installApp(state.repository.owner),
    issues: () => [...state.issues.values()],
    issue: (number) => {
      const issue = state.issues.get(number);
      if (issue === undefined) throw new Error(`There is no issue or pull request #${number}.`);
      return issue;
    },
    checks: (sha) => state.checksOf(sha),
    run(id) {
      const run = state.workflowRuns.get(id);
      if (run === undefined) throw new Error(`There is no workflow run ${id}.`);
      return run;
    },
  };
}

function createIssueDoor({
  state,
  acts,
  track,
}: Parts): Pick<
  World,
  | "openIssue"
  | "editIssue"
  | "closeIssue"
  | "reopenIssue"
  | "deleteIssue"
  | "transferIssue"
  | "pinIssue"
  | "addLabel"
  | "removeLabel"
  | "comment"
  | "addDependency"
  | "removeDependency"
  | "addSubIssue"
> {
  const by = (act: { readonly by: string }): Actor => person(state, act.by);
  const quiet = (act: () => unknown): Promise<void> =>
    track(() => {
      act();
    });
  return {
    openIssue: (act) => track(() => acts.openIssue(by(act), act)),
    editIssue: (act) => quiet(() => acts.editIssue(by(act), act.number, act)),
    closeIssue: (act) => quiet(() => acts.closeIssue(by(act), act.number, act.reason)),
    reopenIssue: (act) => quiet(() => acts.reopenIssue(by(act), act.number)),
    deleteIssue: (act) => quiet(() => acts.deleteIssue(by(act), act.number)),
    transferIssue: (act) => quiet(() => acts.transferIssue(by(act), act.number, act.to)),
    pinIssue: (act) => quiet(() => acts.pin(by(act), act.number, true)),
    addLabel: (act) => quiet(() => acts.addLabels(by(act), act.number, [act.label])),
    removeLabel: (act) => quiet(() => acts.removeLabel(by(act), act.number, act.label)),
    comment: (act) => track(() => acts.comment(by(act), act.number, act.body)),
    addDependency: (act) => quiet(() => acts.addDependency(by(act), { blocked: act.number, blocking: act.blockedBy })),
    removeDependency: (act) =>
      quiet(() => acts.removeDependency(by(act), { blocked: act.number, blocking: act.blockedBy })),
    addSubIssue: (act) => quiet(() => acts.addSubIssue(by(act), act)),
  };
}

function createCodeDoor({
  state,
  git,
  acts,
  track,
}: Parts): Pick<
  World,
  | "push"
  | "readFile"
  | "openPull"
  | "closePull"
  | "mergePull"
  | "settleQueue"
  | "review"
  | "check"
  | "mergeable"
  | "moveRun"
> {
  const by = (act: { readonly by: string }): Actor => person(state, act.by);
  return {
    push: (act) => track(() => acts.push(by(act), act)),
    readFile: (branch, path) =>
      track(async () => {
        const head = git.head(branch);
        return head === null ? null : ((await git.read(head, path))?.toString("utf8") ?? null);
      }),
    openPull: (act) => track(() => acts.openPull(by(act), { ...act, head: act.branch })),
    closePull: (act) =>
      track(() => {
        acts.closeIssue(by(act), act.number);
      }),
    mergePull: (act) =>
      track(async () => {
        try {
          return await acts.mergePull(by(act), act.number);
        } catch (error) {
          if (error instanceof ActRefusal) return { refused: error.message };
          throw error;
        }
      }),
    settleQueue: (isGreen) => track(() => acts.settleQueue(isGreen)),
    review: (act) =>
      track(() => {
        acts.review(by(act), act.number, act);
      }),
    check: (act) => track(() => acts.check(act)),
    mergeable: (number) =>
      track(async () => {
        const judged = await acts.mergeable(number);
        if (judged === "unknown") throw new Error(`Pull request #${number} is merged, or its base is gone.`);
        return judged;
      }),
    moveRun: (run, status, conclusion) =>
      track(() => {
        acts.moveRun(run, status, conclusion);
      }),
  };
}
