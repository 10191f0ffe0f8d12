/** The fields at the root of the embedded Linear's schema: what is asked and what is changed, for one caller. */
import { refuse } from "./linear-errors.ts";
import { createShapes, type Shapes } from "./linear-shapes.ts";
import { toLinearId, type LinearComment, type LinearIssue, type LinearStore } from "./linear-store.ts";

export interface RootOptions {
  readonly store: LinearStore;
  /** The name of the user whose key it is. */
  readonly user: string;
  /** Hears the name of each root field. */
  readonly note: (field: string) => void;
}

interface CreateInput {
  readonly id?: string | null;
  readonly issueId?: string | null;
  readonly body?: string | null;
}

interface Update {
  readonly id: string;
  readonly input: { readonly body?: string | null };
}

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Resolvers, made for one request. */
export function linearRoot(options: RootOptions): Readonly<Record<string, unknown>> {
  const { store, user, note } = options;
  const shapes = createShapes(store, user);
  return {
    viewer() {
      note("viewer");
      return shapes.user(user);
    },
    issue({ id }: { readonly id: string }) {
      note("issue");
      return shapes.issue(issueOf(store, id));
    },
    comment({ id }: { readonly id?: string | null }) {
      note("comment");
      return shapes.comment(commentOf(store, id ?? ""));
    },
    commentCreate({ input }: { readonly input: CreateInput }) {
      note("commentCreate");
      return createComment(options, shapes, input);
    },
    commentUpdate({ id, input }: Update) {
      note("commentUpdate");
      const comment = commentOf(store, id);
      if (comment.user !== user) throw refuse.forbidden("Only the author may edit a comment.");
      if (typeof input.body === "string") store.edit(comment, input.body);
      return { success: true, lastSyncId: 2, comment: shapes.comment(comment) };
    },
  };
}

function createComment({ store, user }: RootOptions, shapes: Shapes, input: CreateInput): object {
  const issue = issueOf(store, input.issueId ?? "");
  const body = input.body ?? "";
  const id = input.id ?? toLinearId(`${issue.id}/${store.commentsOf(issue).length}/${body}`);
  if (!uuid4.test(id)) throw refuse.argument("id must be a UUID");
  if (body.trim() === "") throw refuse.argument("body must not be empty");
  if (store.findComment(id) !== null) throw refuse.taken("Comment", id);
  store.addComment({ id, issue: issue.id, user, body });
  return { success: true, lastSyncId: 1, comment: shapes.comment(commentOf(store, id)) };
}

function issueOf(store: LinearStore, reference: string): LinearIssue {
  const issue = store.findIssue(reference);
  if (issue === null) throw refuse.missing("Issue");
  return issue;
}

function commentOf(store: LinearStore, id: string): LinearComment {
  const comment = store.findComment(id);
  if (comment === null || comment.isDeleted) throw refuse.missing("Comment");
  return comment;
}
