/** Creates the issue of a pattern, a submission or a piece, never twice: it is looked for by its marker and our authorship first. */
import { z } from "zod";
import type { CreateOutcome, PatternIssue, PieceIssue, SubmittedIssue } from "../ports/tracker.ts";
import { toOutcome } from "./act.ts";
import { mayBeOurs, NewestIssue, PageInfo, pickAlias } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { linkPiece } from "./link-piece.ts";
import { routeOf, taskIdIn } from "./place.ts";
import type { Place } from "./place.ts";
import { newestIssues } from "./queries.ts";
import { requireRepository } from "./read-issues.ts";
import { parseMadeFor, toPatternMarker, toPieceMarker, toSubmissionMarker } from "./made-for.ts";

interface CreateParts {
  readonly client: GithubClient;
  readonly place: Place;
}

/** A first try looks at the newest hundred; one whose answer was lost may be an outage late. */
const pagesOfRepeat = 10;

const Created = z.object({ number: z.number(), id: z.number() });
const Page = z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) });

type Wanted = PatternIssue | SubmittedIssue | PieceIssue;

interface Made {
  readonly number: number;
  readonly databaseId: number;
}

/** Creates it, or finds the one that does as well. Never rejects. */
export async function createIssue(parts: CreateParts, issue: Wanted, isRepeat: boolean): Promise<CreateOutcome> {
  try {
    const made = (await findIssue(parts, issue, isRepeat ? pagesOfRepeat : 1)) ?? (await create(parts, issue));
    if (!("piece" in issue)) return { kind: "created", number: made.number };
    await linkPiece(parts, issue, made);
    return { kind: "created", number: made.number, id: taskIdIn(parts.place, made.databaseId) };
  } catch (error) {
    const outcome = error instanceof GithubFault ? toOutcome(error) : null;
    if (outcome !== null && outcome.kind !== "written") return outcome;
    return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: 60_000 };
  }
}

/** Looked for in GitHub's list, not in its search index. */
async function findIssue({ client, place }: CreateParts, wanted: Wanted, pagesMax: number): Promise<Made | null> {
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await client.query(newestIssues, { owner: place.owner, name: place.name, after });
    requireRepository(answer);
    const { nodes, pageInfo } = Page.parse(pickAlias(answer.data, "repository", "issues"));
    for (const node of nodes) {
      const issue = NewestIssue.safeParse(node);
      if (!issue.success || !mayBeOurs(issue.data)) continue;
      const { number, fullDatabaseId } = issue.data;
      if (doesAsWell(issue.data, wanted)) return { number, databaseId: Number(fullDatabaseId) };
    }
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return null;
    after = pageInfo.endCursor;
  }
  return null;
}

/** The issue of this very submission, piece or series, in whatever state; of a pattern also an open one of an earlier series. */
function doesAsWell({ body, state }: z.output<typeof NewestIssue>, wanted: Wanted): boolean {
  const made = parseMadeFor(body);
  if (made === null) return false;
  if ("pattern" in wanted) {
    return "pattern" in made && made.pattern === wanted.pattern && (made.series === wanted.series || state === "OPEN");
  }
  return markerOf(wanted) === body.slice(0, markerOf(wanted).length);
}

function markerOf(issue: Wanted): string {
  if ("piece" in issue) return toPieceMarker(issue.piece);
  return "submission" in issue ? toSubmissionMarker(issue.submission) : toPatternMarker(issue.pattern, issue.series);
}

async function create({ client, place }: CreateParts, issue: Wanted): Promise<Made> {
  const wanted = {
    ...routeOf(place),
    title: issue.title,
    body: `${markerOf(issue)}\n${issue.body}`,
    labels: [...issue.labels],
  };
  const post = async (extra: { readonly milestone?: number }): Promise<Made> => {
    const answer = await client.send("POST /repos/{owner}/{repo}/issues", { ...wanted, ...extra }, { creations: 1 });
    const { number, id } = Created.parse(answer.data);
    return { number, databaseId: id };
  };
  const milestone = "piece" in issue ? issue.milestone : null;
  if (milestone === null) return post({});
  try {
    return await post({ milestone });
  } catch (error) {
    // The milestone may be gone by now, and is no reason to go without the issue.
    if (error instanceof GithubFault && error.kind === "invalid") return post({});
    throw error;
  }
}
