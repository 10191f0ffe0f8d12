/** The Jules API as far as it is used: the fields that are read, and reading lists page by page within a bound. */
import { z } from "zod";
import type { Answer, VendorHttp } from "./vendor-http.ts";

/** A name goes into a path: it must not lead anywhere else. */
export const sessionNamePattern = /^sessions\/[\w-]{1,100}$/;

const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

function listOf<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item>[]> {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** An object that may be missing. */
function maybe<Item extends z.ZodType>(item: Item): z.ZodType<z.output<Item> | null> {
  return item
    .nullish()
    .catch(null)
    .transform((value) => value ?? null);
}

const Output = z.object({ pullRequest: maybe(z.object({ url: z.string(), headRef: text })) });

export const JulesSession = z.object({
  name: z.string().regex(sessionNamePattern),
  title: text,
  url: text,
  state: z.string().catch("STATE_UNSPECIFIED"),
  outputs: listOf(Output),
});
export type JulesSession = z.output<typeof JulesSession>;

export const JulesActivity = z.object({
  createTime: z.string().catch(""),
  agentMessaged: maybe(z.object({ agentMessage: z.string().catch("") })),
  userMessaged: maybe(z.object({ userMessage: z.string().catch("") })),
  sessionFailed: maybe(z.object({ reason: z.string().catch("") })),
});
export type JulesActivity = z.output<typeof JulesActivity>;

const Source = z.object({
  name: z.string(),
  githubRepo: maybe(z.object({ owner: z.string(), repo: z.string() })),
});

const nextPageToken = text.transform((token) => (token === "" ? null : token));
const SessionPage = z
  .object({ sessions: listOf(JulesSession), nextPageToken })
  .transform((page) => ({ items: page.sessions, next: page.nextPageToken }));
const ActivityPage = z
  .object({ activities: listOf(JulesActivity), nextPageToken })
  .transform((page) => ({ items: page.activities, next: page.nextPageToken }));
const SourcePage = z
  .object({ sources: listOf(Source), nextPageToken })
  .transform((page) => ({ items: page.sources, next: page.nextPageToken }));

/** Sessions are listed newest first: what was started a moment ago is on the first page, unless hundreds were since. */
const sessionPagesMax = 2;
const sourcePagesMax = 20;
const activityPagesMax = 50;
const pageSize = "100";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

interface List<Item> {
  readonly path: string;
  readonly pagesMax: number;
  readonly schema: z.ZodType<Page<Item>>;
}

/** The items up to the first that `isEnough` says yes to, or all; an answer that is not ok ends the reading. */
async function readPages<Item>(
  http: VendorHttp,
  list: List<Item>,
  isEnough: (item: Item) => boolean,
): Promise<Answer<readonly Item[]>> {
  const items: Item[] = [];
  let pageToken: string | null = null;
  for (let count = 0; count < list.pagesMax; count += 1) {
    const query: Record<string, string> = { pageSize, ...(pageToken === null ? {} : { pageToken }) };
    const answer: Answer<Page<Item>> = await http.call({ method: "GET", path: list.path, query, schema: list.schema });
    if (answer.kind !== "ok") return answer;
    const page: Page<Item> = answer.body;
    items.push(...page.items);
    if (page.next === null || page.items.some(isEnough)) break;
    pageToken = page.next;
  }
  return { kind: "ok", body: items };
}

/** The session of this title among the newest; null when there is none. */
export async function findByTitle(http: VendorHttp, title: string): Promise<Answer<JulesSession | null>> {
  const isWanted = (session: JulesSession): boolean => session.title === title;
  const list = { path: "/sessions", pagesMax: sessionPagesMax, schema: SessionPage };
  const answer = await readPages(http, list, isWanted);
  return answer.kind === "ok" ? { kind: "ok", body: answer.body.find(isWanted) ?? null } : answer;
}

/** All activities of a session, oldest first. */
export function readActivities(http: VendorHttp, name: string): Promise<Answer<readonly JulesActivity[]>> {
  const list = { path: `/${name}/activities`, pagesMax: activityPagesMax, schema: ActivityPage };
  return readPages(http, list, () => false);
}

/**
 * The name of the source that is this repository; null when Jules does not see it. It is read from the list, because
 * the form of the name differs between what Jules documents and what its SDK uses.
 */
export async function findSource(http: VendorHttp, repository: string): Promise<Answer<string | null>> {
  const wanted = repository.toLowerCase();
  const isWanted = ({ githubRepo }: z.output<typeof Source>): boolean =>
    githubRepo !== null && `${githubRepo.owner}/${githubRepo.repo}`.toLowerCase() === wanted;
  const list = { path: "/sources", pagesMax: sourcePagesMax, schema: SourcePage };
  const answer = await readPages(http, list, isWanted);
  return answer.kind === "ok" ? { kind: "ok", body: answer.body.find(isWanted)?.name ?? null } : answer;
}
