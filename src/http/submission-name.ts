/**
 * What a submission is known by: the key of whoever sends it, or who sends which words when. Clients repeat a request whose answer they have
 * lost, and many send no key: the same words from the same caller a moment later are that request again.
 */
import { createHash } from "node:crypto";
import { sameSubmissionMs } from "../model/limits.ts";

export interface SubmissionName {
  readonly id: string;
  /** What the same words are known by a moment before and after: another of them may be the first. */
  readonly alike: readonly string[];
}

export interface Sender {
  /** The repository's stream. */
  readonly stream: string;
  readonly key: string | null;
  readonly by: string;
  readonly title: string;
  readonly body: string;
}

/** Nobody can tell from it which key it was: it stands in the issue. Time is told by spans, of which those beside count as well. */
export function nameSubmission({ stream, key, by, title, body }: Sender, now: number): SubmissionName {
  if (key !== null) return { id: digest(`${stream} ${key}`), alike: [] };
  const span = Math.floor(now / sameSubmissionMs);
  // No key has a line break.
  const words = JSON.stringify([by, title, body]);
  const [before, id, after] = [span - 1, span, span + 1].map((at) => digest(`${stream}\n${at}\n${words}`));
  return { id: id ?? "", alike: [before ?? "", after ?? ""] };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
