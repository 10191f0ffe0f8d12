/** Starts the session of an assignment at its vendor: the text is read, checked against what was approved, and handed over. */
import { criteriaIn } from "../core/criteria.ts";
import type { Dossier } from "../state/records.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Feedback } from "../model/feedback.ts";
import type { Task } from "../model/task.ts";
import { classify } from "../planning/classify.ts";
import type { Agent, Assignable } from "../ports/agent.ts";
import type { Conflicts } from "../ports/conflicts.ts";
import { TrackerUnavailable, type Brief, type Tracker } from "../ports/tracker.ts";
import { taskFilePath } from "../views/task-file.ts";
import type { EngineParts } from "./parts.ts";

/** The agent finds the others when it merges. */
const namedMax = 10;

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

/** Never rejects. A text that is not the approved one starts nothing. */
export async function startSession(
  parts: EngineParts,
  start: Reading & { readonly agent: Agent },
): Promise<EffectOutcome> {
  const { agent, ...reading } = start;
  return withBrief(parts, reading, async (assignable, body) => {
    const outcome = await agent.start(assignable);
    if (outcome.kind === "unknown") return { kind: "delayed", reason: outcome.reason, retryAfterMs: 10_000 };
    const criteria = outcome.kind === "started" ? criteriaIn(body) : [];
    return criteria.length === 0 || outcome.kind !== "started" ? outcome : { ...outcome, criteria };
  });
}

interface Reading {
  readonly tracker: Pick<Tracker, "brief">;
  /** Undefined: nobody is asked what conflicts. */
  readonly conflicts: Conflicts | undefined;
  readonly task: Assigned;
  /** What is kept of the task for its agents. */
  readonly dossier: Dossier | undefined;
}

/** Reads the text and, where it is the approved one, has `act` start something with it. Never rejects. */
export async function withBrief(
  parts: EngineParts,
  { tracker, conflicts, task, dossier }: Reading,
  act: (assignable: Assignable, body: string) => Promise<EffectOutcome>,
): Promise<EffectOutcome> {
  try {
    const brief = await tracker.brief(task.definition.number);
    if (brief === null) return { kind: "refused", reason: "The issue is gone.", retryAfterMs: null };
    if (brief.hash !== task.trust?.hash) return { kind: "changed_text" };
    const assignable = toAssignable(parts, { task, brief, dossier });
    const gate = await conflictOf(assignable, conflicts);
    return await act(
      gate === null ? assignable : { ...assignable, feedback: [gate, ...assignable.feedback] },
      brief.body,
    );
  } catch (error) {
    const retryAfterMs = error instanceof TrackerUnavailable ? error.retryAfterMs : 10_000;
    return { kind: "delayed", reason: error instanceof Error ? error.message : String(error), retryAfterMs };
  }
}

interface Briefed {
  readonly task: Assigned;
  readonly brief: Brief;
  readonly dossier: Dossier | undefined;
}

/** Everything that an agent is told about the assignment of `task`. */
export function toAssignable(parts: EngineParts, { task, brief, dossier }: Briefed): Assignable {
  const { assignment } = task;
  const said = saidOf(task, dossier);
  return {
    task: task.id,
    number: brief.number,
    agent: assignment.agent,
    worker: assignment.worker,
    attempt: assignment.attempt,
    fence: assignment.fence,
    repository: parts.repository,
    defaultBranch: parts.defaultBranch,
    title: brief.title,
    body: brief.body,
    url: brief.url,
    work: classify({ title: brief.title, text: brief.body, labels: task.definition.labels }).kind,
    feedback: feedbackOf(task),
    taskFile: taskFilePath("in_progress", brief.number),
    continues: assignment.continues,
    ...(said === null ? {} : { said }),
  };
}

/**
 * What stands in the way of a branch that was begun and has no pull request yet: of one that has, looks tell. Null: nothing, or nobody can
 * say; the prompt asks for a merge of the base first in any case.
 */
async function conflictOf(
  { continues, defaultBranch: base }: Assignable,
  conflicts: Conflicts | undefined,
): Promise<string | null> {
  if (continues?.isBegun !== true || conflicts === undefined) return null;
  const paths = (await conflicts.find({ head: continues.branch, base })) ?? [];
  if (paths.length === 0) return null;
  const more = paths.length - namedMax;
  const named = [...paths.slice(0, namedMax), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
  return `The branch ${continues.branch} and ${base} have both changed ${named}: merge ${base} into it before anything else.`;
}

/** What was said of another pull request than the open one is of no use any more. */
function saidOf({ pull }: Task, dossier: Dossier | undefined): Feedback | null {
  const feedback = dossier?.feedback ?? null;
  return pull?.state === "open" && feedback?.pull === pull.number ? feedback : null;
}

/** What earlier attempts left, newest first; our own words. */
function feedbackOf(task: Task): readonly string[] {
  const failed = task.attempts.filter((attempt) => attempt.result !== "success").map((attempt) => attempt.detail);
  const { pull } = task;
  if (pull === null || pull.state !== "open") return failed.toReversed();
  const open: string[] = [];
  if (pull.checks === "failure")
    open.push(`Checks fail on pull request #${pull.number}: ${pull.failedChecks.join(", ")}.`);
  if (pull.mergeable === "conflict")
    open.push(`Pull request #${pull.number} conflicts with its base branch: merge it and resolve.`);
  if (task.mergeAsked?.over === "returned" && task.mergeAsked.pull === pull.number)
    open.push(`The merge queue took pull request #${pull.number} out again: merge the base branch into it first.`);
  if (pull.objection !== undefined)
    open.push(`${pull.objection.by} asks for changes on pull request #${pull.number}: read the review there.`);
  return [...open, ...failed.toReversed()];
}
