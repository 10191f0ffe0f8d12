/** An alert service in memory: what the program sends can be read, and the receiver does as the test says. */
import type { Message } from "../../src/model/alert.ts";
import type { AlertService } from "../../src/ports/alert-service.ts";
import type { WriteOutcome } from "../../src/ports/write-outcome.ts";

export interface MemoryAlerts extends AlertService {
  /** Taken, in order. */
  readonly messages: readonly Message[];
  /** Every call, also those that came to nothing. */
  readonly tries: readonly Message[];
  /** What the receiver says to the next ones. */
  answer: () => WriteOutcome | Promise<WriteOutcome>;
}

export function createMemoryAlerts(): MemoryAlerts {
  const messages: Message[] = [];
  const tries: Message[] = [];
  const self: MemoryAlerts = {
    messages,
    tries,
    answer: () => ({ kind: "written", commentNode: null }),
    async notify(message) {
      tries.push(message);
      const outcome = await self.answer();
      if (outcome.kind === "written") messages.push(message);
      return outcome;
    },
  };
  return self;
}
