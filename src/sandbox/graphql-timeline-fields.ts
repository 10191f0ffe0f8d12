/** The timeline of an issue in GraphQL: the issue-events feed and the comments, typed one by one. */
import { connect } from "./graphql-connection.ts";
import type { PageArgs } from "./graphql-connection.ts";
import { dateTime } from "./graphql-context.ts";
import type { Fields, GraphqlContext } from "./graphql-context.ts";
import type { CommentRecord, IssueEventRecord, IssueRecord } from "./records.ts";
import type { RepositoryState } from "./repository-state.ts";

/** Type names by the words of the REST feed; what is not here is not in the excerpt. */
const typeNames: Readonly<Record<string, string>> = {
  added_to_merge_queue: "AddedToMergeQueueEvent",
  blocked_by_added: "BlockedByAddedEvent",
  blocked_by_removed: "BlockedByRemovedEvent",
  blocking_added: "BlockingAddedEvent",
  blocking_removed: "BlockingRemovedEvent",
  closed: "ClosedEvent",
  labeled: "LabeledEvent",
  parent_issue_added: "ParentIssueAddedEvent",
  parent_issue_removed: "ParentIssueRemovedEvent",
  removed_from_merge_queue: "RemovedFromMergeQueueEvent",
  renamed: "RenamedTitleEvent",
  reopened: "ReopenedEvent",
  sub_issue_added: "SubIssueAddedEvent",
  sub_issue_removed: "SubIssueRemovedEvent",
  unlabeled: "UnlabeledEvent",
};

/** `LABELED_EVENT` for `LabeledEvent`. */
function enumName(typeName: string): string {
  return typeName.replaceAll(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

const enumNames = new Map(Object.entries(typeNames).map(([event, name]) => [event, enumName(name)] as const));

/** The GraphQL type of an event; undefined: it has none here. */
export function eventTypeName(event: IssueEventRecord): string | undefined {
  return typeNames[event.event];
}

type TimelineArgs = PageArgs & {
  readonly itemTypes?: readonly string[] | null;
  readonly since?: string | null;
  readonly skip?: number | null;
};

/** Resolves `timelineItems`: what is wanted, oldest first. */
export function timelineOf(issue: IssueRecord, args: TimelineArgs, context: GraphqlContext): unknown {
  const wanted = args.itemTypes === undefined || args.itemTypes === null ? null : new Set(args.itemTypes);
  const since = typeof args.since === "string" ? Date.parse(args.since) : 0;
  const events: (IssueEventRecord | CommentRecord)[] = context.eventsOf(issue.number).filter((event) => {
    const name = enumNames.get(event.event);
    return name !== undefined && (wanted === null || wanted.has(name));
  });
  const comments = wanted === null || wanted.has("ISSUE_COMMENT") ? issue.comments : [];
  const all = comments.length === 0 ? events : [...events, ...comments].toSorted((a, b) => a.createdAt - b.createdAt);
  const items = all.filter((item) => item.createdAt >= since).slice(args.skip ?? 0);
  const connection = connect(items, args, "timelineItems");
  return {
    ...connection,
    filteredCount: items.length,
    pageCount: connection.nodes.length,
    updatedAt: dateTime(issue.updatedAt),
  };
}

function issueOf(event: IssueEventRecord, state: RepositoryState): IssueRecord | null {
  return state.issues.get(event.issue) ?? null;
}

/** The other issue of an edge. */
function otherOf(event: IssueEventRecord, _args: unknown, { state }: GraphqlContext): IssueRecord | null {
  return event.other === undefined ? null : (state.issues.get(event.other) ?? null);
}

function labelOf(event: IssueEventRecord, _args: unknown, { state }: GraphqlContext): unknown {
  const name = event.label ?? "";
  // A label may be deleted after it was used; the event remembers its name.
  return state.findLabel(name) ?? { id: 0, node: `LA_${event.id}`, name, color: "ededed", description: "" };
}

/** Fields of every kind of event; each type of the schema takes those that it has. */
export const eventFields: Fields<IssueEventRecord> = {
  actor: (event) => event.actor,
  blockedIssue: otherOf,
  blockingIssue: otherOf,
  closable: (event, _args, { state }) => issueOf(event, state),
  closer: (event, _args, { state }) => {
    if (event.closer !== undefined && event.closer !== null) return state.issues.get(event.closer.pull) ?? null;
    return event.commit === undefined ? null : { __typename: "Commit", oid: event.commit };
  },
  createdAt: (event) => dateTime(event.createdAt),
  currentTitle: (event) => event.rename?.to ?? "",
  enqueuer: (event) => event.actor,
  id: (event) => event.node,
  label: labelOf,
  labelable: (event, _args, { state }) => issueOf(event, state),
  parent: otherOf,
  previousTitle: (event) => event.rename?.from ?? "",
  pullRequest: (event, _args, { state }) => issueOf(event, state),
  reason: (event) => event.reason ?? null,
  resourcePath: (event, _args, { state }) => `/${state.repository.fullName}/issues/${event.issue}#event-${event.id}`,
  stateReason: (event) => event.stateReason?.toUpperCase() ?? null,
  subIssue: otherOf,
  subject: (event, _args, { state }) => issueOf(event, state),
  url: (event, _args, { state }) =>
    `${state.htmlUrl}/${state.repository.fullName}/issues/${event.issue}#event-${event.id}`,
};

/** The types that `eventFields` serve. */
export const eventTypes: readonly string[] = Object.values(typeNames);
