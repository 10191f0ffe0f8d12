/**
 * What the embedded vendors remember: one record a session, where a follow-up is a record of its own. The doors
 * (vendor-jules, vendor-cursor, vendor-sprites) make records; a script plays the agents behind them and moves them on.
 */
import type { Clock } from "../ports/clock.ts";

/** `actions` is GitHub itself, for workflows of the repository's own. */
export type VendorName = "jules" | "cursor" | "sprites" | "actions";
export type VendorState = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

/** One thing that a vendor shows in the history of a session. */
export interface VendorLogEntry {
  /** Counts up over all entries of the store, for stable names. */
  readonly index: number;
  readonly at: number;
  readonly kind: "prompt" | "message" | "question" | "running" | "succeeded" | "failed" | "cancelled";
  readonly text: string;
}

/** One attempt as the vendor sees it. A follow-up has a record of its own, with branch and pull request carried over. */
export interface VendorSession {
  readonly vendor: VendorName;
  /** `sessions/<n>` at Jules (a follow-up keeps it), `<agent>/<run>` at Cursor, the Sprite's name at Sprites, the run at Actions. */
  readonly id: string;
  readonly title: string;
  readonly prompt: string;
  readonly startingBranch: string;
  readonly isFollowUp: boolean;
  state: VendorState;
  pullUrl: string | null;
  branch: string | null;
  question: string | null;
  reason: string | null;
  readonly startedAt: number;
  updatedAt: number;
  endedAt: number | null;
  readonly log: VendorLogEntry[];
}

/** What is known of a session before it exists. */
export interface VendorStart {
  readonly vendor: VendorName;
  readonly prompt: string;
  readonly startingBranch: string;
  readonly isFollowUp: boolean;
}

export type Admission = { readonly refused: { readonly status: number; readonly message: string } } | "accepted";

/** Who plays the agents. Calls are synchronous; what takes time is done by timers of the clock and `VendorStore.move`. */
export interface VendorScript {
  /** May refuse: an API error of the vendor, no session comes to be. */
  admit(start: VendorStart): Admission;
  /** A session, or a follow-up of an ended one, has come to be; it is `queued`. */
  started(session: VendorSession): void;
  /** Somebody wrote to a session that has not ended (it may be `waiting`). */
  message(session: VendorSession, text: string): void;
  /** The vendor was asked to end it, and did: the state is `cancelled` already. */
  cancelled(session: VendorSession): void;
}

/** A change by the script; a field that is missing stays as it is. */
export interface VendorMove {
  readonly state?: VendorState;
  readonly pullUrl?: string | null;
  readonly branch?: string | null;
  /** What the agent asks; goes with `waiting`, and is gone when the session goes on. */
  readonly question?: string;
  /** Why it failed. */
  readonly reason?: string;
}

export interface VendorStore {
  /** Every record, oldest first. */
  sessions(): readonly VendorSession[];
  /** The newest record of this id, which is the one that a follow-up goes on. */
  latest(vendor: VendorName, id: string): VendorSession | null;
  /** Every record of this id, oldest first. */
  records(vendor: VendorName, id: string): readonly VendorSession[];
  /**
   * Makes a record, `queued`. Branch and pull request are carried over from `follows`, or from the last session that
   * worked on the branch that this one starts from.
   */
  begin(
    start: VendorStart & { readonly id: string; readonly title: string; readonly follows?: VendorSession },
  ): VendorSession;
  /** Moves a session on and notes it. An ended session does not move: returns false and changes nothing. */
  move(session: VendorSession, change: VendorMove): boolean;
  note(session: VendorSession, kind: VendorLogEntry["kind"], text: string): void;
  /** Resolves when the session has ended. */
  ended(session: VendorSession): Promise<void>;
}

/** True for the states that a session never leaves. */
export function isEnded(state: VendorState): boolean {
  return state === "succeeded" || state === "failed" || state === "cancelled";
}

function apply(session: VendorSession, { state, pullUrl, branch, question, reason }: VendorMove): void {
  if (pullUrl !== undefined) session.pullUrl = pullUrl;
  if (branch !== undefined) session.branch = branch;
  if (reason !== undefined) session.reason = reason;
  if (state === undefined) return;
  session.state = state;
  session.question = state === "waiting" ? (question ?? "What shall I do?") : null;
}

function onceEnded(session: VendorSession, waiting: Map<VendorSession, () => void>): Promise<void> {
  return new Promise((resolve) => {
    if (isEnded(session.state)) resolve();
    else waiting.set(session, resolve);
  });
}

/** An empty memory of vendors. Time comes from the clock only. */
export function createVendorStore(options: { readonly clock: Clock }): VendorStore {
  const { clock } = options;
  const all: VendorSession[] = [];
  const byId = new Map<string, VendorSession[]>();
  const waiting = new Map<VendorSession, () => void>();
  let index = 0;

  function note(session: VendorSession, kind: VendorLogEntry["kind"], text: string): void {
    index += 1;
    session.log.push({ index, at: clock.now(), kind, text });
    session.updatedAt = clock.now();
  }

  function records(vendor: VendorName, id: string): readonly VendorSession[] {
    return byId.get(`${vendor}:${id}`) ?? [];
  }

  function begin(start: Parameters<VendorStore["begin"]>[0]): VendorSession {
    const now = clock.now();
    const follows = start.follows ?? all.findLast((earlier) => earlier.branch === start.startingBranch);
    const session: VendorSession = {
      vendor: start.vendor,
      id: start.id,
      title: start.title,
      prompt: start.prompt,
      startingBranch: start.startingBranch,
      isFollowUp: start.isFollowUp,
      state: "queued",
      pullUrl: follows?.pullUrl ?? null,
      branch: follows?.branch ?? null,
      question: null,
      reason: null,
      startedAt: now,
      updatedAt: now,
      endedAt: null,
      log: [],
    };
    all.push(session);
    byId.set(`${start.vendor}:${start.id}`, [...records(start.vendor, start.id), session]);
    note(session, start.isFollowUp ? "message" : "prompt", start.prompt);
    return session;
  }

  function move(session: VendorSession, change: VendorMove): boolean {
    if (isEnded(session.state)) return false;
    apply(session, change);
    session.updatedAt = clock.now();
    if (isEnded(session.state)) session.endedAt = clock.now();
    if (isEnded(session.state)) waiting.get(session)?.();
    const { state } = change;
    if (state === "waiting") note(session, "question", session.question ?? "");
    else if (state !== undefined && state !== "queued") note(session, state, session.reason ?? "");
    return true;
  }

  return {
    sessions: () => all,
    latest: (vendor, id) => records(vendor, id).at(-1) ?? null,
    records,
    begin,
    move,
    note,
    ended: (session) => onceEnded(session, waiting),
  };
}
