/** What `orchestrate explain --json` prints: everything that the explanation says, as data with its reason codes. */
import type { AssignmentReasons } from "../model/task.ts";
import { describeNextStep } from "./next-step.ts";
import { toPlainWords } from "./plain-page.ts";
import { describeReason, describeWaiting } from "./reasons.ts";
import type { TaskView, Wait } from "./task-view.ts";
import { toIso } from "./words.ts";

type Document = Readonly<Record<string, unknown>>;

/** Plain JSON: instants in ISO 8601, efforts in minutes, null where there is nothing. */
export function toExplanation(view: TaskView): Document {
  const { task, status, blockers, waiting, standing = null } = view;
  const { title, url, number } = task.definition;
  return {
    task: task.id,
    reference: `#${number}`,
    url,
    title,
    status,
    next: toPlainWords(describeNextStep(view)),
    waiting: waiting.map((reason) => ({ ...reason, text: toPlainWords(describeWaiting(reason)) })),
    standing,
    wait: toWait(view.wait ?? null),
    expectedStart: toInstant(view.expectedStart ?? null),
    blockers: blockers.map(({ reference, url: link, title: words, state, kind, isOpen }) => {
      return { reference, url: link, title: words, state, kind, isOpen };
    }),
    cycle: view.cycle ?? null,
    cut: view.cut ?? [],
    upstream: view.upstream ?? null,
    inputs: toInputs(view),
    assignment: toAssignment(view),
    reasons: toReasons(view.reasons ?? null),
    problems: task.definition.problems,
  };
}

/** How long it has been ready, and from when on it is starving; `starvingBefore` is null until then. */
function toWait(wait: Wait | null): Document | null {
  if (wait === null) return null;
  return {
    minutes: wait.waitedMs / 60_000,
    starvesAt: toInstant(wait.starvesAt),
    everyNthStart: wait.everyNthStart,
    starvingBefore: wait.before,
  };
}

/** What the ranking goes by; `by` says whether a command has changed what the issue says. */
function toInputs({ task, inheritedPriority = null }: TaskView): Document {
  const { definition, priorityOverride, estimateOverride, assignTo } = task;
  return {
    priority: { value: priorityOverride ?? definition.priority, by: priorityOverride === null ? "issue" : "command" },
    inheritedPriority,
    estimateMinutes: {
      value: estimateOverride ?? definition.estimateMinutes,
      by: estimateOverride === null ? "issue" : "command",
    },
    learnedMinutes: definition.learnedMinutes,
    askedFor: assignTo === null ? null : (assignTo.worker ?? assignTo.agent),
    pinnedAgent: definition.pinnedAgent,
  };
}

function toAssignment({ task: { assignment }, agentLeft = null }: TaskView): Document | null {
  if (assignment === null) return null;
  const { agent, worker, attempt, phase, assignedAt, startedAt, expectedMs, session } = assignment;
  return {
    agent,
    worker,
    attempt,
    phase,
    assignedAt: toInstant(assignedAt),
    startedAt: toInstant(startedAt),
    expectedMinutes: expectedMs / 60_000,
    session: session?.url ?? null,
    isAgentRemoved: agentLeft !== null,
  };
}

function toReasons(reasons: AssignmentReasons | null): Document | null {
  if (reasons === null) return null;
  const rejected = reasons.rejected.map((candidate) => {
    return { ...candidate, text: toPlainWords(describeReason(candidate.code)) };
  });
  return { ...reasons, rejected };
}

function toInstant(at: number | null): string | null {
  return at === null ? null : toIso(at);
}
