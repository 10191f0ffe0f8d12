/** Slash commands about edges: blocked-by adds one, unblock waives one. */
import { isWaitNamed } from "../model/external-wait.ts";
import type { SlashCommand } from "../model/slash.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import { findCycle, reportCycles } from "./decide-cycles.ts";
import { changeDependencies } from "./decide-dependencies.ts";
import { reviseUpstream } from "./decide-upstream.ts";
import { uniteEdges } from "./define-task.ts";
import type { State } from "../state/state.ts";
import { begin, takeBack } from "../state/transaction.ts";
import { evolve } from "./evolve.ts";
import { emitExternal } from "./externals.ts";
import { done, refused, unselected, type Instruct, type Reply } from "./instruction.ts";
import type { Decision } from "./decision.ts";

/** Null when the command is not one of these. */
export function instructGraph(decision: Decision, command: Instruct, instruction: SlashCommand): Reply | null {
  if (instruction.verb !== "blocked-by" && instruction.verb !== "unblock") return null;
  const task = decision.state.tasks.get(command.task);
  if (task === undefined) return refused(unselected(decision, command));
  return instruction.verb === "blocked-by" ? block(decision, command, task) : unblock(decision, command, task);
}

function block(decision: Decision, command: Instruct, task: Task): Reply {
  const blocker = command.reference ?? null;
  if (blocker === null) return refused("There is no such issue, or it cannot be seen from here.");
  if (blocker.id === task.id) return refused("A task cannot wait for itself.");
  const edge = { on: blocker.id, kind: "hard", source: "command" } as const;
  const edges = uniteEdges([...task.blockedBy, edge], task.id);
  if (wouldCircle(decision.state, task.id, edges))
    return refused(`${blocker.reference} waits for this task already: that would be a cycle.`);
  const { tasks, externals } = decision.state;
  if (!tasks.has(blocker.id) && (blocker.state !== undefined || !externals.has(blocker.id))) {
    const { id, reference, url, state = "open", waitsFor } = blocker;
    emitExternal(decision, { id, reference, url, state, ...(waitsFor === undefined ? {} : { waitsFor }) });
  }
  changeDependencies(decision, task.id, edges);
  return done;
}

/** Whether the edges would make the task wait for itself. Tried out and taken back. */
export function wouldCircle(state: State, task: TaskId, blockedBy: Task["blockedBy"]): boolean {
  const mark = begin(state);
  try {
    evolve(state, { type: "DependenciesChanged", task, blockedBy });
    return findCycle(state, task) !== null;
  } finally {
    takeBack(state, mark);
  }
}

function unblock(decision: Decision, command: Instruct, task: Task): Reply {
  const edge = task.blockedBy.find((each) => each.on === command.reference?.id) ?? writtenEdge(decision, command, task);
  if (edge === undefined) return refused("It does not wait for that.");
  decision.emit({ type: "DependencyWaived", task: task.id, on: edge.on, by: command.by.login });
  reportCycles(decision, task.id);
  reviseUpstream(decision, task.id);
  return done;
}

/** What is no issue, and a blocker that nobody could find, has no id to resolve to: it is known by the way it was written. */
function writtenEdge(decision: Decision, command: Instruct, task: Task): Task["blockedBy"][number] | undefined {
  const { instruction } = command;
  if (instruction?.verb !== "unblock") return undefined;
  if ("wait" in instruction) {
    return task.blockedBy.find((edge) => {
      const external = decision.state.externals.get(edge.on);
      return external?.waitsFor !== undefined && isWaitNamed(external.reference, instruction.wait);
    });
  }
  const written =
    instruction.repository === null ? `#${instruction.number}` : `${instruction.repository}#${instruction.number}`;
  return task.blockedBy.find((edge) => {
    const reference = decision.state.externals.get(edge.on)?.reference;
    return reference === written || (instruction.repository === null && reference?.endsWith(written) === true);
  });
}
