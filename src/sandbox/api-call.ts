/** One request to a route: who asks, for what, with which body; and how routes read what came from outside. */
import type { Credential } from "./api-credentials.ts";
import type { Budget, Resource } from "./api-limits.ts";
import { ApiProblem, invalidField, notFound } from "./api-reply.ts";
import type { Git } from "./git-types.ts";
import type { Delivery, IssueEventRecord, IssueRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";
import type { Acts, Actor } from "./world-acts.ts";

export interface ApiCall {
  readonly params: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly accept: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly credential: Credential;
  readonly actor: Actor;
  readonly state: RepositoryState;
  readonly acts: Acts;
  readonly git: Git;
  readonly services: ApiServices;
}

/** A webhook that went out. A redelivery has another number, but the same GUID. */
export interface SentDelivery {
  readonly id: number;
  readonly delivery: Delivery;
  readonly isRepeat: boolean;
}

/** What some routes need of the API itself. */
export interface ApiServices {
  readonly mint: (wanted: unknown) => unknown;
  readonly budget: (credential: Credential, resource: Resource) => Budget;
  readonly eventsOf: (issue: number) => readonly IssueEventRecord[];
  /** Newest last. */
  readonly deliveries: readonly SentDelivery[];
  readonly redeliver: (delivery: Delivery) => void;
}

/** A segment of the path; it is there, because the route matched. */
export function param(call: ApiCall, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no parameter "${name}".`);
  return value;
}

/** A number in the path; anything else names nothing. */
export function numberParam(call: ApiCall, name: string): number {
  const value = param(call, name);
  if (!/^\d{1,15}$/.test(value)) throw notFound();
  return Number(value);
}

/** The issue or pull request of `:number`. 410 when it was deleted, 301 when it moved. */
export function issueOf(call: ApiCall): IssueRecord {
  const number = numberParam(call, "number");
  const issue = call.state.issues.get(number);
  if (issue !== undefined) return issue;
  const gone = call.state.gone.get(number);
  if (gone === undefined) throw notFound();
  if (gone.kind === "deleted") throw new ApiProblem(410, "This issue was deleted");
  const location = `${call.state.apiUrl}/repos/${gone.repository}/issues/${gone.number}`;
  throw new ApiProblem(301, "Moved Permanently", { headers: { location } });
}

/** The same where only an issue will do. */
export function plainIssueOf(call: ApiCall): IssueRecord {
  const issue = issueOf(call);
  if (issue.pull !== null) throw notFound();
  return issue;
}

/** The same where only a pull request will do. */
export function pullIssueOf(call: ApiCall): IssueRecord {
  const issue = issueOf(call);
  if (issue.pull === null) throw notFound();
  return issue;
}

/** A text of the body; undefined when it is missing or null. 422 when it is something else. */
export function textOf(call: ApiCall, field: string, resource = "Issue"): string | undefined {
  const value = call.body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  // GitHub takes numbers for titles and bodies.
  if (typeof value === "number") return String(value);
  throw invalidField(resource, field);
}

/** A text that must be there. */
export function neededText(call: ApiCall, field: string, resource = "Issue"): string {
  const value = textOf(call, field, resource);
  if (value === undefined) throw invalidField(resource, field, "missing_field");
  return value;
}

/** A list of texts, or of objects with a name, as labels are given. */
export function namesOf(call: ApiCall, field: string, resource = "Issue"): readonly string[] | undefined {
  const value = call.body[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalidField(resource, field);
  return value.map((entry: unknown) => {
    if (typeof entry === "string") return entry;
    if (typeof entry === "object" && entry !== null && "name" in entry && typeof entry.name === "string")
      return entry.name;
    throw invalidField(resource, field);
  });
}

/** A whole number of the body that must be there. */
export function neededNumber(call: ApiCall, field: string, resource = "Issue"): number {
  const value = call.body[field];
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw invalidField(resource, field, value === undefined ? "missing_field" : "invalid");
}

/** One of several words; undefined when it is missing. */
export function wordOf<Word extends string>(call: ApiCall, field: string, words: readonly Word[]): Word | undefined {
  const value = call.body[field];
  if (value === undefined || value === null) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined)
    throw new ApiProblem(422, "Validation Failed", { errors: [{ resource: "Issue", code: "invalid", field }] });
  return word;
}
