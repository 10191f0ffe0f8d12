/** A look at the tracker becomes history: what is new, changed, done, reopened or gone, and who was allowed to say so. */
import { permits, type Actor } from "../model/actor.ts";
import type { TaskId } from "../model/ids.ts";
import type { IssueFacts, Observation } from "../model/observation.ts";
import type { External, Task } from "../model/task.ts";
import { leaveCycles } from "./decide-cycles.ts";
import { decideDependencies } from "./decide-dependencies.ts";
import { cancelTask, completeContainer, completeTask, reopenTask, requestCancel } from "./decide-outcome.ts";
import { noteReading } from "./decide-letters.ts";
import { decidePulls } from "./decide-pulls.ts";
import { rejudge } from "./decide-rejudge.ts";
import { defineTask, isSameDefinition } from "./define-task.ts";
import type { Decision } from "./decision.ts";
import { decideExternals, emitExternal } from "./externals.ts";
import { decideOutside, refusalNow } from "./intake.ts";
import { isEnded } from "../state/readiness.ts";
import { settleSplit, whoApprovedPiece } from "./decide-split.ts";
import type { SubmissionRecord } from "../state/records.ts";

/**
 * Tasks first, so that edges and pull requests find them; pull requests before closed issues, so that a merge is
 * recognised as one; edges last, when every task of the observation is known. The oldest issue comes first, so that it is
 * the one that is let in where there is not room for all.
 */
export function decideObservation(decision: Decision, observation: Observation): void {
  const issues = observation.issues
    .filter((facts) => !isStale(decision, facts) && !isCockpit(decision, facts))
    .toSorted((a, b) => a.number - b.number);
  for (const facts of issues) decideIssue(decision, facts);
  decidePulls(decision, observation.pulls);
  for (const facts of issues) decideState(decision, facts);
  for (const facts of issues) decideDependencies(decision, facts);
  for (const facts of issues) {
    settleSplit(decision, facts);
    const task = decision.state.tasks.get(facts.id);
    if (task !== undefined) completeContainer(decision, task);
  }
  for (const gone of observation.gone) decideGone(decision, gone.id, gone.reason);
  decideExternals(decision, observation.externals ?? []);
  if (observation.outside !== undefined) decideOutside(decision, observation.outside);
  noteReading(decision, observation);
  rejudge(decision, revisedIn(decision));
}

function revisedIn({ events }: Decision): readonly TaskId[] {
  return events.flatMap((event) => (event.type === "TaskRevised" ? [event.task] : []));
}

/** Another replica may have looked later and written first: its word stands. */
function isStale(decision: Decision, facts: IssueFacts): boolean {
  const task = decision.state.tasks.get(facts.id);
  return task !== undefined && facts.updatedAt < task.definition.updatedAt;
}

/** Ours, whatever label somebody puts on it: it is never work. */
function isCockpit({ state }: Decision, facts: IssueFacts): boolean {
  return state.cockpit?.node === facts.node;
}

function decideIssue(decision: Decision, facts: IssueFacts): void {
  const task = decision.state.tasks.get(facts.id) ?? null;
  if (facts.selectedBy === null && task === null) return observeExternal(decision, facts);
  if (facts.selectedBy === null && task !== null) return deselect(decision, task, facts);
  if (task === null) {
    const refusal = facts.state === "closed" ? null : refusalNow(decision.state, decision.context);
    if (facts.state === "closed" || refusal !== null) return observeExternal(decision, facts);
    decision.emit({ type: "TaskTracked", task: facts.id, definition: defineTask(facts, groundOf(decision), null) });
  } else {
    const definition = defineTask(facts, groundOf(decision), task);
    if (!isSameDefinition(definition, task.definition)) {
      decideReopening(decision, task, facts);
      decision.emit({ type: "TaskRevised", task: facts.id, definition });
    }
  }
  decideTrust(decision, facts);
}

function groundOf({ state, context }: Decision): Parameters<typeof defineTask>[1] {
  return { state, config: context.config };
}

/** An issue that somebody waits for but that is not work here: only its state counts. */
function observeExternal(decision: Decision, facts: IssueFacts, hasReceipt = false): void {
  if (!decision.state.dependents.has(facts.id)) return;
  const seen = stateOf(facts);
  const state = hasReceipt && seen === "closed" ? "completed" : seen;
  emitExternal(decision, { id: facts.id, reference: `#${facts.number}`, url: facts.url, state });
}

function stateOf(facts: IssueFacts): External["state"] {
  if (facts.state === "open") return "open";
  if (facts.stateReason === "not_planned" || facts.stateReason === "duplicate") return facts.stateReason;
  // As with a task: closing an issue is no evidence by itself, above all by its author.
  return facts.isClosedByMerge === true || isCloserTrusted(facts) ? "completed" : "closed";
}

/** Evidence: `trust` widens who starts work, never who says that it is done. */
function isCloserTrusted({ closedBy }: IssueFacts): boolean {
  return closedBy !== null && permits(closedBy.permission, "write");
}

/** The selecting label is gone: not our work any more. A live session is asked to end first. */
function deselect(decision: Decision, task: Task, facts: IssueFacts): void {
  if (task.assignment !== null) {
    requestCancel(decision, task.id, { reason: "cancelled", by: "orchestrate" });
    if (!isEnded(task)) {
      cancelTask(decision, task.id, { reason: "The issue is no longer selected.", by: "orchestrate" });
    }
    return;
  }
  const isDone = task.receipt !== null;
  letGo(decision, task, "The issue is no longer selected.");
  observeExternal(decision, facts, isDone);
}

function letGo(decision: Decision, task: Task, reason: string): void {
  decision.emit({ type: "TaskUntracked", task: task.id, reason });
  leaveCycles(decision, task);
}

function isTrusted(decision: Decision, actor: Actor | null): boolean {
  return actor !== null && permits(actor.permission, decision.context.config.trust);
}

/** Who selected it, and whether the text is still the one they saw. */
function decideTrust(decision: Decision, facts: IssueFacts): void {
  const task = decision.state.tasks.get(facts.id);
  if (task === undefined || facts.selectedBy === null || facts.hash === task.trust?.hash) return;
  const approver = findApprover(decision, task, facts);
  if (approver !== null) return trust(decision, facts, approver);
  requireApproval(decision, task, reasonForApproval(decision, task, facts));
}

/** Who stands for the text as it is: its last editor, or the one who selected it as it is now. */
function findApprover(decision: Decision, task: Task, facts: IssueFacts): string | null {
  if (wasEditedSinceSelection(facts))
    return isTrusted(decision, facts.editedBy) ? (facts.editedBy?.login ?? null) : null;
  const { selectedBy } = facts;
  const asker = whoseWords(decision, facts);
  if (asker !== null) return asker;
  if (selectedBy === null || !isTrusted(decision, selectedBy.actor)) return null;
  const isNewSelection = task.trust === null || selectedBy.at > task.trust.at;
  return isNewSelection ? selectedBy.actor.login : null;
}

/**
 * Whose text our own issue has, selected by nobody else: a series of a pattern that was asked for, what somebody submitted who may, or a
 * piece of a split that somebody approved. Null: it is none of these.
 */
function whoseWords({ state }: Decision, { number, madeFor, selectedBy, author }: IssueFacts): string | null {
  if (!madeFor || selectedBy === null || selectedBy.actor.kind !== "bot") return null;
  const isOwn = selectedBy.actor.login.replace(/\[bot\]$/, "") === author.replace(/\[bot\]$/, "");
  if (!isOwn) return null;
  if ("piece" in madeFor) return whoApprovedPiece(state, madeFor, number);
  if ("submission" in madeFor) return whoSubmitted(state.submissions.get(madeFor.submission), number);
  return (state.patterns.get(madeFor.pattern)?.series ?? 0) >= madeFor.series ? `pattern ${madeFor.pattern}` : null;
}

/** Its issue may be seen before it is known which it is; from then on no other one is. */
function whoSubmitted(record: SubmissionRecord | undefined, number: number): string | null {
  if (record === undefined) return null;
  return record.issue === undefined || record.issue === number ? record.by : null;
}

function wasEditedSinceSelection(facts: IssueFacts): boolean {
  return facts.editedAt !== null && facts.selectedBy !== null && facts.editedAt > facts.selectedBy.at;
}

function reasonForApproval(decision: Decision, task: Task, facts: IssueFacts): string {
  const isSelectionGood = task.trust !== null || isTrusted(decision, facts.selectedBy?.actor ?? null);
  if (isSelectionGood) {
    return `The text was edited by ${facts.editedBy?.login ?? "somebody"}, who may not start work, after it was approved.`;
  }
  return `It was selected by ${facts.selectedBy?.actor.login ?? "somebody"}, who may not start work.`;
}

function trust(decision: Decision, facts: IssueFacts, by: string): void {
  decision.emit({ type: "TaskTrusted", task: facts.id, by, hash: facts.hash });
}

function requireApproval(decision: Decision, task: Task, reason: string): void {
  if (task.pendingReason === reason || isEnded(task)) return;
  decision.emit({ type: "ApprovalRequired", task: task.id, reason });
}

/** Closed and opened again: the receipt, the failure or the cancellation no longer stands. */
function decideReopening(decision: Decision, task: Task, facts: IssueFacts): void {
  if (facts.state !== "open" || task.definition.isOpen || !isEnded(task)) return;
  const by = facts.reopenedBy ?? null;
  reopenTask(decision, task.id, by?.login ?? "somebody");
  // Read again: what was read before the reopening still looks ended.
  const reopened = decision.state.tasks.get(task.id);
  if (reopened !== undefined && by !== null && !isTrusted(decision, by)) {
    requireApproval(decision, reopened, `It was reopened by ${by.login}, who may not start work.`);
  }
}

/** A closed issue: done by a person who may say so, or called off. */
function decideState(decision: Decision, facts: IssueFacts): void {
  const task = decision.state.tasks.get(facts.id);
  if (task === undefined || facts.state === "open") return;
  if ((isEnded(task) && task.outcome !== "failed") || isOwnClosing(task, facts)) return;
  const by = facts.closedBy?.login ?? "somebody";
  if (facts.stateReason === "not_planned" || facts.stateReason === "duplicate") {
    const reason = facts.stateReason === "duplicate" ? "duplicate" : "not planned";
    return cancelTask(decision, task.id, { reason: `The issue was closed as ${reason}.`, by });
  }
  if (!isCloserTrusted(facts)) {
    return cancelTask(decision, task.id, { reason: `The issue was closed by ${by}, who has no write access.`, by });
  }
  requestCancel(decision, task.id, { reason: "cancelled", by });
  completeTask(decision, task.id, {
    kind: "closed",
    by,
    at: decision.context.now,
    reference: facts.url,
    warning: null,
  });
}

/** For a receipt that was taken back meanwhile: it is opened again. */
function isOwnClosing(task: Task, { closedBy }: IssueFacts): boolean {
  return task.isReopening === true && closedBy?.kind === "bot";
}

/** Deleted or transferred: the task ends here, and those who wait for it are told. */
function decideGone(decision: Decision, id: TaskId, reason: "deleted" | "transferred" | "not_found"): void {
  const task = decision.state.tasks.get(id);
  if (task === undefined) return;
  const sentence = reason === "transferred" ? "The issue was transferred." : "The issue was deleted.";
  if (task.assignment !== null) {
    if (!isEnded(task)) cancelTask(decision, id, { reason: sentence, by: "orchestrate" });
    return;
  }
  const external: External = {
    id,
    reference: `#${task.definition.number}`,
    url: task.definition.url,
    state: task.receipt !== null ? "completed" : "missing",
  };
  const isAwaited = decision.state.dependents.has(id);
  letGo(decision, task, sentence);
  if (isAwaited) emitExternal(decision, external);
}
