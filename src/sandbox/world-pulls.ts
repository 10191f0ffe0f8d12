/** Acts on pull requests: open, draft or ready, review; and whether and when one can be merged. */
import { closingReferences } from "./closing-reference.ts";
import { pullBody } from "./payload.ts";
import { reviewBody } from "./payload-code.ts";
import type { IssueRecord, PullRecord, ReviewRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CodeActs } from "./world-acts.ts";
import { isGreen } from "./world-checks.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";
import { newIssue } from "./world-issues.ts";
import { refOfBranch } from "./world-pushes.ts";

export function createPullActs(
  ground: Ground,
): Pick<CodeActs, "openPull" | "setDraft" | "mergeable" | "mergeState" | "review"> {
  const { state, git } = ground;

  async function openPull(actor: Actor, wanted: Parameters<CodeActs["openPull"]>[1]): Promise<IssueRecord> {
    const base = wanted.base ?? state.repository.defaultBranch;
    const [headSha, baseSha] = [git.refs.get(refOfBranch(wanted.head)), git.head(base)];
    if (wanted.title.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
    if (headSha === undefined || baseSha === null)
      throw new ActRefusal(422, "Validation Failed: head or base is invalid", "invalid");
    if (await git.isAncestor(headSha, baseSha)) {
      throw new ActRefusal(422, `Validation Failed: No commits between ${base} and ${wanted.head}`, "custom");
    }
    const ends = endsOf(ground, wanted.head);
    const twin = state
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
    const { id: pullId, node } = state.identity("pull");
    const issue = newIssue(ground, actor, {
      id: state.nextId("issue"),
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
      autoMerge: null,
    };
    issue.pull = pull;
    state.addIssue(issue);
    ground.deliver("pull_request.opened", actor, pullBody(state, issue));
    ground.tell(actor, "pr_opened", {
      target: targetOf(issue),
      detail: {
        pull: issue.number,
        branch: wanted.head,
        base,
        sha: headSha,
        isDraft: pull.isDraft,
        issues: closingReferences(issue.body, state.repository.fullName),
      },
    });
    return issue;
  }

  async function mergeable(number: number): Promise<"yes" | "conflict" | "unknown"> {
    const { pull } = ground.findPull(number);
    const base = git.head(pull.baseBranch);
    if (base === null || pull.isMerged) return "unknown";
    const { conflicts } = await git.merge(base, pull.headSha);
    return conflicts.length === 0 ? "yes" : "conflict";
  }

  return {
    openPull,
    mergeable,
    async mergeState(number) {
      const { pull } = ground.findPull(number);
      const judged = await mergeable(number);
      if (judged === "unknown") return "unknown";
      if (judged === "conflict") return "dirty";
      if (pull.isDraft) return "draft";
      if (pull.baseBranch === state.repository.defaultBranch && !isGreen(state, pull.headSha)) return "blocked";
      const isRed = state.checksOf(pull.headSha).some((run) => run.conclusion === "failure");
      return isRed && state.requiredChecks.length === 0 ? "unstable" : "clean";
    },
    setDraft(actor, number, isDraft) {
      const issue = ground.findPull(number);
      ground.demandOwn(actor, issue.author, "write");
      if (issue.pull.isDraft === isDraft) return issue;
      issue.pull.isDraft = isDraft;
      ground.touch(issue);
      const event = isDraft ? "convert_to_draft" : "ready_for_review";
      ground.note(actor, issue, { event });
      ground.deliver(`pull_request.${isDraft ? "converted_to_draft" : event}`, actor, pullBody(state, issue));
      return issue;
    },
    review(actor, number, wanted) {
      const issue = ground.findPull(number);
      if (wanted.state !== "commented" && issue.author.id === actor.user.id) {
        throw new ActRefusal(422, "Unprocessable Entity: Can not approve or refuse your own pull request");
      }
      const review: ReviewRecord = {
        ...state.identity("review"),
        user: actor.user,
        state: wanted.state,
        body: wanted.body ?? "",
        sha: issue.pull.headSha,
        submittedAt: state.now(),
      };
      issue.pull.reviews.push(review);
      state.index({ kind: "PullRequestReview", record: review, pull: number });
      ground.touch(issue);
      ground.deliver("pull_request_review.submitted", actor, reviewBody(state, { pull: issue, review }));
      return review;
    },
  };
}

/** Branch and repository of a head, `branch` or `forkowner:branch`. */
function endsOf(ground: Ground, head: string): Pick<PullRecord, "headBranch" | "headRepository"> {
  const { fullName, name, owner } = ground.state.repository;
  const [forker, branch] = head.split(":");
  if (branch === undefined) return { headBranch: head, headRepository: fullName };
  if (forker?.toLowerCase() === owner.login.toLowerCase()) return { headBranch: branch, headRepository: fullName };
  return { headBranch: branch, headRepository: `${forker ?? ""}/${name}` };
}
