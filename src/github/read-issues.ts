/** Reads issues in batches: by label, number or node id. One that cannot be read is set aside; the rest go on. */
import { z } from "zod";
import { Acts, IssueNode, IssuesPage, Nodes, pickAlias } from "./answers.ts";
import { GithubFault, classifyGraphError } from "./classify-error.ts";
import type { GraphError } from "./classify-error.ts";
import type { GithubClient, GraphAnswer } from "./client.ts";
import { readIssue } from "./issue-facts.ts";
import type { ReadIssue, ReadOptions } from "./issue-facts.ts";
import { chunkSize, issuesByNode, issuesByNumber, issuesPage, olderActs, toChunks } from "./queries.ts";

/** What was found so far; each reader adds to it. */
export interface IssueReading {
  readonly issues: Map<number, ReadIssue>;
  /** Numbers that turned out to be pull requests. */
  readonly pulls: Set<number>;
  readonly unreadable: Map<number, string>;
  /** Asked for by number or node id, and not there (any more). */
  readonly absent: Set<number>;
  /** Node ids that now belong to another repository. */
  readonly moved: Set<string>;
}

export function startReading(): IssueReading {
  return { issues: new Map(), pulls: new Set(), unreadable: new Map(), absent: new Set(), moved: new Set() };
}

export interface IssueReader {
  /** Every open issue that carries one of the labels. */
  readSelected(into: IssueReading, labels: readonly string[]): Promise<void>;
  readNumbers(into: IssueReading, numbers: readonly number[]): Promise<void>;
  readNodes(into: IssueReading, tracked: readonly { readonly node: string; readonly number: number }[]): Promise<void>;
}

const pageSizes = [100, 25, 5] as const;
/** 2,000 acts: more than a year of relabelling; what is older than that is nobody's. */
const olderPagesMax = 20;

/** An answer that GitHub could not put together in time, or refused for what is in it: asking for less may work. */
function isWorthSplitting(fault: unknown): fault is GithubFault {
  if (!(fault instanceof GithubFault)) return false;
  return fault.kind === "invalid" || fault.status === 502 || fault.status === 504;
}

/** Reads items in chunks, halving a chunk that fails until the one bad item is alone. */
export async function readSplit<Item>(
  items: readonly Item[],
  read: (chunk: readonly Item[]) => Promise<void>,
  giveUp: (item: Item, fault: GithubFault) => void,
): Promise<void> {
  const waiting = [...toChunks(items, chunkSize)];
  for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
    try {
      await read(chunk);
    } catch (error) {
      if (!isWorthSplitting(error)) throw error;
      const [only] = chunk;
      if (chunk.length === 1 && only !== undefined) giveUp(only, error);
      else waiting.unshift(...toChunks(chunk, Math.ceil(chunk.length / 2)));
    }
  }
}

/** The error at this place of the answer; one that passes is thrown, because the part is not bad but missing. */
export function findError(answer: GraphAnswer, path: readonly (string | number)[]): GraphError | null {
  const error = answer.errors.find((each) => path.every((key, index) => each.path[index] === key)) ?? null;
  const kind = error === null ? null : classifyGraphError(error);
  if (error !== null && (kind === "limited" || kind === "retry")) {
    throw new GithubFault(`GitHub answered in part (${error.message}).`, { kind, retryAfterMs: 60_000 });
  }
  return error;
}

/** The repository of an answer must be there; without it nothing can be said of any issue. */
export function requireRepository(answer: GraphAnswer): void {
  if (pickAlias(answer.data, "repository") !== null) return;
  const reason = answer.errors[0]?.message ?? "it is not there";
  throw new GithubFault(`The repository cannot be read (${reason}).`, { kind: "forbidden", retryAfterMs: 300_000 });
}

interface ReaderParts {
  readonly client: GithubClient;
  readonly options: () => ReadOptions;
}

async function withOlderActs(client: GithubClient, issue: ReadIssue, options: ReadOptions): Promise<ReadIssue> {
  let found = issue;
  for (let page = 0; page < olderPagesMax && (found.lacksSelection || found.lacksCloser); page += 1) {
    const { acts } = found.node;
    const answer = await client.query(olderActs, { id: found.node.id, before: acts.pageInfo.startCursor ?? null });
    const older = Acts.safeParse(pickAlias(answer.data, "node", "acts"));
    if (!older.success) break;
    const merged = { pageInfo: older.data.pageInfo, nodes: [...older.data.nodes, ...acts.nodes] };
    found = readIssue({ ...found.node, acts: merged }, options);
  }
  return found;
}

async function accept(parts: ReaderParts, into: IssueReading, value: unknown): Promise<void> {
  const options = parts.options();
  const node = IssueNode.safeParse(value);
  if (!node.success) {
    const number = pickAlias(value, "number");
    const reason = `GitHub's answer has a form that is not known: ${z.prettifyError(node.error).slice(0, 300)}`;
    if (typeof number === "number") into.unreadable.set(number, reason);
    return;
  }
  if (node.data.repository.databaseId !== options.place.id) {
    into.moved.add(node.data.id);
    return;
  }
  into.issues.set(node.data.number, await withOlderActs(parts.client, readIssue(node.data, options), options));
}

async function readPage(client: GithubClient, variables: Readonly<Record<string, unknown>>) {
  let fault: unknown = null;
  for (const first of pageSizes) {
    try {
      const answer = await client.query(issuesPage, { ...variables, first }, { cost: 5, isVital: false });
      requireRepository(answer);
      return IssuesPage.parse(answer.data).repository.issues;
    } catch (error) {
      if (!isWorthSplitting(error)) throw error;
      fault = error;
    }
  }
  throw fault;
}

async function readLabel(parts: ReaderParts, into: IssueReading, label: string): Promise<void> {
  const { owner, name } = parts.options().place;
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(parts.client, {
      owner,
      name,
      labels: [label],
      after,
    });
    for (const value of page.nodes) if (value !== null) await accept(parts, into, value);
    if (!page.pageInfo.hasNextPage || !page.pageInfo.endCursor) return;
    after = page.pageInfo.endCursor;
  }
}

/** Sets aside what has no value in the answer: not there (any more), or refused for a reason. */
function noteAbsence(into: IssueReading, number: number, error: GraphError | null): void {
  if (error === null || classifyGraphError(error) === "gone") into.absent.add(number);
  else into.unreadable.set(number, error.message.slice(0, 300));
}

async function readChunk(parts: ReaderParts, into: IssueReading, numbers: readonly number[]): Promise<void> {
  const { owner, name } = parts.options().place;
  const document = issuesByNumber({ owner, name }, numbers);
  const answer = await parts.client.query(document.text, document.variables, { cost: 2 });
  requireRepository(answer);
  for (const [index, number] of numbers.entries()) {
    const value = pickAlias(answer.data, "repository", `i${index}`);
    const error = findError(answer, ["repository", `i${index}`]);
    if (value === null) noteAbsence(into, number, error);
    else if (pickAlias(value, "__typename") === "Issue") await accept(parts, into, value);
    else into.pulls.add(number);
  }
}

type Tracked = readonly { readonly node: string; readonly number: number }[];

async function readNodeChunk(parts: ReaderParts, into: IssueReading, tracked: Tracked): Promise<void> {
  const answer = await parts.client.query(issuesByNode, { ids: tracked.map((each) => each.node) }, { cost: 2 });
  const { nodes } = Nodes.parse(answer.data);
  for (const [index, each] of tracked.entries()) {
    const error = findError(answer, ["nodes", index]);
    const value = nodes[index] ?? null;
    if (value === null) noteAbsence(into, each.number, error);
    else await accept(parts, into, value);
  }
}

/** Makes the reader of one repository. Its methods reject with `GithubFault` when GitHub cannot be asked at all. */
export function createIssueReader(parts: ReaderParts): IssueReader {
  return {
    async readSelected(into, labels) {
      for (const label of labels) await readLabel(parts, into, label);
    },
    readNumbers: (into, numbers) =>
      readSplit(
        numbers.filter((number) => !into.issues.has(number)),
        (chunk) => readChunk(parts, into, chunk),
        (number, fault) => into.unreadable.set(number, fault.message),
      ),
    readNodes: (into, tracked) =>
      readSplit(
        tracked.filter((each) => !into.issues.has(each.number)),
        (chunk) => readNodeChunk(parts, into, chunk),
        (each, fault) => into.unreadable.set(each.number, fault.message),
      ),
  };
}
