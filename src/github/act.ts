/**
 * Acts: brings many issues to their surface, and reacts to comments, in few aliased mutations. Everything is safe to
 * repeat; only differences are written; what goes wrong is told of the one issue that it belongs to.
 */
import type { IssueSurface } from "../ports/tracker.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { pickAlias } from "./answers.ts";
import { GithubFault, classifyGraphError } from "./classify-error.ts";
import type { FaultKind } from "./classify-error.ts";
import type { GithubClient, GraphAnswer } from "./client.ts";
import type { Labels } from "./labels.ts";
import { toChunks } from "./queries.ts";
import { planComments, planWrites, shapes } from "./plan-writes.ts";
import type { Operation } from "./plan-writes.ts";
import { findSticky } from "./sticky.ts";

/** GitHub gives up after ten seconds; a mutation takes it up to 0.3. */
const operationsMax = 30;

interface Result {
  readonly operation: Operation;
  /** Null when it was done. */
  readonly fault: GithubFault | null;
  readonly commentNode: string | null;
}

export interface Writer {
  /** One outcome a surface, in order. Never rejects. */
  write(surfaces: readonly IssueSurface[]): Promise<readonly WriteOutcome[]>;
  react(
    reactions: readonly { readonly comment: string; readonly reaction: "+1" | "-1" | "eyes" | "confused" }[],
  ): Promise<readonly WriteOutcome[]>;
}

/** What a fault means for a write: never again, or later. */
export function toOutcome(fault: GithubFault): WriteOutcome {
  if (fault.kind === "gone" || fault.kind === "invalid") return { kind: "dropped", reason: fault.message };
  return { kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs };
}

/** Whatever was thrown, as a fault: an answer that cannot be read is asked for again later. */
export function toFault(error: unknown): GithubFault {
  if (error instanceof GithubFault) return error;
  const message = `GitHub's answer could not be read (${error instanceof Error ? error.message : String(error)}).`;
  return new GithubFault(message.slice(0, 300), { kind: "retry", retryAfterMs: 60_000, cause: error });
}

const reactionContents = { "+1": "THUMBS_UP", "-1": "THUMBS_DOWN", eyes: "EYES", confused: "CONFUSED" } as const;

/** Makes the writer of one repository. */
export function createWriter(parts: { client: GithubClient; labels: Labels }): Writer {
  const { client, labels } = parts;

  /** Comments that were deleted under us are looked up once more, and made again. */
  async function restoreComments(
    surfaces: readonly IssueSurface[],
    results: readonly Result[],
  ): Promise<readonly Result[]> {
    const lost = results.filter(
      ({ operation, fault }) => operation.verb === "updateIssueComment" && fault?.kind === "gone",
    );
    const entries = lost.flatMap(({ operation: { entry } }) => {
      const surface = surfaces[entry];
      return surface === undefined ? [] : [{ entry, surface: { ...surface, commentNode: null } }];
    });
    if (entries.length === 0) return results;
    const sticky = await findSticky(
      client,
      entries.map((each) => each.surface.node),
    );
    const again = await performAll(client, planComments(entries, sticky));
    return [...results.filter((result) => !lost.includes(result)), ...again];
  }

  async function write(surfaces: readonly IssueSurface[]): Promise<readonly WriteOutcome[]> {
    try {
      const results = await restoreComments(surfaces, await performAll(client, await planWrites(parts, surfaces)));
      if (results.some(hasLostLabel)) labels.forget();
      return surfaces.map((surface, entry) =>
        settle(
          surface,
          results.filter((each) => each.operation.entry === entry),
        ),
      );
    } catch (error) {
      const fault = toFault(error);
      // Nothing is known of any single issue, so nothing is given up.
      return surfaces.map(() => ({ kind: "delayed", reason: fault.message, retryAfterMs: fault.retryAfterMs }));
    }
  }

  return {
    write: async (surfaces) => (surfaces.length === 0 ? [] : write(surfaces)),
    async react(reactions) {
      const operations = reactions.map(({ comment, reaction }, entry): Operation => ({
        entry,
        verb: "addReaction",
        input: { subjectId: comment, content: reactionContents[reaction] },
      }));
      const results = await performAll(client, operations);
      return reactions.map((_, entry) => {
        const fault = results.find((result) => result.operation.entry === entry)?.fault ?? null;
        return fault === null ? { kind: "written", commentNode: null } : toOutcome(fault);
      });
    },
  };
}

/** A label that was deleted under us, not the issue: looked up, or made, with the next try. */
function hasLostLabel({ operation, fault }: Result): boolean {
  if (fault?.kind !== "gone") return false;
  const { labelIds } = operation.input;
  return Array.isArray(labelIds) && labelIds.some((id) => fault.message.includes(String(id)));
}

/** The outcome of an issue: the worst of its operations, where later beats never and never beats done. */
function settle(surface: IssueSurface, results: readonly Result[]): WriteOutcome {
  const outcomes = results.flatMap((result): WriteOutcome[] => {
    if (result.fault === null) return [];
    if (!hasLostLabel(result)) return [toOutcome(result.fault)];
    return [{ kind: "delayed", reason: result.fault.message, retryAfterMs: result.fault.retryAfterMs }];
  });
  const commentNode = results.find((result) => result.commentNode !== null)?.commentNode ?? surface.commentNode;
  return (
    outcomes.find((outcome) => outcome.kind === "delayed") ??
    outcomes.find((outcome) => outcome.kind === "dropped") ?? { kind: "written", commentNode }
  );
}

/** Performs operations in documents of at most 30. Never rejects. */
export async function performAll(client: GithubClient, operations: readonly Operation[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...toChunks(operations, operationsMax)];
  for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) {
    try {
      results.push(...(await perform(client, chunk)));
    } catch (error) {
      const fault = toFault(error);
      // The document was refused as a whole: one bad entry must not take the others with it.
      if (fault.kind === "invalid" && chunk.length > 1) {
        waiting.unshift(...toChunks(chunk, Math.ceil(chunk.length / 2)));
        continue;
      }
      results.push(...chunk.map((operation) => ({ operation, fault, commentNode: null })));
    }
  }
  return results;
}

async function perform(client: GithubClient, operations: readonly Operation[]): Promise<readonly Result[]> {
  const declared = operations.map(({ verb }, index) => `$v${index}: ${shapes[verb].input}`).join(", ");
  const fields = operations.map(
    ({ verb }, index) => `o${index}: ${verb}(input: $v${index}) { ${shapes[verb].fields} }`,
  );
  const variables = Object.fromEntries(operations.map(({ input }, index) => [`v${index}`, input]));
  const creations = operations.filter((operation) => operation.verb === "addComment").length;
  const answer = await client.mutate(`mutation (${declared}) {\n${fields.join("\n")}\n}`, variables, { creations });
  return operations.map((operation, index) => ({
    operation,
    fault: readFault(answer, index),
    commentNode: readComment(answer, index),
  }));
}

const partWaits: Readonly<Record<FaultKind, number>> = {
  retry: 5_000,
  limited: 60_000,
  gone: 5_000,
  forbidden: 300_000,
  invalid: 60_000,
};

function readFault(answer: GraphAnswer, index: number): GithubFault | null {
  const error = answer.errors.find((each) => each.path[0] === `o${index}`);
  if (error === undefined) return null;
  const kind = classifyGraphError(error);
  return new GithubFault(`GitHub answered: ${error.message.slice(0, 300)}`, { kind, retryAfterMs: partWaits[kind] });
}

function readComment(answer: GraphAnswer, index: number): string | null {
  const id =
    pickAlias(answer.data, `o${index}`, "commentEdge", "node", "id") ??
    pickAlias(answer.data, `o${index}`, "issueComment", "id");
  return typeof id === "string" ? id : null;
}
