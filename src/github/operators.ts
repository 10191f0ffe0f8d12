/** Whether the people behind an agent are available: the busy mark of their profiles, which anybody may read. */
import { z } from "zod";
import type { OperatorFacts } from "../model/operator.ts";
import type { Journal } from "../ports/journal.ts";
import { Instant, pickAlias } from "./answers.ts";
import { classifyGraphError } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { toChunks, usersByLogin } from "./queries.ts";

/** A user is one small node; a hundred of them are still one point. */
const usersAtOnce = 100;

const UserNode = z.object({
  status: z.object({ indicatesLimitedAvailability: z.boolean(), expiresAt: Instant.nullish() }).nullish(),
});

/**
 * What GitHub says of each login, in order. One that it does not know is `unknown`; one that it cannot be asked for now is left out. Rejects
 * with `GithubFault` when GitHub could not be asked at all.
 */
export async function findOperators(
  { client, journal }: { readonly client: GithubClient; readonly journal: Journal },
  logins: readonly string[],
): Promise<readonly OperatorFacts[]> {
  const found: OperatorFacts[] = [];
  for (const chunk of toChunks(logins, usersAtOnce)) {
    const { text, variables } = usersByLogin(chunk);
    const answer = await client.query(text, variables, { isVital: false });
    for (const [index, login] of chunk.entries()) {
      const error = answer.errors.find(({ path }) => path[0] === `u${index}`);
      if (error !== undefined && classifyGraphError(error) !== "gone") {
        const told =
          "Nobody could say whether an operator is available; what was said last counts, and it is asked again later.";
        journal.warn(told, { login, reason: error.message });
      } else found.push(toFacts(login, pickAlias(answer.data, `u${index}`)));
    }
  }
  return found;
}

/** Throws where the answer is not what it should be. */
function toFacts(login: string, node: unknown): OperatorFacts {
  if (node === null) return { login, presence: "unknown", until: null };
  const { status } = UserNode.parse(node);
  if (status?.indicatesLimitedAvailability !== true) return { login, presence: "available", until: null };
  return { login, presence: "busy", until: status.expiresAt ?? null };
}
