/**
 * The idle look: two conditional requests that cost nothing while nothing changed. Cursors live in memory; a new process
 * begins with a full read, as does one that has lost its place.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Poll, Wanted } from "../ports/tracker.ts";
import { ListedEvent, ListedIssue } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
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
  /** A page was full and the place where we were is not in it. */
  hasGap: boolean;
}

const overlapMs = 10_000;
const pageSize = 100;
const pagesMax = 10;
/** Edges do not bump the issue's `updated_at`: only this feed shows them. */
const edgeEvents = /^(?:blocked_by|blocking|parent_issue|sub_issue)_|^(?:transferred|converted_to_discussion)$/;
const turns = ["events", "state", "events", "configuration"] as const;

function note(found: Found, entry: { readonly number: number; readonly pull_request?: unknown }): void {
  (entry.pull_request ? found.pulls : found.issues).add(entry.number);
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
  let owed: Wanted | null = null;

  return {
    async poll() {
      const found: Found = { issues: new Set(), pulls: new Set(), hasGap: false };
      const listed = await issues.read(found);
      const kind = turns[turn % turns.length];
      if (kind === "events") await events.read(found);
      const stateMoved = kind === "state" && (await state.hasMoved());
      const configurationMoved = kind === "configuration" && (await configuration.hasMoved());
      const heard = listed === null ? [] : await comments.read(listed.newest, listed.ids);
      // Nothing moves before everything was read, so that a failure in the middle loses nothing.
      for (const cursor of [issues, events, state, configuration]) cursor.keep();
      turn += 1;
      const isLost = !hasStarted || found.hasGap || owed?.everything === true;
      hasStarted = true;
      const wanted: Wanted = {
        everything: false,
        issues: [...new Set([...(owed?.issues ?? []), ...found.issues])],
        pulls: [...new Set([...(owed?.pulls ?? []), ...found.pulls])],
        commits: owed?.commits ?? [],
        tracked: owed?.tracked ?? [],
      };
      owed = null;
      return { wanted: isLost ? null : wanted, comments: heard, configurationMoved, stateMoved };
    },
    owe(wanted) {
      owed = {
        everything: wanted.everything || owed?.everything === true,
        issues: [...new Set([...(owed?.issues ?? []), ...wanted.issues])],
        pulls: [...new Set([...(owed?.pulls ?? []), ...wanted.pulls])],
        commits: [...new Set([...(owed?.commits ?? []), ...wanted.commits])],
        tracked: [...new Map([...(owed?.tracked ?? []), ...wanted.tracked].map((each) => [each.id, each])).values()],
      };
    },
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

function createIssueCursor(parts: PollParts) {
  const { client, place, clock } = parts;
  const route = "GET /repos/{owner}/{repo}/issues";
  let kept: IssuePlace | null = null;
  let next: IssuePlace | null = null;

  function parametersOf(more: Readonly<Record<string, unknown>>) {
    return { ...routeOf(place), state: "all", sort: "updated", per_page: pageSize, ...more };
  }

  /** Where to begin: at the issue that moved last, by GitHub's own clock. */
  async function start(): Promise<IssuePlace> {
    const parameters = { ...parametersOf({ direction: "desc" }), per_page: 1 };
    const answer = await client.read(route, parameters, { isVital: false });
    const [first] = z.array(ListedIssue).parse(answer.data);
    const at = first === undefined ? clock.now() : Date.parse(first.updated_at);
    return { since: at - overlapMs, etag: null, digests: new Map() };
  }

  async function readPages(from: IssuePlace) {
    const parameters = parametersOf({ direction: "asc", since: new Date(from.since).toISOString() });
    const first = await client.readIfChanged(route, parameters, from.etag);
    if (first === null) return null;
    const values = [...z.array(z.unknown()).parse(first.data)];
    let page = 1;
    for (let size = values.length; size === pageSize && page < pagesMax;) {
      page += 1;
      const answer = await client.read(route, { ...parameters, page }, { isVital: false });
      const more = z.array(z.unknown()).parse(answer.data);
      values.push(...more);
      size = more.length;
    }
    const etag = first.headers["etag"];
    return { values, etag: typeof etag === "string" ? etag : null, isCut: values.length >= pageSize * pagesMax };
  }

  return {
    /** Adds what changed. Null when nothing did; else GitHub's newest time and the database ids of what was listed. */
    async read(found: Found): Promise<{ readonly newest: number; readonly ids: ReadonlyMap<number, number> } | null> {
      const isFirst = kept === null;
      const from = kept ?? (await start());
      const read = await readPages(from);
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
        if (!isFirst && from.digests.get(entry.data.number) !== digest) note(found, entry.data);
      }
      if (read.isCut) found.hasGap = true;
      const newest = Math.max(from.since + overlapMs, ...entries.map((entry) => entry.at));
      const since = newest - overlapMs;
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

function createEventCursor(parts: PollParts) {
  const { client, place } = parts;
  const route = "GET /repos/{owner}/{repo}/issues/events";
  let kept: { readonly lastId: number | null; readonly etag: string | null } = { lastId: null, etag: null };
  let next = kept;
  let isFirst = true;

  return {
    async read(found: Found): Promise<void> {
      const parameters = { ...routeOf(place), per_page: pageSize };
      next = kept;
      const first = await client.readIfChanged(route, parameters, kept.etag);
      if (first === null) return;
      const entries = readEvents(first.data);
      let size = z.array(z.unknown()).parse(first.data).length;
      const lastId = kept.lastId ?? 0;
      for (let page = 2; !isFirst && size === pageSize && !reaches(entries, lastId); page += 1) {
        if (page > pagesMax) {
          found.hasGap = true;
          break;
        }
        const answer = await client.read(route, { ...parameters, page }, { isVital: false });
        size = z.array(z.unknown()).parse(answer.data).length;
        entries.push(...readEvents(answer.data));
      }
      for (const entry of entries) {
        if (!isFirst && entry.id > lastId && entry.issue && edgeEvents.test(entry.event)) note(found, entry.issue);
      }
      const etag = first.headers["etag"];
      next = {
        lastId: Math.max(lastId, ...entries.map((entry) => entry.id)),
        etag: typeof etag === "string" ? etag : null,
      };
    },
    keep() {
      if (next !== kept) isFirst = false;
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
      const tag = answer.headers["etag"];
      return { sha: Head.parse(answer.data), etag: typeof tag === "string" ? tag : null };
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
