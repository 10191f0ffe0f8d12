/** What a look at the state finds amiss, before it is known whether it has been told, and the bounds and words of all findings. */
import type { AgentId } from "../model/ids.ts";
import { warningKey, type Warning, type WarningCode } from "../model/warning.ts";
import type { Context } from "../model/context.ts";
import type { AssignedTask } from "./decision.ts";
import type { State } from "../state/state.ts";

export interface Finding extends Pick<Warning, "code" | "subject" | "severity"> {
  /** Found only when it is told: some of it needs a longer look. */
  readonly words: () => Pick<Warning, "detail" | "suggestion">;
}

/** One look at the state. */
export interface Look {
  readonly state: State;
  readonly context: Context;
  /** The tasks with an assignment, by no order. */
  readonly inFlight: readonly AssignedTask[];
}

export function openLook(state: State, context: Context): Look {
  const inFlight: AssignedTask[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && task.assignment !== null) inFlight.push(task as AssignedTask);
  }
  return { state, context, inFlight };
}

/** How long the task has been with its worker, milliseconds. */
export function takenMsOf({ context }: Look, { assignment }: AssignedTask): number {
  return context.now - (assignment.startedAt ?? assignment.assignedAt);
}

/** An open warning passes only below this share of the bound that raised it (above its inverse, where too little is amiss), so that a number on the bound does not make it come and go. */
const relief = 0.9;

/** The warning as it was told; undefined while it is not open. */
export function openWarning(
  { state }: Look,
  code: WarningCode,
  subject: Warning["subject"],
): (Warning & { readonly since: number }) | undefined {
  return state.warnings.get(warningKey({ code, subject }));
}

/** Whether `value` may be above `bound` at all, whether it is open or not: asked first, where nearly all are not. */
export function isNear(value: number, bound: number): boolean {
  return value >= bound * relief;
}

/** Whether `value` is above `bound`, or for what is open not yet below the relief. */
export function isAbove(value: number, bound: number, isOpen: boolean): boolean {
  return isOpen ? value >= bound * relief : value > bound;
}

/** Whether `value` is below `bound`, or for what is open not yet above the relief. */
export function isBelow(value: number, bound: number, isOpen: boolean): boolean {
  return isOpen ? value <= bound / relief : value < bound;
}

/** `12 %`. */
export function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `1 minute`, `90 minutes`. */
export function minutesOf(ms: number): string {
  return countOf(Math.round(ms / 60_000), "minute");
}

/** `1 ready task waits`, `2 ready tasks wait`. */
export function waitingOf(amount: number): string {
  return `${countOf(amount, "ready task")} ${amount === 1 ? "waits" : "wait"}`;
}

/** `1 task`, `2 tasks`. */
export function countOf(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Until when the agent is paused; null when it is not, or the pause is over. */
export function pausedUntil({ state, context }: Look, agent: AgentId): number | null {
  const until = state.agents.get(agent)?.pausedUntil ?? null;
  return until !== null && until > context.now ? until : null;
}
