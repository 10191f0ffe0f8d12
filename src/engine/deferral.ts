/**
 * Decisions that bring nobody anything to do wait a little for a pass that has more to say, so that they need no commit of
 * their own. They are facts that can be observed again or outcomes that can be had again: a crash loses nothing.
 */
import type { Command } from "../model/command.ts";
import type { EventType } from "../model/event.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Pass } from "./pass.ts";

/** Below the shortest lease, so that acknowledgements come in time. */
const deferralMs = 60_000;
/** More than these are written at once. */
const deferredMax = 200;

const patient: ReadonlySet<EventType> = new Set<EventType>([
  "TaskRevised",
  "PullRequestLinked",
  "PullRequestChanged",
  "MergePutOff",
  "RunDispatched",
  "FeedbackCollected",
  "EffectSettled",
]);

export class Deferral {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #commands: readonly Command[] = [];
  #timer: Timer | null = null;

  /** `onDue` is called when what was deferred first has waited long enough. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Whether the pass may wait. */
  allows(pass: Pass, commandCount: number): boolean {
    return (
      commandCount < deferredMax &&
      pass.entries.every((entry) => entry.events.every((event) => patient.has(event.type)))
    );
  }

  /** Keeps the commands that the pass had to say something about; they are decided again, first, with the next pass. */
  keep(commands: readonly Command[], pass: Pass): void {
    const telling = new Set(pass.entries.map((entry) => entry.id));
    this.#commands = commands.filter((command) => telling.has(command.id) || command.type === "Observe");
    this.#timer ??= this.#clock.after(deferralMs, "deferral", () => {
      this.#timer = null;
      this.#onDue();
    });
  }

  /** After a pass that failed: what was performed already must not be forgotten. */
  restore(commands: readonly Command[]): void {
    this.#commands = commands.filter((command) => command.type === "SettleEffects");
  }

  take(): readonly Command[] {
    const taken = this.#commands;
    this.#commands = [];
    return taken;
  }

  stop(): void {
    this.#timer?.cancel();
  }
}
