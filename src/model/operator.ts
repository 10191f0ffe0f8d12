/** The people behind an agent, as GitHub shows them: who is available, who is busy, and whom nobody knows. */

/** What GitHub says of one of them now. */
export interface OperatorFacts {
  readonly login: string;
  /** `unknown`: there is no such user. */
  readonly presence: "available" | "busy" | "unknown";
  /** When somebody who is busy says to be back, epoch milliseconds; null where nothing is said. */
  readonly until: number | null;
}

/** An operator who cannot be counted on now. */
export interface AwayOperator {
  readonly login: string;
  /** `unasked`: GitHub has not said anything yet. */
  readonly presence: "busy" | "unknown" | "unasked";
  readonly until: number | null;
}

/** GitHub tells logins apart by their letters, not by their case. */
export function foldLogin(login: string): string {
  return login.toLowerCase();
}

/** Null: somebody who can be counted on. */
export function toAway({ login, presence, until }: OperatorFacts): AwayOperator | null {
  return presence === "available" ? null : { login, presence, until };
}

/** `alice is busy until 2026-01-05 14:00 UTC`. */
export function describeAway({ login, presence, until }: AwayOperator): string {
  if (presence === "unknown") return `${login} is unknown to GitHub`;
  if (presence === "unasked") return `GitHub has not said yet whether ${login} is available`;
  const end = until === null ? "" : ` until ${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `${login} is busy${end}`;
}
