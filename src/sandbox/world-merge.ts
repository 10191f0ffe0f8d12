/** Merging pull requests, by hand and by themselves, bringing their branches up to date, and the issues that a merge closes. Merges are git's own. */
import type { Git } from "./git-types.ts";
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { closingReferences } from "./closing-reference.ts";
import { pullBody } from "./payload.ts";
import type { IssueRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CodeActs } from "./world-acts.ts";
import { isGreen } from "./world-checks.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";
import { headRef } from "./world-issues.ts";
import type { IssueActsWithin } from "./world-issues.ts";
import { isBehind } from "./world-pulls.ts";
import type { PushActs } from "./world-pushes.ts";

type Pull = IssueRecord & { readonly pull: NonNullable<IssueRecord["pull"]> };
type Method = "merge" | "squash" | "rebase";

export interface MergeActs extends Pick<CodeActs, "mergePull" | "updateBranch" | "setAutoMerge"> {
  /** Merges what waited for the checks of this commit. */
  mergeWaiting(sha: string): Promise<void>;
  /** Merges as the merge queue does, which needs nobody's permission any more. */
  mergeQueued(actor: Actor, number: number): Promise<void>;
}

/** What merging needs of the other acts. */
export interface MergeNeeds {
  readonly issues: IssueActsWithin;
  readonly pushes: PushActs;
  readonly pulls: Pick<CodeActs, "mergeState">;
}

export function createMergeActs(ground: Ground, others: MergeNeeds): MergeActs {
  return methodsOf<MergeActs>(new MergeRoom(ground, others));
}

class MergeRoom implements MergeActs {
  readonly #ground: Ground;
  readonly #others: MergeNeeds;
  readonly #state: RepositoryState;
  readonly #git: Git;

  constructor(ground: Ground, others: MergeNeeds) {
    this.#ground = ground;
    this.#others = others;
    this.#state = ground.state;
    this.#git = ground.git;
  }

  async mergePull(
    actor: Actor,
    number: number,
    how: Parameters<CodeActs["mergePull"]>[2] = {},
  ): Promise<{ readonly sha: string }> {
    const issue = this.#ground.findPull(number);
    this.#ground.demand(actor, "write");
    refuseMerge(this.#ground, { issue, ...how });
    if (this.#state.mergeQueue !== null && issue.pull.baseBranch === this.#state.repository.defaultBranch) {
      throw new ActRefusal(405, "Changes must be made through the merge queue.");
    }
    return this.#merge(actor, issue, how);
  }

  async updateBranch(actor: Actor, number: number, expectedHead?: string): Promise<void> {
    const issue = this.#ground.findPull(number);
    const { pull } = issue;
    this.#ground.demand(actor, "write");
    const head = pull.headSha;
    if (issue.state === "closed") throw new ActRefusal(422, "Pull request is closed");
    if (expectedHead !== undefined && expectedHead !== head) {
      throw new ActRefusal(422, "expected head sha didn’t match current head ref.");
    }
    const base = this.#git.head(pull.baseBranch);
    if (base === null || (await this.#git.isAncestor(base, head))) {
      throw new ActRefusal(422, "There are no new commits on the base branch.");
    }
    const { tree, conflicts } = await this.#git.merge(head, base);
    if (conflicts.length > 0) throw new ActRefusal(422, "merge conflict between base and head");
    const after = await this.#git.writeCommit({
      tree,
      parents: [head, base],
      message: `Merge branch '${pull.baseBranch}' into ${pull.headBranch}`,
      author: this.#ground.identify(actor),
      committer: { name: "GitHub", email: "noreply@github.com", at: this.#state.now() },
    });
    const name = headRef(this.#ground, pull);
    if ((await this.#git.updateRef({ name, to: after, before: head })) !== "updated") {
      throw new ActRefusal(422, "expected head sha didn’t match current head ref.");
    }
    await this.#others.pushes.afterPush(actor, { name, before: head, after, isForced: false });
  }

  async mergeQueued(actor: Actor, number: number): Promise<void> {
    const issue = this.#ground.findPull(number);
    refuseMerge(this.#ground, { issue });
    await this.#merge(actor, issue, {});
  }

  async #merge(
    actor: Actor,
    issue: Pull,
    how: NonNullable<Parameters<CodeActs["mergePull"]>[2]>,
  ): Promise<{ readonly sha: string }> {
    const { pull } = issue;
    const name = `refs/heads/${pull.baseBranch}`;
    const before = this.#git.refs.get(name) ?? null;
    if (before === null) throw new ActRefusal(405, "Base branch was deleted");
    const head = pull.headSha;
    if (await isBehind(this.#ground, pull, before)) {
      const count = this.#state.requiredChecks.length;
      throw new ActRefusal(405, `${count} of ${count} required status checks are expected.`);
    }
    const { tree, conflicts } = await this.#git.merge(before, head);
    if (conflicts.length > 0) throw new ActRefusal(405, "Pull Request is not mergeable");
    const method = how.method ?? "merge";
    const sha = await this.#git.writeCommit({
      tree,
      parents: method === "squash" ? [before] : [before, head],
      message: messageOf(issue, method, how),
      author: this.#ground.identify(actor),
      committer: { name: "GitHub", email: "noreply@github.com", at: this.#state.now() },
    });
    // The head or the base may have moved, or somebody else have merged it, while git worked.
    if (pull.isMerged || pull.headSha !== head)
      throw new ActRefusal(409, "Head branch was modified. Review and try the merge again.");
    if ((await this.#git.updateRef({ name, to: sha, before })) !== "updated") {
      throw new ActRefusal(405, "Base branch was modified. Review and try the merge again.");
    }
    await this.#settleMerge(actor, issue, { sha, before });
    return { sha };
  }

  async #settleMerge(
    actor: Actor,
    issue: Pull,
    merge: { readonly sha: string; readonly before: string },
  ): Promise<void> {
    const { pull } = issue;
    const now = this.#state.now();
    pull.isMerged = true;
    pull.mergedBy = actor.user;
    pull.mergedAt = now;
    pull.mergeSha = merge.sha;
    pull.autoMerge = null;
    issue.state = "closed";
    issue.closedAt = now;
    issue.closedBy = actor.user;
    this.#ground.touch(issue);
    this.#ground.note(actor, issue, { event: "merged", commit: merge.sha });
    this.#ground.note(actor, issue, { event: "closed", commit: merge.sha });
    const closed = toClose(this.#ground, issue);
    const { number } = issue;
    const push = {
      name: `refs/heads/${pull.baseBranch}`,
      before: merge.before,
      after: merge.sha,
      isForced: false,
      merge: number,
    };
    await this.#others.pushes.afterPush(actor, push);
    this.#ground.deliver("pull_request.closed", actor, pullBody(this.#state, issue));
    this.#ground.tell(actor, "merged", {
      target: targetOf(issue),
      detail: { pull: number, sha: merge.sha, issues: closed.map((linked) => linked.number) },
    });
    for (const linked of closed) this.#others.issues.closeBy(actor, linked, { pull: number, commit: merge.sha });
  }

  async setAutoMerge(actor: Actor, number: number, isOn: boolean): Promise<IssueRecord> {
    const issue = this.#ground.findPull(number);
    this.#ground.demand(actor, "write");
    if (isOn && issue.state === "closed") throw new ActRefusal(422, "Pull request is closed");
    if (isOn && (await this.#others.pulls.mergeState(number)) === "clean") {
      throw new ActRefusal(422, "Pull request Pull request is in clean status");
    }
    issue.pull.autoMerge = isOn ? { by: actor.user, viaApp: actor.viaApp, enabledAt: this.#state.now() } : null;
    this.#ground.touch(issue);
    this.#ground.deliver(
      `pull_request.auto_merge_${isOn ? "enabled" : "disabled"}`,
      actor,
      pullBody(this.#state, issue),
    );
    return issue;
  }

  async mergeWaiting(sha: string): Promise<void> {
    for (const issue of this.#state.pulls()) {
      const { autoMerge, headSha } = issue.pull;
      if (autoMerge === null || headSha !== sha || issue.state === "closed") continue;
      if ((await this.#others.pulls.mergeState(issue.number)) !== "clean") continue;
      try {
        await this.mergePull({ user: autoMerge.by, viaApp: autoMerge.viaApp }, issue.number);
      } catch (error) {
        // Somebody was faster, or took the permission away: it goes on waiting, as on GitHub.
        if (!(error instanceof ActRefusal)) throw error;
      }
    }
  }
}

/** Throws why this may not be merged, in the order in which GitHub finds it out. */
function refuseMerge(
  ground: Ground,
  merge: { readonly issue: Pull; readonly method?: Method; readonly expectedHead?: string },
): void {
  const { issue } = merge;
  const { pull } = issue;
  if (issue.state === "closed" || pull.isMerged) throw new ActRefusal(405, "Pull Request is not mergeable");
  if (pull.isDraft) throw new ActRefusal(405, "Pull Request is still a draft");
  if (merge.method === "rebase") throw new ActRefusal(405, "Rebase merges are not allowed on this repository.");
  if (merge.expectedHead !== undefined && merge.expectedHead !== pull.headSha) {
    throw new ActRefusal(409, "Head branch was modified. Review and try the merge again.");
  }
  const { state } = ground;
  if (pull.baseBranch !== state.repository.defaultBranch || isGreen(state, pull.headSha)) return;
  const names = state.requiredChecks.map((name) => `"${name}"`).join(", ");
  throw new ActRefusal(405, `Required status check ${names} is expected.`);
}

/** Open issues that the merge closes: named by the pull request, and only when it goes into the default branch. */
function toClose(ground: Ground, issue: Pull): readonly IssueRecord[] {
  const { repository, issues } = ground.state;
  if (issue.pull.baseBranch !== repository.defaultBranch) return [];
  return closingReferences(issue.body, repository.fullName)
    .flatMap((number) => issues.get(number) ?? [])
    .filter((linked) => linked.pull === null && linked.state === "open");
}

function messageOf(issue: Pull, method: Method, how: { readonly title?: string; readonly message?: string }): string {
  const { headRepository, headBranch } = issue.pull;
  const owner = headRepository.split("/")[0] ?? "";
  const isSquash = method === "squash";
  const title =
    how.title ??
    (isSquash
      ? `${issue.title} (#${issue.number})`
      : `Merge pull request #${issue.number} from ${owner}/${headBranch}`);
  const message = how.message ?? (isSquash ? issue.body : issue.title);
  return message === "" ? title : `${title}\n\n${message}`;
}
