/**
 * The one door to a stream's history: commands queue here and are decided one pass at a time. All decisions of a pass are
 * one append; when somebody else wrote first, the pass is decided again on what they wrote; an idle pass appends nothing.
 */
import type { Context } from "../core/decision.ts";
import { configOf } from "../core/react.ts";
import type { State } from "../core/state.ts";
import type { Command } from "../model/command.ts";
import { defaultConfig } from "../model/config.ts";
import type { Entry, EventType } from "../model/event.ts";
import { toCommandId, type CommandId } from "../model/ids.ts";
import type { Timer } from "../ports/clock.ts";
import { StoreTooNew, StoreUnavailable, type FileChange } from "../ports/store.ts";
import { createStream, type Stream } from "./stream.ts";
import type { EngineParts } from "./parts.ts";
import { runPass, type Pass } from "./pass.ts";

/** What the lane asks of its owner around each pass. */
export interface LaneHooks {
  /** Commands to decide before those that wait: settlements. Asked once a batch, however often it is decided. */
  before(): readonly Command[];
  /** Commands to decide last: schedule and leases. */
  after(): readonly Command[];
  /** Files for people that follow from the pass. */
  project(pass: Pass, before: State): readonly FileChange[];
  summarise(entries: readonly Entry[], state: State): string;
  /** Called when the entries are in the log and folded. */
  appended(entries: readonly Entry[], state: State): void;
  /** Called after every pass, also one that appended nothing. */
  settled(state: State): void;
}

export interface Lane {
  readonly stream: Stream;
  /** Resolves when the commands have been decided and what they decided is in the log. Rejects when the lane has stopped. */
  submit(commands: readonly Command[]): Promise<void>;
  /** Runs a pass that writes also what could wait for company. */
  flush(): Promise<void>;
  /** Reads what others have written, in turn with the passes, then runs one. */
  refresh(): Promise<void>;
  /** A fresh command id for the program's own looks and ticks; not kept in the log. */
  nextId(kind: string): CommandId;
  contextOf(state: State): Context;
  stop(reason: string): void;
}

/** Waits after a conflict: long enough that racing writers spread, short against a request. */
const conflictPauseMs = 200;
/** How long what can wait waits: below a lease, so that acknowledgements come in time. */
const deferralMs = 60_000;
const deferredMax = 200;
/** When the store does not say how long. */
const outagePauseMs = 5_000;

interface Waiting {
  readonly commands: readonly Command[];
  readonly isRefresh: boolean;
  /** Writes also what could wait longer. */
  readonly isForced: boolean;
  readonly done: (error: Error | null) => void;
}

/** Events that bring nobody anything to do: they wait a little for a pass that has more to say. */
const patient: ReadonlySet<EventType> = new Set<EventType>([
  "TaskRevised",
  "PullRequestLinked",
  "PullRequestChanged",
  "RunDispatched",
  "EffectSettled",
]);

function canWait(pass: Pass): boolean {
  return pass.entries.every((entry) => entry.events.every((event) => patient.has(event.type)));
}

export function createLane(parts: EngineParts, hooks: LaneHooks): Lane {
  const stream = createStream(parts);
  const waiting: Waiting[] = [];
  /** Commands whose only consequence can wait: decided again, first, with the next pass that has something to say. */
  let deferred: readonly Command[] = [];
  let deferral: Timer | null = null;
  let isRunning = false;
  let stopped: string | null = null;
  let count = 0;

  function contextOf(state: State): Context {
    return { now: parts.clock.now(), config: configOf(state, defaultConfig) };
  }

  async function passOnce(commands: readonly Command[], mayDefer: boolean): Promise<boolean> {
    const state = await stream.current();
    const pass = runPass(state, [...commands, ...hooks.after()], contextOf(state));
    for (const { command, error } of pass.aside) {
      parts.journal.error("A command could not be decided and was set aside; the others go on.", {
        command: command.type,
        id: command.id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
    if (pass.entries.length === 0) return true;
    if (mayDefer && canWait(pass)) {
      defer(commands, pass);
      return true;
    }
    const files = hooks.project(pass, state);
    const isAppended = await stream.append(pass.entries, files, hooks.summarise(pass.entries, pass.draft));
    if (isAppended) hooks.appended(pass.entries, await stream.current());
    return isAppended;
  }

  async function passUntilDecided(batch: readonly Waiting[]): Promise<void> {
    const commands = [...takeDeferred(), ...hooks.before(), ...batch.flatMap((each) => each.commands)];
    let isStale = batch.some((each) => each.isRefresh);
    const mayDefer = !batch.some((each) => each.isForced) && commands.length < deferredMax;
    for (let tries = 1; stopped === null; tries += 1) {
      try {
        if (isStale) await stream.refresh();
        isStale = false;
        if (await passOnce(commands, mayDefer)) return hooks.settled(await stream.current());
        await parts.clock.sleep(parts.chance.next() * conflictPauseMs * Math.min(tries, 10), "conflict");
      } catch (error) {
        await recover(error, commands);
      }
    }
    throw new Error(`The orchestration of ${parts.repository} has stopped: ${stopped}`);
  }

  function takeDeferred(): readonly Command[] {
    const taken = deferred;
    deferred = [];
    return taken;
  }

  function defer(commands: readonly Command[], pass: Pass): void {
    const telling = new Set(pass.entries.map((entry) => entry.id));
    deferred = commands.filter((command) => telling.has(command.id) || command.type === "Observe");
    deferral ??= parts.clock.after(deferralMs, "deferral", () => {
      deferral = null;
      void enqueue([], { isForced: true }).catch((error: unknown) => {
        parts.journal.debug("What could wait was not written.", { reason: String(error) });
      });
    });
  }

  async function recover(error: unknown, commands: readonly Command[]): Promise<void> {
    if (error instanceof StoreUnavailable) {
      const pauseMs = error.retryAfterMs ?? outagePauseMs;
      parts.journal.warn("The state cannot be reached; nothing is lost, trying again.", { reason: error.message, pauseMs });
      return parts.clock.sleep(pauseMs, "outage");
    }
    if (error instanceof StoreTooNew) stop(error.message);
    else {
      // What was performed already must not be forgotten with the pass that failed.
      deferred = commands.filter((command) => command.type === "SettleEffects");
      throw error;
    }
  }

  function stop(reason: string): void {
    if (stopped === null) parts.journal.error("Orchestration has stopped.", { repository: parts.repository, reason });
    stopped = reason;
    deferral?.cancel();
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0);
      const error = await passUntilDecided(batch).then(
        () => null,
        (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
      );
      for (const each of batch) each.done(error);
    }
    isRunning = false;
  }

  function enqueue(commands: readonly Command[], how: { readonly isRefresh?: boolean; readonly isForced?: boolean }): Promise<void> {
    const { isRefresh = false, isForced = false } = how;
    return new Promise((resolve, reject) => {
      waiting.push({ commands, isRefresh, isForced, done: (error) => (error === null ? resolve() : reject(error)) });
      if (!isRunning) void run();
    });
  }

  return {
    stream,
    contextOf,
    stop,
    nextId: (kind) => toCommandId(`~${parts.owner}:${kind}:${(count += 1)}`),
    submit: (commands) => enqueue(commands, {}),
    flush: () => enqueue([], { isForced: true }),
    refresh: () => enqueue([], { isRefresh: true }),
  };
}
