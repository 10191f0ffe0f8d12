/** The App's side of a run: its replicas under their supervisor, and the carrier that brings webhooks to them. */
import type { Clock } from "../ports/clock.ts";
import { createCarrier, type Carrier } from "./carrier.ts";
import type { Faults } from "./faults.ts";
import type { StartReplica } from "./replica.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Simulation } from "./simulation.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";
import type { ClockFace } from "./virtual-clock.ts";

export interface AppSide {
  readonly supervisor: Supervisor;
  readonly carrier: Carrier;
}

/** Replicas and carrier of a run, not yet started; the world's deliveries are for the caller to hand over. */
export function createAppSide(options: {
  readonly simulation: Simulation;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly faults: Faults;
  readonly startReplica: StartReplica;
  readonly clockFor: (owner: string) => ClockFace;
  /** When a delivery is given up, by the clock, where that is not 10 s. */
  readonly deliveryTimeoutMs?: number;
}): AppSide {
  const { simulation, clock, chance, faults, startReplica, clockFor, deliveryTimeoutMs } = options;
  const { timeline, partsFor } = simulation;
  const supervisor = createSupervisor({
    clock,
    chance: chance.fork("replicas"),
    timeline,
    replicaCount: faults.replicas,
    crashRate: faults.crash.rate,
    startReplica,
    clockFor,
    partsFor,
  });
  const carrier = createCarrier({
    clock,
    chance: chance.fork("webhooks"),
    faults: faults.webhooks,
    timeline,
    receivers: () => supervisor.receivers(),
    ...(deliveryTimeoutMs === undefined ? {} : { timeoutMs: deliveryTimeoutMs }),
  });
  return { supervisor, carrier };
}
