/** What every GraphQL resolver of the embedded GitHub gets, and the errors it may throw. */
import type { Acts, Actor } from "./world-acts.ts";
import type { Credential, Permissions } from "./api-credentials.ts";
import type { Budget } from "./api-limits.ts";
import type { PermissionName } from "./api-router.ts";
import type { Git } from "./git-types.ts";
import type { IssueEventRecord, IssueRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";

export interface GraphqlContext {
  readonly state: RepositoryState;
  readonly acts: Acts;
  readonly git: Git;
  readonly credential: Credential;
  readonly actor: Actor;
  /** Events of one issue, oldest first. */
  readonly eventsOf: (issue: number) => readonly IssueEventRecord[];
  /** The hourly budget with this request in it. */
  readonly budget: () => Budget;
  /** What the mutations of this request did to the state branch; the counts leave it out of the writes. */
  readonly stateBranch: { tries: number; commits: number };
  readonly cost: { readonly points: number; readonly nodes: number };
}

/** Resolvers of one type. Arguments were validated against the schema before they get here. */
export type Fields<Source> = Readonly<
  Record<string, (source: Source, args: never, context: GraphqlContext) => unknown>
>;

export type FailureType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "UNPROCESSABLE"
  | "STALE_DATA"
  | "INSUFFICIENT_SCOPES"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "EXCESSIVE_PAGINATION"
  | "ARGUMENT_ERROR";

/** An error with GitHub's `type`; the rest of the answer stays. */
export class GraphqlFailure extends Error {
  override readonly name = "GraphqlFailure";
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.type = type;
  }
}

/** The branch that the program keeps its own state on. */
export const stateRef = "refs/heads/orchestrate/state";

/** Throws GitHub's refusal unless the token has the permission. */
export function demand(context: GraphqlContext, names: readonly PermissionName[], level: "read" | "write"): void {
  const { permissions } = context.credential;
  // People are judged by the acts, by their role.
  if (permissions === null || has(permissions, names, level)) return;
  throw new GraphqlFailure("FORBIDDEN", "Resource not accessible by integration");
}

function has(permissions: Permissions, names: readonly PermissionName[], level: "read" | "write"): boolean {
  return names.some((name) => permissions[name] === "write" || (level === "read" && permissions[name] === "read"));
}

/** Time as GraphQL's `DateTime` gives it; null stays. */
export function dateTime(ms: number | null): string | null {
  return ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The page of an issue or pull request. */
export function pathOf(issue: IssueRecord, state: RepositoryState): string {
  return `/${state.repository.fullName}/${issue.pull === null ? "issues" : "pull"}/${issue.number}`;
}
