/** Acts on comments and reactions. Reactions send no webhook and bump nothing, as on GitHub. */
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
  const { state } = ground;

  function comment(actor: Actor, number: number, body: string): CommentRecord {
    const issue = ground.find(number);
    if (issue.isLocked) ground.demand(actor, "write");
    checkBody(body);
    const now = state.now();
    const record: CommentRecord = {
      ...state.identity("comment"),
      issue: number,
      author: actor.user,
      viaApp: actor.viaApp,
      body,
      createdAt: now,
      updatedAt: now,
      reactions: [],
    };
    issue.comments.push(record);
    state.addComment(record);
    ground.touch(issue);
    ground.deliver("issue_comment.created", actor, commentBody(state, { issue, comment: record }));
    const [firstLine = ""] = body.split("\n");
    ground.tell(actor, "comment", {
      target: targetOf(issue),
      detail: { comment: record.id, text: firstLine.slice(0, toldCharsMax) },
    });
    return record;
  }

  function find(id: number): { readonly record: CommentRecord; readonly issue: IssueRecord } {
    const record = state.comments.get(id);
    if (record === undefined) throw new ActRefusal(404, "Not Found");
    return { record, issue: ground.find(record.issue) };
  }

  function reactions(to: { readonly issue: number } | { readonly comment: number }): ReactionRecord[] {
    return "issue" in to ? ground.find(to.issue).reactions : find(to.comment).record.reactions;
  }

  return {
    comment,
    editComment(actor, id, body) {
      const { record, issue } = find(id);
      ground.demandOwn(actor, record.author, "write");
      checkBody(body);
      const from = record.body;
      record.body = body;
      record.updatedAt = state.now();
      ground.touch(issue);
      const changes = { changes: { body: { from } } };
      ground.deliver("issue_comment.edited", actor, commentBody(state, { issue, comment: record }, changes));
      return record;
    },
    deleteComment(actor, id) {
      const { record, issue } = find(id);
      ground.demandOwn(actor, record.author, "write");
      issue.comments.splice(issue.comments.indexOf(record), 1);
      ground.touch(issue);
      ground.deliver("issue_comment.deleted", actor, commentBody(state, { issue, comment: record }));
      state.removeComment(record);
    },
    react(actor, to, content) {
      if (!reactionContents.has(content)) throw new ActRefusal(422, "Validation Failed", "invalid");
      const all = reactions(to);
      const known = all.find((reaction) => reaction.user.id === actor.user.id && reaction.content === content);
      if (known !== undefined) return { reaction: known, isNew: false };
      const reaction: ReactionRecord = {
        ...state.identity("reaction"),
        user: actor.user,
        content,
        createdAt: state.now(),
      };
      all.push(reaction);
      state.index({ kind: "Reaction", record: reaction });
      return { reaction, isNew: true };
    },
    unreact(actor, to, id) {
      const all = reactions(to);
      const index = all.findIndex((reaction) => reaction.id === id);
      const reaction = all[index];
      if (reaction === undefined) throw new ActRefusal(404, "Not Found");
      ground.demandOwn(actor, reaction.user, "write");
      all.splice(index, 1);
      state.nodes.delete(reaction.node);
    },
  };
}

function checkBody(body: string): void {
  if (body.trim() === "") throw new ActRefusal(422, "Validation Failed", "missing_field");
  if (body.length > bodyCharsMax) {
    throw new ActRefusal(422, `Validation Failed: body is too long (maximum is ${bodyCharsMax} characters)`, "custom");
  }
}
