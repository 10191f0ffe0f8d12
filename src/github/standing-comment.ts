/** A comment of ours that is kept up to date on an issue which need not be a task: one, found again by its marker and our authorship. */
import { z } from "zod";
import type { StandingComment } from "../ports/tracker.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { performAll, toFault, toOutcome } from "./act.ts";
import type { GithubFault } from "./classify-error.ts";
import type { GithubClient } from "./client.ts";
import { readOneIssue } from "./one-issue.ts";
import type { Place } from "./place.ts";
import type { Operation } from "./plan-writes.ts";
import { findOwn } from "./sticky.ts";

const IssueAnswer = z.object({
  node_id: z.string(),
  locked: z.boolean().nullish(),
  pull_request: z.unknown().optional(),
});

/** Writes the comment where it says something else than what stands there. Never rejects. */
export async function keepComment(
  parts: { readonly client: GithubClient; readonly place: Place },
  comment: StandingComment,
): Promise<WriteOutcome> {
  try {
    const read = await readOneIssue(parts, comment.issue);
    if (read.kind !== "here") return { kind: "dropped", reason: absences[read.kind] };
    const issue = IssueAnswer.parse(read.data);
    if (issue.pull_request) return { kind: "dropped", reason: "It is a pull request: name an issue." };
    return await write(parts.client, comment, { node: issue.node_id, isLocked: issue.locked === true });
  } catch (error) {
    return toOutcome(toFault(error));
  }
}

const absences = {
  transferred: "It was transferred to another repository: name an issue of this one.",
  deleted: "It was deleted: name another one.",
  not_found: "There is no such issue: name one that exists.",
} as const;

interface Issue {
  readonly node: string;
  readonly isLocked: boolean;
}

async function write(client: GithubClient, { marker, body }: StandingComment, issue: Issue): Promise<WriteOutcome> {
  const known = (await findOwn(client, [issue.node], marker)).get(issue.node) ?? null;
  if (known?.body === body) return { kind: "written", commentNode: known.id };
  const operation: Operation =
    known === null
      ? { entry: 0, verb: "addComment", input: { subjectId: issue.node, body } }
      : { entry: 0, verb: "updateIssueComment", input: { id: known.id, body } };
  const [result] = await performAll(client, [operation]);
  const fault = result?.fault ?? null;
  return fault === null
    ? { kind: "written", commentNode: result?.commentNode ?? null }
    : settleFault(fault, { issue, isEdit: known !== null });
}

function settleFault(
  fault: GithubFault,
  { issue, isEdit }: { readonly issue: Issue; readonly isEdit: boolean },
): WriteOutcome {
  const { kind, message, retryAfterMs } = fault;
  if (issue.isLocked && (kind === "forbidden" || kind === "invalid")) {
    return { kind: "dropped", reason: "It is locked: unlock it, or name another one." };
  }
  // Somebody has just deleted the comment: the next look does not find it, and it is made again.
  return isEdit && kind === "gone" ? { kind: "delayed", reason: message, retryAfterMs } : toOutcome(fault);
}
