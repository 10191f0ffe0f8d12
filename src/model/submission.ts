/** Work that comes in from outside and becomes an issue: what is asked for, and by what it is found again. */

export interface Submission {
  /** Names it in the marker: the same one is never made twice. */
  readonly id: string;
  readonly title: string;
  /** As it was sent; empty: nothing was. */
  readonly body: string;
  /** Beside the one that selects the issue. */
  readonly labels: readonly string[];
  /** Issues of the same repository that it waits for. */
  readonly blockedBy: readonly number[];
  /** Who asks for it: no login, because no login has a colon. */
  readonly by: string;
}
