/**
 * Events first, clock second. Webhooks make it fast; the cycle makes it right: it asks the cursors what changed, asks
 * about everything in flight, and reads everything at start, on a gap and every hour.
 */
import type { Timer } from "../ports/clock.ts";
import { TrackerUnavailable, type HeardComment, type Hint, type Wanted } from "../ports/tracker.ts";
import { toInstruction } from "./instruct.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import type { Scout } from "./scout.ts";
import { createAsking } from "./sessions.ts";

/** The App's cycle (design, section 8). */
export const cycleMs = 30_000;
/** A full read makes right what cursors cannot see. */
const fullReadMs = 60 * 60_000;
/** Conflicts arise when the base moves, which no webhook of the pull request tells. */
const pullsEveryCycles = 10;

export interface Cycle {
  hear(hints: readonly Hint[]): void;
  /** Configuration, a full read, every session and run in flight. Resolves when all of it is decided; retries outages. */
  takeStock(): Promise<void>;
  schedule(): void;
  stop(): void;
}

export function createCycle(parts: EngineParts, world: World, own: { readonly lane: Lane; readonly scout: Scout }): Cycle {
  const { lane, scout } = own;
  let timer: Timer | null = null;
  let isStopped = false;
  let cycles = 0;
  let fullReadAt = 0;
  let isConfigurationDue = true;
  const heard: HeardComment[] = [];
  const asking = createAsking(parts, world, lane);

  /** Runs `step` until it succeeds: an outage at start-up must not leave half the stock untaken. */
  async function insist(step: () => Promise<void>): Promise<void> {
    while (!isStopped) {
      try {
        return await step();
      } catch (error) {
        const pauseMs = error instanceof TrackerUnavailable ? error.retryAfterMs : 5_000;
        parts.journal.warn("Taking stock was interrupted; it goes on.", { reason: messageOf(error), pauseMs });
        await parts.clock.sleep(pauseMs, "outage");
      }
    }
  }

  async function configure(): Promise<void> {
    const file = await world.tracker.configuration();
    const sha = file?.sha ?? "none";
    const reading = world.parseConfiguration(file?.text ?? "");
    await lane.submit([{ type: "Configure", id: lane.nextId("configure"), sha, ...reading }]);
    isConfigurationDue = false;
  }

  async function readEverything(): Promise<void> {
    fullReadAt = parts.clock.now();
    scout.want({ everything: true });
    await scout.idle();
  }

  /** What was heard and could not be handed on yet stays in the queue: a cursor has moved past it. */
  async function instruct(comments: readonly HeardComment[]): Promise<void> {
    heard.push(...comments);
    for (let comment = heard[0]; comment !== undefined; comment = heard[0]) {
      const state = await lane.stream.current();
      const command = await toInstruction(comment, { tracker: world.tracker, state, context: lane.contextOf(state) });
      heard.splice(heard.indexOf(comment), 1);
      if (command !== null) await lane.submit([command]);
    }
  }

  async function heed(hints: readonly Hint[]): Promise<void> {
    scout.want(toWanted(hints));
    if (hints.some((hint) => hint.kind === "configuration")) {
      isConfigurationDue = true;
      await configure();
    }
    for (const hint of hints) if (hint.kind === "state") await refresh(hint.head);
    const comments = hints.filter((hint) => hint.kind === "comment");
    if (comments.length > 0) await instruct(await world.tracker.hear(comments));
    await reportRuns(hints);
  }

  /** Somebody else's append, or the echo of our own: what it left in the outbox is ours to do. */
  async function refresh(head: string | null): Promise<void> {
    const before = lane.stream.peek()?.version ?? 0;
    const version = await parts.store.peek(parts.stream, head);
    if (version !== before) await lane.refresh();
  }

  async function reportRuns(hints: readonly Hint[]): Promise<void> {
    const state = lane.stream.peek();
    if (state === null) return;
    for (const hint of hints) {
      if (hint.kind !== "run" || hint.state !== "ended") continue;
      for (const id of state.active.keys()) {
        const assignment = state.tasks.get(id)?.assignment ?? null;
        if (assignment?.run !== hint.run) continue;
        const { fence } = assignment;
        await lane.submit([{ type: "ReportRun", id: lane.nextId("run"), task: id, fence, run: hint.run, state: "ended" }]);
      }
    }
  }

  async function look(): Promise<void> {
    const poll = await world.tracker.poll();
    if (poll.wanted === null || parts.clock.now() - fullReadAt >= fullReadMs) await readEverything();
    else scout.want(poll.wanted);
    if (poll.stateMoved) await refresh(null);
    isConfigurationDue ||= poll.configurationMoved;
    if (isConfigurationDue) await configure();
    await instruct(poll.comments);
    scout.want({ pulls: await pullsInFlight() });
  }

  /** Checks of an open pull request move without touching the issue: those that wait for some are read every cycle. */
  async function pullsInFlight(): Promise<readonly number[]> {
    const state = await lane.stream.current();
    const isTurn = cycles % pullsEveryCycles === 0;
    const numbers: number[] = [];
    for (const id of state.active.keys()) {
      const task = state.tasks.get(id);
      const seen = task?.pull == null ? null : scout.lastSeen(task.pull.number);
      const isPending = seen === null || seen.checks === "pending" || seen.requiredChecks === "pending" || seen.mergeable === "unknown";
      if (task?.pull?.state === "open" && (isPending || isTurn)) numbers.push(task.pull.number);
      const named = /\/pull\/(\d+)$/.exec(task?.pull === null ? (task.vendorPull ?? "") : "");
      if (named !== null) numbers.push(Number(named[1]));
    }
    return numbers;
  }

  async function once(): Promise<void> {
    cycles += 1;
    await look();
    await scout.idle();
    await lane.submit(await asking.ask({ isStart: false }));
  }

  function schedule(): void {
    if (isStopped) return;
    timer = parts.clock.after(cycleMs, "cycle", () => {
      void once().catch(noteFailure).finally(schedule);
    });
  }

  function noteFailure(error: unknown): void {
    if (!isStopped) parts.journal.warn("A cycle was cut short; the next one makes it right.", { reason: messageOf(error) });
  }

  return {
    schedule,
    hear(hints) {
      void heed(hints).catch(noteFailure);
    },
    async takeStock() {
      await insist(() => lane.refresh());
      await insist(configure);
      await insist(readEverything);
      await insist(async () => lane.submit(await asking.ask({ isStart: true })));
    },
    stop() {
      isStopped = true;
      timer?.cancel();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toWanted(hints: readonly Hint[]): Partial<Wanted> {
  return {
    everything: hints.some((hint) => hint.kind === "everything"),
    issues: hints.flatMap((hint) => (hint.kind === "issue" ? [hint.number] : [])),
    pulls: hints.flatMap((hint) => (hint.kind === "pull" ? [hint.number] : [])),
    commits: hints.flatMap((hint) => (hint.kind === "commit" ? [hint.sha] : [])),
  };
}
