/** What the ways of cutting a knot start from and arrive at. */

export interface CostedKnot {
  readonly count: number;
  /** The edges of node v are numbered from `start[v]` up to `start[v + 1]`. */
  readonly start: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly costs: Float64Array;
}

export interface FoundCut {
  /** 1 for each edge that is to be taken out. */
  readonly isCut: Uint8Array;
  /** No cut costs less. */
  readonly atLeast: number;
}
