/**
 * Acts on Linear: keeps one notice on an issue. It is known by its id, and by a marker at its end that says what was written last,
 * because Linear gives a text back in a spelling of its own.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Journal } from "../ports/journal.ts";
import type { Notice, Noticeboard } from "../ports/noticeboard.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { LinearFault, toFault } from "./classify-error.ts";
import { createLinearClient, type LinearClient, type LinearOptions } from "./client.ts";
import { livesMax, noticeIdOf } from "./notice-id.ts";

export interface NoticeboardOptions extends LinearOptions {
  readonly journal: Journal;
}

/** One question for what the SDK would ask in two, with as few fields as will do: Linear counts them. */
const issueDocument = `query NoticeIssue($issue: String!) { issue(id: $issue) { id trashed archivedAt } }`;
const noticesDocument = `query Notices($issue: String!, $ids: [ID!]!) {
  issue(id: $issue) { id comments(first: ${livesMax}, filter: { id: { in: $ids } }) { nodes { id body } } }
}`;

const IssueAnswer = z.object({
  issue: z.object({ id: z.string(), trashed: z.boolean().nullish(), archivedAt: z.string().nullish() }),
});
const NoticesAnswer = z.object({
  issue: z.object({ comments: z.object({ nodes: z.array(z.object({ id: z.string(), body: z.string() })) }) }),
});

/** How long a comment that was made and is not found gets to show up: only then was it deleted. */
const showMs = 60_000;

/** Makes the noticeboard of one process. The SDK is loaded with the first notice. */
export function createNoticeboard(options: NoticeboardOptions): Noticeboard {
  let client: Promise<LinearClient> | null = null;
  /** Ids that Linear has and does not show, with the instant at which that was first seen. */
  const unseen = new Map<string, number>();

  async function write(notice: Notice): Promise<WriteOutcome> {
    client ??= createLinearClient(options);
    const linear = await client;
    const { issue } = IssueAnswer.parse(await linear.query(issueDocument, { issue: notice.issue }));
    if (issue.trashed === true)
      return { kind: "dropped", reason: "It is in Linear's trash: restore it, or name another one." };
    if (typeof issue.archivedAt === "string") return { kind: "dropped", reason: "It is archived: name another one." };
    const lives = Array.from({ length: livesMax }, (_, life) => noticeIdOf({ ...notice, issue: issue.id }, life));
    const answer = NoticesAnswer.parse(await linear.query(noticesDocument, { issue: issue.id, ids: lives }));
    const known = answer.issue.comments.nodes.toSorted((a, b) => lives.indexOf(a.id) - lives.indexOf(b.id))[0];
    const body = withMarker(notice);
    if (known === undefined) return create(linear, { issue: issue.id, lives, body });
    unseen.clear();
    if (known.body.includes(markerOf(notice))) return { kind: "written", commentNode: known.id };
    await linear.sdk.updateComment(known.id, { body });
    return { kind: "written", commentNode: known.id };
  }

  /** In the first life whose id is not known to be spent. */
  async function create(
    linear: LinearClient,
    of: { readonly issue: string; readonly lives: readonly string[]; readonly body: string },
  ): Promise<WriteOutcome> {
    const now = options.clock.now();
    const id = of.lives.find((each) => now - (unseen.get(each) ?? now) < showMs);
    if (id === undefined) {
      return { kind: "dropped", reason: `The comment was deleted ${livesMax} times: name another issue.` };
    }
    try {
      await linear.sdk.createComment({ id, issueId: of.issue, body: of.body });
      return { kind: "written", commentNode: id };
    } catch (error) {
      if (!(error instanceof LinearFault) || error.kind !== "taken") throw error;
      if (!unseen.has(id)) unseen.set(id, now);
      // Another process, or an earlier try, has just made it; or a person has deleted it since.
      return { kind: "delayed", reason: "Another process has just made the comment.", retryAfterMs: showMs };
    }
  }

  return {
    async keep(notice) {
      try {
        return await write(notice);
      } catch (error) {
        const fault = toFault(error);
        options.journal.debug("Linear did not do as asked.", {
          issue: notice.issue,
          kind: fault.kind,
          reason: fault.message,
        });
        return toOutcome(fault, error);
      }
    },
  };
}

function toOutcome(fault: LinearFault, error: unknown): WriteOutcome {
  if (error instanceof z.ZodError) {
    return { kind: "delayed", reason: "Linear answered with something unexpected.", retryAfterMs: showMs };
  }
  if (fault.kind === "gone") return { kind: "dropped", reason: "There is no such issue, or the key may not see it." };
  if (fault.kind === "key" || fault.kind === "refused") return { kind: "dropped", reason: fault.message };
  return { kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs };
}

/** What the notice says, in twelve letters. */
function markerOf({ stream, body }: Notice): string {
  return `orchestrate:alerts ${stream} ${createHash("sha256").update(body).digest("hex").slice(0, 12)}`;
}

function withMarker(notice: Notice): string {
  return `${notice.body.trimEnd()}\n\n\`${markerOf(notice)}\`\n`;
}
