/** Acts on pull requests: open, draft or ready, review; and whether and when one can be merged. */
import type { Git } from "./git-types.ts";
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { closingReferences } from "./closing-reference.ts";
import { pullBody } from "./payload.ts";
import { reviewBody } from "./payload-code.ts";
import type { IssueRecord, PullRecord, ReviewRecord } from "./records.ts";
import { userJson } from "./rest-json.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CodeActs } from "./world-acts.ts";
import { isGreen } from "./world-checks.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";
import { newIssue } from "./world-issues.ts";
import { refOfBranch } from "./world-pushes.ts";

export type PullActs = Pick<
  CodeActs,
  "openPull" | "setDraft" | "requestReviewers" | "mergeable" | "mergeState" | "review"
>;

export function createPullActs(ground: Ground): PullActs {
  return methodsOf<PullActs>(new PullRoom(ground));
}

class PullRoom implements PullActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;
  readonly #git: Git;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
    this.#git = ground.git;
  }

  async openPull(actor: Actor, wanted: Parameters<CodeActs["openPull"]>[1]): Promise<IssueRecord> {
    const base = wanted.base ?? this.#state.repository.defaultBranch;
    const [headSha, baseSha] = [this.#git.refs.get(refOfBranch(wanted.head)), this.#git.head(base)];
    if (wanted.title.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    if (headSha === undefined || baseSha === null)
      throw new ActRefusal(422, "Validation Failed: head or base is invalid", "invalid");
    if (await this.#git.isAncestor(headSha, baseSha)) {
      throw new ActRefusal(422, `Validation Failed: No commits between ${base} and ${wanted.head}`, "custom");
    }
    const ends = endsOf(this.#ground, wanted.head);
    const twin = this.#state
      .pulls()
      .find(
        ({ state: now, pull }) =>
          now === "open" &&
          pull.headBranch === ends.headBranch &&
          pull.headRepository === ends.headRepository &&
          pull.baseBranch === base,
      );
    if (twin !== undefined) {
      throw new ActRefusal(422, `Validation Failed: A pull request already exists for ${wanted.head}.`, "custom");
    }
    const { id: pullId, node } = this.#state.identity("pull");
    const issue = newIssue(this.#ground, actor, {
      id: this.#state.nextId("issue"),
      node,
      title: wanted.title,
      body: wanted.body ?? "",
    });
    const pull: PullRecord = {
      id: pullId,
      ...ends,
      headSha,
      baseBranch: base,
      baseSha,
      isDraft: wanted.isDraft ?? false,
      isMerged: false,
      mergedBy: null,
      mergedAt: null,
      mergeSha: null,
      reviews: [],
      requestedReviewers: [],
      autoMerge: null,
    };
    issue.pull = pull;
    this.#state.addIssue(issue);
    this.#ground.deliver("pull_request.opened", actor, pullBody(this.#state, issue));
    this.#ground.tell(actor, "pr_opened", {
      target: targetOf(issue),
      detail: {
        pull: issue.number,
        branch: wanted.head,
        base,
        sha: headSha,
        isDraft: pull.isDraft,
        issues: closingReferences(issue.body, this.#state.repository.fullName),
      },
    });
    return issue;
  }

  async mergeable(number: number): Promise<"yes" | "conflict" | "unknown"> {
    const { pull } = this.#ground.findPull(number);
    const base = this.#git.head(pull.baseBranch);
    if (base === null || pull.isMerged) return "unknown";
    const { conflicts } = await this.#git.merge(base, pull.headSha);
    return conflicts.length === 0 ? "yes" : "conflict";
  }

  async mergeState(number: Parameters<PullActs["mergeState"]>[0]): ReturnType<PullActs["mergeState"]> {
    const { pull } = this.#ground.findPull(number);
    const judged = await this.mergeable(number);
    if (judged === "unknown") return "unknown";
    if (judged === "conflict") return "dirty";
    if (pull.isDraft) return "draft";
    if (pull.baseBranch === this.#state.repository.defaultBranch && !isGreen(this.#state, pull.headSha))
      return "blocked";
    const base = this.#git.head(pull.baseBranch);
    if (base !== null && (await isBehind(this.#ground, pull, base))) return "behind";
    const isRed = this.#state.checksOf(pull.headSha).some((run) => run.conclusion === "failure");
    return isRed && this.#state.requiredChecks.length === 0 ? "unstable" : "clean";
  }

  setDraft(
    actor: Actor,
    number: Parameters<PullActs["setDraft"]>[1],
    isDraft: Parameters<PullActs["setDraft"]>[2],
  ): ReturnType<PullActs["setDraft"]> {
    const issue = this.#ground.findPull(number);
    this.#ground.demandOwn(actor, issue.author, "write");
    if (issue.pull.isDraft === isDraft) return issue;
    issue.pull.isDraft = isDraft;
    this.#ground.touch(issue);
    const event = isDraft ? "convert_to_draft" : "ready_for_review";
    this.#ground.note(actor, issue, { event });
    this.#ground.deliver(`pull_request.${isDraft ? "converted_to_draft" : event}`, actor, pullBody(this.#state, issue));
    return issue;
  }

  requestReviewers(
    actor: Actor,
    number: Parameters<PullActs["requestReviewers"]>[1],
    logins: Parameters<PullActs["requestReviewers"]>[2],
  ): ReturnType<PullActs["requestReviewers"]> {
    const issue = this.#ground.findPull(number);
    this.#ground.demand(actor, "write");
    const users = logins.map((login) => this.#state.findUser(login));
    if (users.some((user) => user !== undefined && user.id === issue.author.id)) {
      throw new ActRefusal(422, "Review cannot be requested from pull request author.");
    }
    const asked = users.filter((user) => user !== undefined && this.#state.permission(user) !== "none");
    if (asked.length < users.length) {
      const sentence = "Reviews may only be requested from collaborators.";
      throw new ActRefusal(
        422,
        `${sentence} One or more of the users or teams you specified is not a collaborator of the ${this.#state.repository.fullName} repository.`,
      );
    }
    for (const user of asked) {
      if (user === undefined || issue.pull.requestedReviewers.some(({ id }) => id === user.id)) continue;
      issue.pull.requestedReviewers = [...issue.pull.requestedReviewers, user];
      this.#ground.touch(issue);
      this.#ground.note(actor, issue, { event: "review_requested" });
      const more = { requested_reviewer: userJson(this.#state, user) };
      this.#ground.deliver("pull_request.review_requested", actor, pullBody(this.#state, issue, more));
    }
    return issue;
  }

  review(
    actor: Actor,
    number: Parameters<PullActs["review"]>[1],
    wanted: Parameters<PullActs["review"]>[2],
  ): ReturnType<PullActs["review"]> {
    const issue = this.#ground.findPull(number);
    if (wanted.state !== "commented" && issue.author.id === actor.user.id) {
      throw new ActRefusal(422, "Unprocessable Entity: Can not approve or refuse your own pull request");
    }
    const review: ReviewRecord = {
      ...this.#state.identity("review"),
      user: actor.user,
      state: wanted.state,
      body: wanted.body ?? "",
      sha: issue.pull.headSha,
      submittedAt: this.#state.now(),
      comments: (wanted.comments ?? []).map((comment) => ({
        ...this.#state.identity("reviewComment"),
        ...comment,
      })),
    };
    issue.pull.reviews.push(review);
    issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter(({ id }) => id !== actor.user.id);
    this.#state.index({ kind: "PullRequestReview", record: review, pull: number });
    this.#ground.touch(issue);
    this.#ground.deliver("pull_request_review.submitted", actor, reviewBody(this.#state, { pull: issue, review }));
    return review;
  }
}

/** Whether required checks are strict and the head lacks commits of its base; a merge queue sees to that by itself. */
export async function isBehind({ state, git }: Ground, pull: PullRecord, base: string): Promise<boolean> {
  const isStrict = state.hasStrictChecks && state.requiredChecks.length > 0 && state.mergeQueue === null;
  if (!isStrict || pull.baseBranch !== state.repository.defaultBranch) return false;
  return !(await git.isAncestor(base, pull.headSha));
}

/** Branch and repository of a head, `branch` or `forkowner:branch`. */
function endsOf(ground: Ground, head: string): Pick<PullRecord, "headBranch" | "headRepository"> {
  const { fullName, name, owner } = ground.state.repository;
  const [forker, branch] = head.split(":");
  if (branch === undefined) return { headBranch: head, headRepository: fullName };
  if (forker?.toLowerCase() === owner.login.toLowerCase()) return { headBranch: branch, headRepository: fullName };
  return { headBranch: branch, headRepository: `${forker ?? ""}/${name}` };
}
