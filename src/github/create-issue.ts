/** Creates the issue that a pattern or somebody outside asks for, never twice: it is looked for by its marker and our authorship first. */
import { z } from "zod";
import type { CreateOutcome, PatternIssue, SubmittedIssue } from "../ports/tracker.ts";
import { toOutcome } from "./act.ts";
import { mayBeOurs, NewestIssue, PageInfo, pickAlias } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import { newestIssues } from "./queries.ts";
import { requireRepository } from "./read-issues.ts";
import { parsePatternMarker, parseSubmissionMarker, toPatternMarker, toSubmissionMarker } from "./references.ts";

interface CreateParts {
  readonly client: GithubClient;
  readonly place: Place;
}

/** A first try looks at the newest hundred; one whose answer was lost may be an outage late. */
const pagesOfRepeat = 10;

const Created = z.object({ number: z.number() });
const Page = z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) });

type Wanted = PatternIssue | SubmittedIssue;

/** Creates it, or finds the one that does as well. Never rejects. */
export async function createIssue(parts: CreateParts, issue: Wanted, isRepeat: boolean): Promise<CreateOutcome> {
  try {
    const number = (await findIssue(parts, issue, isRepeat ? pagesOfRepeat : 1)) ?? (await create(parts, issue));
    return { kind: "created", number };
  } catch (error) {
    const outcome = error instanceof GithubFault ? toOutcome(error) : null;
    if (outcome !== null && outcome.kind !== "written") return outcome;
    return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: 60_000 };
  }
}

/** Looked for in GitHub's list, not in its search index. */
async function findIssue({ client, place }: CreateParts, wanted: Wanted, pagesMax: number): Promise<number | null> {
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await client.query(newestIssues, { owner: place.owner, name: place.name, after });
    requireRepository(answer);
    const { nodes, pageInfo } = Page.parse(pickAlias(answer.data, "repository", "issues"));
    for (const node of nodes) {
      const issue = NewestIssue.safeParse(node);
      if (!issue.success || !mayBeOurs(issue.data)) continue;
      if (doesAsWell(issue.data, wanted)) return issue.data.number;
    }
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return null;
    after = pageInfo.endCursor;
  }
  return null;
}

/** The issue of this very submission or series, in whatever state; of a pattern also an open one of an earlier series. */
function doesAsWell({ body, state }: z.output<typeof NewestIssue>, wanted: Wanted): boolean {
  if ("submission" in wanted) return parseSubmissionMarker(body) === wanted.submission;
  const made = parsePatternMarker(body);
  return made?.pattern === wanted.pattern && (made.series === wanted.series || state === "OPEN");
}

function markerOf(issue: Wanted): string {
  return "submission" in issue ? toSubmissionMarker(issue.submission) : toPatternMarker(issue.pattern, issue.series);
}

async function create({ client, place }: CreateParts, issue: Wanted): Promise<number> {
  const answer = await client.send(
    "POST /repos/{owner}/{repo}/issues",
    {
      ...routeOf(place),
      title: issue.title,
      body: `${markerOf(issue)}\n${issue.body}`,
      labels: [...issue.labels],
    },
    { creations: 1 },
  );
  return Created.parse(answer.data).number;
}
