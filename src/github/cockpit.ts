/**
 * The cockpit on GitHub: found by its marker and our authorship before one is opened, pinned where there is room, and read with
 * the edits of others, because only an issue's edit history tells who ticked a box.
 */
import { z } from "zod";
import type { Actor } from "../model/actor.ts";
import type { CockpitEdit, CockpitKeeper, CockpitLook, OpenOutcome } from "../ports/cockpit.ts";
import type { Journal } from "../ports/journal.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { performAll, toFault, toOutcome } from "./act.ts";
import { ActorNode, Instant, PageInfo, pickAlias, type Somebody } from "./answers.ts";
import { classifyGraphError } from "./classify-error.ts";
import type { GithubClient, GraphAnswer } from "./client.ts";
import type { Permissions } from "./permissions.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import type { Operation } from "./plan-writes.ts";
import { cockpitCandidates, cockpitEdits, cockpitTexts } from "./queries.ts";
import { findError, requireRepository } from "./read-issues.ts";

/** A thousand issues: one that was opened before these and is not pinned was given up long ago. */
const pagesMax = 10;
/** Edits that are looked at: more than anybody makes between two looks. */
const editsMax = 20;

export interface CockpitParts {
  readonly client: GithubClient;
  readonly place: Place;
  readonly permissions: Permissions;
  readonly journal: Journal;
}

const Candidate = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  state: z.enum(["OPEN", "CLOSED"]),
  isPinned: z.boolean().nullish(),
  body: z.string(),
  viewerDidAuthor: z.boolean(),
});
type Candidate = z.output<typeof Candidate>;

const CandidatePage = z.object({
  pinnedIssues: z.object({ nodes: z.array(z.object({ issue: z.unknown() }).nullable()).nullish() }).nullish(),
  issues: z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) }),
});

const Created = z.object({ number: z.number(), node_id: z.string(), html_url: z.string() });

const EditNode = z.object({ editedAt: Instant, editor: ActorNode.nullish(), diff: z.string().nullish() });
type EditNode = z.output<typeof EditNode>;

const CockpitNode = z.object({
  state: z.enum(["OPEN", "CLOSED"]),
  body: z.string(),
  createdAt: Instant,
  author: ActorNode.nullish(),
  repository: z.object({ databaseId: z.number() }),
  userContentEdits: z.object({ pageInfo: PageInfo, nodes: z.array(EditNode.nullable()) }).nullish(),
});
type CockpitNode = z.output<typeof CockpitNode>;

/** Makes the keeper of one repository's cockpit. */
export function createCockpitKeeper(parts: CockpitParts): Omit<CockpitKeeper, "look"> & {
  /** Rejects with `GithubFault`. */
  look: CockpitKeeper["look"];
} {
  return {
    async open(wanted) {
      try {
        return await open(parts, wanted);
      } catch (error) {
        const outcome = toOutcome(toFault(error));
        return outcome.kind === "written"
          ? { kind: "delayed", reason: "No answer came.", retryAfterMs: 5_000 }
          : outcome;
      }
    },
    look: (issue, since) => look(parts, issue, since),
    async write({ node, body, state }) {
      const operations: Operation[] = [{ entry: 0, verb: "updateIssue", input: { id: node, body } }];
      if (state === "closed") {
        const input = { issueId: node, stateReason: "NOT_PLANNED" };
        operations.push({ entry: 0, verb: "closeIssue", input }, toPin(node, "unpinIssue"));
      }
      if (state === "open") operations.push({ entry: 0, verb: "reopenIssue", input: { issueId: node } }, toPin(node));
      return perform(parts, operations);
    },
  };
}

function toPin(node: string, verb: "pinIssue" | "unpinIssue" = "pinIssue"): Operation {
  return { entry: 0, verb, input: { issueId: node } };
}

/** GitHub pins three issues and no more: a pin that is refused is no failure. */
async function perform({ client, journal }: CockpitParts, operations: readonly Operation[]): Promise<WriteOutcome> {
  const results = await performAll(client, operations);
  for (const { operation, fault } of results) {
    if (fault === null) continue;
    if (operation.verb !== "pinIssue" && operation.verb !== "unpinIssue") return toOutcome(fault);
    const what = operation.verb === "pinIssue" ? "pinned: unpin another issue, then pin it by hand" : "unpinned";
    journal.info(`The cockpit could not be ${what}.`, { reason: fault.message });
  }
  return { kind: "written", commentNode: null };
}

async function open(
  parts: CockpitParts,
  wanted: { readonly marker: string; readonly title: string; readonly body: string },
): Promise<OpenOutcome> {
  const found = await find(parts, wanted.marker);
  if (found !== null) {
    const isClosed = found.state === "CLOSED";
    if (!isClosed && found.isPinned !== true) await perform(parts, [toPin(found.id)]);
    const place = { issue: found.number, node: found.id, url: found.url };
    return { kind: "open", place, isClosed, isFound: true };
  }
  const { client, place: repository } = parts;
  const answer = await client.send(
    "POST /repos/{owner}/{repo}/issues",
    { ...routeOf(repository), title: wanted.title, body: wanted.body },
    { creations: 1 },
  );
  const created = Created.parse(answer.data);
  await perform(parts, [toPin(created.node_id)]);
  const place = { issue: created.number, node: created.node_id, url: created.html_url };
  return { kind: "open", place, isClosed: false, isFound: false };
}

/** An open one before a closed one, then the oldest. GitHub's list, not its search index. */
async function find({ client, place }: CockpitParts, marker: string): Promise<Candidate | null> {
  const found: Candidate[] = [];
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer: GraphAnswer = await client.query(cockpitCandidates, { owner: place.owner, name: place.name, after });
    requireRepository(answer);
    const { pinnedIssues, issues } = CandidatePage.parse(pickAlias(answer.data, "repository"));
    const pinned = (pinnedIssues?.nodes ?? []).map((node) => node?.issue);
    for (const node of [...pinned, ...issues.nodes]) {
      const issue = Candidate.safeParse(node);
      if (issue.success && issue.data.viewerDidAuthor && issue.data.body.startsWith(marker)) found.push(issue.data);
    }
    if (found.some(({ state }) => state === "OPEN") || !issues.pageInfo.hasNextPage) break;
    after = issues.pageInfo.endCursor ?? null;
  }
  const rank = ({ state, number }: Candidate): number => (state === "OPEN" ? 0 : 2 ** 32) + number;
  return found.toSorted((left, right) => rank(left) - rank(right))[0] ?? null;
}

async function look(parts: CockpitParts, issue: number, since: number): Promise<CockpitLook> {
  const { client, place } = parts;
  const variables = { owner: place.owner, name: place.name, number: issue };
  const node = await readNode(client, cockpitEdits, { ...variables, first: editsMax });
  if (node === null || node.repository.databaseId !== place.id) return { kind: "gone" };
  const isOpen = node.state === "OPEN";
  const asked = countWorthReading(node, since);
  if (asked === 0) return { kind: "here", isOpen, body: node.body, edits: [] };
  // With what each edit left: read only where somebody else has edited it.
  const full = await readNode(client, cockpitTexts, { ...variables, first: Math.min(asked + 1, editsMax) });
  if (full === null) return { kind: "gone" };
  return { kind: "here", isOpen, body: full.body, edits: await toEdits(parts, full) };
}

async function readNode(
  client: GithubClient,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<CockpitNode | null> {
  const answer = await client.query(document, variables);
  requireRepository(answer);
  const value = pickAlias(answer.data, "repository", "issue");
  if (value !== null) return CockpitNode.parse(value);
  const error = findError(answer, ["repository", "issue"]);
  if (error !== null && classifyGraphError(error) !== "gone") throw toFault(new Error(error.message));
  return null;
}

function nodesOf(node: CockpitNode): readonly EditNode[] {
  // GitHub lists the newest first; the order is made sure of, because attribution hangs on it.
  const nodes = (node.userContentEdits?.nodes ?? []).filter((edit) => edit !== null);
  return nodes.toSorted((left, right) => right.editedAt - left.editedAt);
}

/** An edit by whoever opened the issue is our own: nobody but us opens a cockpit. */
function isOwn(editor: Somebody | null | undefined, node: CockpitNode): boolean {
  return !!editor && !!node.author && editor.kind === "bot" && editor.login === node.author.login;
}

/** How many of the newest edits there are up to the oldest one of others that was not taken in yet. */
function countWorthReading(node: CockpitNode, since: number): number {
  let count = 0;
  let isOverwritten = false;
  for (const [index, { editor, editedAt }] of nodesOf(node).entries()) {
    if (isOwn(editor, node)) isOverwritten = true;
    // GitHub counts in seconds: a second edit within the one that was heard may still stand there.
    else if (editedAt > since || (editedAt === since && !isOverwritten)) count = index + 1;
  }
  return count;
}

async function toEdits({ permissions }: CockpitParts, node: CockpitNode): Promise<readonly CockpitEdit[]> {
  const nodes = nodesOf(node).toReversed();
  const toActor = await permissions.lookUp(nodes.map(({ editor }) => (isOwn(editor, node) ? null : editor)));
  const edits = nodes.map(({ editedAt, editor, diff }, index): CockpitEdit => ({
    at: editedAt,
    by: powerless(toActor(editor)),
    isOwn: isOwn(editor, node),
    // The last one left what stands there now.
    body: index === nodes.length - 1 ? node.body : (diff ?? null),
  }));
  const isWhole = node.userContentEdits?.pageInfo.hasNextPage === false;
  const opened = { at: node.createdAt, by: toActor(null), isOwn: true, body: null };
  return isWhole ? [opened, ...edits] : edits;
}

/** Boxes are for people: what an agent or another App ticks was asked for by nobody. */
function powerless(actor: Actor): Actor {
  return actor.kind === "bot" ? { ...actor, permission: "none" } : actor;
}
