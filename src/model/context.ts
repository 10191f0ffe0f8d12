/** What a decision is told beside the state: the time, the configuration, and what only the process itself can see. */
import type { ScheduleNow } from "./mode.ts";
import type { ConfigInForce } from "./registry.ts";

/** What a decision needs beside the state. `now` is epoch milliseconds. */
export interface Context {
  readonly now: number;
  readonly config: ConfigInForce;
  /** The branch that pull requests go into; left out where nobody needs to know. */
  readonly baseBranch?: string;
  /** The process is over its bound of memory: nothing new is taken in. */
  readonly isMemoryFull?: boolean;
  /** The rules of `schedule` as the clock of their time zone has them; left out where nobody has read that clock. */
  readonly schedule?: ScheduleNow;
}
