/**
 * Decisions that bring nobody anything to do wait a little for a pass that has more to say, so that they need no commit of
 * their own. They are facts that can be observed again or outcomes that can be had again: a crash loses nothing.
 */
import type { Command } from "../model/command.ts";
import { isSurface } from "../model/effect.ts";
import type { Event, EventOf, EventType } from "../model/event.ts";
import type { CommandId } from "../model/ids.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Pass } from "./pass.ts";

/** Below the shortest lease, so that acknowledgements come in time. */
const deferralMs = 60_000;
/** What only shows the state is leased for longer (model/limits.ts); with what it may wait before (settlements.ts) it stays a minute below. */
const shownMs = 8 * 60_000;
/** More than these are written at once. */
const deferredMax = 200;

const patient: ReadonlySet<EventType> = new Set<EventType>([
  "TaskRevised",
  "PullRequestLinked",
  "PullRequestChanged",
  "MergePutOff",
  "ConflictDetected",
  "ConflictPassed",
  "RunDispatched",
  "FeedbackCollected",
  "SessionHeard",
  "CursorMoved",
]);

export class Deferral {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #commands: readonly Command[] = [];
  /** Since when each command waits. */
  #since: ReadonlyMap<CommandId, number> = new Map();
  #timer: Timer | null = null;

  /** `onDue` is called when something has waited for as long as it may: in the pass that follows, it must be written. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** For how long anything may wait that is not only shown. */
  latest(): number {
    return this.#clock.now() + deferralMs;
  }

  /** Until when the pass may wait; null when it must be written now. To be asked before it is taken back. */
  deadlineOf(pass: Pass, commandCount: number): number | null {
    if (commandCount >= deferredMax) return null;
    const now = this.#clock.now();
    let first = Infinity;
    for (const { id, events } of pass.entries) {
      const since = this.#since.get(id) ?? now;
      for (const event of events) {
        first = Math.min(first, deadlineWith(event, { pass, since }));
        // The rest of a whole backlog need not be looked at.
        if (first <= now) return null;
      }
    }
    return first;
  }

  /** Keeps the commands that the pass had to say something about until `at`; they are decided again, first, with the next pass. */
  keep(commands: readonly Command[], pass: Pass, at: number): void {
    const now = this.#clock.now();
    const telling = new Map(pass.entries.map(({ id }) => [id, this.#since.get(id) ?? now]));
    this.#commands = commands.filter((command) => telling.has(command.id) || command.type === "Observe");
    this.#since = telling;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(at - now, "deferral", this.#onDue);
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

  /** Nothing waits any more: it was written, or somebody else has said it. */
  clear(): void {
    this.#since = new Map();
    this.#timer?.cancel();
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

interface Waiting {
  readonly pass: Pass;
  readonly since: number;
}

/** When the event must be written at the latest; what is not past `since` cannot wait at all. */
function deadlineWith(event: Event, { pass, since }: Waiting): number {
  if (event.type === "EffectsLeased") return firstDue(event, { pass, since });
  if (event.type === "EffectSettled") return since + patienceOf(event, pass);
  return patient.has(event.type) ? since + deferralMs : since;
}

function patienceOf({ effect: id, issue }: EventOf<"EffectSettled">, pass: Pass): number {
  // An issue that was opened is looked at when that is in the log, and somebody may wait for it.
  if (issue !== undefined) return 0;
  const recorded = pass.before((state) => state.outbox.get(id));
  return recorded !== undefined && isSurface(recorded.effect) ? shownMs : deferralMs;
}

/**
 * What another process has recorded for later needs an owner by then, and not before. What this very pass records has to be written
 * anyway, or it would be recorded later each time.
 */
function firstDue({ effects }: EventOf<"EffectsLeased">, { pass, since }: Waiting): number {
  const own = new Set(pass.entries.flatMap((entry) => entry.effects.map(({ id }) => id)));
  return Math.min(...effects.map((id) => (own.has(id) ? since : (pass.state.outbox.get(id)?.notBefore ?? since))));
}
