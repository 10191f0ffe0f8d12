/**
 * The two feeds that show what is new: issues and pull requests by the time at which they moved, and issue events, which alone
 * show edges. Each is read from a place, and says which place comes next; whoever reads keeps it.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { cockpitMarker } from "../model/cockpit.ts";
import type { Clock } from "../ports/clock.ts";
import type { Poll } from "../ports/tracker.ts";
import { ListedEvent, ListedIssue } from "./answers.ts";
import type { GithubClient, RestAnswer } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

export interface FeedParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly clock: Clock;
}

/** What the feeds have shown to be new. */
export interface Found {
  readonly issues: Set<number>;
  readonly pulls: Set<number>;
  /** Issues that begin like a cockpit. */
  readonly cockpits: Map<number, NonNullable<Poll["cockpits"]>[number]>;
  /** A page was full and the place where we were is not in it. */
  hasGap: boolean;
}

export function findNothing(): Found {
  return { issues: new Set(), pulls: new Set(), cockpits: new Map(), hasGap: false };
}

/** Where the feed of issues was read to. */
export interface IssuePlace {
  readonly since: number;
  readonly etag: string | null;
  /** What the entries near the cursor looked like: GitHub's seconds are too coarse to tell by time alone. */
  readonly digests: ReadonlyMap<number, string>;
}

/** Where the feed of issue events was read to. */
export interface EventPlace {
  readonly lastId: number;
  readonly etag: string | null;
}

/** GitHub's times are whole seconds and its replicas lag a little: so much is read again. */
export const overlapMs = 10_000;
const pageSize = 100;
const pagesMax = 10;
/** Each event carries its whole issue, and most looks find few new ones: small pages, more of them when there are many. */
const eventPageSize = 15;
const eventPagesMax = 60;
/** Edges do not bump the issue's `updated_at`: only this feed shows them. */
const edgeEvents = /^(?:blocked_by|blocking|parent_issue|sub_issue)_|^(?:transferred|converted_to_discussion)$/;
/** Enough to tell two versions of an issue apart. */
const digestLength = 12;

function note(found: Found, entry: { readonly number: number; readonly pull_request?: unknown }): void {
  (entry.pull_request ? found.pulls : found.issues).add(entry.number);
}

/** The listing shows all of a cockpit that a look begins with, so that most looks can be saved. */
function noteListed(found: Found, entry: z.output<typeof ListedIssue>): void {
  const { number, body, state } = entry;
  const isCockpit = !entry.pull_request && body?.startsWith(cockpitMarker) === true;
  if (isCockpit) found.cockpits.set(number, { number, isOpen: state === "open", body: body ?? "" });
  else note(found, entry);
}

interface ListedEntry {
  readonly number: number;
  readonly at: number;
  readonly digest: string;
}

const issuesRoute = "GET /repos/{owner}/{repo}/issues";

function issueParameters(place: Place, more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...routeOf(place), state: "all", sort: "updated", per_page: pageSize, ...more };
}

/** Where to begin: at the issue that moved last, by GitHub's own clock. */
async function findStart({ client, place, clock }: FeedParts): Promise<IssuePlace> {
  const parameters = issueParameters(place, { direction: "desc", per_page: 1 });
  const answer = await client.read(issuesRoute, parameters, { isVital: false });
  const [first] = z.array(ListedIssue).parse(answer.data);
  const at = first === undefined ? clock.now() : Date.parse(first.updated_at);
  return { since: at - overlapMs, etag: null, digests: new Map() };
}

/** Everything that moved since the place; null when GitHub says that nothing did. */
async function readMoved({ client, place }: FeedParts, from: IssuePlace) {
  const parameters = issueParameters(place, { direction: "asc", since: new Date(from.since).toISOString() });
  const first = await client.readIfChanged(issuesRoute, parameters, from.etag);
  if (first === null) return null;
  const values = [...z.array(z.unknown()).parse(first.data)];
  for (let page = 2, size = values.length; size === pageSize && page <= pagesMax; page += 1) {
    const answer = await client.read(issuesRoute, { ...parameters, page }, { isVital: false });
    const more = z.array(z.unknown()).parse(answer.data);
    values.push(...more);
    size = more.length;
  }
  return { values, etag: readEtag(first), isCut: values.length >= pageSize * pagesMax };
}

export function readEtag(answer: RestAnswer): string | null {
  const etag = answer.headers["etag"];
  return typeof etag === "string" ? etag : null;
}

/** What a reading of the issue feed has shown. */
export interface IssueNews {
  /** GitHub's newest time. */
  readonly newest: number;
  /** Database ids of what was listed, by number. */
  readonly ids: ReadonlyMap<number, number>;
  /** Whether anything was listed that had not been seen as it is now; from no place, everything is new. */
  readonly hasMoved: boolean;
}

/** Adds to `found` what moved since `from`; null: from now on. `news` is null where GitHub says that nothing has moved. */
export async function readIssueFeed(
  parts: FeedParts,
  from: IssuePlace | null,
  found: Found,
): Promise<{ readonly next: IssuePlace; readonly news: IssueNews | null }> {
  const start = from ?? (await findStart(parts));
  const read = await readMoved(parts, start);
  if (read === null) return { next: start, news: null };
  const entries: ListedEntry[] = [];
  const ids = new Map<number, number>();
  let hasMoved = from === null;
  for (const value of read.values) {
    const entry = ListedIssue.safeParse(value);
    if (!entry.success) continue;
    const digest = createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, digestLength);
    entries.push({ number: entry.data.number, at: Date.parse(entry.data.updated_at), digest });
    ids.set(entry.data.number, entry.data.id);
    if (from === null || from.digests.get(entry.data.number) === digest) continue;
    hasMoved = true;
    noteListed(found, entry.data);
  }
  if (read.isCut) found.hasGap = true;
  const newest = Math.max(start.since + overlapMs, ...entries.map((entry) => entry.at));
  const since = newest - overlapMs;
  // GitHub's `since` is cut to whole seconds, so a little more is kept than is asked for.
  const near = entries.filter((entry) => entry.at >= since - 1_000);
  const next: IssuePlace = {
    since,
    etag: since === start.since ? read.etag : null,
    digests: new Map(near.map((entry) => [entry.number, entry.digest])),
  };
  return { next, news: { newest, ids, hasMoved } };
}

function noteEdges(found: Found, entries: readonly z.output<typeof ListedEvent>[], lastId: number): void {
  for (const entry of entries) {
    if (entry.id > lastId && entry.issue && edgeEvents.test(entry.event)) note(found, entry.issue);
  }
}

/** Entries newer than `lastId`, page by page until one that is known; `hasGap` when the feed does not reach back. */
async function readNewEvents({ client, place }: FeedParts, first: RestAnswer, lastId: number) {
  const entries = readEvents(first.data);
  let size = z.array(z.unknown()).parse(first.data).length;
  for (let page = 2; size === eventPageSize && !reaches(entries, lastId); page += 1) {
    if (page > eventPagesMax) return { entries, hasGap: true };
    const parameters = { ...routeOf(place), per_page: eventPageSize, page };
    const answer = await client.read(eventsRoute, parameters, { isVital: false });
    size = z.array(z.unknown()).parse(answer.data).length;
    entries.push(...readEvents(answer.data));
  }
  return { entries, hasGap: false };
}

const eventsRoute = "GET /repos/{owner}/{repo}/issues/events";

/** Adds to `found` the edges that changed since `from`; null: from now on. `hasMoved`: there were events of any kind. */
export async function readEventFeed(
  parts: FeedParts,
  from: EventPlace | null,
  found: Found,
): Promise<{ readonly next: EventPlace | null; readonly hasMoved: boolean }> {
  const parameters = { ...routeOf(parts.place), per_page: eventPageSize };
  const first = await parts.client.readIfChanged(eventsRoute, parameters, from?.etag ?? null);
  if (first === null) return { next: from, hasMoved: false };
  let entries = readEvents(first.data);
  if (from !== null) {
    const read = await readNewEvents(parts, first, from.lastId);
    ({ entries } = read);
    if (read.hasGap) found.hasGap = true;
    noteEdges(found, entries, from.lastId);
  }
  const before = from?.lastId ?? 0;
  const lastId = Math.max(before, ...entries.map((entry) => entry.id));
  return { next: { lastId, etag: readEtag(first) }, hasMoved: lastId > before };
}

function readEvents(data: unknown): z.output<typeof ListedEvent>[] {
  return z
    .array(z.unknown())
    .parse(data)
    .flatMap((value) => {
      const entry = ListedEvent.safeParse(value);
      return entry.success ? [entry.data] : [];
    });
}

/** Newest come first: the feed reaches back far enough once an entry is not new. */
function reaches(entries: readonly { readonly id: number }[], lastId: number): boolean {
  return entries.some((entry) => entry.id <= lastId);
}
