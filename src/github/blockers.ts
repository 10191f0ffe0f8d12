/** What issues wait for: native links as they come, and references of texts resolved to identities. */
import { toMissingTaskId, toTaskId } from "../model/ids.ts";
import type { TaskId } from "../model/ids.ts";
import type { BlockerFacts } from "../model/observation.ts";
import type { DependencyKind, DependencySource, External } from "../model/task.ts";
import { ReferencedNode, pickAlias } from "./answers.ts";
import type { LinkNode } from "./answers.ts";
import type { GithubClient } from "./client.ts";
import type { Closers } from "./closers.ts";
import { classifyGraphError } from "./classify-error.ts";
import { GithubFault } from "./classify-error.ts";
import { fullNameOf } from "./place.ts";
import type { Place } from "./place.ts";
import { chunkSize, referencedIssues, toChunks } from "./queries.ts";
import type { Reference } from "./references.ts";

interface Links {
  readonly nodes?: readonly (LinkNode | null)[] | null | undefined;
}

function stateOf(node: { readonly state: "OPEN" | "CLOSED"; readonly stateReason?: string | null | undefined }) {
  if (node.state === "OPEN") return "open";
  if (node.stateReason === "NOT_PLANNED") return "not_planned";
  return node.stateReason === "DUPLICATE" ? "duplicate" : "completed";
}

function referenceOf(place: Place, repository: { databaseId: number; nameWithOwner: string }, number: number): string {
  return repository.databaseId === place.id ? `#${number}` : `${repository.nameWithOwner}#${number}`;
}

/** An issue as something that others wait for. */
export function toExternal(place: Place, node: LinkNode, unproven: ReadonlySet<TaskId>): External {
  const id = toTaskId(node.repository.databaseId, node.fullDatabaseId);
  return {
    id,
    reference: referenceOf(place, node.repository, node.number),
    url: node.url,
    state: unproven.has(id) ? "closed" : stateOf(node),
  };
}

function resolveNode(place: Place, node: ReferencedNode, unproven: ReadonlySet<TaskId>): External {
  if (node.__typename === "Issue") return toExternal(place, node, unproven);
  // A pull request has an issue id too, but GraphQL does not tell it: it gets an identity of its own that no issue has.
  return {
    id: toTaskId(node.repository.databaseId, `pull-${node.number}`),
    reference: referenceOf(place, node.repository, node.number),
    url: node.url,
    state: node.pullState === "OPEN" ? "open" : node.pullState === "MERGED" ? "completed" : "not_planned",
    waitsFor: "pull",
  };
}

/** A pull request of this repository as something that others wait for. */
export function toWaitedPull(
  place: Place,
  pull: { readonly number: number; readonly url: string; readonly state: "OPEN" | "CLOSED" | "MERGED" },
): External {
  const repository = { databaseId: place.id, nameWithOwner: fullNameOf(place) };
  const node = {
    __typename: "PullRequest" as const,
    number: pull.number,
    url: pull.url,
    pullState: pull.state,
    repository,
  };
  return resolveNode(place, node, new Set());
}

/** Native links. One that may not be seen stays in the way as a missing blocker: it must not vanish unnoticed. */
export function toBlockers(
  place: Place,
  links: Links,
  how: { readonly issue: TaskId; readonly source: DependencySource; readonly unproven: ReadonlySet<TaskId> },
): readonly BlockerFacts[] {
  return (links.nodes ?? []).map((node, index): BlockerFacts => {
    const edge = { kind: "hard", source: how.source } as const satisfies {
      kind: DependencyKind;
      source: DependencySource;
    };
    if (node !== null) return { ...toExternal(place, node, how.unproven), ...edge };
    const reference = `an issue that Orchestrate may not see (${how.source} ${index + 1} of ${how.issue})`;
    return { id: toMissingTaskId(reference), reference, url: null, state: "missing", ...edge };
  });
}

/** One spelling of a reference, to look it up by. */
export function toReferenceKey(place: Place, reference: Reference): string {
  return `${(reference.repository ?? fullNameOf(place)).toLowerCase()}#${reference.number}`;
}

/** What is not there, or not for us to see. */
export function toMissing(place: Place, reference: Reference): External {
  const isForeign =
    reference.repository !== null && reference.repository.toLowerCase() !== fullNameOf(place).toLowerCase();
  const text = isForeign ? `${reference.repository}#${reference.number}` : `#${reference.number}`;
  return { id: toMissingTaskId(text), reference: text, url: null, state: "missing" };
}

/**
 * Resolves references in as few requests as it can. Every reference gets an answer; those that nobody finds are
 * `missing`. Rejects with `GithubFault` when GitHub could not be asked.
 */
export async function resolveReferences(
  parts: { readonly client: GithubClient; readonly place: Place; readonly closers: Closers },
  references: readonly Reference[],
): Promise<ReadonlyMap<string, External>> {
  const { client, place, closers } = parts;
  const unique = new Map(references.map((each) => [toReferenceKey(place, each), each]));
  const resolved = new Map<string, External>();
  for (const chunk of toChunks([...unique], chunkSize)) {
    const document = referencedIssues(
      chunk.map(([, each]) => {
        const [owner = place.owner, name = place.name] = (each.repository ?? fullNameOf(place)).split("/");
        return { owner, name, number: each.number };
      }),
    );
    const answer = await client.query(document.text, document.variables);
    const found = chunk.map(([key, each], index) => {
      const error = answer.errors.find((one) => one.path[0] === `r${index}`);
      const kind = error === undefined ? null : classifyGraphError(error);
      // Only a clear answer makes a blocker missing; an outage in the middle is an outage.
      if (error !== undefined && (kind === "retry" || kind === "limited")) {
        throw new GithubFault(`GitHub could not resolve ${key} (${error.message}).`, { kind, retryAfterMs: 60_000 });
      }
      const node = ReferencedNode.safeParse(pickAlias(answer.data, `r${index}`, "target"));
      return { key, each, node: node.success ? node.data : null };
    });
    const issues = found.flatMap(({ node }) => (node?.__typename === "Issue" ? [node] : []));
    const unproven = await closers.unproven(issues);
    for (const { key, each, node } of found) {
      resolved.set(key, node === null ? toMissing(place, each) : resolveNode(place, node, unproven));
    }
  }
  return resolved;
}
