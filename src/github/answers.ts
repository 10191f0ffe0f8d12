/** Shapes of what GitHub answers, only the fields that are read. What does not fit is the answer's fault, not a crash. */
import { z } from "zod";

export const ActorNode = z
  .object({
    __typename: z.string(),
    login: z.string(),
    databaseId: z.number().nullish(),
  })
  .transform((actor) => {
    const isBot = actor.__typename === "Bot" || actor.login.endsWith("[bot]");
    // GraphQL leaves the suffix of a bot's login out, REST and webhooks do not: one spelling inside.
    const login = isBot && !actor.login.endsWith("[bot]") ? `${actor.login}[bot]` : actor.login;
    return { login, id: actor.databaseId ?? 0, kind: isBot ? ("bot" as const) : ("user" as const) };
  });

/** Somebody, before the permission is looked up. */
export type Somebody = z.output<typeof ActorNode>;

export const Instant = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  context.addIssue(`"${text.slice(0, 40)}" is not a time`);
  return z.NEVER;
});

const IssueState = z.enum(["OPEN", "CLOSED"]);
const StateReason = z.enum(["COMPLETED", "DUPLICATE", "NOT_PLANNED", "REOPENED"]).nullish().catch(null);
export const DatabaseId = z.union([z.string(), z.number()]).transform(String);

export const LinkNode = z.object({
  fullDatabaseId: DatabaseId,
  number: z.number(),
  url: z.string(),
  state: IssueState,
  stateReason: StateReason,
  closedAt: Instant.nullish(),
  repository: z.object({ databaseId: z.number(), nameWithOwner: z.string() }),
});
export type LinkNode = z.output<typeof LinkNode>;

/** A link that may not be seen comes back as null, or with holes; then it is a blocker that nobody can tell the end of. */
const Links = z.object({ nodes: z.array(LinkNode.nullable().catch(null)).nullish() });

/** Closed by somebody; `closer` is the commit or the pull request that did it. */
export const ClosedEvent = z.object({
  __typename: z.literal("ClosedEvent"),
  createdAt: Instant,
  actor: ActorNode.nullish(),
  closer: z
    .object({
      merged: z.boolean().optional(),
      repository: z.object({ databaseId: z.number() }).nullish(),
    })
    .nullish()
    .catch(null),
});
export type ClosedEvent = z.output<typeof ClosedEvent>;

const ActNode = z.union([
  z.object({
    __typename: z.literal("LabeledEvent"),
    createdAt: Instant,
    actor: ActorNode.nullish(),
    label: z.object({ name: z.string() }),
  }),
  ClosedEvent,
]);

export const Acts = z.object({
  pageInfo: z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullish() }),
  nodes: z.array(ActNode.nullable().catch(null)).transform((nodes) => nodes.filter((node) => node !== null)),
});
export type Acts = z.output<typeof Acts>;

export const IssueNode = z.object({
  id: z.string(),
  fullDatabaseId: DatabaseId,
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
  state: IssueState,
  stateReason: StateReason,
  closedAt: Instant.nullish(),
  author: z.object({ login: z.string() }).nullish(),
  editor: ActorNode.nullish(),
  lastEditedAt: Instant.nullish(),
  viewerDidAuthor: z.boolean(),
  repository: z.object({ databaseId: z.number() }),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullish(),
  milestone: z
    .object({
      title: z.string(),
      description: z.string().nullish(),
      createdAt: Instant,
      dueOn: Instant.nullish(),
    })
    .nullish(),
  blockedBy: Links,
  subIssues: Links,
  acts: Acts,
  renames: z.object({ nodes: z.array(z.object({ createdAt: Instant, actor: ActorNode.nullish() })) }),
});
export type IssueNode = z.output<typeof IssueNode>;

export const ContextNode = z.union([
  z.object({
    __typename: z.literal("CheckRun"),
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullish(),
    isRequired: z.boolean(),
  }),
  z.object({
    __typename: z.literal("StatusContext"),
    context: z.string(),
    state: z.string(),
    isRequired: z.boolean(),
  }),
]);
export type ContextNode = z.output<typeof ContextNode>;

export const PullNode = z.object({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  body: z.string(),
  updatedAt: Instant,
  state: z.enum(["OPEN", "CLOSED", "MERGED"]),
  isDraft: z.boolean(),
  headRefName: z.string(),
  headRefOid: z.string(),
  isCrossRepository: z.boolean(),
  baseRefName: z.string(),
  mergedAt: Instant.nullish(),
  mergeable: z.string(),
  mergeStateStatus: z.string(),
  reviewDecision: z.string().nullish(),
  latestReviews: z
    .object({ nodes: z.array(z.object({ state: z.string() }).nullable().catch(null)).nullish() })
    .nullish(),
  files: z
    .object({ totalCount: z.number(), nodes: z.array(z.object({ path: z.string() }).nullable().catch(null)).nullish() })
    .nullish(),
  isInMergeQueue: z.boolean().nullish(),
  isMergeQueueEnabled: z.boolean().nullish(),
  removals: z
    .object({
      nodes: z.array(z.object({ createdAt: Instant, reason: z.string().nullish() }).nullable().catch(null)).nullish(),
    })
    .nullish(),
  objections: z
    .object({
      nodes: z
        .array(
          z
            .object({ state: z.string(), submittedAt: Instant.nullish(), author: ActorNode.nullish() })
            .nullable()
            .catch(null),
        )
        .nullish(),
    })
    .nullish(),
  author: ActorNode.nullish(),
  mergedBy: ActorNode.nullish(),
  closingIssuesReferences: z
    .object({
      nodes: z.array(
        z.object({ fullDatabaseId: DatabaseId, repository: z.object({ databaseId: z.number() }) }).nullable(),
      ),
    })
    .nullish(),
  statusCheckRollup: z
    .object({
      state: z.string(),
      contexts: z.object({ totalCount: z.number(), nodes: z.array(ContextNode.nullable().catch(null)) }),
    })
    .nullish(),
});
export type PullNode = z.output<typeof PullNode>;

export const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });

export const IssuesPage = z.object({
  repository: z.object({ issues: z.object({ pageInfo: PageInfo, nodes: z.array(z.unknown()) }) }),
});

/** Who wrote it, as far as it matters whether it may be ours. */
export const Authored = z.object({
  viewerDidAuthor: z.boolean(),
  author: z.object({ __typename: z.string() }).nullish(),
});

/**
 * Whether we may have written it: under this name, or under the other one, where App and workflow orchestrate the same repository. People
 * cannot write as a bot, and a bot that may write here was let in by somebody who may.
 */
export function mayBeOurs({ viewerDidAuthor, author }: z.output<typeof Authored>): boolean {
  return viewerDidAuthor || author?.__typename === "Bot";
}

export const NewestIssue = Authored.extend({
  number: z.number(),
  fullDatabaseId: DatabaseId,
  state: IssueState,
  body: z.string(),
});

export const PullNumbers = z.object({
  repository: z.object({
    open: z.object({ pageInfo: PageInfo, nodes: z.array(z.object({ number: z.number() })) }),
    recent: z.object({ nodes: z.array(z.object({ number: z.number() })) }),
  }),
});

export const ReferencedNode = z.union([
  z.object({ __typename: z.literal("Issue") }).and(LinkNode),
  z.object({
    __typename: z.literal("PullRequest"),
    number: z.number(),
    url: z.string(),
    pullState: z.enum(["OPEN", "CLOSED", "MERGED"]),
    repository: z.object({ databaseId: z.number(), nameWithOwner: z.string() }),
  }),
]);
export type ReferencedNode = z.output<typeof ReferencedNode>;

export const Nodes = z.object({ nodes: z.array(z.unknown()) });

/** A part of an answer under its alias; null when it is not there. */
export function pickAlias(data: unknown, ...path: readonly string[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Readonly<Record<string, unknown>>)[key] ?? null;
  }
  return value;
}

export const ListedIssue = z.object({
  id: z.number(),
  number: z.number(),
  updated_at: z.string(),
  state: z.string().catch("open"),
  body: z.string().nullish().catch(null),
  pull_request: z.unknown().optional(),
});

export const ListedEvent = z.object({
  id: z.number(),
  event: z.string(),
  issue: z.object({ number: z.number(), pull_request: z.unknown().optional() }).nullish(),
});

export const ListedComment = z.object({
  id: z.number(),
  node_id: z.string(),
  body: z.string().nullish(),
  created_at: z.string(),
  issue_url: z.string(),
  user: z.object({ login: z.string(), id: z.number(), type: z.string() }).nullish(),
});
export type ListedComment = z.output<typeof ListedComment>;
