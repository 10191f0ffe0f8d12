/**
 * The merge queue: pull requests are put into it, and merged one after another in that order, in the name of GitHub's own bot; or
 * taken out again, by a person or because they fail together with what is before them.
 */
import { methodsOf } from "./bound-methods.ts";
import type { Git } from "./git-types.ts";
import { pullBody } from "./payload.ts";
import type { QueueEntryRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CodeActs, QueueActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";
import type { MergeActs } from "./world-merge.ts";

/** What the queue needs of the other acts. */
export interface QueueNeeds {
  readonly merges: Pick<MergeActs, "mergeQueued">;
  readonly pulls: Pick<CodeActs, "mergeState">;
}

export function createQueueActs(ground: Ground, others: QueueNeeds): QueueActs {
  return methodsOf<QueueActs>(new QueueRoom(ground, others));
}

class QueueRoom implements QueueActs {
  readonly #ground: Ground;
  readonly #others: QueueNeeds;
  readonly #state: RepositoryState;
  readonly #git: Git;

  constructor(ground: Ground, others: QueueNeeds) {
    this.#ground = ground;
    this.#others = others;
    this.#state = ground.state;
    this.#git = ground.git;
  }

  async enqueue(actor: Actor, number: number, expectedHead?: string): Promise<QueueEntryRecord> {
    const issue = this.#ground.findPull(number);
    const { pull } = issue;
    this.#ground.demand(actor, "write");
    if (this.#state.mergeQueue === null) throw new ActRefusal(422, "Merge queue is not enabled on this branch");
    if (expectedHead !== undefined && expectedHead !== pull.headSha) {
      throw new ActRefusal(422, "Head branch was modified. Review and try again.");
    }
    if (this.#entryOf(number) !== null) throw new ActRefusal(422, "Pull request is already in the merge queue");
    const head = pull.headSha;
    const judged = issue.state === "open" ? await this.#others.pulls.mergeState(number) : "closed";
    if (judged !== "clean" || pull.headSha !== head)
      throw new ActRefusal(422, `Pull request is not mergeable (${judged})`);
    const files = await this.#filesOf(pull.baseBranch, head);
    // Somebody may have been faster, while git worked.
    const known = this.#entryOf(number);
    if (known !== null) return known;
    const entry: QueueEntryRecord = {
      ...this.#state.identity("queueEntry"),
      pull: number,
      sha: head,
      by: actor.user,
      enqueuedAt: this.#state.now(),
    };
    this.#state.mergeQueue.push(entry);
    this.#ground.touch(issue);
    this.#ground.note(actor, issue, { event: "added_to_merge_queue" });
    this.#ground.deliver("pull_request.enqueued", actor, pullBody(this.#state, issue));
    this.#ground.tell(actor, "enqueued", { target: targetOf(issue), detail: { pull: number, sha: head, files } });
    return entry;
  }

  dequeue(actor: Actor, number: number, reason: string): void {
    const issue = this.#ground.findPull(number);
    if (this.#entryOf(number) === null) throw new ActRefusal(422, "Pull request is not in the merge queue");
    this.#remove(number);
    this.#ground.touch(issue);
    this.#ground.note(actor, issue, { event: "removed_from_merge_queue", reason });
    this.#ground.deliver("pull_request.dequeued", actor, { ...pullBody(this.#state, issue), reason });
    this.#ground.tell(actor, "dequeued", { target: targetOf(issue), detail: { pull: number, reason } });
  }

  async settleQueue(isGreen: boolean): Promise<void> {
    const [first] = this.#state.mergeQueue ?? [];
    if (first === undefined) return;
    const actor: Actor = { user: this.#state.queueUser, viaApp: null };
    const issue = this.#ground.findPull(first.pull);
    if (issue.state === "closed") return this.#remove(first.pull);
    if (issue.pull.headSha !== first.sha) return this.dequeue(actor, first.pull, "BRANCH_PROTECTIONS");
    if ((await this.#others.pulls.mergeState(first.pull)) === "dirty") {
      return this.dequeue(actor, first.pull, "MERGE_CONFLICT");
    }
    if (!isGreen) return this.dequeue(actor, first.pull, "CI_FAILURE");
    try {
      await this.#others.merges.mergeQueued(actor, first.pull);
      this.#remove(first.pull);
    } catch (error) {
      if (!(error instanceof ActRefusal)) throw error;
      this.dequeue(actor, first.pull, "INVALID_MERGE_COMMIT");
    }
  }

  #entryOf(number: number): QueueEntryRecord | null {
    return this.#state.mergeQueue?.find((entry) => entry.pull === number) ?? null;
  }

  #remove(number: number): void {
    const queue = this.#state.mergeQueue ?? [];
    const at = queue.findIndex((entry) => entry.pull === number);
    if (at >= 0) queue.splice(at, 1);
  }

  async #filesOf(branch: string, head: string): Promise<readonly string[]> {
    const base = this.#git.head(branch);
    const from = base === null ? null : await this.#git.mergeBase(base, head);
    return from === null ? [] : (await this.#git.changedPaths(from, head)).map(({ path }) => path);
  }
}
