/** Comments that ask for us, with the permission of their authors; and those since a cursor, for lost webhooks. */
import { z } from "zod";
import type { HeardComment, Hint } from "../ports/tracker.ts";
import { ListedComment } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import { overlapMs } from "./feeds.ts";
import type { GithubClient } from "./client.ts";
import type { Permissions } from "./permissions.ts";
import { routeOf, taskIdIn } from "./place.ts";
import type { Place } from "./place.ts";
import { readSlashLine } from "./slash-line.ts";

type CommentHint = Hint & { readonly kind: "comment" };

/** Turns hints into heard comments: those of strangers too, bots left out. Rejects with `GithubFault`. */
export async function hear(permissions: Permissions, hints: readonly CommentHint[]): Promise<readonly HeardComment[]> {
  const people = hints.filter((hint) => !hint.author.isBot && !hint.author.login.endsWith("[bot]"));
  const authors = people.map((hint) => ({ login: hint.author.login, id: hint.author.id, kind: "user" as const }));
  const toActor = await permissions.lookUp(authors);
  return people.flatMap((hint, index) => {
    const body = readSlashLine(hint.body);
    if (body === null) return [];
    const { comment, databaseId, task, number } = hint;
    return [{ comment, databaseId, task, number, by: toActor(authors[index]), body }];
  });
}

/** How far back a process that has just started looks; what was heard before is known to the log by the comment's id. */
export const lookBackMs = 86_400_000;
const pageSize = 100;
const pagesMax = 10;

export interface CommentCursor {
  /** Slash commands since the last call. `newest` is GitHub's time now, as far as it is known. */
  read(newest: number, issueIds: ReadonlyMap<number, number>): Promise<readonly HeardComment[]>;
}

const IssueId = z.object({ id: z.number() });

export interface CursorParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly permissions: Permissions;
}

async function readPages({ client, place }: CursorParts, from: number): Promise<readonly ListedComment[]> {
  const found: ListedComment[] = [];
  const since = new Date(from).toISOString();
  const parameters = { ...routeOf(place), sort: "created", direction: "desc", since, per_page: pageSize };
  for (let page = 1; page <= pagesMax; page += 1) {
    const route = "GET /repos/{owner}/{repo}/issues/comments";
    const answer = await client.read(route, { ...parameters, page }, { isVital: false });
    const values = z.array(z.unknown()).parse(answer.data);
    for (const value of values) {
      const comment = ListedComment.safeParse(value);
      if (comment.success) found.push(comment.data);
    }
    if (values.length < pageSize) break;
  }
  return found.toReversed();
}

async function askIssueId({ client, place }: CursorParts, number: number): Promise<number | null> {
  try {
    const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
    const answer = await client.read(route, { ...routeOf(place), issue_number: number });
    return IssueId.parse(answer.data).id;
  } catch (error) {
    if (error instanceof GithubFault && error.kind === "gone") return null;
    throw error;
  }
}

/** Known database ids of issues by number; the others are asked for one by one. */
type IssueIds = ReadonlyMap<number, number>;

async function toHint(parts: CursorParts, comment: ListedComment, ids: IssueIds): Promise<CommentHint | null> {
  const body = readSlashLine(comment.body ?? "");
  const number = Number(/\/issues\/(\d{1,10})$/.exec(comment.issue_url)?.[1] ?? Number.NaN);
  if (body === null || !comment.user || Number.isNaN(number)) return null;
  const id = ids.get(number) ?? (await askIssueId(parts, number));
  if (id === null) return null;
  return {
    kind: "comment",
    comment: comment.node_id,
    databaseId: comment.id,
    number,
    task: taskIdIn(parts.place, id),
    author: { login: comment.user.login, id: comment.user.id, isBot: comment.user.type === "Bot" },
    body,
  };
}

/** Slash commands among the comments made since `from`, but for those that are `known`; and all that were listed. */
export async function readComments(
  parts: CursorParts,
  from: number,
  { ids, known }: { readonly ids: IssueIds; readonly known: ReadonlyMap<number, number> },
): Promise<{ readonly heard: readonly HeardComment[]; readonly listed: readonly ListedComment[] }> {
  const listed = (await readPages(parts, from)).filter(
    // An edited comment comes again; only new ones count.
    (comment) => Date.parse(comment.created_at) >= from && !known.has(comment.id),
  );
  const hints: CommentHint[] = [];
  for (const comment of listed) {
    const hint = await toHint(parts, comment, ids);
    if (hint !== null) hints.push(hint);
  }
  return { heard: await hear(parts.permissions, hints), listed };
}

/** A cursor over the comments of a repository. `read` rejects with `GithubFault`, and then has not moved. */
export function createCommentCursor(parts: CursorParts): CommentCursor {
  let since: number | null = null;
  let seen = new Map<number, number>();
  return {
    async read(newest, ids) {
      const from = since ?? newest - lookBackMs;
      const { heard, listed } = await readComments(parts, from, { ids, known: seen });
      for (const comment of listed) seen.set(comment.id, Date.parse(comment.created_at));
      const kept = Math.max(from, newest - overlapMs);
      since = kept;
      seen = new Map([...seen].filter(([, at]) => at >= kept));
      return heard;
    },
  };
}
