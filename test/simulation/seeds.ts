/** Seeds that once failed, each with what was wrong: they are played first, for ever. */
export interface KnownSeed {
  readonly scenario: string;
  readonly seed: number;
  /** What the run showed, and what was mended. */
  readonly reason: string;
}

export const knownSeeds: readonly KnownSeed[] = [
  {
    scenario: "thirty-issues",
    seed: 12,
    reason: "the last look joined the token request of a copy that had just died, and was not asked anew",
  },
  {
    scenario: "merge-queue",
    seed: 2,
    reason:
      "the answer to what the queue had given back was not seen, and a second session was started while it was in the queue again",
  },
  {
    scenario: "merge-strict",
    seed: 11,
    reason:
      "a copy that was asked for several things before it had read the state read it as often, and folded the same entries twice: effects were lost",
  },
];
