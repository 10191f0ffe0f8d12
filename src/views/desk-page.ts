/** What `orchestrate claim` and `heartbeat` print: the task with everything that its agent is told, and whether it is to go on. */
import type { Assignment, Task } from "../model/task.ts";
import { toPlainLine } from "./markdown.ts";
import { toPlainWords } from "./plain-page.ts";
import { describeWaiting } from "./reasons.ts";
import type { WaitingReason } from "./task-view.ts";
import { describeSpan, failureWords } from "./words.ts";

type Assigned = Task & { readonly assignment: Assignment };

export interface Claimed {
  readonly repository: string;
  readonly task: Assigned;
  readonly work: { readonly branch: string; readonly prompt: string };
}

/** A few lines for whoever reads along, then the prompt to its end. */
export function renderClaimPage({ repository, task, work }: Claimed): string {
  const { number, title } = task.definition;
  const { worker, agent, attempt, fence } = task.assignment;
  return [
    `${toPlainLine(repository)}#${number} ${toPlainLine(title)} is with ${worker} (attempt ${attempt}, fence ${fence}).`,
    `Branch: ${describeBranch(work.branch)}`,
    `While it works: orchestrate heartbeat ${number} --agent ${agent}. When a pull request is there: orchestrate review ${number}.`,
    "",
    work.prompt.trimEnd(),
  ].join("\n");
}

function describeBranch(branch: string): string {
  return branch.endsWith("-") ? `${toPlainLine(branch)} and a few words of the title` : toPlainLine(branch);
}

/** The keys are a contract. */
export function toClaimDocument({ repository, task, work }: Claimed): Readonly<Record<string, unknown>> {
  const { number, title, url } = task.definition;
  const { agent, worker, attempt, fence, continues, session } = task.assignment;
  const reference = `#${number}`;
  const isNewBranch = continues === null;
  const { branch, prompt } = work;
  return {
    repository,
    task: task.id,
    reference,
    url,
    title,
    agent,
    worker,
    attempt,
    fence,
    session: session?.id ?? null,
    branch,
    isNewBranch,
    prompt,
  };
}

/** Why it is refused, as plain sentences. */
export function renderClaimRefusal(why: readonly WaitingReason[]): string {
  if (why.length === 0) return "Others were faster each time: ask again.";
  return toPlainWords([...new Set(why.map(describeWaiting))].join(" "));
}

export interface Beat {
  readonly repository: string;
  /** As it is now. */
  readonly task: Task;
  /** The session that was heard of, as it was found. */
  readonly session: Assignment;
  /** It is in the log; else the last one that was is recent enough. */
  readonly isWritten: boolean;
  readonly isEnd: boolean;
  /** More often they are not written down. */
  readonly paceMs: number;
}

export function renderBeatPage(beat: Beat): string {
  const { repository, task, session, isWritten, isEnd, paceMs } = beat;
  const name = `${toPlainLine(repository)}#${task.definition.number}`;
  if (isEnd) return `${name}: ${session.worker} has stopped, and is free.`;
  const { stop, reason } = standingOf(beat);
  if (stop) return `${name}: stop. ${reason}`;
  const what = isWritten ? "is in the log" : "is known; the last one in the log is recent enough";
  return `${name}: ${session.worker} goes on. That ${what}; they are written every ${describeSpan(paceMs)} at most.`;
}

/** The keys are a contract. */
export function toBeatDocument(beat: Beat): Readonly<Record<string, unknown>> {
  const { repository, task, session, isWritten, paceMs } = beat;
  const { worker, fence, attempt } = session;
  const { stop } = standingOf(beat);
  return {
    repository,
    task: task.id,
    reference: `#${task.definition.number}`,
    worker,
    fence,
    attempt,
    stop,
    reason: session.cancelReason,
    isWritten,
    paceSeconds: Math.round(paceMs / 1_000),
  };
}

function standingOf({ task, session, isEnd }: Beat): { readonly stop: boolean; readonly reason: string } {
  const live = task.assignment?.fence === session.fence ? task.assignment : null;
  if (isEnd || live === null) return { stop: true, reason: "Its session is over." };
  if (live.phase !== "ending") return { stop: false, reason: "" };
  const why = live.cancelReason === null ? "somebody asked for it" : failureWords[live.cancelReason];
  return {
    stop: true,
    reason: `Its end was asked for, because ${why}. When it has stopped: orchestrate heartbeat ${task.definition.number} --agent ${live.agent} --stopped.`,
  };
}
