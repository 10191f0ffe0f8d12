/**
 * What is new since another process stopped: the cursor comes with the question and goes back with the answer. One request
 * while nothing is: one of the two feeds; the other one, and the comments, only when it shows that something has moved.
 */
import type { Cursor } from "../model/cursor.ts";
import type { CaughtUp, HeardComment } from "../ports/tracker.ts";
import {
  findNothing,
  overlapMs,
  readEventFeed,
  readIssueFeed,
  type EventPlace,
  type FeedParts,
  type Found,
  type IssueNews,
  type IssuePlace,
} from "./feeds.ts";
import { lookBackMs, readComments } from "./hear.ts";
import type { Permissions } from "./permissions.ts";

/** Issues whose digests go along with a cursor: of more than these, some are looked at once more. */
const nearMax = 40;
/** So long after the last movement nothing more comes to light at that instant: neither coarse seconds nor slow replicas matter. */
const quietMs = 60_000;
const nobody: ReadonlyMap<number, number> = new Map();

export interface CatchUpParts extends FeedParts {
  readonly permissions: Permissions;
}

interface Read {
  readonly issues: { readonly next: IssuePlace; readonly news: IssueNews | null } | null;
  readonly events: EventPlace | null;
}

/** Rejects with `GithubFault`; then nothing has moved, because the cursor is the caller's. */
export async function catchUp(parts: CatchUpParts, from: Cursor | null, first: "issues" | "events"): Promise<CaughtUp> {
  const found = findNothing();
  const read = await readFeeds(parts, { from, first, found });
  const comments = await readNewComments(parts, from, read.issues?.news ?? null);
  const wanted = { everything: false, pulls: [...found.pulls], issues: [...found.issues], commits: [], tracked: [] };
  return {
    wanted: from === null || found.hasGap ? null : wanted,
    comments: comments.heard,
    cockpits: [...found.cockpits.values()],
    cursor: {
      ...toIssueCursor(parts.clock.now(), from, read.issues),
      events: read.events?.lastId ?? 0,
      ...comments.cursor,
    },
  };
}

async function readFeeds(
  parts: CatchUpParts,
  { from, first, found }: { readonly from: Cursor | null; readonly first: "issues" | "events"; readonly found: Found },
): Promise<Read> {
  const eventPlace = from === null ? null : { lastId: from.events, etag: null };
  const readEvents = () => readEventFeed(parts, eventPlace, found);
  const readIssues = () => readIssueFeed(parts, toIssuePlace(from), found);
  if (first === "events") {
    const events = await readEvents();
    return { events: events.next, issues: events.hasMoved ? await readIssues() : null };
  }
  const issues = await readIssues();
  const hasMoved = issues.news?.hasMoved === true;
  return { issues, events: hasMoved ? (await readEvents()).next : eventPlace };
}

function toIssuePlace(from: Cursor | null): IssuePlace | null {
  return from === null ? null : { since: from.issues, etag: null, digests: new Map(from.near) };
}

function toIssueCursor(now: number, from: Cursor | null, read: Read["issues"]): Pick<Cursor, "issues" | "near"> {
  if (read === null || read.news === null) return { issues: from?.issues ?? now, near: from?.near ?? [] };
  const { newest } = read.news;
  if (now - newest > quietMs) return { issues: newest + 1_000, near: [] };
  const near = [...read.next.digests];
  return { issues: read.next.since, near: near.length > nearMax ? [] : near };
}

/** A comment moves its issue: where none has moved there is none. */
async function readNewComments(
  parts: CatchUpParts,
  from: Cursor | null,
  news: IssueNews | null,
): Promise<{ readonly heard: readonly HeardComment[]; readonly cursor: Pick<Cursor, "comments"> }> {
  const now = parts.clock.now();
  if (news === null || !news.hasMoved) return { heard: [], cursor: { comments: from?.comments ?? now - lookBackMs } };
  const since = from?.comments ?? news.newest - lookBackMs;
  const { heard } = await readComments(parts, since, { ids: news.ids, known: nobody });
  return { heard, cursor: { comments: Math.max(since, news.newest - overlapMs) } };
}
