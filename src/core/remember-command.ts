/** What each command found before it changed it, for whoever takes it back. A command that changes nothing is not remembered. */
import type { Before, LastCommand } from "../model/last-command.ts";
import type { TaskId, WorkerId } from "../model/ids.ts";
import type { SlashCommand, SlashVerb } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import type { Decision } from "./decision.ts";
import type { Instruct, Reply } from "./instruction.ts";
import { isDoubtful } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { workersAsked } from "./swarm.ts";

type Change = Pick<LastCommand, "of" | "before">;

/** Carries the command out. What it has changed, and what was there before, comes with the reply; null where it has changed nothing. */
export function remembering(
  decision: Decision,
  command: Instruct,
  act: () => Reply,
): { readonly reply: Reply; readonly kept: LastCommand | null } {
  const { instruction } = command;
  const found = instruction === null ? null : look(decision.state, command, instruction);
  const count = decision.events.length;
  const reply = act();
  if (instruction === null || found === null || reply.kind === "refused" || decision.events.length === count) {
    return { reply, kept: null };
  }
  const change = found(decision.state);
  if (change === null) return { reply, kept: null };
  return { reply, kept: { ...change, on: command.task, verb: instruction.verb, by: command.by.login } };
}

/** Looks at what there is now; what it returns is asked when the command has been carried out. */
type Look = (after: State) => Change | null;

/** Null for what only asks, and for undo itself. */
function look(state: State, command: Instruct, instruction: SlashCommand): Look | null {
  if (ofWhole.has(instruction.verb))
    return instruction.verb === "resume" && instruction.number !== null
      ? lookAtHold(state, instruction.number)
      : lookAtWhole(state, instruction);
  return lookAtTask(state, command, instruction);
}

const ofWhole: ReadonlySet<SlashVerb> = new Set<SlashVerb>([
  "mode",
  "attack",
  "pause",
  "resume",
  "stop",
  "enable",
  "disable",
]);

function lookAtHold(state: State, number: number): Look | null {
  const task = taskOf(state, state.numbers.get(number));
  if (task === undefined) return null;
  const { id, isHeld } = task;
  return () => ({ of: id, before: { what: "hold", was: isHeld } });
}

function lookAtWhole(state: State, instruction: SlashCommand): Look {
  const { isPaused, mode } = state;
  switch (instruction.verb) {
    case "pause":
    case "resume":
      return () => ({ of: null, before: { what: "pause", was: isPaused } });
    case "mode":
    case "attack":
      return (after) => ({ of: null, before: { what: "mode", was: mode, is: after.mode } });
    case "enable":
    case "disable":
      return lookAtWorkers(state);
    default:
      return () => ({ of: null, before: null });
  }
}

/** Rests and pauses that came to an end with it do not come back. */
function lookAtWorkers(state: State): Look {
  const disabled = new Set<WorkerId>(state.disabledWorkers.keys());
  return ({ disabledWorkers }) => {
    const enabled = [...disabled].filter((worker) => !disabledWorkers.has(worker));
    const workers =
      enabled.length > 0 ? enabled : [...disabledWorkers.keys()].filter((worker) => !disabled.has(worker));
    if (workers.length === 0) return { of: null, before: null };
    return { of: null, before: { what: "workers", workers: workers.toSorted(), wereDisabled: enabled.length > 0 } };
  };
}

function lookAtTask(state: State, command: Instruct, instruction: SlashCommand): Look | null {
  const task = taskOf(state, command.task);
  const find = task === undefined ? undefined : finds[instruction.verb];
  if (task === undefined || find === undefined) return null;
  const found = find({ state, task, command, instruction });
  return (after) => {
    const before = found(taskOf(after, task.id));
    return before === undefined ? null : { of: task.id, before };
  };
}

interface Found {
  readonly state: State;
  readonly task: Task;
  readonly command: Instruct;
  readonly instruction: SlashCommand;
}

/** Undefined: there is nothing to remember; null: it cannot be taken back. */
type Find = (found: Found) => (after: Task | undefined) => Before | null | undefined;

const finds: Partial<Record<SlashVerb, Find>> = {
  hold:
    ({ task: { isHeld } }) =>
    () => ({ what: "hold", was: isHeld }),
  priority:
    ({ task: { priorityOverride: was }, instruction }) =>
    () =>
      instruction.verb === "priority" ? { what: "priority", was, is: instruction.priority } : undefined,
  estimate:
    ({ task: { estimateOverride: was }, instruction }) =>
    () =>
      instruction.verb === "estimate" ? { what: "estimate", was, is: instruction.minutes } : undefined,
  swarm: ({ state, task: { id }, instruction }) => {
    const was = workersAsked(state, id);
    return () => (instruction.verb === "swarm" ? { what: "swarm", was, is: instruction.workers } : undefined);
  },
  assign: findAssignment,
  handoff: ({ task, ...rest }) => (task.assignment === null ? findAssignment({ task, ...rest }) : () => null),
  split: () => () => ({ what: "split" }),
  approve: ({ task }) => {
    const wasTrusted = isTrusted(task);
    const wasProposed = task.split === "proposed";
    return (after) => {
      if (wasProposed && after?.split === "opening") return { what: "pieces" };
      return wasTrusted ? undefined : { what: "approval" };
    };
  },
  "blocked-by": ({ task, command }) => {
    const on = command.reference?.id;
    const was = task.blockedBy.find((edge) => edge.on === on) ?? null;
    return () => (on === undefined ? undefined : { what: "edge", on, was });
  },
  unblock:
    ({ task: { unblocked } }) =>
    (after) => {
      const on = after?.unblocked.find((id) => !unblocked.includes(id));
      return on === undefined ? undefined : { what: "waiver", on };
    },
  complete: () => () => ({ what: "outcome", is: "completed" }),
  fail: () => () => ({ what: "outcome", is: "failed" }),
  cancel: () => () => ({ what: "outcome", is: "cancelled" }),
  retry: () => () => null,
};

function findAssignment({ task }: Found): ReturnType<Find> {
  const { assignTo: was } = task;
  const wasTrusted = isTrusted(task);
  return (after) => ({ what: "assignment", was, is: after?.assignTo ?? null, wasTrusted });
}

/** A person who lets it be worked on as it is can take that back as any other approval. */
function isTrusted(task: Task): boolean {
  return task.trust !== null && task.pendingReason === null && !isDoubtful(task);
}

function taskOf(state: State, id: TaskId | undefined): Task | undefined {
  return id === undefined ? undefined : state.tasks.get(id);
}
