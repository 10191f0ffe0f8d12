/**
 * History as an earlier version of the program wrote it, brought to what this one reads: entries of the log and lines of a
 * snapshot, one at a time. What was not recorded then is filled with what it would have been without it.
 */
import type { Entry, Event } from "../model/event.ts";
import type { Assignment, AssignmentReasons, Attempt, Task, TaskDefinition } from "../model/task.ts";

const minuteMs = 60_000;
/** What a task was expected to take that nobody had estimated. */
const unestimatedMinutes = 30;
/** Every agent's timeout unless it said otherwise. */
const timeoutMs = 45 * minuteMs;

/** The text of an entry, from schema version 2 to 3: definitions, assignments and configurations are completed. */
export function upgradeEntry(line: string): string {
  const entry = JSON.parse(line) as Entry;
  return JSON.stringify({ ...entry, events: (entry.events ?? []).map((event) => upgradeEvent(event)) });
}

function upgradeEvent(event: Event): Event {
  switch (event.type) {
    case "TaskTracked":
    case "TaskRevised":
      return { ...event, definition: upgradeDefinition(event.definition) };
    case "TaskAssigned":
      return { ...event, ...timesOf(event), reasons: upgradeReasons(event.reasons) };
    default:
      return event;
  }
}

function timesOf(known: Partial<Pick<Assignment, "timeoutMs" | "expectedMs">>) {
  return {
    timeoutMs: known.timeoutMs ?? timeoutMs,
    expectedMs: known.expectedMs ?? unestimatedMinutes * minuteMs,
  };
}

function upgradeDefinition(definition: TaskDefinition): TaskDefinition {
  const missing = { learnedMinutes: null, labels: [], prefers: [], milestoneSpan: null };
  return { ...missing, ...definition };
}

function upgradeReasons(reasons: AssignmentReasons): AssignmentReasons {
  const missing = { match: 0, matchParts: {}, note: null };
  return { ...missing, ...reasons };
}

/** The text of a line of a snapshot, from schema version 2 to 3. Returns one line, or two where one became two. */
export function upgradeSnapshotLine(line: string): readonly string[] {
  const parsed = JSON.parse(line) as { readonly task?: Task; readonly whole?: Readonly<Record<string, unknown>> };
  if (parsed.task !== undefined) return [JSON.stringify({ task: upgradeTask(parsed.task) })];
  return parsed.whole === undefined ? [line] : upgradeWhole(parsed.whole);
}

/** The sessions of the day were part of the whole, and are figures now. */
function upgradeWhole(whole: Readonly<Record<string, unknown>>): readonly string[] {
  const { starts, ...rest } = whole;
  const items = Array.isArray(starts) ? starts.map((start: object) => ({ waitedMs: 0, ...start })) : [];
  return [JSON.stringify({ whole: rest }), JSON.stringify({ figures: { name: "starts", first: 0, items } })];
}

function upgradeTask(task: Task): Task {
  const definition = upgradeDefinition(task.definition);
  const missing = {
    refusedBy: null,
    preemptions: 0,
    promised: null,
    readySince: null,
    escalated: null,
    mergeAsked: null,
  };
  return {
    ...missing,
    ...task,
    definition,
    attempts: task.attempts.map(upgradeAttempt),
    assignment: task.assignment === null ? null : upgradeAssignment(task.assignment),
  };
}

function upgradeAttempt(attempt: Attempt): Attempt {
  const missing = { branch: null };
  return { ...missing, ...attempt };
}

function upgradeAssignment(assignment: Assignment): Assignment {
  const missing = { waitedMs: 0, start: null, preemptedFor: null };
  return { ...missing, ...assignment, ...timesOf(assignment), reasons: upgradeReasons(assignment.reasons) };
}
