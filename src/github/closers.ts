/**
 * Whether closed issues of this repository that others wait for are done: closed by a merged pull request, or by somebody with write.
 * What somebody may do elsewhere cannot be asked from here, so of other repositories the issue's own word is taken.
 */
import { z } from "zod";
import { permits } from "../model/actor.ts";
import type { TaskId } from "../model/ids.ts";
import { ClosedEvent, pickAlias } from "./answers.ts";
import type { LinkNode } from "./answers.ts";
import type { GithubClient } from "./client.ts";
import { isByMerge } from "./issue-facts.ts";
import type { ReadIssue } from "./issue-facts.ts";
import type { Permissions } from "./permissions.ts";
import { taskIdIn } from "./place.ts";
import type { Place } from "./place.ts";
import { chunkSize, closingsOf, toChunks } from "./queries.ts";
import { findError } from "./read-issues.ts";

/** Closings that are remembered; more than a repository waits for at once. */
const rememberedMax = 5_000;

export interface Closers {
  /** What was read of closed issues anyway need not be asked for. */
  learn(issues: Iterable<ReadIssue>): void;
  /**
   * Those of the issues that were closed as completed by somebody whose word does not count. All that are not known are asked for
   * together. Rejects with `GithubFault`.
   */
  unproven(links: readonly LinkNode[]): Promise<ReadonlySet<TaskId>>;
}

/** The last closing of an issue; null: GitHub tells of none. */
type Closing = ClosedEvent | null;

const Closings = z.object({ nodes: z.array(ClosedEvent.nullable().catch(null)) });

/** Makes the closers of one repository. A closing never changes, so each is asked for once. */
export function createClosers(parts: { client: GithubClient; place: Place; permissions: Permissions }): Closers {
  const { client, place, permissions } = parts;
  const remembered = new Map<TaskId, { readonly at: number; readonly closing: Closing }>();

  function remember(id: TaskId, at: number, closing: Closing): void {
    remembered.delete(id);
    remembered.set(id, { at, closing });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedMax) break;
      remembered.delete(oldest);
    }
  }

  async function ask(links: readonly LinkNode[]): Promise<void> {
    const document = closingsOf(
      place,
      links.map((link) => link.number),
    );
    const answer = await client.query(document.text, document.variables);
    links.forEach((link, index) => {
      findError(answer, ["repository", `i${index}`]);
      const closings = Closings.safeParse(pickAlias(answer.data, "repository", `i${index}`, "closings"));
      remember(idOf(link), link.closedAt ?? 0, closings.success ? (closings.data.nodes[0] ?? null) : null);
    });
  }

  const idOf = (link: LinkNode): TaskId => taskIdIn(place, link.fullDatabaseId);
  const isDoubtful = ({ repository, state, stateReason }: LinkNode): boolean =>
    repository.databaseId === place.id &&
    state === "CLOSED" &&
    stateReason !== "NOT_PLANNED" &&
    stateReason !== "DUPLICATE";

  return {
    learn(issues) {
      for (const { id, node, closing } of issues) {
        if (node.state === "CLOSED" && node.closedAt) remember(id, node.closedAt, closing);
      }
    },
    async unproven(links) {
      const doubtful = new Map(links.filter(isDoubtful).map((link) => [idOf(link), link]));
      if (doubtful.size === 0) return new Set();
      const unknown = [...doubtful].filter(([id, link]) => remembered.get(id)?.at !== (link.closedAt ?? 0));
      for (const chunk of toChunks(unknown, chunkSize)) await ask(chunk.map(([, link]) => link));
      const closings = [...doubtful.keys()].map((id) => [id, remembered.get(id)?.closing ?? null] as const);
      const claimed = closings.filter(([, closing]) => !isByMerge(closing, place));
      const toActor = await permissions.lookUp(claimed.map(([, closing]) => closing?.actor));
      const refused = claimed.filter(([, closing]) => !permits(toActor(closing?.actor).permission, "write"));
      return new Set(refused.map(([id]) => id));
    },
  };
}
