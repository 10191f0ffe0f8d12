/** Comments that ask for us, with the permission of their authors; and those since a cursor, for lost webhooks. */
import { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { HeardComment, Hint } from "../ports/tracker.ts";
import { ListedComment } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
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
const lookBackMs = 86_400_000;
/** GitHub's times are whole seconds and its replicas lag a little: look a few seconds back, and forget nothing of them. */
const overlapMs = 10_000;
const pageSize = 100;
const pagesMax = 10;

export interface CommentCursor {
  /** Slash commands since the last call. `newest` is GitHub's time now, as far as it is known. */
  read(newest: number, issueIds: ReadonlyMap<number, number>): Promise<readonly HeardComment[]>;
}

const IssueId = z.object({ id: z.number() });

/** A cursor over the comments of a repository. `read` rejects with `GithubFault`, and then has not moved. */
export function createCommentCursor(parts: {
  client: GithubClient;
  place: Place;
  permissions: Permissions;
  clock: Clock;
}): CommentCursor {
  const { client, place, permissions } = parts;
  let since: number | null = null;
  let seen = new Map<number, number>();

  async function readPages(from: number): Promise<readonly ListedComment[]> {
    const found: ListedComment[] = [];
    for (let page = 1; page <= pagesMax; page += 1) {
      const answer = await client.read(
        "GET /repos/{owner}/{repo}/issues/comments",
        {
          ...routeOf(place),
          sort: "created",
          direction: "desc",
          since: new Date(from).toISOString(),
          per_page: pageSize,
          page,
        },
        { isVital: false },
      );
      const values = z.array(z.unknown()).parse(answer.data);
      for (const value of values) {
        const comment = ListedComment.safeParse(value);
        if (comment.success) found.push(comment.data);
      }
      if (values.length < pageSize) break;
    }
    return found.toReversed();
  }

  async function findIssueId(number: number, issueIds: ReadonlyMap<number, number>): Promise<number | null> {
    const known = issueIds.get(number);
    if (known !== undefined) return known;
    try {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
      const answer = await client.read(route, { ...routeOf(place), issue_number: number });
      return IssueId.parse(answer.data).id;
    } catch (error) {
      if (error instanceof GithubFault && error.kind === "gone") return null;
      throw error;
    }
  }

  async function toHint(comment: ListedComment, issueIds: ReadonlyMap<number, number>): Promise<CommentHint | null> {
    const body = readSlashLine(comment.body ?? "");
    const number = Number(/\/issues\/(\d{1,10})$/.exec(comment.issue_url)?.[1] ?? Number.NaN);
    if (body === null || !comment.user || Number.isNaN(number)) return null;
    const id = await findIssueId(number, issueIds);
    if (id === null) return null;
    return {
      kind: "comment",
      comment: comment.node_id,
      databaseId: comment.id,
      number,
      task: taskIdIn(place, id),
      author: { login: comment.user.login, id: comment.user.id, isBot: comment.user.type === "Bot" },
      body,
    };
  }

  return {
    async read(newest, issueIds) {
      const from = since ?? newest - lookBackMs;
      const listed = (await readPages(from)).filter(
        // An edited comment comes again; only new ones count.
        (comment) => Date.parse(comment.created_at) >= from && !seen.has(comment.id),
      );
      const hints: CommentHint[] = [];
      for (const comment of listed) {
        const hint = await toHint(comment, issueIds);
        if (hint !== null) hints.push(hint);
      }
      const heard = await hear(permissions, hints);
      for (const comment of listed) seen.set(comment.id, Date.parse(comment.created_at));
      since = Math.max(from, newest - overlapMs, ...listed.map((each) => Date.parse(each.created_at) - overlapMs));
      const kept = since;
      seen = new Map([...seen].filter(([, at]) => at >= kept));
      return heard;
    },
  };
}
