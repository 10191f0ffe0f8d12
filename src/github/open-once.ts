/** Issues that a person opens together, each once however often that is asked for: what is there is known by its first line and its author. */
import { z } from "zod";
import { Authored, DatabaseId, PageInfo, pickAlias } from "./answers.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import { requireRepository } from "./read-issues.ts";

export interface OnceParts {
  readonly client: GithubClient;
  readonly place: Place;
}

export interface OnceIssue {
  /** 32 hexadecimal digits that this issue alone has. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface OpenedIssue {
  readonly number: number;
  readonly databaseId: number;
  readonly url: string;
  readonly isOpen: boolean;
  readonly labels: readonly string[];
}

/** So far back a repetition is recognised: five hundred issues. */
const pagesMax = 5;
const newest = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    issues(first: 100, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) {
      pageInfo { hasNextPage endCursor }
      nodes { number fullDatabaseId url state body labels(first: 100) { nodes { name } } viewerDidAuthor author { __typename } }
    }
  }
}`;

const Page = z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) });
const Node = Authored.extend({
  number: z.number(),
  fullDatabaseId: DatabaseId,
  url: z.string(),
  state: z.string(),
  body: z.string(),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }),
});
const Created = z.object({ number: z.number(), id: z.number(), html_url: z.string() });

const marker = /^<!-- orchestrate:template=(?<key>[0-9a-f]{32}) -->/u;

/** Those of `keys` that were opened before, in whatever state, by whoever asks: anybody can write such a line. Rejects with `GithubFault`. */
export async function findOpened(
  { client, place }: OnceParts,
  keys: readonly string[],
): Promise<ReadonlyMap<string, OpenedIssue>> {
  const found = new Map<string, OpenedIssue>();
  let after: string | null = null;
  for (let page = 0; page < pagesMax && found.size < keys.length; page += 1) {
    const answer = await client.query(newest, { owner: place.owner, name: place.name, after });
    requireRepository(answer);
    const { nodes, pageInfo } = Page.parse(pickAlias(answer.data, "repository", "issues"));
    for (const node of nodes) {
      const { key, issue } = toOpened(node) ?? {};
      if (key !== undefined && issue !== undefined && keys.includes(key)) found.set(key, issue);
    }
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) break;
    after = pageInfo.endCursor;
  }
  return found;
}

function toOpened(node: unknown): { readonly key: string; readonly issue: OpenedIssue } | null {
  const reading = Node.safeParse(node);
  if (!reading.success || !reading.data.viewerDidAuthor) return null;
  const { number, fullDatabaseId, url, state, body, labels } = reading.data;
  const key = marker.exec(body)?.groups?.["key"];
  if (key === undefined) return null;
  const names = labels.nodes.map(({ name }) => name);
  return { key, issue: { number, databaseId: Number(fullDatabaseId), url, isOpen: state === "OPEN", labels: names } };
}

/** Opens it. Rejects with `GithubFault`; where the answer was lost, it may be there. */
export async function openOnce({ client, place }: OnceParts, issue: OnceIssue): Promise<OpenedIssue> {
  const { key, title, body, labels } = issue;
  const wanted = {
    ...routeOf(place),
    title,
    body: `<!-- orchestrate:template=${key} -->\n${body}`,
    labels: [...labels],
  };
  const answer = await client.send("POST /repos/{owner}/{repo}/issues", wanted, { creations: 1 });
  const { number, id, html_url: url } = Created.parse(answer.data);
  return { number, databaseId: id, url, isOpen: true, labels };
}

const Below = z.array(z.object({ number: z.number() }));

/** The numbers of the issues below it. Rejects with `GithubFault`. */
export async function listBelow({ client, place }: OnceParts, number: number): Promise<readonly number[]> {
  const parameters = { ...routeOf(place), issue_number: number, per_page: 100 };
  const answer = await client.read("GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues", parameters);
  return Below.parse(answer.data).map((issue) => issue.number);
}

/** Puts labels on it, beside those that it has. Rejects with `GithubFault`. */
export async function addLabels(
  { client, place }: OnceParts,
  number: number,
  labels: readonly string[],
): Promise<void> {
  await client.send("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
    ...routeOf(place),
    issue_number: number,
    labels: [...labels],
  });
}
