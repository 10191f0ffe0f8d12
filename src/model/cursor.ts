/** How far the tracker has been read: what lies before a cursor was seen and decided, so that the next process goes on from there. */

export interface Cursor {
  /** Issues and pull requests that moved since this instant (epoch milliseconds, by the tracker's clock) are news. */
  readonly issues: number;
  /** Those that moved close to that instant, as they were seen: number and digest. The tracker's seconds are too coarse alone. */
  readonly near: readonly (readonly [number: number, digest: string])[];
  /** The last entry of the feed of issue events. */
  readonly events: number;
  /** Comments since this instant are news. */
  readonly comments: number;
}
