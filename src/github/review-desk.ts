/** What `orchestrate review` does at GitHub in a person's name: finds what may be the pull request of a task, marks it as ready, asks reviewers. */
import { z } from "zod";
import { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { routeOf, type Place } from "./place.ts";

export interface ReviewDesk {
  /** Numbers of the open pull requests whose branch or description names the task; whose they are, a look says. */
  findOpen(of: { readonly number: number; readonly task: string }): Promise<readonly number[]>;
  /** A draft is one no more. Rejects with `GithubFault`. */
  markReady(node: string): Promise<void>;
  /** Null: they are asked. A text: why GitHub does not ask them. */
  askReviewers(pull: number, logins: readonly string[]): Promise<string | null>;
}

const pageSize = 100;
/** A thousand open pull requests are looked through; whoever has more names theirs. */
const pagesMax = 10;

const OpenPulls = z.array(
  z.object({ number: z.number(), body: z.string().nullable(), head: z.object({ ref: z.string() }) }),
);

const ready = `mutation($pull: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $pull }) { pullRequest { id } } }`;

export function createReviewDesk({
  client,
  place,
}: {
  readonly client: GithubClient;
  readonly place: Place;
}): ReviewDesk {
  return {
    async findOpen({ number, task }) {
      const found: number[] = [];
      for (let page = 1; page <= pagesMax; page += 1) {
        const route = "GET /repos/{owner}/{repo}/pulls";
        const answer = await client.read(route, { ...routeOf(place), state: "open", per_page: pageSize, page });
        const pulls = OpenPulls.parse(answer.data);
        for (const { number: pull, body, head } of pulls) {
          const isNamed = body?.includes(`orchestrate:task=${task} `) === true || closes(body, number);
          if (isNamed || head.ref.startsWith(`orchestrate/${number}-`)) found.push(pull);
        }
        if (pulls.length < pageSize) break;
      }
      return found;
    },
    async markReady(node) {
      const answer = await client.mutate(ready, { pull: node });
      const [error] = answer.errors;
      if (error !== undefined) throw new Error(`GitHub does not mark it as ready: ${error.message}`);
    },
    async askReviewers(pull, logins) {
      const route = "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers";
      try {
        await client.send(route, { ...routeOf(place), pull_number: pull, reviewers: [...logins] }, { creations: 1 });
        return null;
      } catch (error) {
        if (error instanceof GithubFault && error.kind === "invalid") return error.message;
        throw error;
      }
    },
  };
}

function closes(body: string | null, number: number): boolean {
  return new RegExp(String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s*:?\s+#${number}\b`, "i").test(body ?? "");
}
