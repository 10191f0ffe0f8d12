/** Chance as a port, so that one seed reproduces a run. */
export interface Chance {
  /** In [0, 1). */
  next(): number;
  /** A fresh identifier of lower-case letters and digits, unique in practice. */
  id(): string;
}
