/** Everything that the log still says of one task, put together from what the store has and what this copy remembers. */
import type { State } from "../state/state.ts";
import type { Entry, Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { Attempt, Task } from "../model/task.ts";
import type { Log } from "../ports/store.ts";
import { renderEventLine } from "../views/log-line.ts";
import { authorOf, taskOf } from "./logged-entry.ts";
import type { LogTail } from "./log-tail.ts";
import { namesOf } from "./names.ts";

/** Events that are told of one task, the newest: far more than a task has in a healthy life. */
const eventsMax = 1_000;

export interface TaskEvent {
  readonly version: number;
  /** ISO 8601. */
  readonly at: string;
  readonly type: Event["type"];
  readonly line: string;
  /** The command that was decided, and who brought it about where the event says so. */
  readonly command: string;
  readonly by: string | null;
  readonly event: Event;
}

export interface TaskEvents {
  /** From this version of the log on everything is known. */
  readonly since: number;
  /** Whether that is from the day on which the task was taken in. */
  readonly isComplete: boolean;
  /** Oldest first. */
  readonly events: readonly TaskEvent[];
}

/** Lines of a log without holes; `since` is the version of the first. */
interface Known {
  readonly since: number;
  readonly lines: Iterable<string>;
}

/** What is known without asking the store, where that is all there is; null where the store may know more. */
export function knownAtHand(tail: LogTail): Known | null {
  return tail.since === 1 ? { since: 1, lines: linesOf(tail, tail.version) } : null;
}

/** What the store has, and before it what `tail` remembers of entries that the store has folded into a snapshot. */
export function knownTogether(log: Log, tail: LogTail): Known {
  const start = log.version - log.entries.length + 1;
  const hasMore = tail.since < start && tail.version >= start - 1;
  if (!hasMore) return { since: start, lines: log.entries };
  return { since: tail.since, lines: [...linesOf(tail, start - 1), ...log.entries] };
}

function* linesOf(tail: LogTail, until: number): Generator<string> {
  for (let version = tail.since; version <= until; version += 1) {
    const line = tail.at(version);
    if (line !== null) yield line;
  }
}

/** Only entries that name the task are parsed. */
export function eventsOf(id: TaskId, known: Known, state: State): TaskEvents {
  const events: TaskEvent[] = [];
  let version = known.since - 1;
  for (const line of known.lines) {
    version += 1;
    if (line.includes(id)) events.push(...eventsIn(JSON.parse(line) as Entry, { id, version, state }));
  }
  const told = events.slice(-eventsMax);
  const isWhole = known.since === 1 || events.some(({ type }) => type === "TaskTracked");
  const isCut = told.length < events.length;
  return {
    since: isCut ? (told[0]?.version ?? known.since) : known.since,
    isComplete: isWhole && !isCut,
    events: told,
  };
}

function eventsIn(
  { at, command, events }: Entry,
  { id, version, state }: { readonly id: TaskId; readonly version: number; readonly state: State },
): readonly TaskEvent[] {
  return events
    .filter((event) => taskOf(event) === id)
    .map((event) => ({
      version,
      at: toIso(at),
      type: event.type,
      line: renderEventLine(event, namesOf(state)),
      command,
      by: authorOf(event),
      event,
    }));
}

/** One attempt as it is told: `result` and `endedAt` are null while it is live. */
export interface ToldAttempt {
  readonly attempt: number;
  readonly agent: string;
  readonly worker: string;
  readonly fence: number;
  readonly session: string | null;
  readonly sessionUrl: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly result: string | null;
  readonly detail: string | null;
  readonly costUsd: number | null;
  readonly branch: string | null;
}

/** The attempts that the state keeps, oldest first, and the live one at the end. */
export function attemptsOf({ attempts, assignment }: Task): readonly ToldAttempt[] {
  const ended = attempts.map((each) => ({
    ...headOf(each),
    endedAt: toIso(each.endedAt),
    result: each.failedLater ?? each.result,
    detail: each.detail,
    costUsd: each.costUsd,
    branch: each.branch,
  }));
  if (assignment === null) return ended;
  const nothing = { endedAt: null, result: null, detail: null, costUsd: null };
  return [...ended, { ...headOf(assignment), ...nothing, branch: assignment.continues?.branch ?? null }];
}

type AttemptHead = Pick<Attempt, "attempt" | "agent" | "worker" | "fence" | "session" | "startedAt">;

function headOf({ attempt, agent, worker, fence, session, startedAt }: AttemptHead) {
  return {
    attempt,
    agent,
    worker,
    fence,
    session: session?.id ?? null,
    sessionUrl: session?.url ?? null,
    startedAt: startedAt === null ? null : toIso(startedAt),
  };
}

function toIso(at: number): string {
  return new Date(at).toISOString();
}
