/** What the embedded Linear remembers: issues, their comments, and who wrote them. */
import { createHash } from "node:crypto";
import type { Clock } from "../ports/clock.ts";

export interface LinearIssue {
  readonly id: string;
  identifier: string;
  isTrashed: boolean;
  archivedAt: number | null;
}

export interface LinearComment {
  readonly id: string;
  readonly issue: string;
  readonly user: string;
  /** As Linear spells it. */
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  editedAt: number | null;
  isDeleted: boolean;
  /** Edits that were taken. */
  edits: number;
}

export interface LinearStore {
  addIssue(identifier: string): LinearIssue;
  /** By its id, or by an identifier that it has or had. */
  findIssue(reference: string): LinearIssue | null;
  /** Gives the issue another identifier, as a move to another team does. */
  move(issue: LinearIssue, identifier: string): void;
  addComment(comment: {
    readonly id: string;
    readonly issue: string;
    readonly user: string;
    readonly body: string;
  }): void;
  findComment(id: string): LinearComment | null;
  edit(comment: LinearComment, body: string): void;
  /** Comments that are there, oldest first. */
  commentsOf(issue: LinearIssue): readonly LinearComment[];
  /** Its id stays taken. */
  deleteComment(id: string): void;
}

/** Letters to ids of the form that Linear's have. */
export function toLinearId(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Linear keeps a document, not the text: what comes back is spelled its way, and HTML comments are gone. */
export function respell(markdown: string): string {
  return markdown
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/^- /gm, "* ")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

export function createLinearStore({ clock }: { readonly clock: Clock }): LinearStore {
  const issues = new Map<string, LinearIssue>();
  const names = new Map<string, LinearIssue>();
  const comments = new Map<string, LinearComment>();
  return {
    addIssue(identifier) {
      const issue = { id: toLinearId(`issue/${identifier}`), identifier, isTrashed: false, archivedAt: null };
      issues.set(issue.id, issue);
      names.set(identifier, issue);
      return issue;
    },
    findIssue: (reference) => issues.get(reference) ?? names.get(reference.toUpperCase()) ?? null,
    move(issue, identifier) {
      issue.identifier = identifier;
      names.set(identifier, issue);
    },
    addComment({ body, ...comment }) {
      const at = clock.now();
      const times = { createdAt: at, updatedAt: at, editedAt: null, isDeleted: false, edits: 0 };
      comments.set(comment.id, { ...comment, body: respell(body), ...times });
    },
    findComment: (id) => comments.get(id) ?? null,
    edit(comment, body) {
      comment.body = respell(body);
      comment.updatedAt = clock.now();
      comment.editedAt = clock.now();
      comment.edits += 1;
    },
    commentsOf: (issue) => [...comments.values()].filter((each) => each.issue === issue.id && !each.isDeleted),
    deleteComment(id) {
      const comment = comments.get(id);
      if (comment !== undefined) comment.isDeleted = true;
    },
  };
}
