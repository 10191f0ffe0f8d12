/** From a piece of an approved split to the issue that it becomes: its text, its labels, and what it comes after. */
import { openBlockers } from "../state/readiness.ts";
import type { State } from "../state/state.ts";
import { referenceOf } from "../core/waiting.ts";
import type { SplitRecord } from "../state/records.ts";
import type { EffectOutcome } from "../model/command.ts";
import type { Config } from "../model/config.ts";
import type { Effect } from "../model/effect.ts";
import { priorityWords } from "../model/priority.ts";
import type { OpenedPiece, Piece } from "../model/split.ts";
import { toHashStart } from "../model/box.ts";
import type { Dependency, Task } from "../model/task.ts";
import type { PieceIssue } from "../ports/tracker.ts";
import { selecting, textOf } from "./new-issue.ts";

type OpenPiece = Effect & { readonly type: "OpenPiece" };

export interface Pieces {
  /** The issue to open, or what came of the wish for it. */
  find(effect: OpenPiece, config: Config): PieceIssue | EffectOutcome;
  /** It is there; those after it know that before it is in the log. */
  note(effect: OpenPiece, outcome: EffectOutcome & { readonly kind: "created" }): void;
}

/** The pieces that are opened in one go, one after another. */
export function openPieces(state: State): Pieces {
  const opened = new Map<string, OpenedPiece>();
  const keyOf = ({ task, piece }: Pick<OpenPiece, "task" | "piece">): string => `${task}/${piece}`;
  return {
    find(effect, config) {
      const record = state.splits.get(effect.task);
      const task = state.tasks.get(effect.task);
      const piece = record?.proposal.pieces[effect.piece];
      if (task === undefined || record?.approvedBy === null || record === undefined || piece === undefined)
        return { kind: "dropped", reason: "Nobody asks for this piece any more." };
      const after = piece.after.map((on) => record.opened[on] ?? opened.get(keyOf({ task: task.id, piece: on })) ?? on);
      const missing = after.find((each) => typeof each === "number");
      if (missing !== undefined) return whyLater(record, missing);
      const known = after.filter((each) => typeof each !== "number");
      return toIssue({ task, record, piece, at: effect.piece, after: known, waits: waitsOf(state, task) }, config);
    },
    note(effect, { number, id }) {
      if (id !== undefined) opened.set(keyOf(effect), { issue: number, id });
    },
  };
}

function whyLater({ refused }: SplitRecord, on: number): EffectOutcome {
  const which = `Piece ${on + 1}, which it comes after, `;
  return refused.includes(on)
    ? { kind: "dropped", reason: `${which}could not be opened.` }
    : { kind: "delayed", reason: `${which}is not there yet.`, retryAfterMs: 5_000 };
}

interface Wanted {
  readonly task: Task;
  readonly record: SplitRecord;
  readonly piece: Piece;
  readonly at: number;
  readonly after: readonly OpenedPiece[];
  /** What the whole waits for, in words that every text may use. */
  readonly waits: string;
}

/** What the whole still waits for its first pieces wait for: the others come after them. */
function waitsOf(state: State, task: Task): string {
  const edges = openBlockers(state, task).filter(({ source }) => source !== "sub_issue");
  return edges.map((edge) => describeWait(state, edge)).join("\n");
}

function describeWait(state: State, { on, kind, partial }: Dependency): string {
  const reference = referenceOf(state, on);
  const waitsFor = state.tasks.has(on) ? undefined : state.externals.get(on)?.waitsFor;
  if (waitsFor === "date") return `Not before: ${reference}.`;
  if (waitsFor === "workflow") return `Waits for ${reference}.`;
  if (kind === "soft") return `Soft depends on ${reference}${partial === true ? " (partial)" : ""}.`;
  return `Blocked by ${reference}.`;
}

function toIssue({ task, record, piece, at, after, waits }: Wanted, config: Config): PieceIssue {
  const { proposal, approvedBy } = record;
  const { number } = task.definition;
  const origin = `<sub>Piece ${at + 1} of ${proposal.pieces.length} of #${number}, which says what it is for; split by Orchestrate and approved by \`${approvedBy ?? ""}\`.</sub>`;
  return {
    piece: { task: task.id, hash: toHashStart(proposal.hash), piece: at },
    parent: number,
    after,
    milestone: proposal.milestone,
    title: piece.title,
    body: textOf(
      after.map(({ issue }) => issue),
      after.length === 0 ? waits : "",
      piece.text,
      origin,
    ),
    labels: selecting(labelsOf(task, piece), config),
  };
}

/** Those of its parent that say what kind of work it is and how urgent; not its size, its mode, its agent or how it stands. */
function labelsOf({ definition, priorityOverride }: Task, { minutes }: Piece): readonly string[] {
  const priority = priorityOverride ?? definition.priority;
  return [
    ...definition.labels,
    ...definition.needs.map((need) => `needs:${need}`),
    ...definition.prefers.map((wish) => `prefers:${wish}`),
    ...(priority === 5 ? [] : [`priority:${priorityWords[priority]}`]),
    ...(minutes === null ? [] : [`estimate:${minutes}m`]),
  ];
}
