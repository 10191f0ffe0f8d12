/** Carries webhooks from the embedded GitHub to the App: to one live replica each, some late, twice, out of order, or never. */
import type { Clock } from "../ports/clock.ts";
import type { Faults } from "./faults.ts";
import type { Delivery } from "./records.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Timeline } from "./timeline.ts";

/** GitHub gives up on a delivery after this. */
const deliveryTimeoutMs = 10_000;
const transitMs = 100;
/** A reordered delivery is overtaken by whatever comes in this time. */
const overtakenMsMax = 15_000;

/** Where a delivery can go: a replica that runs, or a port that listens. */
export interface Receiver {
  receive(delivery: Delivery): Promise<void>;
}

export interface CarrierOptions {
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly faults: Faults["webhooks"];
  readonly timeline: Timeline;
  /** Those that are alive now. */
  readonly receivers: () => readonly Receiver[];
  /** When the sender gives up, by the clock; GitHub's 10 s unless the clock is sped up. */
  readonly timeoutMs?: number;
}

export interface Carrier {
  carry(delivery: Delivery): void;
  /** Deliveries under way. */
  readonly openCount: number;
}

/** A carrier with these faults. */
export function createCarrier(options: CarrierOptions): Carrier {
  const { clock, chance, faults, timeline } = options;
  let openCount = 0;

  function drop(delivery: Delivery, reason: string): void {
    timeline.record({
      actor: "github",
      action: "webhook_dropped",
      target: delivery.event,
      detail: { delivery: delivery.id, reason },
    });
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const receivers = options.receivers();
    const receiver = receivers[Math.floor(chance.next() * receivers.length)];
    if (receiver === undefined) return drop(delivery, "no replica is up");
    await new Promise<void>((resolve) => {
      const limit = clock.after(options.timeoutMs ?? deliveryTimeoutMs, "delivery timeout", () => {
        drop(delivery, "no answer within 10 s");
        resolve();
      });
      receiver
        .receive(delivery)
        .catch((error: unknown) => drop(delivery, error instanceof Error ? error.message : String(error)))
        .finally(() => {
          limit.cancel();
          resolve();
        });
    });
  }

  function send(delivery: Delivery): void {
    const [least, most] = faults.delay ?? [0, 0];
    const late = chance.happens(faults.reorder) ? chance.between(0, overtakenMsMax) : 0;
    openCount += 1;
    clock.after(transitMs + chance.between(least, most) + late, "delivery", () => {
      void deliver(delivery).finally(() => {
        openCount -= 1;
      });
    });
  }

  return {
    carry(delivery) {
      if (chance.happens(faults.drop)) return drop(delivery, "lost");
      send(delivery);
      if (chance.happens(faults.duplicate)) send(delivery);
    },
    get openCount() {
      return openCount;
    },
  };
}
