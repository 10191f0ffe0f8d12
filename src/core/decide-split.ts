/**
 * The split of a task into pieces: proposed from its text, approved with that very text, and opened as issues. While a proposal waits,
 * and until every piece is there, nothing starts on the task itself: two sessions would do the same work.
 */
import { assessComplexity } from "../planning/complexity.ts";
import { decompose } from "../planning/decompose.ts";
import { openingOrder } from "../planning/order-pieces.ts";
import type { ReadText } from "../model/command.ts";
import type { Effect } from "../model/effect.ts";
import type { TaskId } from "../model/ids.ts";
import type { IssueFacts } from "../model/observation.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { Proposal } from "../model/split.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import { done, refused, unselected, type Instruct, type Reply } from "./instruction.ts";
import { pieceSeenMs, piecesAheadMax } from "../model/limits.ts";
import { isEnded, openBlockers } from "../state/readiness.ts";
import type { SplitRecord } from "../state/records.ts";
import type { State } from "../state/state.ts";

/** Whether the text says what it could be split into: then whoever asks for that has asked for work on it. */
export function isSplittable(text: ReadText | null | undefined): boolean {
  return text !== null && text !== undefined && decompose({ body: text.body, minutes: null }).kind === "pieces";
}

/** Null when the command is neither `split` nor the approval of one. */
export function instructSplit(decision: Decision, command: Instruct, instruction: SlashCommand): Reply | null {
  const task = decision.state.tasks.get(command.task);
  if (instruction.verb === "approve") {
    const isOfSplit = command.box?.key.startsWith("split:") === true;
    if (isOfSplit && task?.split !== "proposed") return refused("The split is not proposed any more.");
    return task === undefined ? null : approve(decision, task, command);
  }
  return instruction.verb === "split" ? propose(decision, task, command) : null;
}

function propose(decision: Decision, task: Task | undefined, command: Instruct): Reply {
  const { text } = command;
  if (text === null || text === undefined)
    return refused("The text of the issue could not be read, so nothing is split.");
  const minutes = task === undefined ? null : (task.estimateOverride ?? task.definition.estimateMinutes);
  const found = decompose({ body: text.body, minutes });
  const obstacle = task === undefined ? null : whyNot(decision.state, task);
  if (obstacle !== null) return refused(obstacle);
  if (found.kind === "none") return refused(found.reason);
  if (task === undefined) return refused(unselected(decision, command));
  const { source, pieces } = found;
  const judged = { title: task.definition.title, body: text.body, minutes, pieces };
  const complexity = assessComplexity(judged);
  const proposal: Proposal = { hash: text.hash, source, pieces, complexity, milestone: text.milestone };
  const known = decision.state.splits.get(task.id)?.proposal;
  if (JSON.stringify(known) !== JSON.stringify(proposal))
    decision.emit({ type: "SplitProposed", task: task.id, by: command.by.login, proposal });
  return done;
}

/** Why there is nothing to split, in a sentence with what to do; null where there is nothing against it. */
function whyNot(state: State, task: Task): string | null {
  if (task.split === "opening" || task.split === "open") return describeSplit(state, task.id);
  if (task.definition.isContainer) {
    return "It has sub-issues already and completes with the last of them: write another one below it for what is missing.";
  }
  return whyBusy(task);
}

function whyBusy(task: Task): string | null {
  if (isEnded(task)) {
    return "It has ended. `/orchestrate hold` and then `/orchestrate retry` take it up again without starting it; then it can be split.";
  }
  if (task.assignment !== null) {
    return `\`${task.assignment.worker}\` is at work on it, and pieces would do the same once more. To split it all the same: \`/orchestrate hold\`, then \`/orchestrate cancel\`; once the session has ended \`/orchestrate retry\`, and then give the command again.`;
  }
  const { pull } = task;
  if (pull?.state === "open" || task.pullDueAt !== null) {
    const what =
      pull?.state === "open" ? `Pull request #${pull.number} is open for it` : "Its pull request is expected";
    return `${what}, and pieces would do the same once more. Merge it, or close it, then give the command again.`;
  }
  return null;
}

/** What it was split into already. */
function describeSplit(state: State, id: TaskId): string {
  const { opened = [] } = state.splits.get(id) ?? {};
  const issues = opened.flatMap((each) => (each === null ? [] : [`#${each.issue}`]));
  const missing = opened.length - issues.length;
  const there = issues.length === 0 ? "" : `, into ${issues.join(", ")}`;
  const coming = missing === 0 ? "" : `; ${missing} of ${opened.length} pieces are still to be opened`;
  return `It is split already${there}${coming}. Write another issue below it for what is missing.`;
}

/** Puts the proposal in force where one waits, for the text that it was read from; null where there is none to approve. */
function approve(decision: Decision, task: Task, command: Instruct): Reply | null {
  const record = decision.state.splits.get(task.id);
  if (record === undefined || task.split === "open") return null;
  const by = command.by.login;
  if (task.split === "opening") return openRest(decision, task, { record, by });
  const obstacle = whyNotApproved(task, record, command) ?? whoIsAwaited(decision.state, task);
  if (obstacle !== null) return refused(obstacle);
  const { hash } = record.proposal;
  if (task.trust?.hash !== hash || task.pendingReason !== null)
    decision.emit({ type: "TaskTrusted", task: task.id, by, hash });
  decision.emit({ type: "SplitApproved", task: task.id, by });
  return done;
}

function whyNotApproved(task: Task, { proposal }: SplitRecord, { text, box }: Instruct): string | null {
  if (box?.hash !== undefined && box.key.startsWith("approve:")) {
    return `A split of #${task.definition.number} was proposed since this box was offered: look at it, then tick the new box.`;
  }
  if ((text?.hash ?? task.definition.hash) !== proposal.hash) {
    return "The text has changed since the split was proposed, so nothing is opened. `/orchestrate split` reads it again; `/orchestrate undo` takes the proposal back, and then `/orchestrate approve` lets it be worked on as a whole.";
  }
  return whyBusy(task);
}

/** A person is asked on one issue, and says so there: not once more on each piece. */
function whoIsAwaited(state: State, task: Task): string | null {
  const person = openBlockers(state, task)
    .map(({ on }) => state.externals.get(on))
    .find((external) => external?.waitsFor === "person");
  if (person === undefined) return null;
  return `It waits for \`${person.reference}\`, and its pieces would not. \`/orchestrate unblock ${person.reference}\` says that it need not any more; then give the command again.`;
}

/** Those that GitHub would not take are tried once more. */
function openRest(
  decision: Decision,
  task: Task,
  { record, by }: { readonly record: SplitRecord; readonly by: string },
): Reply {
  if (record.refused.length === 0) return { kind: "done", answer: "Its pieces are being opened already." };
  if (task.escalated !== null) decision.emit({ type: "EscalationLifted", task: task.id });
  decision.emit({ type: "SplitApproved", task: task.id, by });
  return done;
}

/** The next pieces to open: a few at a time, those first that others come after, and none that was refused. */
export function nextPieces(state: State, task: TaskId): readonly Effect[] {
  const record = state.splits.get(task);
  if (record === undefined || record.approvedBy === null) return [];
  const { proposal, opened, refused: never } = record;
  return openingOrder(proposal.pieces)
    .filter((piece) => opened[piece] === null && !never.includes(piece))
    .slice(0, piecesAheadMax)
    .map((piece) => ({ type: "OpenPiece", task, piece }));
}

/** The issue of a piece is there. */
export function notePieceOpened(
  decision: Decision,
  { task, piece }: Effect & { readonly type: "OpenPiece" },
  { issue, id }: { readonly issue: number; readonly id: TaskId | undefined },
): void {
  if (id === undefined || decision.state.splits.get(task)?.opened[piece] !== null) return;
  decision.emit({ type: "PieceOpened", task, piece, issue, id });
}

/** A piece that GitHub will not take: a person is told, once for all of them. */
export function tellRefusedPiece(
  decision: Decision,
  { task, piece }: Effect & { readonly type: "OpenPiece" },
  reason: string,
): void {
  if (!decision.state.splits.has(task) || decision.state.tasks.get(task)?.escalated !== null) return;
  const words = `Piece ${piece + 1} could not be opened as an issue: ${reason} \`/orchestrate approve\` tries again, and opens none twice.`;
  decision.emit({ type: "TaskEscalated", task, reason: words });
}

/**
 * Once every piece was seen below its parent the parent is one like any other. An older look may not show the last of them, and then the
 * parent must not be done with the others; whatever is not seen after a while somebody has taken away.
 */
export function settleSplit(decision: Decision, facts: IssueFacts): void {
  const { state, context } = decision;
  const task = state.tasks.get(facts.id);
  const record = state.splits.get(facts.id);
  if (task?.split !== "opening" || record === undefined) return;
  const children = new Set(facts.children.map(({ id }) => id));
  const isThere = record.opened.every((piece) => piece !== null);
  const areSeen = record.opened.every((piece) => piece !== null && children.has(piece.id));
  const isLate = record.openedAt !== null && context.now - record.openedAt > pieceSeenMs;
  if (areSeen || (isThere && isLate)) decision.emit({ type: "SplitSettled", task: facts.id });
}

/** Who stands for the text of a piece: whoever approved the proposal that it is one of. Null: nobody. */
export function whoApprovedPiece(
  state: State,
  { task, hash, piece }: { readonly task: TaskId; readonly hash: string; readonly piece: number },
  issue: number,
): string | null {
  const record = state.splits.get(task);
  const opened = record?.opened[piece];
  if (record === undefined || opened === undefined || hash === "" || !record.proposal.hash.startsWith(hash))
    return null;
  return opened === null || opened.issue === issue ? record.approvedBy : null;
}
