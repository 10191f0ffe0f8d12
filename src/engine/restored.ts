/**
 * The state of a backup made safe to go on from. Nobody can tell what was given out after the backup was taken, so every number that must
 * never be given out twice goes on where no program can have come by now; nothing is started before a person has looked and says
 * `resume`; and what was commanded in between is not obeyed a second time.
 */
import { evolveEntry } from "../core/evolve.ts";
import { react } from "../core/react.ts";
import { fromSnapshot, toSnapshot } from "../fold/snapshot.ts";
import type { State } from "../state/state.ts";
import type { Cursor } from "../model/cursor.ts";
import type { Entry, Event } from "../model/event.ts";
import { toCommandId, type CommandId } from "../model/ids.ts";
import type { Assignment, Task } from "../model/task.ts";
import { recordReaction } from "./pass.ts";

/** 2020: before the first version of the program. */
const epoch = 1_577_836_800_000;
/** Ten a second. GitHub takes 4 requests a second of an App at the most, and each start and each write is at least one. */
const numberEveryMs = 100;

/**
 * A number that no counter of the log has reached by now: as if every tenth of a second since 2020 had used one up. It only grows, so a
 * second restore, of whatever backup, goes on behind the first.
 */
export function unreachedAt(now: number): number {
  return Math.max(0, Math.floor((now - epoch) / numberEveryMs));
}

export interface RestoreFacts {
  /** Who restores; a login, or a word with a colon for whoever has none. */
  readonly by: string;
  readonly now: number;
  /** Names this restore. */
  readonly operation: string;
  /** The counters of what is on the branch, as far as they can be read; they are never gone below. */
  readonly known: { readonly version: number; readonly fence: number; readonly effectCount: number };
  /** Commands that were given up to now: they were decided, or come too late. */
  readonly heard: readonly CommandId[];
  /** How far the tracker was read to find these; null: it was not. */
  readonly cursor: Cursor | null;
}

export interface RestoredState {
  readonly version: number;
  readonly snapshot: readonly string[];
  /** What follows the snapshot: at most one entry. */
  readonly entries: readonly string[];
}

/** Leaves `saved` as it is. */
export function toRestored(saved: State, facts: RestoreFacts): RestoredState {
  const { now, known, heard, cursor } = facts;
  const state = fromSnapshot(toSnapshot(saved));
  const unreached = unreachedAt(now);
  // A copy of the program that has read another history must take this snapshot as a whole: it is ahead of all that it has read.
  state.version = Math.max(state.version, known.version, unreached) + 1;
  state.fence = Math.max(state.fence, known.fence, unreached);
  state.effectCount = Math.max(state.effectCount, known.effectCount, unreached);
  for (const id of heard) state.seen.set(id, true);
  // Everything is looked at before anything begins: by the next run, or with the next cycle of an App.
  const { readUpTo, ...watch } = state.watch;
  const from = cursor ?? readUpTo?.cursor ?? null;
  state.watch = {
    ...watch,
    restoredAt: now,
    isStockDue: true,
    ...(from === null ? {} : { readUpTo: { cursor: from, wholeAt: 0 } }),
  };
  const { version } = state;
  const snapshot = toSnapshot(state);
  const entry = enter(state, facts);
  return { version, snapshot, entries: entry === null ? [] : [JSON.stringify(entry)] };
}

/** Nothing new starts, and what was about to start is given back: it would start now, before anybody has looked. */
function enter(state: State, { by, now, operation }: RestoreFacts): Entry | null {
  const events: Event[] = unstarted(state).map((task) => ({
    type: "SessionRefused",
    task: task.id,
    fence: task.assignment?.fence ?? 0,
    reason: "the state was restored from a backup, which cannot tell whether the session was started",
    retryAt: now,
    // Nothing that the agent did.
    cause: "text",
  }));
  if (!state.isPaused) events.push({ type: "OrchestrationPaused", by });
  if (events.length === 0) return null;
  const entry = { id: toCommandId(`restore:${operation}`), command: "Restore", at: now, events };
  evolveEntry(state, { ...entry, effects: [] });
  const effects = new Map<string, Entry["effects"][number]>();
  for (const reaction of events.flatMap((event) => react(state, event))) {
    const recorded = recordReaction(state, reaction);
    if (recorded !== null) effects.set(recorded.id, recorded);
  }
  return { ...entry, effects: [...effects.values()] };
}

function unstarted(state: State): readonly Task[] {
  return [...state.tasks.entries()]
    .map(([, task]) => task)
    .filter(({ assignment }) => assignment !== null && assignment.session === null)
    .toSorted((one, other) => one.definition.number - other.definition.number);
}

/**
 * The tasks that have a session now, or are about to have one, which the restored state would not have: the backup does not know the
 * assignment, or not yet its session, and so would give it back.
 */
export function unknownSessions(current: State, saved: State): readonly Task[] {
  return [...current.tasks.entries()]
    .map(([, task]) => task)
    .filter(({ id, assignment }) => assignment !== null && !isKept(assignment, saved.tasks.get(id)?.assignment ?? null))
    .toSorted((one, other) => one.definition.number - other.definition.number);
}

/** A fence alone does not tell: another log may have given it out, too. */
function isKept({ fence, assignedAt, session }: Assignment, known: Assignment | null): boolean {
  if (known === null || known.session === null || session === null) return false;
  return known.fence === fence && known.assignedAt === assignedAt && known.session.id === session.id;
}

/** Entries by version, as far as they are kept one by one. */
export interface Lines {
  /** What comes before is summed up. */
  readonly from: number;
  readonly lines: readonly string[];
}

export interface Lost {
  readonly count: number;
  /** More are summed up in a snapshot, and cannot be counted. */
  readonly isAtLeast: boolean;
}

/** How many entries of `current` are none of `saved`. Those that cannot be compared count as such. */
export function lostEntries(current: Lines, saved: Lines): Lost {
  const [currentEnd, savedEnd] = [current, saved].map(({ from, lines }) => from + lines.length) as [number, number];
  const start = Math.max(current.from, saved.from);
  const end = Math.min(currentEnd, savedEnd);
  let shared = start;
  while (shared < end && current.lines[shared - current.from] === saved.lines[shared - saved.from]) shared += 1;
  // An entry has an id of its own: where one is the same, so is all that is before it.
  if (shared > start) return { count: currentEnd - shared, isAtLeast: false };
  return { count: current.lines.length, isAtLeast: start < end ? current.from > 0 : current.from > savedEnd };
}
