/**
 * The one comment that we keep on an issue: found by its marker and our authorship, so that there is never a second.
 * Anybody can write the marker, so it counts only where a bot wrote it: we, or we under our other name.
 */
import { z } from "zod";
import { Authored, mayBeOurs, Nodes, PageInfo, pickAlias } from "./answers.ts";
import { findError } from "./read-issues.ts";
import type { GithubClient, GraphAnswer } from "./client.ts";
import { commentBodies, ownComments, ownCommentsOfMany, toChunks } from "./queries.ts";

/** How the rendered comment begins (a test holds it equal to the views'); invisible to people. */
export const stickyMarker = "<!-- orchestrate:sticky -->";

/** The body with its marker, cut where GitHub would refuse it (65,536 characters). */
export function toStickyBody(markdown: string): string {
  const body = markdown.startsWith(stickyMarker) ? markdown : `${stickyMarker}\n${markdown}`;
  return body.length <= 65_000 ? body : `${body.slice(0, 64_900)}\n\n… (cut: the comment is at GitHub's limit)`;
}

const CommentPage = z.object({
  pageInfo: PageInfo,
  nodes: z.array(Authored.extend({ id: z.string() }).nullable()),
});
type CommentPage = z.output<typeof CommentPage>;

const CommentBody = z.object({ id: z.string(), body: z.string() });
const issuesAtOnce = 20;
/** 2,000 comments; an issue with more gets a second sticky comment rather than a look without end. */
const pagesMax = 20;

function toOwnIds(page: CommentPage): readonly string[] {
  return page.nodes.flatMap((node) => (node !== null && mayBeOurs(node) ? [node.id] : []));
}

/** The sticky comments of issues, by the issue's node id; issues without one are left out. Rejects with `GithubFault`. */
export async function findSticky(
  client: GithubClient,
  issueNodes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await findOwn(client, issueNodes, stickyMarker);
  return new Map([...found].map(([issue, { id }]) => [issue, id]));
}

/** Our own comments that begin with `marker`, by the issue's node id. Rejects with `GithubFault`. */
export async function findOwn(
  client: GithubClient,
  issueNodes: readonly string[],
  marker: string,
): Promise<ReadonlyMap<string, { readonly id: string; readonly body: string }>> {
  const candidates = new Map<string, string>();
  for (const ids of toChunks(issueNodes, issuesAtOnce)) {
    const answer = await client.query(ownCommentsOfMany, { ids });
    for (const [index, issue] of ids.entries()) {
      for (const comment of await readOwn(client, { answer, index, issue })) candidates.set(comment, issue);
    }
  }
  const found = new Map<string, { readonly id: string; readonly body: string }>();
  for (const ids of toChunks([...candidates.keys()], 50)) {
    const answer = await client.query(commentBodies, { ids });
    for (const value of Nodes.parse(answer.data).nodes) {
      const comment = CommentBody.safeParse(value);
      if (!comment.success || !comment.data.body.startsWith(marker)) continue;
      const issue = candidates.get(comment.data.id);
      // The oldest is the one; a second may be left from a crash between two replicas.
      if (issue !== undefined && !found.has(issue)) found.set(issue, comment.data);
    }
  }
  return found;
}

async function readOwn(
  client: GithubClient,
  at: { readonly answer: GraphAnswer; readonly index: number; readonly issue: string },
): Promise<readonly string[]> {
  findError(at.answer, ["nodes", at.index]);
  const value = Nodes.parse(at.answer.data).nodes[at.index];
  const own: string[] = [];
  let page = CommentPage.safeParse(pickAlias(value, "comments"));
  for (let count = 1; page.success; count += 1) {
    own.push(...toOwnIds(page.data));
    if (!page.data.pageInfo.hasNextPage || count >= pagesMax) break;
    const answer = await client.query(ownComments, { id: at.issue, after: page.data.pageInfo.endCursor ?? null });
    page = CommentPage.safeParse(pickAlias(answer.data, "node", "comments"));
  }
  return own;
}
