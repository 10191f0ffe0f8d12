/** What came of something that was written for people: a comment, a label, a notice. */

export type WriteOutcome =
  | { readonly kind: "written"; readonly commentNode: string | null }
  | { readonly kind: "delayed"; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: "dropped"; readonly reason: string };
