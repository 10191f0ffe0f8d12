/** Acts on comments and reactions. Reactions send no webhook and bump nothing, as on GitHub. */
import type { RepositoryState } from "./repository-state.ts";
import { methodsOf } from "./bound-methods.ts";
import { commentBody } from "./payload.ts";
import type { CommentRecord, IssueRecord, ReactionRecord } from "./records.ts";
import { ActRefusal } from "./world-acts.ts";
import type { Actor, CommentActs } from "./world-acts.ts";
import { targetOf } from "./world-ground.ts";
import type { Ground } from "./world-ground.ts";

/** GitHub refuses bodies over this. */
const bodyCharsMax = 65_536;
/** Of a comment only its beginning goes into the report. */
const toldCharsMax = 120;

const reactionContents = new Set(["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]);

export function createCommentActs(ground: Ground): CommentActs {
  return methodsOf<CommentActs>(new CommentRoom(ground));
}

class CommentRoom implements CommentActs {
  readonly #ground: Ground;
  readonly #state: RepositoryState;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#state = ground.state;
  }

  comment(actor: Actor, number: number, body: string): CommentRecord {
    const issue = this.#ground.find(number);
    if (issue.isLocked) this.#ground.demand(actor, "write");
    checkBody(body);
    const now = this.#state.now();
    const record: CommentRecord = {
      ...this.#state.identity("comment"),
      issue: number,
      author: actor.user,
      viaApp: actor.viaApp,
      body,
      createdAt: now,
      updatedAt: now,
      reactions: [],
    };
    issue.comments.push(record);
    this.#state.addComment(record);
    this.#ground.touch(issue);
    this.#ground.deliver("issue_comment.created", actor, commentBody(this.#state, { issue, comment: record }));
    const [firstLine = ""] = body.split("\n");
    this.#ground.tell(actor, "comment", {
      target: targetOf(issue),
      detail: { comment: record.id, text: firstLine.slice(0, toldCharsMax) },
    });
    return record;
  }

  #find(id: number): { readonly record: CommentRecord; readonly issue: IssueRecord } {
    const record = this.#state.comments.get(id);
    if (record === undefined) throw new ActRefusal(404, "Not Found");
    return { record, issue: this.#ground.find(record.issue) };
  }

  #reactions(to: { readonly issue: number } | { readonly comment: number }): ReactionRecord[] {
    return "issue" in to ? this.#ground.find(to.issue).reactions : this.#find(to.comment).record.reactions;
  }

  editComment(
    actor: Actor,
    id: Parameters<CommentActs["editComment"]>[1],
    body: Parameters<CommentActs["editComment"]>[2],
  ): ReturnType<CommentActs["editComment"]> {
    const { record, issue } = this.#find(id);
    this.#ground.demandOwn(actor, record.author, "write");
    checkBody(body);
    const from = record.body;
    record.body = body;
    record.updatedAt = this.#state.now();
    this.#ground.touch(issue);
    const changes = { changes: { body: { from } } };
    this.#ground.deliver("issue_comment.edited", actor, commentBody(this.#state, { issue, comment: record }, changes));
    return record;
  }

  deleteComment(
    actor: Actor,
    id: Parameters<CommentActs["deleteComment"]>[1],
  ): ReturnType<CommentActs["deleteComment"]> {
    const { record, issue } = this.#find(id);
    this.#ground.demandOwn(actor, record.author, "write");
    issue.comments.splice(issue.comments.indexOf(record), 1);
    this.#ground.touch(issue);
    this.#ground.deliver("issue_comment.deleted", actor, commentBody(this.#state, { issue, comment: record }));
    this.#state.removeComment(record);
  }

  react(
    actor: Actor,
    to: Parameters<CommentActs["react"]>[1],
    content: Parameters<CommentActs["react"]>[2],
  ): ReturnType<CommentActs["react"]> {
    if (!reactionContents.has(content)) throw new ActRefusal(422, "Validation Failed", "invalid");
    const all = this.#reactions(to);
    const known = all.find((reaction) => reaction.user.id === actor.user.id && reaction.content === content);
    if (known !== undefined) return { reaction: known, isNew: false };
    const reaction: ReactionRecord = {
      ...this.#state.identity("reaction"),
      user: actor.user,
      content,
      createdAt: this.#state.now(),
    };
    all.push(reaction);
    this.#state.index({ kind: "Reaction", record: reaction });
    return { reaction, isNew: true };
  }

  unreact(
    actor: Actor,
    to: Parameters<CommentActs["unreact"]>[1],
    id: Parameters<CommentActs["unreact"]>[2],
  ): ReturnType<CommentActs["unreact"]> {
    const all = this.#reactions(to);
    const index = all.findIndex((reaction) => reaction.id === id);
    const reaction = all[index];
    if (reaction === undefined) throw new ActRefusal(404, "Not Found");
    this.#ground.demandOwn(actor, reaction.user, "write");
    all.splice(index, 1);
    this.#state.nodes.delete(reaction.node);
  }
}

function checkBody(body: string): void {
  if (body.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
  checkLength(body);
}

/** Of issues and comments alike. */
export function checkLength(body: string): void {
  if (body.length > bodyCharsMax) {
    throw new ActRefusal(422, `Validation Failed: body is too long (maximum is ${bodyCharsMax} characters)`, "custom");
  }
}
