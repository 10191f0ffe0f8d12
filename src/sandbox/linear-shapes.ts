/** What the embedded Linear remembers in the shape of its schema, as one caller sees it. */
import { refuse } from "./linear-errors.ts";
import { toLinearId, type LinearComment, type LinearIssue, type LinearStore } from "./linear-store.ts";

interface CommentFilter {
  readonly id?: {
    readonly eq?: string;
    readonly in?: readonly string[];
    readonly neq?: string;
    readonly nin?: readonly string[];
  };
}

interface Page {
  readonly filter?: CommentFilter | null;
  readonly first?: number | null;
}

export interface Shapes {
  user(name: string): object;
  issue(issue: LinearIssue): object;
  comment(comment: LinearComment): object;
}

const pageDefault = 50;
const site = "https://linear.app/acme";

/** The shapes for the user `viewer`. */
export function createShapes(store: LinearStore, viewer: string): Shapes {
  const self: Shapes = {
    user: (name) => ({
      ...plainUser,
      id: toLinearId(`user/${name}`),
      name,
      displayName: name,
      isMe: name === viewer,
    }),
    issue: (issue) => ({
      id: issue.id,
      identifier: issue.identifier,
      url: `${site}/issue/${issue.identifier}`,
      trashed: issue.isTrashed ? true : null,
      archivedAt: toIso(issue.archivedAt),
      comments: (page: Page) => toConnection(store.commentsOf(issue), page, self),
    }),
    comment(comment) {
      const { id, body, createdAt, updatedAt, editedAt } = comment;
      const issue = store.findIssue(comment.issue);
      if (issue === null) throw refuse.missing("Issue");
      return {
        id,
        body,
        issueId: issue.id,
        issue: () => self.issue(issue),
        url: `${site}/issue/${issue.identifier}#comment-${id.slice(0, 8)}`,
        user: self.user(comment.user),
        reactionData: {},
        reactions: [],
        createdAt: toIso(createdAt),
        updatedAt: toIso(updatedAt),
        editedAt: toIso(editedAt),
      };
    },
  };
  return self;
}

function toConnection(comments: readonly LinearComment[], { filter, first }: Page, shapes: Shapes): object {
  const fitting = comments.filter(({ id }) => doesFit(id, filter?.id));
  const size = first ?? pageDefault;
  return {
    nodes: fitting.slice(0, size).map((each) => shapes.comment(each)),
    pageInfo: { hasPreviousPage: false, hasNextPage: fitting.length > size, startCursor: null, endCursor: null },
  };
}

function doesFit(id: string, by: CommentFilter["id"]): boolean {
  if (by === undefined) return true;
  if (by.eq !== undefined && by.eq !== id) return false;
  if (by.in !== undefined && !by.in.includes(id)) return false;
  return by.neq !== id && by.nin?.includes(id) !== true;
}

function toIso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** What the schema wants of a user and nobody asks for. */
const plainUser = {
  createdIssueCount: 0,
  avatarBackgroundColor: "#5e6ad2",
  initials: "A",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  email: "ann@acme.test",
  url: `${site}/profiles/ann`,
  active: true,
  isAssignable: true,
  isMentionable: true,
  guest: false,
  admin: false,
  owner: false,
  app: false,
  supportsAgentSessions: false,
  canAccessAnyPublicTeam: true,
  inviteHash: "a",
};
