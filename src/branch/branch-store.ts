/**
 * The event store on the orphan branch `orchestrate/state` of the repository itself. What was last seen of the branch is
 * kept, so that an append by whoever wrote last is one request; the head's id is what the compare-and-swap compares.
 */
import { z } from "zod";
import type { StreamId } from "../model/ids.ts";
import type { Chance } from "../ports/chance.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { type Append, type EventStore, type Log, StoreTooNew, StoreUnavailable } from "../ports/store.ts";
import { createBranch, createFirstCommit } from "./bootstrap.ts";
import { type Commit, type CompactionBounds, commitOnBranch, defaultBounds, planCommits, trailerOf } from "./commit.ts";
import { classifyFault, messageOf, StoreCorrupt, toUnavailable } from "./faults.ts";
import { assembleLog, branchName, parseFile, schemaVersion } from "./layout.ts";
import { blobIdOf, type Branch, createBlobs, loadBranch } from "./load.ts";
import { createPace, createQueue, type Pace } from "./pace.ts";
import type { RestAnswer, StateRequest } from "./request.ts";

export interface BranchStoreOptions {
  readonly request: StateRequest;
  /** `owner/name`. */
  readonly repository: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  /** From the end of one commit to the start of the next. GitHub's advice is the default: a second. */
  readonly minGapMs?: number;
  readonly compaction?: CompactionBounds;
}

/** Echoes come within seconds; a commit a second is the most this store makes. */
const ownHeadsKept = 100;

/** What came of the first commit of an append, and the commits that may follow it. */
interface Written {
  readonly outcome: "appended" | "conflict";
  readonly rest: readonly Commit[];
}

function guard(request: StateRequest, pace: Pace, clock: Clock): StateRequest {
  async function ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    pace.assertMayAsk();
    try {
      return await call();
    } catch (error) {
      const fault = classifyFault(error, clock.now());
      // GitHub's advice for a limit that names no time is at least a minute.
      if (fault.kind === "limited") pace.silence(fault.retryAfterMs ?? 60_000);
      throw error;
    }
  }
  return {
    graphql: (query, variables) => ask(() => request.graphql(query, variables)),
    rest: (call) => ask(() => request.rest(call)),
  };
}

/** What a reader at `since` still has to learn; all of it where the log no longer reaches back so far. */
function toLog({ log }: Branch, since: number | undefined): Log {
  const start = log.snapshot?.version ?? 0;
  const hasSince = since !== undefined && since >= start && since <= log.version;
  if (hasSince) return { version: log.version, snapshot: null, entries: log.entries.slice(since - start) };
  return { version: log.version, snapshot: log.snapshot, entries: log.entries };
}

function assertRepository(repository: string): void {
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return;
  throw new Error(`"${repository}" is not a repository: write owner/name.`);
}

/** Limits refuse before the effect; what the store itself refused never left the process. */
function hasSurelyNotLanded(error: unknown, now: number): boolean {
  return error instanceof StoreUnavailable || classifyFault(error, now).kind === "limited";
}

const HeadRef = z.object({ object: z.object({ sha: z.string() }) });

class BranchStore implements EventStore {
  readonly #options: BranchStoreOptions;
  readonly #request: StateRequest;
  readonly #pace: Pace;
  /** One write at a time, with its pauses; reads pass it. */
  readonly #writes = createQueue();
  /** One use of the cache at a time, so that a read never puts an older branch over a newer one. */
  readonly #access = createQueue();
  readonly #blobs = createBlobs();
  #stream: StreamId | null = null;
  #branch: Branch | null = null;
  /** The last heads that this store made, to know the echo of its own writes. */
  #ownHeads: readonly string[] = [];
  #seenRef: { readonly etag: string | null; readonly head: string } | null = null;

  constructor(options: BranchStoreOptions) {
    assertRepository(options.repository);
    this.#options = options;
    this.#pace = createPace(options.clock, options.minGapMs ?? 1_000);
    this.#request = guard(options.request, this.#pace, options.clock);
  }

  async read(stream: StreamId, since?: number): Promise<Log> {
    this.#claim(stream);
    return toLog(await this.#access.run(() => this.#load()), since);
  }

  async append(stream: StreamId, expectedVersion: number, append: Append): Promise<"appended" | "conflict"> {
    this.#claim(stream);
    return await this.#writes.run(() => this.#append(expectedVersion, append));
  }

  async peek(stream: StreamId, seenHead: string | null = null): Promise<number | null> {
    this.#claim(stream);
    if (seenHead !== null) {
      const isKnown = (await this.#isOwn(seenHead)) || this.#branch?.head === seenHead;
      return isKnown && this.#branch !== null ? this.#branch.log.version : null;
    }
    let head: string | null;
    try {
      head = await this.#peekHead();
    } catch (error) {
      // The read that follows says what is wrong, or works.
      this.#options.journal.debug("The head of the state branch could not be told cheaply", {
        reason: messageOf(error),
      });
      return null;
    }
    return this.#branch !== null && this.#branch.head === head ? this.#branch.log.version : null;
  }

  /** A repository has one stream: a second one here is a mistake of the caller. */
  #claim(stream: StreamId): void {
    this.#stream ??= stream;
    if (this.#stream === stream) return;
    throw new Error(`The state branch of ${this.#options.repository} holds stream ${this.#stream}, not ${stream}.`);
  }

  /** Whether an append of this store made `head`; one that is under way is waited for, because its echo may be faster. */
  async #isOwn(head: string): Promise<boolean> {
    await this.#writes.run(async () => undefined);
    return this.#ownHeads.includes(head);
  }

  async #load(): Promise<Branch> {
    const { repository, clock, journal } = this.#options;
    const before = this.#branch;
    this.#branch = null;
    try {
      this.#branch = await loadBranch({ request: this.#request, repository }, this.#blobs);
    } catch (error) {
      if (error instanceof StoreTooNew || error instanceof StoreCorrupt) throw error;
      throw toUnavailable(error, `the read of ${branchName} of ${repository}`, clock.now());
    }
    if (before !== null && this.#branch.log.version < before.log.version) {
      journal.warn("The state branch went back: it was rewound, or GitHub answered from an older copy", {
        repository,
        from: before.log.version,
        to: this.#branch.log.version,
      });
    }
    return this.#branch;
  }

  async #peekHead(): Promise<string | null> {
    const seen = this.#seenRef;
    const etag = seen?.etag ?? null;
    const path = `/repos/${this.#options.repository}/git/ref/heads/${branchName}`;
    let answer: RestAnswer;
    try {
      answer = await this.#request.rest({ method: "GET", path, ...(etag === null ? {} : { etag }) });
    } catch (error) {
      const fault = classifyFault(error, this.#options.clock.now());
      if (fault.kind === "refused" && fault.status === 404) return null;
      throw error;
    }
    if (answer.status === 304 && seen !== null) return seen.head;
    const head = HeadRef.parse(answer.data).object.sha;
    this.#seenRef = { etag: answer.etag, head };
    return head;
  }

  async #append(expectedVersion: number, append: Append): Promise<"appended" | "conflict"> {
    const branch = this.#branch ?? (await this.#access.run(() => this.#load()));
    if (branch.log.version !== expectedVersion) return "conflict";
    await this.#pace.untilFree();
    const { outcome, rest } = await this.#access.run(() => this.#write(expectedVersion, append));
    await this.#landRest(rest);
    return outcome;
  }

  async #write(expectedVersion: number, append: Append): Promise<Written> {
    // A read during the pause may have shown a newer branch, or failed.
    const branch = this.#branch ?? (await this.#load());
    if (branch.log.version !== expectedVersion) return { outcome: "conflict", rest: [] };
    const bounds = this.#options.compaction ?? defaultBounds;
    const operation = this.#options.chance.id();
    const [first, ...rest] = planCommits(append, operation, { branch, bounds });
    if (first === undefined) return { outcome: "appended", rest: [] };
    const outcome = await this.#land(branch, first);
    return { outcome, rest: outcome === "appended" ? rest : [] };
  }

  async #land(branch: Branch, commit: Commit): Promise<"appended" | "conflict"> {
    // Whatever comes of it, the branch is no longer known until an answer says so.
    this.#branch = null;
    try {
      const head = await this.#commit(branch, commit);
      if (head === "conflict") return "conflict";
      this.#ownHeads = [...this.#ownHeads.slice(-ownHeadsKept), head];
      this.#branch = this.#advance(branch, commit, head);
      return "appended";
    } catch (error) {
      if (hasSurelyNotLanded(error, this.#options.clock.now())) this.#branch = branch;
      return await this.#recover(branch, commit, error);
    } finally {
      this.#pace.committed();
    }
  }

  /** Returns the new head; rejects as the request does. */
  async #commit(branch: Branch, commit: Commit): Promise<string> {
    const { repository, clock } = this.#options;
    const target = { request: this.#request, repository };
    if (branch.head !== null) return commitOnBranch(target, branch.head, commit);
    const message = `${commit.headline}\n\n${trailerOf(commit.operation)}`;
    const first = { ...target, files: commit.additions, message };
    let sha: string;
    try {
      sha = await createFirstCommit(first, clock.now());
    } catch (error) {
      // Nothing points to it yet: it has not landed, for sure.
      throw toUnavailable(error, `the first commit of ${branchName} in ${repository}`, clock.now());
    }
    return (await createBranch(first, sha, clock.now())) === "created" ? sha : "conflict";
  }

  /** After an answer that is not a success: what the branch itself says. */
  async #recover(before: Branch, commit: Commit, error: unknown): Promise<"appended" | "conflict"> {
    const { repository, clock, journal } = this.#options;
    const fault = classifyFault(error, clock.now());
    const unavailable = toUnavailable(error, `a write to ${branchName} of ${repository}`, clock.now());
    if (hasSurelyNotLanded(error, clock.now())) throw unavailable;
    if (fault.kind === "stale") return "conflict";
    const branch = await this.#load();
    const hasLanded =
      branch.log.operations.includes(commit.operation) || branch.message.includes(trailerOf(commit.operation));
    journal.warn("A write to the state branch had no usable answer", {
      repository,
      hasLanded,
      reason: messageOf(error),
    });
    if (hasLanded) return "appended";
    // A refusal may have its reason in what others did, to the point of deleting the branch.
    if (fault.kind === "lost" || branch.head !== before.head) return "conflict";
    throw unavailable;
  }

  /** Files for people that did not fit into the first commit. The log is whole without them. */
  async #landRest(commits: readonly Commit[]): Promise<void> {
    let head = this.#branch?.head ?? null;
    for (const [index, commit] of commits.entries()) {
      await this.#pace.untilFree();
      const outcome = await this.#access.run(() => this.#landFiles(head, commit));
      head = this.#branch?.head ?? null;
      if (outcome === "appended") continue;
      const skipped = commits
        .slice(index)
        .reduce((sum, each) => sum + each.additions.length + each.deletions.length, 0);
      this.#options.journal.warn("Some task files on the state branch are behind until their tasks change", {
        skipped,
      });
      return;
    }
  }

  /** Never rejects: a view that is behind is no reason to fail an append that has landed. */
  async #landFiles(head: string | null, commit: Commit): Promise<"appended" | "conflict"> {
    const branch = this.#branch;
    if (branch === null || branch.head !== head) return "conflict";
    try {
      return await this.#land(branch, commit);
    } catch (error) {
      this.#options.journal.debug("A commit of task files failed", { reason: messageOf(error) });
      return "conflict";
    }
  }

  /** The branch after our own commit, without asking for it. */
  #advance(branch: Branch, commit: Commit, head: string): Branch {
    const files = new Map(branch.schema < schemaVersion ? [] : branch.files);
    const paths = new Set(branch.paths);
    for (const path of commit.deletions) {
      files.delete(path);
      paths.delete(path);
    }
    for (const { path, text } of commit.additions) {
      paths.add(path);
      if (!path.startsWith("state/log/") && !path.startsWith("state/snapshot/")) continue;
      const file = parseFile(path, text);
      files.set(path, file);
      this.#blobs.files.set(blobIdOf(text, head), file);
    }
    const live = new Set(files.values());
    for (const [id, file] of this.#blobs.files) if (!live.has(file)) this.#blobs.files.delete(id);
    return { head, message: trailerOf(commit.operation), schema: schemaVersion, log: assembleLog(files), files, paths };
  }
}

/**
 * The store on the state branch of `repository`. One such store a repository and process: it paces itself, and keeps at
 * most one write in flight. Besides what the port names, it rejects with `StoreCorrupt` when the branch cannot be read.
 */
export function createBranchStore(options: BranchStoreOptions): EventStore {
  return new BranchStore(options);
}
