/** The links of a piece: below its parent, and behind the issues that it comes after. Made once, however often that is asked for. */
import { z } from "zod";
import type { PieceIssue } from "../ports/tracker.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";

interface LinkParts {
  readonly client: GithubClient;
  readonly place: Place;
}

const Linked = z.array(z.object({ number: z.number() }));

const issueRoute = "/repos/{owner}/{repo}/issues/{issue_number}";

/**
 * Links the issue. Throws `GithubFault` where it cannot be put below its parent, which would not know of it. What it comes after is in its
 * text as well: where GitHub has no dependencies, or no more of them, the text alone says so.
 */
export async function linkPiece(
  parts: LinkParts,
  { parent, after }: Pick<PieceIssue, "parent" | "after">,
  issue: { readonly number: number; readonly databaseId: number },
): Promise<void> {
  await link(parts, { of: parent, list: "sub_issues", body: { sub_issue_id: issue.databaseId }, other: issue.number });
  for (const blocker of after) {
    const body = { issue_id: databaseIdOf(blocker.id) };
    await link(parts, { of: issue.number, list: "dependencies/blocked_by", body, other: blocker.issue }).catch(
      passOver,
    );
  }
}

function passOver(error: unknown): void {
  if (!(error instanceof GithubFault) || (error.kind !== "gone" && error.kind !== "invalid")) throw error;
}

interface Link {
  readonly of: number;
  readonly list: "sub_issues" | "dependencies/blocked_by";
  readonly body: Readonly<Record<string, number>>;
  readonly other: number;
}

/** GitHub refuses a link that is there already as it refuses one that cannot be: the list tells which. */
async function link({ client, place }: LinkParts, { of, list, body, other }: Link): Promise<void> {
  const parameters = { ...routeOf(place), issue_number: of };
  try {
    await client.send(`POST ${issueRoute}/${list}`, { ...parameters, ...body });
  } catch (error) {
    if (!(error instanceof GithubFault) || error.kind !== "invalid") throw error;
    const answer = await client.read(`GET ${issueRoute}/${list}`, { ...parameters, per_page: 100 });
    if (!Linked.parse(answer.data).some(({ number }) => number === other)) throw error;
  }
}

/** `gh:<repository>:<issue>`. */
function databaseIdOf(id: PieceIssue["after"][number]["id"]): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}
