/** A plan: what is done next and by whom, as it is printed for people and for programs. Tasks are known by the ids of the input. */
import type { Mode } from "./mode.ts";
import type { AssignmentReasons } from "./task.ts";

export interface Plan {
  readonly mode: Mode;
  /** Every task that can be reached, in the order in which to take it. */
  readonly order: readonly string[];
  /** What can be started now, best first. */
  readonly ready: readonly string[];
  /** Each open task that waits, with what it waits for in the order of the input. */
  readonly blocked: ReadonlyMap<string, readonly string[]>;
  readonly stages: readonly (readonly string[])[];
  readonly criticalPath: { readonly tasks: readonly string[]; readonly minutes: number };
  /** Open tasks behind hard edges, for each open task. */
  readonly impact: ReadonlyMap<string, { readonly direct: number; readonly transitive: number }>;
  /** The relative standard error of what is transitive in `impact`; null where all is exact, as it is but for huge backlogs. */
  readonly impactError: number | null;
  readonly scores: ReadonlyMap<string, number>;
  /** One shortest way round each knot: each task blocks the next, and the last blocks the first. */
  readonly cycles: readonly (readonly string[])[];
  /** For each of them, the dependencies without which nobody in the knot waits for themselves: soft ones rather than hard ones. */
  readonly cuts: readonly (readonly { readonly blocker: string; readonly blocked: string }[])[];
  readonly assignments: readonly PlannedAssignment[];
}

export interface PlannedAssignment {
  readonly task: string;
  readonly agent: string;
  readonly worker: string;
  /** How well the agent suits, 0 to 1; the task's own score is among the scores of the plan. */
  readonly score: number;
  readonly reasons: AssignmentReasons;
}

/** The same backlog worked through in each mode. All times are minutes. */
export interface Comparison {
  readonly tasks: number;
  /** How many tasks are worked on at once. */
  readonly capacity: number;
  readonly workMinutes: number;
  readonly criticalPathMinutes: number;
  /** No order of work can be done sooner: the longer one of the critical path and the work shared by all. */
  readonly lowerBoundMinutes: number;
  readonly modes: readonly ModeFigures[];
}

export interface ModeFigures {
  readonly mode: Mode;
  /** Until the last task is done. */
  readonly makespanMinutes: number;
  /** The makespan as a multiple of the lower bound; 1 where there is nothing to do. */
  readonly ratio: number;
  /** Until a task that waits for others could start, on average over these; null where none waits. */
  readonly meanUnblockedMinutes: number | null;
  /** Until a task is done, on average over all; null where there is none. */
  readonly meanCompletedMinutes: number | null;
}
