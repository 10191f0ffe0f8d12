/**
 * The idle look: two conditional requests that cost nothing while nothing changed. Cursors live in memory; a new process
 * begins with a full read, as does one that has lost its place.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Poll, Wanted } from "../ports/tracker.ts";
import { ListedEvent, ListedIssue } from "./answers.ts";
import { cockpitMarker } from "./cockpit.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient, RestAnswer } from "./client.ts";
import { createCommentCursor } from "./hear.ts";
import type { Permissions } from "./permissions.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

export interface Poller {
  /** Rejects with `GithubFault`; then the cursors have not moved. */
  poll(): Promise<Poll>;
  /** A look at these failed: the next poll names them again. */
  owe(wanted: Wanted): void;
}

interface Found {
  readonly issues: Set<number>;
  readonly pulls: Set<number>;
  /** Issues that begin like a cockpit. */
  readonly cockpits: Map<number, NonNullable<Poll["cockpits"]>[number]>;
  /** A page was full and the place where we were is not in it. */
  hasGap: boolean;
}

const overlapMs = 10_000;
const pageSize = 100;
const pagesMax = 10;
/** Each event carries its whole issue, and most looks find few new ones: small pages, more of them when there are many. */
const eventPageSize = 15;
const eventPagesMax = 60;
/** Edges do not bump the issue's `updated_at`: only this feed shows them. */
const edgeEvents = /^(?:blocked_by|blocking|parent_issue|sub_issue)_|^(?:transferred|converted_to_discussion)$/;
const turns = ["events", "state", "events", "configuration"] as const;

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

export interface PollParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly clock: Clock;
  readonly permissions: Permissions;
}

/** Makes the poller of one repository. */
export function createPoller(parts: PollParts): Poller {
  const issues = createIssueCursor(parts);
  const events = createEventCursor(parts);
  const state = createHeadCursor(parts, "GET /repos/{owner}/{repo}/git/ref/heads/orchestrate/state");
  const configuration = createHeadCursor(parts, "GET /repos/{owner}/{repo}/contents/.github/orchestrate.yml");
  const comments = createCommentCursor(parts);
  let turn = 0;
  let hasStarted = false;
  let owed = noWish;

  async function readTurn(found: Found): Promise<Pick<Poll, "stateMoved" | "configurationMoved">> {
    const kind = turns[turn % turns.length];
    if (kind === "events") await events.read(found);
    return {
      stateMoved: kind === "state" && (await state.hasMoved()),
      configurationMoved: kind === "configuration" && (await configuration.hasMoved()),
    };
  }

  return {
    async poll() {
      const found: Found = { issues: new Set(), pulls: new Set(), cockpits: new Map(), hasGap: false };
      const listed = await issues.read(found);
      const moved = await readTurn(found);
      const heard = listed === null ? [] : await comments.read(listed.newest, listed.ids);
      // Nothing moves before everything was read, so that a failure in the middle loses nothing.
      for (const cursor of [issues, events, state, configuration]) cursor.keep();
      turn += 1;
      const wanted = addWanted(owed, { ...noWish, issues: [...found.issues], pulls: [...found.pulls] });
      const isLost = !hasStarted || found.hasGap || wanted.everything;
      hasStarted = true;
      owed = noWish;
      const cockpits = [...found.cockpits.values()];
      return { wanted: isLost ? null : wanted, comments: heard, cockpits, ...moved };
    },
    owe(wanted) {
      owed = addWanted(owed, wanted);
    },
  };
}

const noWish: Wanted = { everything: false, issues: [], pulls: [], commits: [], tracked: [] };

/** Both wishes in one, each place once. */
function addWanted(left: Wanted, right: Wanted): Wanted {
  return {
    everything: left.everything || right.everything,
    issues: [...new Set([...left.issues, ...right.issues])],
    pulls: [...new Set([...left.pulls, ...right.pulls])],
    commits: [...new Set([...left.commits, ...right.commits])],
    tracked: [...new Map([...left.tracked, ...right.tracked].map((each) => [each.id, each])).values()],
  };
}

interface IssuePlace {
  readonly since: number;
  readonly etag: string | null;
  /** What the entries near the cursor looked like: GitHub's seconds are too coarse to tell by time alone. */
  readonly digests: ReadonlyMap<number, string>;
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
async function findStart({ client, place, clock }: PollParts): Promise<IssuePlace> {
  const parameters = issueParameters(place, { direction: "desc", per_page: 1 });
  const answer = await client.read(issuesRoute, parameters, { isVital: false });
  const [first] = z.array(ListedIssue).parse(answer.data);
  const at = first === undefined ? clock.now() : Date.parse(first.updated_at);
  return { since: at - overlapMs, etag: null, digests: new Map() };
}

/** Everything that moved since the place; null when GitHub says that nothing did. */
async function readMoved({ client, place }: PollParts, from: IssuePlace) {
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

function readEtag(answer: RestAnswer): string | null {
  const etag = answer.headers["etag"];
  return typeof etag === "string" ? etag : null;
}

function createIssueCursor(parts: PollParts) {
  let kept: IssuePlace | null = null;
  let next: IssuePlace | null = null;

  return {
    /** Adds what changed. Null when nothing did; else GitHub's newest time and the database ids of what was listed. */
    async read(found: Found): Promise<{ readonly newest: number; readonly ids: ReadonlyMap<number, number> } | null> {
      const isFirst = kept === null;
      const from = kept ?? (await findStart(parts));
      const read = await readMoved(parts, from);
      next = from;
      if (read === null) return null;
      const entries: ListedEntry[] = [];
      const ids = new Map<number, number>();
      for (const value of read.values) {
        const entry = ListedIssue.safeParse(value);
        if (!entry.success) continue;
        const digest = createHash("sha256").update(JSON.stringify(value)).digest("base64");
        entries.push({ number: entry.data.number, at: Date.parse(entry.data.updated_at), digest });
        ids.set(entry.data.number, entry.data.id);
        if (!isFirst && from.digests.get(entry.data.number) !== digest) noteListed(found, entry.data);
      }
      if (read.isCut) found.hasGap = true;
      const newest = Math.max(from.since + overlapMs, ...entries.map((entry) => entry.at));
      const since = newest - overlapMs;
      // GitHub's `since` is cut to whole seconds, so a little more is kept than is asked for.
      const near = entries.filter((entry) => entry.at >= since - 1_000);
      next = {
        since,
        etag: since === from.since ? read.etag : null,
        digests: new Map(near.map((entry) => [entry.number, entry.digest])),
      };
      return { newest, ids };
    },
    keep() {
      kept = next;
    },
  };
}

function noteEdges(found: Found, entries: readonly z.output<typeof ListedEvent>[], lastId: number): void {
  for (const entry of entries) {
    if (entry.id > lastId && entry.issue && edgeEvents.test(entry.event)) note(found, entry.issue);
  }
}

/** Entries newer than `lastId`, page by page until one that is known; `hasGap` when the feed does not reach back. */
async function readNewEvents({ client, place }: PollParts, first: RestAnswer, lastId: number) {
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

interface EventPlace {
  readonly lastId: number;
  readonly etag: string | null;
}

function createEventCursor(parts: PollParts) {
  let kept: EventPlace | null = null;
  let next: EventPlace | null = null;

  return {
    async read(found: Found): Promise<void> {
      next = kept;
      const parameters = { ...routeOf(parts.place), per_page: eventPageSize };
      const first = await parts.client.readIfChanged(eventsRoute, parameters, kept?.etag ?? null);
      if (first === null) return;
      let entries = readEvents(first.data);
      if (kept !== null) {
        const read = await readNewEvents(parts, first, kept.lastId);
        ({ entries } = read);
        if (read.hasGap) found.hasGap = true;
        noteEdges(found, entries, kept.lastId);
      }
      next = { lastId: Math.max(kept?.lastId ?? 0, ...entries.map((entry) => entry.id)), etag: readEtag(first) };
    },
    keep() {
      kept = next;
    },
  };
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

const Head = z.union([
  z.object({ object: z.object({ sha: z.string() }) }).transform((ref) => ref.object.sha),
  z.object({ sha: z.string() }).transform((file) => file.sha),
]);

interface HeadPlace {
  readonly sha: string | null;
  readonly etag: string | null;
}

/** Watches one thing that has a sha: the head of a branch, or a file. */
function createHeadCursor(parts: PollParts, route: string) {
  const { client, place } = parts;
  let kept: HeadPlace | null = null;
  let next: HeadPlace | null = null;

  async function read(etag: string | null): Promise<HeadPlace | null> {
    try {
      const answer = await client.readIfChanged(route, routeOf(place), etag);
      if (answer === null) return null;
      return { sha: Head.parse(answer.data), etag: readEtag(answer) };
    } catch (error) {
      if (error instanceof GithubFault && error.kind === "gone") return { sha: null, etag: null };
      throw error;
    }
  }

  return {
    /** Whether it moved since the last call. The first says yes: it may have moved while nobody looked. */
    async hasMoved(): Promise<boolean> {
      next = kept;
      const found = await read(kept?.etag ?? null);
      if (found === null) return false;
      next = found;
      return kept === null || kept.sha !== found.sha;
    },
    keep() {
      kept = next;
    },
  };
}
