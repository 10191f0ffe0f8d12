/** Who tells people outside the tracker at once: a webhook now. Which one, and how it is reached, only the adapter knows. */
import type { Message } from "../model/alert.ts";
import type { WriteOutcome } from "./write-outcome.ts";

export interface AlertService {
  /**
   * Sends the message once. `written`: it was taken. `delayed`: nobody knows, or not now; the same message is sent again. `dropped`:
   * it will not be taken however often it is sent. Returns within seconds, rejects never, and no outcome says where it was sent.
   */
  notify(message: Message): Promise<WriteOutcome>;
}
