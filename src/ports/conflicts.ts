/** What two branches both change: GitHub's API can guess it, a checkout with history knows it. */

export interface BranchPair {
  readonly head: string;
  readonly base: string;
}

export interface Conflicts {
  /**
   * Paths that stand in the way of merging `base` into `head`, at most as many as a person would read; `[]`: none. Null: nobody can say.
   * Never rejects.
   */
  find(pair: BranchPair): Promise<readonly string[] | null>;
}
