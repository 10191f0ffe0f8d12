/** Who sends a report: the operator, a worker with a token of its own, or a job of GitHub Actions. */
import type { WorkerId } from "../model/ids.ts";

/** What GitHub says of the job that a token was made in. `sub` is not among it: its form is the user's to choose. */
export interface JobClaims {
  readonly id: string;
  /** Epoch milliseconds after which nobody takes it any more. */
  readonly expiresAt: number;
  readonly repositoryId: string;
  /** `owner/name`, as it was called when the token was made. */
  readonly repository: string;
  readonly run: string;
  readonly event: string;
  /** `owner/name/.github/workflows/<file>@<ref>` of the workflow that was started, whatever it calls. */
  readonly workflow: string;
}

export interface WorkerClaims {
  /** `owner/name`. */
  readonly repository: string;
  readonly worker: WorkerId;
  /** The only assignment that it is good for; null: any of this worker. */
  readonly fence: number | null;
  /** Epoch milliseconds; null: until the secret changes. */
  readonly expiresAt: number | null;
}

export type Caller =
  | { readonly kind: "operator" }
  | ({ readonly kind: "worker" } & WorkerClaims)
  | ({ readonly kind: "job" } & JobClaims);

/** Names a caller: what one has reported is no other's repetition. */
export function subjectOf(caller: Caller): string {
  switch (caller.kind) {
    case "operator":
      return "operator";
    case "worker":
      return `worker ${caller.repository.toLowerCase()} ${caller.worker}`;
    case "job":
      return `run ${caller.repositoryId} ${caller.run}`;
  }
}
