/** The slash command `swarm`: how many workers at once the sub-issues of an issue may have before other work. */
import type { SlashCommand } from "../model/slash.ts";
import type { Task } from "../model/task.ts";
import { fullCapacityOf } from "../state/capacity.ts";
import type { Decision } from "./decision.ts";
import { done, refused, type Reply } from "./instruction.ts";
import { isEnded } from "../state/readiness.ts";
import { partsOf, workersAsked } from "./swarm.ts";

interface Call {
  readonly task: Task;
  readonly by: string;
  readonly instruction: SlashCommand;
}

/** Refused where there is nothing to put workers on. */
export function callSwarm(decision: Decision, { task, by, instruction }: Call): Reply {
  if (instruction.verb !== "swarm") return done;
  const { workers } = instruction;
  if (isEnded(task)) return refused("It has ended already.");
  if (workers === 0 && workersAsked(decision.state, task.id) === 0) return refused("It has no swarm.");
  if (workers > 0 && partsOf(decision.state, task).length === 0) {
    return refused(
      "It has no sub-issues to put workers on. `/orchestrate split` proposes some, or add them on GitHub, each with the label of tasks.",
    );
  }
  if (workers !== workersAsked(decision.state, task.id)) {
    decision.emit({ type: "SwarmCalled", task: task.id, workers, by });
  }
  return { kind: "done", answer: noteOnWorkers(decision, task, workers) };
}

/** What keeps the swarm smaller than was asked for; null: nothing that is known now. */
function noteOnWorkers({ state, context }: Decision, task: Task, asked: number): string | null {
  const open = partsOf(state, task).filter((part) => !isEnded(part)).length;
  if (asked > open)
    return `Only ${open} of its sub-issues ${open === 1 ? "is" : "are"} open: no more workers can be at them.`;
  const all = context.config.agents.reduce((sum, agent) => sum + fullCapacityOf(state, agent), 0);
  return asked > all ? `All agents together have ${all} worker${all === 1 ? "" : "s"} now.` : null;
}
