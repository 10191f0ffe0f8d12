/** Time in the merge queue: what is first in it is merged, or fails, after as long as the scenario's checks of it take. */
import type { Clock } from "../ports/clock.ts";
import type { MergeQueueSetting } from "./scenario.ts";
import type { SeededChance } from "./seeded-chance.ts";
import type { Turnstile } from "./turnstile.ts";
import type { World } from "./world.ts";

export interface QueueRunnerOptions {
  readonly world: World;
  readonly setting: MergeQueueSetting;
  readonly clock: Clock;
  readonly chance: SeededChance;
  readonly turnstile: Turnstile;
  readonly failed: (what: string, error: unknown) => void;
}

export interface QueueRunner {
  /** Pull requests that are being worked on. */
  readonly openCount: number;
}

/** Works for as long as there is something in the queue. */
export function startQueueRunner(options: QueueRunnerOptions): QueueRunner {
  const { world, setting, clock, chance, turnstile, failed } = options;
  let openCount = 0;

  function work(): void {
    openCount = 1;
    const [least, most] = setting.takes;
    // Both are drawn for each, so that a run with another rate is the same in all else.
    const waitMs = chance.between(least, most);
    const isGreen = chance.next() >= setting.fails;
    clock.after(waitMs, "merge queue", () => {
      turnstile
        .pass(() => world.settleQueue(isGreen))
        .catch((error: unknown) => failed("the merge queue", error))
        .finally(() => {
          openCount = 0;
          if (world.queueLength > 0) work();
        });
    });
  }

  world.onTimeline((entry) => {
    if (entry.action === "enqueued" && openCount === 0) work();
  });
  return {
    get openCount() {
      return openCount;
    },
  };
}
