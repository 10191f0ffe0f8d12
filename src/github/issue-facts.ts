/** An issue as GitHub answers it, turned into facts. Pure: people, acts and references are looked up before. */
import type { Actor } from "../model/actor.ts";
import type { TaskId } from "../model/ids.ts";
import { readText } from "../model/issue-text.ts";
import type { BlockerFacts, IssueFacts } from "../model/observation.ts";
import type { External } from "../model/task.ts";
import type { ClosedEvent, IssueNode, Somebody } from "./answers.ts";
import { toBlockers, toMissing, toReferenceKey } from "./blockers.ts";
import { ghost } from "./permissions.ts";
import { fullNameOf, hashText, taskIdIn } from "./place.ts";
import type { Place } from "./place.ts";
import { parseMadeFor } from "./made-for.ts";
import { parseDependencies, parseWaits } from "./references.ts";
import type { DependencyReference } from "./references.ts";
import { toWaitId, type Wait } from "../model/external-wait.ts";

/** An issue with everything read off it that needs no further look. */
export interface ReadIssue {
  readonly node: IssueNode;
  readonly id: TaskId;
  readonly references: readonly DependencyReference[];
  readonly waits: readonly Wait[];
  readonly selected: { readonly actor: Somebody | null; readonly at: number } | null;
  /** It carries a selecting label and the act that put it there is older than what was read. */
  readonly lacksSelection: boolean;
  /** Its last closing, while it is closed; null where GitHub tells of none. */
  readonly closing: ClosedEvent | null;
  readonly closer: Somebody | null;
  readonly lacksCloser: boolean;
  readonly edited: { readonly actor: Somebody | null; readonly at: number } | null;
}

export interface ReadOptions {
  readonly place: Place;
  readonly selectLabels: readonly string[];
}

function readSelection(node: IssueNode, selectLabels: readonly string[]) {
  const wanted = new Set(selectLabels.map((label) => label.toLowerCase()));
  const carried = new Set(
    (node.labels?.nodes ?? []).map((label) => label.name.toLowerCase()).filter((label) => wanted.has(label)),
  );
  const act = node.acts.nodes.findLast(
    (each) => each.__typename === "LabeledEvent" && carried.has(each.label.name.toLowerCase()),
  );
  return {
    isCarried: carried.size > 0,
    act: act === undefined ? null : { actor: act.actor ?? null, at: act.createdAt },
  };
}

/** Who changed the text last: the body has an editor, the title has its renames. */
function readEdit(node: IssueNode): ReadIssue["edited"] {
  const rename = node.renames.nodes.at(-1);
  const renamed = rename === undefined ? null : { actor: rename.actor ?? null, at: rename.createdAt };
  if (node.lastEditedAt === null || node.lastEditedAt === undefined) return renamed;
  const edited = { actor: node.editor ?? null, at: node.lastEditedAt };
  return renamed !== null && renamed.at >= edited.at ? renamed : edited;
}

/** Reads an issue; `lacksSelection` and `lacksCloser` ask for older acts. */
export function readIssue(node: IssueNode, options: ReadOptions): ReadIssue {
  const { place } = options;
  const selection = readSelection(node, options.selectLabels);
  const hasOlder = node.acts.pageInfo.hasPreviousPage;
  const close =
    node.state === "CLOSED" ? node.acts.nodes.findLast((act) => act.__typename === "ClosedEvent") : undefined;
  return {
    node,
    id: taskIdIn(place, node.fullDatabaseId),
    references: parseDependencies(node.body, { repository: fullNameOf(place), host: place.host }),
    waits: parseWaits(node.body),
    // Without the act (an imported issue) somebody without any right put it there, long ago.
    selected: selection.isCarried ? (selection.act ?? { actor: null, at: node.createdAt }) : null,
    lacksSelection: selection.isCarried && selection.act === null && hasOlder,
    closing: close ?? null,
    closer: close?.actor ?? null,
    lacksCloser: node.state === "CLOSED" && close === undefined && hasOlder,
    edited: readEdit(node),
  };
}

/** Whether the closing is that of a merged pull request of this repository. */
export function isByMerge(closing: ClosedEvent | null, place: Place): boolean {
  const closer = closing?.closer;
  return closer?.merged === true && closer.repository?.databaseId === place.id;
}

/** Everybody whose permission the facts of an issue need. */
export function peopleOf(issue: ReadIssue): readonly (Somebody | null)[] {
  return [issue.selected?.actor ?? null, issue.closer, issue.edited?.actor ?? null];
}

const stateReasons = {
  COMPLETED: "completed",
  NOT_PLANNED: "not_planned",
  DUPLICATE: "duplicate",
  REOPENED: null,
} as const;

/** GitHub's milestones have no labels: a line of the description that reads like one of ours is one. */
function readMilestone(node: IssueNode): IssueFacts["milestone"] {
  if (!node.milestone) return null;
  const lines = (node.milestone.description ?? "").slice(0, 4_000).split("\n");
  const labels = lines.map((line) => line.trim().toLowerCase()).filter((line) => /^mode:[a-z]{1,20}$/.test(line));
  const { title, createdAt, dueOn } = node.milestone;
  return { title, labels, createdAt, dueAt: dueOn ?? null };
}

/** What our own issue was made for, while its text is the one that we wrote. */
function readMadeFor({ node, edited }: ReadIssue): IssueFacts["madeFor"] {
  if (!node.viewerDidAuthor || edited !== null) return null;
  return parseMadeFor(node.body);
}

export interface FactsOptions {
  readonly place: Place;
  readonly toActor: (somebody: Somebody | null | undefined) => Actor;
  readonly resolved: ReadonlyMap<string, External>;
  readonly waits: ReadonlyMap<TaskId, External>;
  /** Closed issues of this repository that nobody closed whose word counts. */
  readonly unproven: ReadonlySet<TaskId>;
}

function readBlockers(issue: ReadIssue, options: FactsOptions): readonly BlockerFacts[] {
  const { place, resolved } = options;
  const { unproven } = options;
  const native = toBlockers(place, issue.node.blockedBy, { issue: issue.id, source: "native", unproven });
  const known = new Set(native.map((blocker) => blocker.id));
  const named = issue.references.map((reference): BlockerFacts => {
    const external = resolved.get(toReferenceKey(place, reference)) ?? toMissing(place, reference);
    const { kind, partial } = reference;
    return { ...external, kind, source: "body", ...(partial === undefined ? {} : { partial }) };
  });
  const waits = issue.waits.flatMap((wait): readonly BlockerFacts[] => {
    const external = options.waits.get(toWaitId(wait, fullNameOf(place)));
    return external === undefined ? [] : [{ ...external, kind: "hard", source: "body" }];
  });
  // A native link says the same as the text, and more surely; an issue that names itself waits for nothing.
  return [...native, ...named.filter((blocker) => !known.has(blocker.id) && blocker.id !== issue.id), ...waits];
}

function readState(
  { node, closing, closer }: ReadIssue,
  { place, toActor }: FactsOptions,
): Pick<IssueFacts, "state" | "stateReason" | "closedBy" | "isClosedByMerge"> {
  if (node.state === "OPEN") return { state: "open", stateReason: null, closedBy: null };
  return {
    state: "closed",
    stateReason: node.stateReason ? stateReasons[node.stateReason] : null,
    closedBy: toActor(closer),
    ...(isByMerge(closing, place) ? { isClosedByMerge: true } : {}),
  };
}

/** The facts of an issue. */
export function toIssueFacts(issue: ReadIssue, options: FactsOptions): IssueFacts {
  const { node } = issue;
  const { place, toActor } = options;
  return {
    id: issue.id,
    node: node.id,
    number: node.number,
    url: node.url,
    title: node.title,
    hash: hashText(node.title, node.body),
    text: readText(node.body),
    author: node.author?.login ?? ghost.login,
    createdAt: node.createdAt,
    updatedAt: node.updatedAt,
    ...readState(issue, options),
    labels: (node.labels?.nodes ?? []).map((label) => label.name),
    milestone: readMilestone(node),
    selectedBy: issue.selected === null ? null : { actor: toActor(issue.selected.actor), at: issue.selected.at },
    editedBy: issue.edited === null ? null : toActor(issue.edited.actor),
    editedAt: issue.edited?.at ?? null,
    blockedBy: readBlockers(issue, options),
    children: toBlockers(place, node.subIssues, {
      issue: issue.id,
      source: "sub_issue",
      unproven: options.unproven,
    }),
    madeFor: readMadeFor(issue),
    // Looked up by `write` before one is created; reading every comment here would double the price of a look.
    sticky: null,
  };
}
