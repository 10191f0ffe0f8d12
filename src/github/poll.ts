/**
 * The idle look: two conditional requests that cost nothing while nothing changed. Cursors live in memory; a new process
 * begins with a full read, as does one that has lost its place.
 */
import { z } from "zod";
import type { Poll, Wanted } from "../ports/tracker.ts";
import { GithubFault } from "./classify-error.ts";
import {
  findNothing,
  readEtag,
  readEventFeed,
  readIssueFeed,
  type EventPlace,
  type FeedParts,
  type Found,
  type IssueNews,
  type IssuePlace,
} from "./feeds.ts";
import { createCommentCursor } from "./hear.ts";
import type { Permissions } from "./permissions.ts";
import { routeOf } from "./place.ts";

export interface Poller {
  /** Rejects with `GithubFault`; then the cursors have not moved. */
  poll(): Promise<Poll>;
  /** A look at these failed: the next poll names them again. */
  owe(wanted: Wanted): void;
}

const turns = ["events", "state", "events", "configuration"] as const;

export interface PollParts extends FeedParts {
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
      const found = findNothing();
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

/** The feed of issues, and where it was read to. */
function createIssueCursor(parts: PollParts) {
  let kept: IssuePlace | null = null;
  let next: IssuePlace | null = null;

  return {
    /** Adds what changed; null when nothing did. */
    async read(found: Found): Promise<IssueNews | null> {
      const read = await readIssueFeed(parts, kept, found);
      ({ next } = read);
      return read.news;
    },
    keep() {
      kept = next;
    },
  };
}

function createEventCursor(parts: PollParts) {
  let kept: EventPlace | null = null;
  let next: EventPlace | null = null;

  return {
    async read(found: Found): Promise<void> {
      ({ next } = await readEventFeed(parts, kept, found));
    },
    keep() {
      kept = next;
    },
  };
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
