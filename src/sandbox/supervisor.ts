/** Keeps the App's replicas running: starts them, buries those that crash, and brings them back with nothing in memory. */
import type { Clock } from "../ports/clock.ts";
import type { Receiver } from "./carrier.ts";
import type { Caller } from "./network.ts";
import type { Delivery } from "./records.ts";
import type { Replica, ReplicaParts, StartReplica } from "./replica.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Timeline } from "./timeline.ts";
import type { ClockFace } from "./virtual-clock.ts";

const restartMs = 5_000;

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly timeline: Timeline;
  readonly replicaCount: number;
  readonly crashRate: number;
  readonly startReplica: StartReplica;
  /** A face of the clock for a new copy; its timers end with it. */
  readonly clockFor: (owner: string) => ClockFace;
  /** Everything else that the copy gets. */
  readonly partsFor: (copy: { owner: string; clock: Clock; chance: SeededChance; caller: Caller }) => ReplicaParts;
}

export interface Supervisor {
  /** Sets all copies going; they come up as time passes. */
  start(): void;
  receivers(): readonly Receiver[];
  /** Copies that are dead and will be back. */
  readonly restartCount: number;
  /** Copies on their way up. */
  readonly startingCount: number;
  /** Asks every running copy to stop, and takes its clock away once it has. */
  stop(): Promise<void>;
}

/** One running copy. It is dead from the moment it crashes, whatever it still awaits. */
interface Copy {
  readonly owner: string;
  readonly clock: ClockFace;
  replica: Replica | null;
  isAlive: boolean;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function receiverOf(copy: Copy, replica: Replica): Receiver {
  return {
    async receive(delivery: Delivery) {
      if (copy.isAlive) await replica.receive(delivery);
    },
  };
}

class Keeper implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: (Copy | null)[];
  readonly #generations: number[];
  #restartCount = 0;
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.replicaCount }, () => null);
    this.#generations = this.#slots.map(() => 0);
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  get startingCount(): number {
    return this.#slots.filter((copy) => copy !== null && copy.replica === null).length;
  }

  start(): void {
    // A copy that dies on the way up is brought back like any other.
    for (const slot of this.#slots.keys()) void this.#raise(slot);
  }

  receivers(): readonly Receiver[] {
    return this.#slots.flatMap((copy) =>
      copy !== null && copy.replica !== null ? [receiverOf(copy, copy.replica)] : [],
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = this.#slots.filter((copy) => copy !== null);
    await Promise.allSettled(running.flatMap((copy) => (copy.replica === null ? [] : [copy.replica.stop()])));
    for (const copy of running) {
      copy.isAlive = false;
      copy.clock.stop();
    }
  }

  async #raise(slot: number): Promise<void> {
    if (this.#isStopping) return;
    const { chance, clockFor, partsFor, startReplica, crashRate } = this.#options;
    const generation = (this.#generations[slot] ?? 0) + 1;
    this.#generations[slot] = generation;
    const owner = `replica-${slot + 1}.${generation}`;
    const copy: Copy = { owner, clock: clockFor(owner), replica: null, isAlive: true };
    this.#slots[slot] = copy;
    const caller: Caller = {
      isAlive: () => copy.isAlive,
      crash: () => this.#bury(slot, copy, "died at an outside call"),
      crashRate,
      chance: chance.fork(`${owner}/network`),
    };
    try {
      copy.replica = await startReplica(partsFor({ owner, clock: copy.clock, chance: chance.fork(owner), caller }));
    } catch (error) {
      this.#bury(slot, copy, describe(error));
    }
  }

  #bury(slot: number, copy: Copy, reason: string): void {
    if (!copy.isAlive) return;
    copy.isAlive = false;
    copy.clock.stop();
    this.#slots[slot] = null;
    if (this.#isStopping) return;
    // A dead process holds no port any more; headless there is nothing to let go of, and nothing more is heard of it.
    copy.replica?.stop().catch(() => undefined);
    const { clock, timeline } = this.#options;
    const target = `replica-${slot + 1}`;
    timeline.record({ actor: copy.owner, action: "crash", target, detail: { reason } });
    this.#restartCount += 1;
    clock.after(restartMs, "restart", () => {
      this.#restartCount -= 1;
      timeline.record({ actor: target, action: "restart", target, detail: {} });
      void this.#raise(slot);
    });
  }
}

/** A supervisor; nothing runs before `start`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  return new Keeper(options);
}
