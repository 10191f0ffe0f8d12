/** Blockers that are not tasks of this stream: what was last seen of them, and dates, which time alone brings. */
import { dateOfWait } from "../model/external-wait.ts";
import type { TaskId } from "../model/ids.ts";
import type { External } from "../model/task.ts";
import { reviseWaiters } from "./decide-upstream.ts";
import type { Decision } from "./decision.ts";
import { isEnded } from "../state/readiness.ts";
import { dependentsOf, type State } from "../state/state.ts";

/** Notes what an external blocker is now, when that is news. */
export function emitExternal(decision: Decision, external: External): void {
  const known = decision.state.externals.get(external.id);
  // What was evidence once stays so until the issue is open again: whoever closed it may have left since.
  if (known?.state === "completed" && external.state === "closed") return;
  const now = asOfNow(decision, external, known);
  if (known?.state === now.state && known.reference === now.reference && known.waitsFor === now.waitsFor) return;
  decision.emit({ type: "ExternalObserved", external: now });
  // It may have been a task that had failed.
  reviseWaiters(decision, external.id);
}

/** Whether a date has come is decided here, by our own time; one that has come stays so, whatever another clock says. */
function asOfNow(decision: Decision, external: External, known: External | undefined): External {
  if (external.waitsFor !== "date" || external.state === "missing") return external;
  const at = dateOfWait(external.id);
  const hasCome = known?.state === "completed" || (at !== null && at <= decision.context.now);
  return { ...external, state: hasCome ? "completed" : "open" };
}

/** News of what tasks wait for; what nobody waits for is none. */
export function decideExternals(decision: Decision, externals: readonly External[]): void {
  for (const external of externals) {
    const { state } = decision;
    if (state.dependents.has(external.id) && !state.tasks.has(external.id)) emitExternal(decision, external);
  }
}

/** Dates that have come. */
export function decideDates(decision: Decision): void {
  const { state, context } = decision;
  const due = [...state.dates.entries()].filter(([id, at]) => at <= context.now && state.dependents.has(id));
  for (const [id] of due.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const external = state.externals.get(id);
    if (external !== undefined) emitExternal(decision, external);
  }
}

/** When the next date that is waited for comes; null when there is none. */
export function nextDateAt(state: State): number | null {
  let next: number | null = null;
  for (const [id, at] of state.dates.entries()) {
    if ((next === null || at < next) && state.dependents.has(id)) next = at;
  }
  return next;
}

/**
 * What has to be asked for again and again, because nothing tells us of it: open pull requests and workflows, and issues of
 * other repositories, as long as an open task waits for them. Sorted by identity.
 */
export function watchedExternals(state: State): readonly External[] {
  const watched: External[] = [];
  for (const [id, external] of state.externals.entries()) {
    if (external.state === "open" && isWatched(external) && isAwaited(state, id)) watched.push(external);
  }
  return watched.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function isWatched({ waitsFor, reference }: External): boolean {
  if (waitsFor === undefined) return reference.includes("/");
  return waitsFor === "pull" || waitsFor === "workflow";
}

function isAwaited(state: State, id: TaskId): boolean {
  return dependentsOf(state, id).some((waiter) => {
    const task = state.tasks.get(waiter);
    return task !== undefined && !isEnded(task) && !task.unblocked.includes(id);
  });
}

const waitWords: Readonly<Record<NonNullable<External["waitsFor"]>, { readonly open: string; readonly over: string }>> =
  {
    pull: { open: "not merged yet", over: "merged" },
    workflow: { open: "not green yet", over: "green" },
    date: { open: "still to come", over: "past" },
    person: { open: "still to say so", over: "has said so" },
  };

/** How a blocker that is no issue stands, in words; null where it is one, or where its end is none. */
export function describeExternal(external: External): string | null {
  if (external.state === "closed") return "closed by somebody who has no write access";
  if (external.waitsFor === undefined) return null;
  if (external.state === "open") return waitWords[external.waitsFor].open;
  return external.state === "completed" ? waitWords[external.waitsFor].over : null;
}
