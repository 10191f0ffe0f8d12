/** The slash command `undo`: takes back the last command that changed this task, or one about everything that was given on this issue. One step. */
import type { Before, LastCommand } from "../model/last-command.ts";
import type { SlashCommand, SlashVerb } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import { reportCycles } from "./decide-cycles.ts";
import { changeDependencies } from "./decide-dependencies.ts";
import { reopenDeclared, reopenTask } from "./decide-outcome.ts";
import { rejudge } from "./decide-rejudge.ts";
import { reviseUpstream } from "./decide-upstream.ts";
import type { Decision } from "./decision.ts";
import { wholeKey } from "../fold/command.ts";
import { changeMode, noteOnMode } from "./instruct-mode.ts";
import { refused, type Instruct, type Reply } from "./instruction.ts";
import { isEnded } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";
import { workersAsked } from "./swarm.ts";

/** What came of it, and that the command has been taken back, which is kept as well. */
export interface Undone {
  readonly reply: Reply;
  readonly kept: LastCommand | null;
}

/** Null when the command is not this one. */
export function instructUndo(decision: Decision, command: Instruct, instruction: SlashCommand): Undone | null {
  if (instruction.verb !== "undo") return null;
  const last = lastOn(decision.state, command);
  const isOver = last === null || last.undoneBy !== undefined;
  // One step is all that is kept; a proposal that waits can be taken back all the same.
  if (isOver && decision.state.tasks.get(command.task)?.split === "proposed") return withdraw(decision, command);
  if (last === null) return { reply: refused(describeNothing(decision.state, command)), kept: null };
  const reply = takeBack(decision, last, command.by.login);
  const { order: _order, ...kept } = last;
  return { reply, kept: reply.kind === "done" ? { ...kept, undoneBy: command.by.login } : null };
}

function withdraw(decision: Decision, { task, by }: Instruct): Undone {
  decision.emit({ type: "SplitWithdrawn", task, by: by.login });
  return { reply: { kind: "done", answer: "The proposed split is taken back." }, kept: null };
}

type Kept = LastCommand & { readonly order: number };

/** That of the task, or that about everything where it was given here and is newer. */
function lastOn(state: State, { task }: Instruct): Kept | null {
  const own = state.lastCommands.get(task) ?? null;
  const whole = state.lastCommands.get(wholeKey) ?? null;
  if (whole === null || whole.on !== task) return own;
  return own !== null && own.order > whole.order ? own : whole;
}

function describeNothing(state: State, { task }: Instruct): string {
  const whole = state.lastCommands.get(wholeKey);
  const elsewhere = whole === undefined ? undefined : state.tasks.get(whole.on)?.definition.number;
  const hint =
    whole === undefined || whole.undoneBy !== undefined || elsewhere === undefined
      ? ""
      : ` The last one about everything, \`${whole.verb}\` by \`${whole.by}\`, was given on #${elsewhere}: take it back there.`;
  const what = state.tasks.has(task)
    ? "changed this task and can be taken back"
    : "was given here and can be taken back";
  return `There is no command that ${what}.${hint}`;
}

function takeBack(decision: Decision, last: LastCommand, by: string): Reply {
  const { verb, undoneBy, before, of } = last;
  const whose = `\`${verb}\` by \`${last.by}\``;
  if (undoneBy !== undefined) {
    return refused(
      `${whose} was taken back by \`${undoneBy}\` already, and one step is all that is kept. Write the command again where you want it back.`,
    );
  }
  if (before === null) return refused(`${whose} cannot be taken back. ${insteadOf[verb] ?? ""}`.trim());
  const task = of === null ? undefined : decision.state.tasks.get(of);
  const outcome = of === null ? restoreWhole(decision, before, by) : restoreTask(decision, { task, before, last, by });
  if (outcome.refusal !== undefined) return refused(`${whose} cannot be taken back: ${outcome.refusal}`);
  return { kind: "done", answer: [`${whose} is taken back.`, outcome.note ?? ""].join(" ").trim() };
}

/** What to do where there is no way back. */
const insteadOf: Partial<Record<SlashVerb, string>> = {
  retry: "`/orchestrate hold` keeps the task from being started again, and `/orchestrate cancel` ends it.",
  handoff: "`/orchestrate handoff` with the agent that had it gives it back.",
  stop: "The sessions were cancelled; `/orchestrate resume` starts work again.",
  enable: "What rested or was paused is at work again; `/orchestrate disable` keeps it from new tasks.",
};

interface Restored {
  readonly refusal?: string;
  /** What else there is to know. */
  readonly note?: string;
}

const restored: Restored = {};
const changedSince: Restored = { refusal: "it was changed again since, and what is there now stays." };

function restoreWhole(decision: Decision, before: Before, by: string): Restored {
  const { state } = decision;
  switch (before.what) {
    case "pause":
      if (state.isPaused === before.was) return changedSince;
      decision.emit({ type: before.was ? "OrchestrationPaused" : "OrchestrationResumed", by });
      return restored;
    case "mode": {
      if (state.mode !== before.is) return changedSince;
      changeMode(decision, before.was, by);
      const note = noteOnMode(decision);
      return note === null ? restored : { note };
    }
    case "workers":
      return restoreWorkers(decision, before, by);
    default:
      return changedSince;
  }
}

function restoreWorkers(
  decision: Decision,
  { workers, wereDisabled }: Before & { readonly what: "workers" },
  by: string,
): Restored {
  const { disabledWorkers } = decision.state;
  const changed = workers.filter((worker) => disabledWorkers.has(worker) !== wereDisabled);
  if (changed.length === 0) return changedSince;
  for (const worker of changed) decision.emit({ type: wereDisabled ? "WorkerDisabled" : "WorkerEnabled", worker, by });
  return restored;
}

interface Step<What extends Before = Before> {
  readonly task: Task;
  readonly before: What;
  readonly last: LastCommand;
  readonly by: string;
}

function restoreTask(
  decision: Decision,
  { task, ...rest }: Omit<Step, "task"> & { readonly task: Task | undefined },
): Restored {
  if (task === undefined) return { refusal: "this is no task any more." };
  // The key says which step it is; the compiler cannot follow the correlation.
  const restore = restores[rest.before.what] as ((decision: Decision, step: Step) => Restored) | undefined;
  return restore === undefined ? changedSince : restore(decision, { task, ...rest });
}

type Restores = {
  readonly [What in Before["what"]]?: (decision: Decision, step: Step<Before & { readonly what: What }>) => Restored;
};

const restores: Restores = {
  hold: (decision, { task, before, by }) => {
    if (task.isHeld === before.was) return changedSince;
    decision.emit({ type: before.was ? "TaskHeld" : "TaskResumed", task: task.id, by });
    return restored;
  },
  priority: (decision, { task, before, by }) => {
    if (task.priorityOverride !== before.is) return changedSince;
    decision.emit({ type: "PriorityOverridden", task: task.id, priority: before.was, by });
    return restored;
  },
  estimate: (decision, { task, before, by }) => {
    if (task.estimateOverride !== before.is) return changedSince;
    decision.emit({ type: "EstimateOverridden", task: task.id, minutes: before.was, by });
    return restored;
  },
  swarm: (decision, { task, before, by }) => {
    if (workersAsked(decision.state, task.id) !== before.is) return changedSince;
    decision.emit({ type: "SwarmCalled", task: task.id, workers: before.was, by });
    return restored;
  },
  assignment: restoreAssignment,
  approval: (decision, { task, last, by }) => {
    const begun = whyBegun(task);
    if (begun !== null) return { refusal: begun };
    decision.emit({ type: "ApprovalRequired", task: task.id, reason: `${by} took the approval by ${last.by} back.` });
    return restored;
  },
  split: (decision, { task, by }) => {
    if (task.split !== "proposed") return changedSince;
    decision.emit({ type: "SplitWithdrawn", task: task.id, by });
    return restored;
  },
  pieces: (decision, { task }) => {
    const opened = decision.state.splits.get(task.id)?.opened.flatMap((piece) => (piece === null ? [] : [piece])) ?? [];
    const issues = opened.map(({ issue }) => `#${issue}`).join(", ");
    return {
      refusal: `its pieces are issues of their own${issues === "" ? ", or are just being opened" : ` (${issues})`}. Close those that are not wanted as not planned.`,
    };
  },
  edge: (decision, { task, before: { on, was } }) => {
    if (task.blockedBy.find((edge) => edge.on === on)?.source !== "command") return changedSince;
    const others = task.blockedBy.filter((edge) => edge.on !== on);
    changeDependencies(
      decision,
      task.id,
      was === null ? others : task.blockedBy.map((edge) => (edge.on === on ? was : edge)),
    );
    return restored;
  },
  waiver: restoreWaiver,
  outcome: (decision, step) =>
    step.before.is === "completed" ? restoreCompletion(decision, step) : restoreEnd(decision, step),
};

/** Somebody is at it, or was. */
function whyBegun({ assignment, attempts, receipt }: Task): string | null {
  if (assignment !== null) {
    return `\`${assignment.worker}\` is at the task. \`/orchestrate handoff\` gives it to somebody else, \`/orchestrate cancel\` ends it.`;
  }
  if (receipt !== null) return "the task is done.";
  return attempts.length === 0
    ? null
    : "work on the task has begun. `/orchestrate hold` keeps it from being started again, `/orchestrate cancel` ends it.";
}

function restoreAssignment(
  decision: Decision,
  { task, before, last, by }: Step<Before & { readonly what: "assignment" }>,
): Restored {
  const { id, assignment, attempts } = task;
  if (assignment !== null) return { refusal: whyBegun(task) ?? "" };
  if (!isSameTarget(task.assignTo, before.is)) return { refusal: assignedSince };
  if (before.was === null) decision.emit({ type: "AssignmentWithdrawn", task: id, by });
  else decision.emit({ type: "AssignmentRequested", task: id, ...before.was, by });
  if (!before.wasTrusted && attempts.length === 0 && !isEnded(task))
    decision.emit({ type: "ApprovalRequired", task: id, reason: `${by} took back that ${last.by} had assigned it.` });
  rejudge(decision, [id]);
  return restored;
}

const assignedSince =
  "it has been started since, or somebody else was asked for. `/orchestrate assign` asks for another.";

function isSameTarget(one: Task["assignTo"], other: Task["assignTo"]): boolean {
  return one?.agent === other?.agent && one?.worker === other?.worker;
}

function restoreWaiver(
  decision: Decision,
  { task, before: { on }, by }: Step<Before & { readonly what: "waiver" }>,
): Restored {
  const { id, unblocked, assignment } = task;
  if (!unblocked.includes(on)) return changedSince;
  if (isEnded(task)) return { refusal: "the task has ended by now." };
  decision.emit({ type: "DependencyRestored", task: id, on, by });
  reportCycles(decision, id);
  reviseUpstream(decision, id);
  return assignment === null ? restored : { note: `\`${assignment.worker}\` is at the task already and goes on.` };
}

/** A session that was cancelled with it stays cancelled. */
function restoreEnd(decision: Decision, { task, before, by }: Step<Before & { readonly what: "outcome" }>): Restored {
  if (task.outcome !== before.is) return changedSince;
  if (!task.definition.isOpen) return { refusal: "the issue was closed since. Reopen it, and it is work again." };
  reopenTask(decision, task.id, by);
  return noteOnSession(task);
}

/** Nobody else's work may rest on it; the issue, which was closed for it, is opened again. */
function restoreCompletion(decision: Decision, { task, by }: Step<Before & { readonly what: "outcome" }>): Restored {
  const { state } = decision;
  const { receipt } = task;
  if (receipt?.kind !== "command") return changedSince;
  const built = dependentsOf(state, task.id)
    .map((id) => state.tasks.get(id))
    .find((waiter) => waiter?.receipt !== undefined && waiter.receipt !== null && waiter.receipt.at >= receipt.at);
  if (built !== undefined) {
    return {
      refusal: `#${built.definition.number}, which waited for it, was completed since. Reopen the issue to work on it again.`,
    };
  }
  reopenDeclared(decision, task.id, by);
  return noteOnSession(task);
}

function noteOnSession({ assignment }: Task): Restored {
  return assignment === null
    ? restored
    : { note: "Its session is being ended already, and that is not taken back: another attempt begins once it has." };
}
