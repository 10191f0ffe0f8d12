/** Reads pull requests in batches: by number, by the commit that their checks belong to, or all that may matter. */
import { z } from "zod";
import { PullNode, PullNumbers, pickAlias } from "./answers.ts";
import { GithubFault, classifyGraphError } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf } from "./place.ts";
import type { Place } from "./place.ts";
import type { PullExtras } from "./merge-queries.ts";
import { pullNumbers, pullsByNumber } from "./queries.ts";
import { findError, readSplit, requireRepository } from "./read-issues.ts";

export interface PullReading {
  readonly pulls: Map<number, PullNode>;
  readonly unreadable: Map<number, string>;
  defaultBranch: string | null;
}

export interface PullReader {
  read(numbers: readonly number[]): Promise<PullReading>;
  /** Numbers of the open pull requests and of the fifty that ended last. */
  listRecent(): Promise<readonly number[]>;
  /** Numbers of the pull requests whose head is one of these commits. */
  findByCommits(commits: readonly string[]): Promise<readonly number[]>;
}

interface PullReaderParts {
  readonly client: GithubClient;
  readonly place: Place;
  /** What is asked for beside what is always read, as things stand now. */
  readonly extras?: () => PullExtras;
}

/** 1,000 open pull requests are read in a full look; the oldest beyond are found when something points at them. */
const listPagesMax = 10;

const PullsOfCommit = z.array(z.object({ number: z.number(), state: z.string(), head: z.object({ sha: z.string() }) }));

const DefaultBranch = z.object({ name: z.string() });

async function findByCommit({ client, place }: PullReaderParts, sha: string): Promise<readonly number[]> {
  try {
    const answer = await client.read("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", {
      ...routeOf(place),
      commit_sha: sha,
    });
    // A commit of the default branch names the pull request it came by; only heads have checks of their own.
    return PullsOfCommit.parse(answer.data)
      .filter((pull) => pull.head.sha === sha)
      .map((pull) => pull.number);
  } catch (error) {
    // 404, 422: no such commit (any more), as after a forced push.
    if (error instanceof GithubFault && (error.kind === "gone" || error.kind === "invalid")) return [];
    throw error;
  }
}

/** Makes the reader of one repository. Its methods reject with `GithubFault` when GitHub cannot be asked at all. */
export function createPullReader(parts: PullReaderParts): PullReader {
  const { client, place } = parts;
  const { owner, name } = place;

  async function readChunk(into: PullReading, numbers: readonly number[]): Promise<void> {
    const document = pullsByNumber({ owner, name }, numbers, parts.extras?.());
    const answer = await client.query(document.text, document.variables);
    requireRepository(answer);
    const branch = DefaultBranch.safeParse(pickAlias(answer.data, "repository", "defaultBranchRef"));
    into.defaultBranch = branch.success ? branch.data.name : null;
    numbers.forEach((number, index) => {
      const value = pickAlias(answer.data, "repository", `p${index}`);
      const error = findError(answer, ["repository", `p${index}`]);
      const node = PullNode.safeParse(value);
      if (value !== null && node.success) into.pulls.set(number, node.data);
      else if (value !== null) into.unreadable.set(number, "GitHub's answer has a form that is not known");
      else if (error !== null && classifyGraphError(error) !== "gone") {
        into.unreadable.set(number, error.message.slice(0, 300));
      }
    });
  }

  return {
    async read(numbers) {
      const into: PullReading = { pulls: new Map(), unreadable: new Map(), defaultBranch: null };
      await readSplit(
        [...new Set(numbers)],
        (chunk) => readChunk(into, chunk),
        (number, fault) => into.unreadable.set(number, fault.message),
      );
      return into;
    },
    async listRecent() {
      const found = new Set<number>();
      let after: string | null = null;
      for (let page = 0; page < listPagesMax; page += 1) {
        const answer = await client.query(pullNumbers, { owner, name, after }, { isVital: false });
        requireRepository(answer);
        const { open, recent } = PullNumbers.parse(answer.data).repository;
        for (const pull of [...open.nodes, ...recent.nodes]) found.add(pull.number);
        if (!open.pageInfo.hasNextPage) break;
        after = open.pageInfo.endCursor ?? null;
      }
      return [...found];
    },
    async findByCommits(commits) {
      const found = new Set<number>();
      for (const sha of new Set(commits)) for (const number of await findByCommit(parts, sha)) found.add(number);
      return [...found];
    },
  };
}
