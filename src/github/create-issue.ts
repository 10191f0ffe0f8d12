/** Creates the issue that a pattern asks for, never twice: it is looked for by its marker and our authorship first. */
import { z } from "zod";
import type { CreateOutcome, PatternIssue } from "../ports/tracker.ts";
import { toOutcome } from "./act.ts";
import { mayBeOurs, NewestIssue, PageInfo, pickAlias } from "./answers.ts";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import { newestIssues } from "./queries.ts";
import { requireRepository } from "./read-issues.ts";
import { parsePatternMarker, toPatternMarker } from "./references.ts";

interface CreateParts {
  readonly client: GithubClient;
  readonly place: Place;
}

/** A first try looks at the newest hundred; one whose answer was lost may be an outage late. */
const pagesOfRepeat = 10;

const Created = z.object({ number: z.number() });
const Page = z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) });

/** Creates it, or finds the one that does as well. Never rejects. */
export async function createPatternIssue(
  parts: CreateParts,
  issue: PatternIssue,
  isRepeat: boolean,
): Promise<CreateOutcome> {
  try {
    const number = (await findIssue(parts, issue, isRepeat ? pagesOfRepeat : 1)) ?? (await create(parts, issue));
    return { kind: "created", number };
  } catch (error) {
    const outcome = error instanceof GithubFault ? toOutcome(error) : null;
    if (outcome !== null && outcome.kind !== "written") return outcome;
    return { kind: "delayed", reason: "GitHub's answer could not be read.", retryAfterMs: 60_000 };
  }
}

/** The issue of this series, in whatever state, or an open one of an earlier series. GitHub's list, not its search index. */
async function findIssue(
  { client, place }: CreateParts,
  wanted: PatternIssue,
  pagesMax: number,
): Promise<number | null> {
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await client.query(newestIssues, { owner: place.owner, name: place.name, after });
    requireRepository(answer);
    const { nodes, pageInfo } = Page.parse(pickAlias(answer.data, "repository", "issues"));
    for (const node of nodes) {
      const issue = NewestIssue.safeParse(node);
      if (!issue.success || !mayBeOurs(issue.data)) continue;
      const made = parsePatternMarker(issue.data.body);
      if (made?.pattern !== wanted.pattern) continue;
      if (made.series === wanted.series || issue.data.state === "OPEN") return issue.data.number;
    }
    if (!pageInfo.hasNextPage || !pageInfo.endCursor) return null;
    after = pageInfo.endCursor;
  }
  return null;
}

async function create({ client, place }: CreateParts, issue: PatternIssue): Promise<number> {
  const answer = await client.send(
    "POST /repos/{owner}/{repo}/issues",
    {
      ...routeOf(place),
      title: issue.title,
      body: `${toPatternMarker(issue.pattern, issue.series)}\n${issue.body}`,
      labels: [...issue.labels],
    },
    { creations: 1 },
  );
  return Created.parse(answer.data).number;
}
