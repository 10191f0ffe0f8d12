/**
 * Looks where hints point, one look at a time, so that an older look is never decided after a newer one. What could not
 * be read stays wanted: an outage costs time, not facts.
 */
import type { Observation, PullFacts } from "../model/observation.ts";
import { TrackerUnavailable, type Tracker, type Wanted } from "../ports/tracker.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts } from "./parts.ts";
import type { State } from "../core/state.ts";

export interface Scout {
  /** Wants a look; returns at once. */
  want(wanted: Partial<Wanted>): void;
  /** Resolves when nothing is wanted any more. */
  idle(): Promise<void>;
  /** How a pull request was when it was last looked at; null when this process never did. */
  lastSeen(pull: number): PullFacts | null;
  stop(): void;
}

/** Issues decided in one command: a commit stays small, and one bad issue sets aside few others on its way. */
const issuesPerCommand = 40;

export function createScout(parts: EngineParts, tracker: Tracker, lane: Lane): Scout {
  const issues = new Set<number>();
  const pulls = new Set<number>();
  const commits = new Set<string>();
  const seen = new Map<number, PullFacts>();
  let everything = false;
  let isStopped = false;
  let running: Promise<void> | null = null;

  function hasWants(): boolean {
    return everything || issues.size + pulls.size + commits.size > 0;
  }

  function add(wanted: Partial<Wanted>): void {
    everything ||= wanted.everything === true;
    for (const number of wanted.issues ?? []) issues.add(number);
    for (const number of wanted.pulls ?? []) pulls.add(number);
    for (const sha of wanted.commits ?? []) commits.add(sha);
  }

  function take(state: State): Wanted {
    const wanted = withLinked(state, { everything, issues: [...issues], pulls: [...pulls], commits: [...commits], tracked: [] });
    everything = false;
    issues.clear();
    pulls.clear();
    commits.clear();
    return wanted;
  }

  async function look(): Promise<void> {
    let wanted: Wanted | null = null;
    try {
      wanted = take(await lane.stream.current());
      await decide(await tracker.look(wanted));
    } catch (error) {
      if (wanted !== null) add(wanted);
      const retryAfterMs = error instanceof TrackerUnavailable ? error.retryAfterMs : 5_000;
      parts.journal.warn("A look at the tracker failed; it is tried again.", { reason: messageOf(error), retryAfterMs });
      await parts.clock.sleep(retryAfterMs, "outage");
    }
  }

  async function decide(observation: Observation): Promise<void> {
    for (const unreadable of observation.unreadable) {
      parts.journal.warn("An issue could not be read and was set aside.", { ...unreadable });
    }
    for (const pull of observation.pulls) {
      if (pull.state === "open") seen.set(pull.number, pull);
      else seen.delete(pull.number);
    }
    const chunks = chunked(observation);
    await lane.submit(
      chunks.map((part) => ({ type: "Observe" as const, id: lane.nextId("observe"), observation: part })),
    );
  }

  async function run(): Promise<void> {
    while (hasWants() && !isStopped) await look();
    running = null;
  }

  return {
    lastSeen: (pull) => seen.get(pull) ?? null,
    want(wanted) {
      add(wanted);
      if (running === null && hasWants() && !isStopped) running = run();
    },
    idle: async () => {
      while (running !== null) await running;
    },
    stop: () => void (isStopped = true),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A look at an issue looks at its pull request too, so that a merge is recognised as one, and a look at a pull request at
 * its issue, so that the merge and the closing are one entry; a full read names all tasks.
 */
function withLinked(state: State, wanted: Wanted): Wanted {
  const byNumber = new Set(wanted.issues);
  const pulls = new Set(wanted.pulls);
  const tracked: Wanted["tracked"][number][] = [];
  for (const [id, task] of state.tasks.entries()) {
    const { number, node } = task.definition;
    if (wanted.everything) tracked.push({ id, number, node });
    if (task.pull?.state !== "open") continue;
    if (pulls.has(task.pull.number)) byNumber.add(number);
    else if (wanted.everything || byNumber.has(number)) pulls.add(task.pull.number);
  }
  return { ...wanted, issues: [...byNumber], pulls: [...pulls], tracked };
}

/** Pull requests go with the first chunk: they must be decided before a closed issue of any chunk is. */
function chunked(observation: Observation): readonly Observation[] {
  if (observation.issues.length <= issuesPerCommand) return [observation];
  const chunks: Observation[] = [];
  for (let start = 0; start < observation.issues.length; start += issuesPerCommand) {
    const issues = observation.issues.slice(start, start + issuesPerCommand);
    chunks.push({ isComplete: false, issues, pulls: [], gone: [], unreadable: [] });
  }
  return [{ ...observation, issues: [] }, ...chunks, { ...observation, issues: [], gone: [], unreadable: [] }];
}
