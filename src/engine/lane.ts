/**
 * The one door to a stream's history: commands queue here and are decided one pass at a time. All decisions of a pass are
 * one append; when somebody else wrote first, the pass is decided again on what they wrote; an idle pass appends nothing.
 */
import type { Context } from "../model/context.ts";
import { configOf } from "../state/config-in-force.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import { defaultConfig } from "../model/config.ts";
import type { Entry } from "../model/event.ts";
import { toCommandId, type CommandId } from "../model/ids.ts";
import { StoreTooNew, StoreUnavailable, type FileChange } from "../ports/store.ts";
import { Deferral } from "./deferral.ts";
import type { EngineParts } from "./parts.ts";
import { runPass, type Pass } from "./pass.ts";
import { createStream, type Stream, type Write } from "./stream.ts";

/** What the lane asks of its owner around each pass. */
export interface LaneHooks {
  /** Commands to decide before those that wait: settlements. Asked once a batch, however often it is decided. */
  before(): readonly Command[];
  /** Commands to decide last: schedule and leases. */
  after(): readonly Command[];
  /** Files for people that follow from the pass. */
  project(pass: Pass): readonly FileChange[];
  summarise(entries: readonly Entry[], state: State): string;
  /** Called when the entries are in the log and folded. */
  appended(entries: readonly Entry[], state: State): void;
  /** Called after every pass, also one that appended nothing. */
  settled(state: State): void;
  /** Called when the store can no longer be used: nothing will be decided any more. */
  halted(): void;
  /** Whether more is about to come that `pass` can be written with, whatever it says. Left out: never. */
  canWait?(pass: Pass): boolean;
  /** An outage of the store fails whoever waits, instead of being waited out: for somebody who can ask again. Left out: false. */
  readonly isImpatient?: boolean;
}

/** Waits after a conflict: long enough that racing writers spread, short against a request. */
const conflictPauseMs = 200;
/** When the store does not say how long. */
const outagePauseMs = 5_000;

interface Waiting {
  readonly commands: readonly Command[];
  /** Reads what others have written before it decides. */
  readonly isRefresh: boolean;
  /** Writes also what could wait longer. */
  readonly isForced: boolean;
  readonly done: (error: Error | null) => void;
}

export class Lane {
  readonly stream: Stream;
  readonly #parts: EngineParts;
  readonly #hooks: LaneHooks;
  readonly #deferral: Deferral;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;
  #stopped: string | null = null;
  #count = 0;

  constructor(parts: EngineParts, hooks: LaneHooks) {
    this.#parts = parts;
    this.#hooks = hooks;
    this.stream = createStream(parts);
    this.#deferral = new Deferral(parts.clock, () => {
      void this.submit([]).catch((error: unknown) => {
        parts.journal.debug("What could wait was not written.", { reason: String(error) });
      });
    });
  }

  /** Resolves when the commands have been decided and what matters of it is in the log. Rejects when the lane has stopped. */
  submit(commands: readonly Command[]): Promise<void> {
    return this.#enqueue(commands, { isRefresh: false, isForced: false });
  }

  /** Runs a pass that writes also what could wait for company. */
  flush(): Promise<void> {
    return this.#enqueue([], { isRefresh: false, isForced: true });
  }

  /** Reads what others have written, in turn with the passes, then runs one. */
  refresh(): Promise<void> {
    return this.#enqueue([], { isRefresh: true, isForced: false });
  }

  /** A fresh command id for the program's own looks and ticks; not kept in the log. */
  nextId(kind: string): CommandId {
    this.#count += 1;
    return toCommandId(`~${this.#parts.owner}:${kind}:${this.#count}`);
  }

  contextOf(state: State): Context {
    const { clock, memory, timetable, defaultBranch } = this.#parts;
    const config = configOf(state, defaultConfig);
    const now = clock.now();
    const isMemoryFull = memory !== undefined && memory() > config.limits.memory;
    return {
      now,
      config,
      isMemoryFull,
      baseBranch: defaultBranch,
      ...(timetable && { schedule: timetable(config.schedule, now) }),
    };
  }

  stop(reason: string): void {
    this.#stopped ??= reason;
    this.#deferral.stop();
    this.stream.tail.end();
  }

  #enqueue(commands: readonly Command[], how: Pick<Waiting, "isRefresh" | "isForced">): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commands, ...how, done: (error) => (error === null ? resolve() : reject(error)) });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const error = await this.#decideBatch(batch).then(
        () => null,
        (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason))),
      );
      for (const each of batch) each.done(error);
    }
    this.#isRunning = false;
  }

  async #decideBatch(batch: readonly Waiting[]): Promise<void> {
    const { clock, chance, repository } = this.#parts;
    const waited = batch.flatMap((each) => each.commands);
    const commands = [...this.#deferral.take(), ...this.#hooks.before(), ...waited];
    const isForced = batch.some((each) => each.isForced);
    let isStale = batch.some((each) => each.isRefresh);
    for (let tries = 1; this.#stopped === null; tries += 1) {
      try {
        if (isStale) await this.stream.refresh();
        isStale = false;
        if (await this.#passOnce(commands, isForced)) return this.#hooks.settled(await this.stream.current());
        await clock.sleep(chance.next() * conflictPauseMs * Math.min(tries, 10), "conflict");
      } catch (error) {
        await this.#recover(error, commands);
      }
    }
    throw new Error(`The orchestration of ${repository} has stopped: ${this.#stopped}`);
  }

  /** False: somebody else wrote first, and the state has been read anew. */
  async #passOnce(commands: readonly Command[], isForced: boolean): Promise<boolean> {
    const state = await this.stream.current();
    const pass = runPass(state, [...commands, ...this.#hooks.after()], this.contextOf(state));
    const write = this.#plan(pass, commands, isForced);
    this.#reportAside(pass);
    if (pass.entries.length === 0) this.#deferral.clear();
    if (write === null) return true;
    const isAppended = await this.stream.append(pass.entries, write);
    if (!isAppended) return false;
    this.#deferral.clear();
    this.#hooks.appended(pass.entries, await this.stream.current());
    return true;
  }

  /** Takes the pass back, and says what is to be written of it; null when that is nothing, or can wait. */
  #plan(pass: Pass, commands: readonly Command[], isForced: boolean): Write | null {
    const isIdle = pass.entries.length === 0;
    const waitsUntil = isIdle || isForced ? null : this.#deadlineOf(pass, commands.length);
    let [files, summary]: [readonly FileChange[], string] = [[], ""];
    let bringInForce = (): void => undefined;
    try {
      if (!isIdle && waitsUntil === null) {
        files = this.#hooks.project(pass);
        summary = this.#hooks.summarise(pass.entries, pass.state);
      }
    } finally {
      bringInForce = pass.takeBack();
    }
    if (waitsUntil !== null) this.#deferral.keep(commands, pass, waitsUntil);
    return isIdle || waitsUntil !== null ? null : { files, summary, bringInForce };
  }

  #deadlineOf(pass: Pass, commandCount: number): number | null {
    return this.#hooks.canWait?.(pass) === true
      ? this.#deferral.latest()
      : this.#deferral.deadlineOf(pass, commandCount);
  }

  #reportAside(pass: Pass): void {
    for (const { command, error } of pass.aside) {
      this.#parts.journal.error("A command could not be decided and was set aside; the others go on.", {
        command: command.type,
        id: command.id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async #recover(error: unknown, commands: readonly Command[]): Promise<void> {
    const { clock, journal, repository } = this.#parts;
    if (error instanceof StoreUnavailable && this.#hooks.isImpatient !== true) {
      const pauseMs = error.retryAfterMs ?? outagePauseMs;
      journal.warn("The state cannot be reached; nothing is lost, trying again.", { reason: error.message, pauseMs });
      return clock.sleep(pauseMs, "outage");
    }
    if (error instanceof StoreTooNew) {
      journal.error("Orchestration has stopped.", { repository, reason: error.message });
      this.stop(error.message);
      return this.#hooks.halted();
    }
    this.#deferral.restore(commands);
    throw error;
  }
}
