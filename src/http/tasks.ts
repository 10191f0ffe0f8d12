/**
 * POST /api/orchestrator/tasks: work from outside becomes an issue and a task. The issue is opened by an effect like any other, so a crash or
 * a lost answer makes none twice; the answer waits for it for a while.
 */
import { z } from "zod";
import { alikeOf, whyNotTaken } from "../core/decide-submissions.ts";
import type { State } from "../state/state.ts";
import { findTask } from "../engine/find-task.ts";
import { NotAskable, toAsked, whyNotReady } from "../engine/new-issue.ts";
import type { Repository } from "../engine/repository.ts";
import { toExplainedView } from "../engine/task-views.ts";
import { toCommandId } from "../model/ids.ts";
import type { Submission } from "../model/submission.ts";
import type { Task } from "../model/task.ts";
import { classify, workKinds, type Classification } from "../planning/classify.ts";
import { toExplanation } from "../views/explain-json.ts";
import {
  anyStatus,
  assignmentAnswer,
  blockersAnswer,
  counted,
  instant,
  noteAnswer,
  waitingAnswer,
} from "./answer-fields.ts";
import { awaitDecision, waitFor } from "./await-decision.ts";
import { stateOf } from "./find-assignment.ts";
import { findRepository } from "./find-repository.ts";
import { Problem } from "./problem.ts";
import { Answer, type Call, type Route } from "./route.ts";
import { nameSubmission } from "./submission-name.ts";
import type { TaskInput } from "./task-input.ts";
import { readWanted, SubmitInput } from "./template-input.ts";

/** Of a submission that is under way still, what stands behind `waiting` is not there yet. */
const Output = z.object({
  repository: z.string(),
  task: z.string().nullable(),
  number: counted.nullable(),
  url: z.string().nullable(),
  title: z.string().optional(),
  /** By the words of what was sent. */
  classification: z.object({ kind: z.enum(workKinds), reasons: z.array(z.string()) }),
  status: anyStatus.nullable(),
  assignment: assignmentAnswer.nullable(),
  expectedStart: instant.nullable(),
  waiting: waitingAnswer.optional(),
  blockers: blockersAnswer.optional(),
  problems: z.array(z.string()).optional(),
  note: noteAnswer,
});

export const submitTask: Route = {
  method: "POST",
  path: "/api/orchestrator/tasks",
  access: "token",
  summary: "Submits work: an issue is opened for it, and it becomes a task",
  input: SubmitInput,
  output: Output,
  statuses: [201, 200, 202],
  answer: submit,
};

async function submit({ input, key, ground }: Call): Promise<unknown> {
  const wanted = await readWanted({ input, ground });
  const repository = findRepository(ground, wanted.repository, "`repository` in the body");
  const { lane, stream } = repository;
  const { clock } = ground;
  const { id: name, alike } = nameSubmission({ stream, key, ...wanted }, clock.now());
  const id = toCommandId(key === null ? `http:task:${name}` : `http:task:${key}`);
  const { title, body, labels } = wanted;
  const asking = { hasKey: key !== null, classification: classify({ title, text: body, labels }), clock };
  const before = stateOf(repository);
  const first = before.seen.has(id) ? name : alikeOf(before, alike, clock.now());
  if (first !== null) return answerFor(repository, { ...asking, submission: first, isRepeated: true });
  const asked = toSubmission(repository, { id: name, wanted });
  demandReady(repository, wanted);
  demandRoom(repository);
  const decided = lane.submit([{ type: "SubmitTask", id, submission: asked, alike }]);
  await awaitDecision(decided, { clock, what: "The submission" });
  // The same words may have come a moment before, on the other side of the border between two spans.
  const state = stateOf(repository);
  const other = state.submissions.has(name) ? null : alikeOf(state, alike, clock.now());
  return answerFor(repository, { ...asking, submission: other ?? name, isRepeated: other !== null });
}

/** Throws a 400 where something is named that there is not. */
function toSubmission(
  repository: Repository,
  { id, wanted }: { readonly id: string; readonly wanted: TaskInput },
): Submission {
  const state = stateOf(repository);
  const { title, body, by } = wanted;
  try {
    // No login has a colon.
    return { id, title, body, ...toAsked(wanted, state, repository.lane.contextOf(state)), by: `http:${by}` };
  } catch (error) {
    if (error instanceof NotAskable) throw new Problem(400, error.message);
    throw error;
  }
}

/** Nobody would start it as it is: whoever sends it can still say more. */
function demandReady(repository: Repository, wanted: TaskInput): void {
  const short = whyNotReady(wanted, repository.lane.contextOf(stateOf(repository)).config);
  if (short !== null) throw new Problem(400, `Nothing was submitted. ${short}`);
}

function demandRoom(repository: Repository): void {
  const state = stateOf(repository);
  const full = whyNotTaken(state, repository.lane.contextOf(state));
  if (full !== null)
    throw new Problem(429, `Nothing was submitted. ${full} Send it again later.`, { "retry-after": "60" });
}

interface Asked {
  readonly submission: string;
  readonly isRepeated: boolean;
  readonly classification: Classification;
  readonly hasKey: boolean;
  readonly clock: Call["ground"]["clock"];
}

/** Once the issue is a task, or will never be one; else, after a while, with what holds by then. */
async function answerFor(repository: Repository, asked: Asked): Promise<Answer> {
  const { submission, isRepeated, hasKey, classification, clock } = asked;
  const state = stateOf(repository);
  if (!state.submissions.has(submission)) {
    if (!isRepeated) demandRoom(repository);
    const which = hasKey ? "This Idempotency-Key was used before" : "This was submitted a moment ago";
    throw new Problem(409, `${which}, and what became of it is no longer known. Take another key for new work.`);
  }
  const watched = repository.watchers.until(state, (now) => endOf(now, submission));
  const end = await waitFor(watched, clock);
  if (end === null) return new Answer(202, { ...stillUnderWay(repository, submission), classification });
  if (typeof end === "string")
    throw new Problem(
      409,
      `GitHub has not taken the issue: ${end} Nothing was submitted; take an Idempotency-Key of its own when that is settled.`,
    );
  const note = isRepeated ? (hasKey ? usedKey : sameWords) : null;
  return new Answer(isRepeated ? 200 : 201, { ...standingOf(repository, end, note), classification });
}

/** The task, or why there will be none; null while neither is known. */
function endOf(state: State, submission: string): Task | string | null {
  const { issue, refusal } = state.submissions.get(submission) ?? {};
  if (refusal !== undefined) return refusal;
  return issue === undefined ? null : (findTask(state, { number: issue }) ?? null);
}

const usedKey = "This Idempotency-Key was used before, so nothing was submitted now.";
const sameWords =
  "The same title and body were submitted less than ten minutes ago, so nothing was submitted now. Send an Idempotency-Key with what is new work all the same.";

function standingOf({ name, lane }: Repository, { id }: Task, note: string | null): Readonly<Record<string, unknown>> {
  const state = lane.stream.peek();
  const task = state?.tasks.get(id);
  if (!state || task === undefined) throw new Error("A task that was found has a state.");
  const explained = toExplanation(toExplainedView(state, task, lane.contextOf(state)));
  const { url, title, status, assignment, expectedStart, waiting, blockers, problems } = explained;
  return {
    repository: name,
    task: id,
    number: task.definition.number,
    url,
    title,
    status,
    assignment,
    expectedStart,
    waiting,
    blockers,
    problems,
    note,
  };
}

/** It counts, and nothing more can be said of it yet. */
function stillUnderWay({ name, lane }: Repository, submission: string): Readonly<Record<string, unknown>> {
  const number = lane.stream.peek()?.submissions.get(submission)?.issue ?? null;
  const note =
    number === null
      ? "It is in the log, and its issue is opened as soon as GitHub can be reached. Ask again with the same Idempotency-Key, or, without one, with the same words within ten minutes."
      : `Its issue #${number} is open, and becomes a task as soon as it is read and there is room for it.`;
  return { repository: name, task: null, number, url: null, status: null, assignment: null, expectedStart: null, note };
}
