/** What has to be written to bring issues to their surface: only differences, each as one mutation of a document. */
import type { IssueSurface } from "../ports/tracker.ts";
import type { GithubClient } from "./client.ts";
import type { Labels } from "./labels.ts";
import { findSticky, toStickyBody } from "./sticky.ts";

export type Verb =
  | "addLabelsToLabelable"
  | "removeLabelsFromLabelable"
  | "addComment"
  | "updateIssueComment"
  | "closeIssue"
  | "reopenIssue"
  | "addReaction"
  | "updateIssue"
  | "pinIssue"
  | "unpinIssue";

/** How each is written in a document: the type of its input, and the fields that are asked of its answer. */
export const shapes: Readonly<Record<Verb, { readonly input: string; readonly fields: string }>> = {
  addLabelsToLabelable: { input: "AddLabelsToLabelableInput!", fields: "clientMutationId" },
  removeLabelsFromLabelable: { input: "RemoveLabelsFromLabelableInput!", fields: "clientMutationId" },
  addComment: { input: "AddCommentInput!", fields: "commentEdge { node { id } }" },
  updateIssueComment: { input: "UpdateIssueCommentInput!", fields: "issueComment { id }" },
  closeIssue: { input: "CloseIssueInput!", fields: "clientMutationId" },
  reopenIssue: { input: "ReopenIssueInput!", fields: "clientMutationId" },
  addReaction: { input: "AddReactionInput!", fields: "clientMutationId" },
  updateIssue: { input: "UpdateIssueInput!", fields: "clientMutationId" },
  pinIssue: { input: "PinIssueInput!", fields: "clientMutationId" },
  unpinIssue: { input: "UnpinIssueInput!", fields: "clientMutationId" },
};

export interface Operation {
  /** Which of the entries it belongs to. */
  readonly entry: number;
  readonly verb: Verb;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A surface and its place in the list that was asked for. */
export interface Entry {
  readonly entry: number;
  readonly surface: IssueSurface;
}

/** Comments of surfaces: an edit where one is known or was found, else a new one. */
export function planComments(entries: readonly Entry[], sticky: ReadonlyMap<string, string>): readonly Operation[] {
  return entries.flatMap(({ entry, surface }): Operation[] => {
    if (surface.comment === null) return [];
    const body = toStickyBody(surface.comment);
    const id = surface.commentNode ?? sticky.get(surface.node);
    return id === undefined
      ? [{ entry, verb: "addComment", input: { subjectId: surface.node, body } }]
      : [{ entry, verb: "updateIssueComment", input: { id, body } }];
  });
}

async function planLabels(labels: Labels, entries: readonly Entry[]): Promise<readonly Operation[]> {
  const changes = entries.map(({ entry, surface }) => ({
    entry,
    labelableId: surface.node,
    added: surface.labels.filter((label) => !surface.labelsBefore.includes(label)),
    removed: surface.labelsBefore.filter((label) => !surface.labels.includes(label)),
  }));
  const ids = await labels.find(
    changes.flatMap((change) => change.added),
    changes.flatMap((change) => change.removed),
  );
  const toIds = (names: readonly string[]) => names.flatMap((name) => ids.get(name) ?? []);
  return changes.flatMap(({ entry, labelableId, added, removed }): Operation[] => {
    const takeOff: Operation = {
      entry,
      verb: "removeLabelsFromLabelable",
      input: { labelableId, labelIds: toIds(removed) },
    };
    const putOn: Operation = { entry, verb: "addLabelsToLabelable", input: { labelableId, labelIds: toIds(added) } };
    return [takeOff, putOn].filter((operation) => (operation.input["labelIds"] as readonly string[]).length > 0);
  });
}

function planStates(entries: readonly Entry[]): readonly Operation[] {
  return entries.flatMap(({ entry, surface }): Operation[] => {
    if (surface.state === "leave") return [];
    return surface.state === "closed"
      ? [{ entry, verb: "closeIssue", input: { issueId: surface.node, stateReason: "COMPLETED" } }]
      : [{ entry, verb: "reopenIssue", input: { issueId: surface.node } }];
  });
}

/** All operations, those of one issue together. Looks up labels and sticky comments; rejects with `GithubFault`. */
export async function planWrites(
  parts: { readonly client: GithubClient; readonly labels: Labels },
  surfaces: readonly IssueSurface[],
): Promise<readonly Operation[]> {
  const entries = surfaces.map((surface, entry) => ({ entry, surface }));
  const unknown = surfaces.filter((surface) => surface.comment !== null && surface.commentNode === null);
  const sticky = await findSticky(parts.client, [...new Set(unknown.map((surface) => surface.node))]);
  const labels = await planLabels(parts.labels, entries);
  const operations = [...labels, ...planComments(entries, sticky), ...planStates(entries)];
  return operations.toSorted((left, right) => left.entry - right.entry);
}
