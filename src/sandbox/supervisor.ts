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

/** A supervisor; nothing runs before `start`. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, chance, timeline } = options;
  const slots: (Copy | null)[] = Array.from({ length: options.replicaCount }, () => null);
  const generations = slots.map(() => 0);
  let restartCount = 0;
  let isStopping = false;

  function bury(slot: number, copy: Copy, reason: string): void {
    if (!copy.isAlive) return;
    copy.isAlive = false;
    copy.clock.stop();
    slots[slot] = null;
    if (isStopping) return;
    timeline.record({ actor: copy.owner, action: "crash", target: `replica-${slot + 1}`, detail: { reason } });
    restartCount += 1;
    clock.after(restartMs, "restart", () => {
      restartCount -= 1;
      timeline.record({ actor: `replica-${slot + 1}`, action: "restart", target: `replica-${slot + 1}`, detail: {} });
      void raise(slot);
    });
  }

  async function raise(slot: number): Promise<void> {
    if (isStopping) return;
    generations[slot] = (generations[slot] ?? 0) + 1;
    const owner = `replica-${slot + 1}.${generations[slot]}`;
    const copy: Copy = { owner, clock: options.clockFor(owner), replica: null, isAlive: true };
    slots[slot] = copy;
    const caller: Caller = {
      isAlive: () => copy.isAlive,
      crash: () => bury(slot, copy, "died at an outside call"),
      crashRate: options.crashRate,
      chance: chance.fork(`${owner}/network`),
    };
    try {
      const parts = options.partsFor({ owner, clock: copy.clock, chance: chance.fork(owner), caller });
      copy.replica = await options.startReplica(parts);
    } catch (error) {
      bury(slot, copy, describe(error));
    }
  }

  function receiverOf(copy: Copy, replica: Replica): Receiver {
    return {
      async receive(delivery: Delivery) {
        if (copy.isAlive) await replica.receive(delivery);
      },
    };
  }

  return {
    start() {
      // A copy that dies on the way up is brought back like any other.
      for (const slot of slots.keys()) void raise(slot);
    },
    receivers: () =>
      slots.flatMap((copy) => (copy !== null && copy.replica !== null ? [receiverOf(copy, copy.replica)] : [])),
    get restartCount() {
      return restartCount;
    },
    async stop() {
      isStopping = true;
      const running = slots.filter((copy) => copy !== null);
      await Promise.allSettled(running.map((copy) => copy.replica?.stop()));
      for (const copy of running) {
        copy.isAlive = false;
        copy.clock.stop();
      }
    },
  };
}
