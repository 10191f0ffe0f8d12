/** Conflicts, derived from what is in flight: work in proportion to sessions, open pull requests and what is held for another, never to the backlog. */
import type { Conflict, ConflictKind, Resolution } from "../model/conflict.ts";
import type { TaskId } from "../model/ids.ts";
import type { Task } from "../model/task.ts";
import type { Context } from "../model/context.ts";
import { staleAt } from "./decide-stale.ts";
import { toConflictId } from "../fold/conflicts.ts";
import { isOnItsWay } from "./merge-order.ts";
import { isEnded, openBlockers } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "./waiting.ts";

/** By id, so that two looks at one state say the same. */
export function findConflicts(state: State, context: Context): readonly Conflict[] {
  const found: Conflict[] = [];
  const held = state.sameText.held(state, context.config.ready.duplicates).map((each) => state.numbering.keyOf(each));
  for (const id of new Set([...state.active.keys(), ...held])) found.push(...conflictsOf(state, id, context));
  return found.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** Those of one task. */
export function conflictsOf(state: State, id: TaskId, context: Context): readonly Conflict[] {
  const task = state.tasks.get(id);
  if (task === undefined || isEnded(task)) return [];
  const found: readonly (Draft | null)[] = [
    mergeConflict(state, task),
    overlap(state, task, context),
    doubleClaim(task),
    dependencyClash(state, task),
    silence(state, task, context),
    duplicate(state, task),
  ];
  return found.flatMap((draft) => {
    if (draft === null) return [];
    const { kind } = draft;
    const conflict = toConflictId(kind, id);
    const since = draft.since ?? state.conflicts.get(conflict) ?? null;
    return [{ with: [], files: [], resolutions: offers[kind], ...draft, id: conflict, task: id, since }];
  });
}

/** What the id of a conflict names; null where it is no such id. */
export function readConflictId(id: string): Pick<Conflict, "kind" | "task"> | null {
  const at = id.indexOf(":");
  const kind = (Object.keys(offers) as ConflictKind[]).find((each) => each === id.slice(0, Math.max(0, at)));
  return kind === undefined ? null : { kind, task: id.slice(at + 1) as TaskId };
}

type Draft = Pick<Conflict, "kind" | "detail"> & Partial<Pick<Conflict, "with" | "files" | "since">>;

/** Another agent makes a blocker no more done, and a second claim is over when whoever has it is ended. */
const offers: Readonly<Record<ConflictKind, readonly Resolution[]>> = {
  merge: ["reassign", "queue", "escalate"],
  overlap: ["queue", "escalate"],
  claim: ["reassign", "escalate"],
  dependency: ["queue", "escalate"],
  silence: ["reassign", "queue", "escalate"],
  // To wait for the other one is to say that both are meant.
  duplicate: ["queue", "escalate"],
};

function mergeConflict(state: State, { id, pull }: Task): Draft | null {
  if (pull?.state !== "open" || pull.mergeable !== "conflict") return null;
  const feedback = state.dossiers.get(id)?.feedback ?? null;
  const files = feedback?.pull === pull.number ? (feedback.conflicts?.paths ?? []) : [];
  return { kind: "merge", files, detail: `Pull request #${pull.number} cannot be merged: it conflicts with its base.` };
}

function overlap(state: State, { pull, mergeWait }: Task, { now }: Context): Draft | null {
  const wait = mergeWait ?? null;
  if (pull?.state !== "open" || wait?.why !== "overlap" || !isOnItsWay(state, wait.on, now)) return null;
  const what = wait.file === null ? "perhaps the same files" : `\`${wait.file}\``;
  const detail = `Pull request #${pull.number} changes ${what} as ${referenceOf(state, wait.on)} does, whose merge is on its way.`;
  return { kind: "overlap", with: [wait.on], files: wait.file === null ? [] : [wait.file], detail };
}

function doubleClaim({ assignment }: Task): Draft | null {
  if (assignment === null || isEnding(assignment)) return null;
  const { claimedBy, run, worker } = assignment;
  if (claimedBy === null || run === null || claimedBy === run) return null;
  return {
    kind: "claim",
    detail: `Run ${claimedBy} has claimed it for ${worker}, and run ${run} was dispatched for it.`,
  };
}

function dependencyClash(state: State, task: Task): Draft | null {
  const { assignment } = task;
  if (assignment === null || isEnding(assignment)) return null;
  const open = openBlockers(state, task).map(({ on }) => on);
  if (open.length === 0) return null;
  const names = open.map((on) => referenceOf(state, on)).join(", ");
  return { kind: "dependency", with: open, detail: `${assignment.worker} is at it, and it depends on ${names}.` };
}

function silence(state: State, task: Task, { config, now }: Context): Draft | null {
  const { assignment } = task;
  const takenMs = assignment === null ? 0 : now - (assignment.startedAt ?? assignment.assignedAt);
  // Nearly every session is younger than any may be stale.
  if (assignment === null || takenMs < config.stale.min) return null;
  const since = staleAt(state, task, config);
  if (since === null || since > now) return null;
  const minutes = Math.floor(takenMs / 60_000);
  const expected = Math.ceil(assignment.expectedMs / 60_000);
  const detail = `${assignment.worker} has been at it for ${minutes} min, and about ${expected} min were expected.`;
  return { kind: "silence", since, detail };
}

function duplicate(state: State, task: Task): Draft | null {
  const of = task.duplicateOf ?? null;
  if (of === null) return null;
  const detail = `It says the same as ${referenceOf(state, of)}, which goes on; it is held until one of them is closed or it is approved as well.`;
  return { kind: "duplicate", with: [of], detail };
}

/** Somebody has seen to it: the session is being ended. */
function isEnding({ cancelReason }: NonNullable<Task["assignment"]>): boolean {
  return cancelReason !== null;
}
