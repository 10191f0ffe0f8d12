/**
 * Acts that move refs, and all that follows a push: the webhook, heads of pull requests, workflow files, closing words.
 * Branches `owner:branch` are those of a fork; they lie under `refs/forks/` and send no push webhook.
 */
import type { Git } from "./git-types.ts";
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { closingReferences } from "./closing-reference.ts";
import { isKeptPath } from "./git-trees.ts";
import type { CommitObject } from "./git-types.ts";
import { pullBody } from "./payload.ts";
import { pushBody } from "./payload-code.ts";
import type { IssueRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CodeActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";
import { headRef } from "./world-issues.ts";
import type { IssueActsWithin } from "./world-issues.ts";
import { isWorkflowPath, parseWorkflow } from "./workflow-file.ts";

/** A ref that moved. */
export interface Push {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly isForced: boolean;
  /** The pull request whose merge this push is; its closing words are heeded by the merge. */
  readonly merge?: number;
}

export interface PushActs extends Pick<CodeActs, "push" | "moveRef"> {
  /** What follows once a ref has moved in git. */
  afterPush(actor: Actor, push: Push): Promise<void>;
}

export function createPushActs(ground: Ground, issues: IssueActsWithin): PushActs {
  return methodsOf<PushActs>(new PushRoom(ground, issues));
}

class PushRoom implements PushActs {
  readonly #ground: Ground;
  readonly #issues: IssueActsWithin;
  readonly #state: RepositoryState;
  readonly #git: Git;

  constructor(ground: Ground, issues: IssueActsWithin) {
    this.#ground = ground;
    this.#issues = issues;
    this.#state = ground.state;
    this.#git = ground.git;
  }

  async push(actor: Actor, act: Parameters<CodeActs["push"]>[1]): Promise<{ readonly sha: string }> {
    const name = refOfBranch(act.branch);
    demandPush(this.#ground, actor, act.branch);
    const before = this.#git.refs.get(name) ?? null;
    if (act.expectedHead !== undefined && act.expectedHead !== before) {
      throw new ActRefusal(
        409,
        `Expected branch to point to "${act.expectedHead}" but it did not.  Pull and try again.`,
      );
    }
    const start = before ?? this.#startOf(act.from ?? this.#state.repository.defaultBranch);
    const { base, parents } = await this.#baseOf(start, act.mergeBase ?? false);
    const strange = Object.keys(act.files).find((path) => !isKeptPath(path));
    if (strange !== undefined) throw new ActRefusal(422, `A path was requested that is not valid: ${strange}`);
    const changes = Object.entries(act.files).map(([path, content]) =>
      content === null ? { path, oid: null } : { path, content },
    );
    const tree = await this.#git.writeTree(base, changes);
    const after = await this.#git.writeCommit({
      tree,
      parents,
      message: act.message,
      author: this.#ground.identify(actor),
    });
    const outcome = await this.#git.updateRef({ name, to: after, before });
    if (outcome === "conflict") {
      throw new ActRefusal(409, `Expected branch to point to "${before ?? ""}" but it did not.  Pull and try again.`);
    }
    if (outcome === "invalid") throw new ActRefusal(422, `${act.branch} is not a valid branch name.`);
    await this.afterPush(actor, { name, before, after, isForced: false });
    return { sha: after };
  }

  /** What the new commit stands on: the start alone, or merged with the default branch, where the start wins. */
  async #baseOf(
    start: string | null,
    isMerge: boolean,
  ): Promise<{ readonly base: string | null; readonly parents: readonly string[] }> {
    if (start === null) return { base: null, parents: [] };
    const theirs = isMerge ? this.#git.head(this.#state.repository.defaultBranch) : null;
    if (theirs === null || (await this.#git.isAncestor(theirs, start))) return { base: start, parents: [start] };
    const { tree } = await this.#git.merge(start, theirs, { prefer: "ours" });
    return { base: tree, parents: [start, theirs] };
  }

  /** Where a new branch begins: a branch, or a commit. The first branch of all begins with nothing. */
  #startOf(from: string): string | null {
    const start = this.#git.refs.get(refOfBranch(from)) ?? (this.#state.commits.has(from) ? from : null);
    if (start === null && this.#git.refs.size > 0)
      throw new ActRefusal(422, `There is no branch ${from} to begin from.`);
    return start;
  }

  async moveRef(actor: Actor, ref: Parameters<CodeActs["moveRef"]>[1]): Promise<void> {
    demandPush(this.#ground, actor, ref.name);
    const before = this.#git.refs.get(ref.name) ?? null;
    refuseMove(ref, before);
    const isForward = before === null || ref.to === null || (await this.#git.isAncestor(before, ref.to));
    if (!isForward && ref.force !== true) throw new ActRefusal(422, "Update is not a fast forward");
    const outcome = await this.#git.updateRef({ name: ref.name, to: ref.to, before });
    if (outcome !== "updated")
      throw new ActRefusal(422, outcome === "invalid" ? "Object does not exist" : "Reference cannot be updated");
    await this.afterPush(actor, { name: ref.name, before, after: ref.to, isForced: !isForward });
  }

  async afterPush(actor: Actor, moved: Push): Promise<void> {
    const commits = moved.after === null ? [] : await learnCommits(this.#ground, moved.after);
    if (moved.name.startsWith("refs/heads/") || moved.name.startsWith("refs/tags/")) {
      await this.#announcePush(actor, moved, commits);
    }
    this.#followHeads(actor, moved);
    if (moved.name !== `refs/heads/${this.#state.repository.defaultBranch}` || moved.after === null) return;
    await readWorkflows(this.#ground, { before: moved.before, after: moved.after });
    if (moved.merge === undefined) this.#closeByCommits(actor, commits);
  }

  async #announcePush(actor: Actor, moved: Push, commits: readonly CommitObject[]): Promise<void> {
    this.#state.repository.pushedAt = this.#state.now();
    if (this.#state.installation === null) return;
    const pushed = [];
    for (const commit of commits) {
      pushed.push({ commit, paths: await this.#git.changedPaths(commit.parents[0] ?? null, commit.oid) });
    }
    const { name, before, after, isForced } = moved;
    this.#ground.deliver(
      "push",
      actor,
      pushBody(this.#state, actor, { ref: name, before, after, isForced, commits: pushed }),
    );
  }

  /** Open pull requests follow their head; without it they are closed. */
  #followHeads(actor: Actor, moved: Push): void {
    for (const issue of this.#state.pulls()) {
      if (issue.state !== "open" || headRef(this.#ground, issue.pull) !== moved.name) continue;
      if (moved.after === null) this.#issues.closeBy(actor, issue, null);
      else this.#synchronize(actor, issue, moved.after);
    }
  }

  #synchronize(
    actor: Actor,
    issue: IssueRecord & { readonly pull: NonNullable<IssueRecord["pull"]> },
    after: string,
  ): void {
    const before = issue.pull.headSha;
    issue.pull.headSha = after;
    issue.pull.baseSha = this.#git.head(issue.pull.baseBranch) ?? issue.pull.baseSha;
    this.#ground.touch(issue);
    this.#ground.deliver("pull_request.synchronize", actor, pullBody(this.#state, issue, { before, after }));
    this.#ground.tell(actor, "pr_updated", {
      target: targetOf(issue),
      detail: { pull: issue.number, branch: issue.pull.headBranch, sha: after },
    });
  }

  /** A commit pushed to the default branch closes what its message says it does. */
  #closeByCommits(actor: Actor, commits: readonly CommitObject[]): void {
    for (const commit of commits) {
      for (const number of closingReferences(commit.message, this.#state.repository.fullName)) {
        const issue = this.#state.issues.get(number);
        if (issue !== undefined && issue.pull === null) this.#issues.closeBy(actor, issue, { commit: commit.oid });
      }
    }
  }
}

function refuseMove(ref: Parameters<CodeActs["moveRef"]>[1], before: string | null): void {
  if (before === null) {
    if (ref.before === null && ref.to !== null) return;
    throw new ActRefusal(422, "Reference does not exist");
  }
  if (ref.before === null) throw new ActRefusal(422, "Reference already exists");
  if (ref.before !== undefined && ref.before !== before) throw new ActRefusal(422, "Reference cannot be updated");
}

/** `owner:branch` is a fork's. */
export function refOfBranch(branch: string): string {
  if (branch.startsWith("refs/")) return branch;
  const [owner, name] = branch.split(":");
  return name === undefined ? `refs/heads/${branch}` : `refs/forks/${owner ?? ""}/${name}`;
}

function demandPush(ground: Ground, actor: Actor, branch: string): void {
  const [owner, name] = branch.split(":");
  const isOwnFork = name !== undefined && owner?.toLowerCase() === actor.user.login.toLowerCase();
  if (!isOwnFork) ground.demand(actor, "write");
}

/** Keeps the commits that are new, and gives them oldest first. */
async function learnCommits(ground: Ground, head: string): Promise<readonly CommitObject[]> {
  const learned: CommitObject[] = [];
  const waiting = [head];
  for (let oid = waiting.pop(); oid !== undefined; oid = waiting.pop()) {
    if (ground.state.commits.has(oid)) continue;
    const commit = await ground.git.commit(oid);
    if (commit === null) continue;
    ground.state.commits.set(oid, commit);
    learned.push(commit);
    waiting.push(...commit.parents.toReversed());
  }
  return learned.toReversed();
}

/** Brings the list of workflows up to the default branch. */
async function readWorkflows(
  ground: Ground,
  moved: { readonly before: string | null; readonly after: string },
): Promise<void> {
  const { state, git } = ground;
  for (const { path, status } of await git.changedPaths(moved.before, moved.after)) {
    if (!isWorkflowPath(path)) continue;
    const known = [...state.workflows.values()].find((workflow) => workflow.path === path);
    if (status === "removed") {
      if (known !== undefined) known.state = "deleted";
      continue;
    }
    const file = parseWorkflow(path, (await git.read(moved.after, path))?.toString("utf8") ?? "");
    if (known !== undefined) {
      Object.assign(known, file, { state: "active" });
      continue;
    }
    const record = { ...state.identity("workflow"), path, ...file, state: "active" as const, createdAt: state.now() };
    state.workflows.set(record.id, record);
    state.index({ kind: "Workflow", record });
  }
}
