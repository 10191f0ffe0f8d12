/** What `orchestrate replay` prints: a line an event, and how things stand at the end. Plain text; the same log gives the same bytes. */
import type { Mode } from "../model/mode.ts";
import { taskStatuses, type TaskStatus } from "../model/task.ts";
import { toPlainLine } from "./markdown.ts";
import { count, toShortSha } from "./words.ts";

export interface ReplayLine {
  readonly version: number;
  /** ISO 8601. */
  readonly at: string;
  /** Of the command that decided it. */
  readonly id: string;
  readonly command: string;
  readonly events: readonly { readonly type: string; readonly line: string }[];
}

export interface ReplayEnd {
  readonly repository: string;
  readonly head: string;
  /** The version that was gone on from; 0: from nothing. */
  readonly from: number;
  readonly version: number;
  /** The instant of the last entry, ISO 8601; null before the first. */
  readonly at: string | null;
  readonly mode: Mode;
  readonly modeBy: string | null;
  readonly isPaused: boolean;
  readonly counts: Partial<Record<TaskStatus, number>>;
  readonly sessions: readonly { readonly task: string; readonly worker: string; readonly fence: number }[];
  /** The last fence given out. */
  readonly fence: number;
}

/** `12  2026-11-22T03:30:00.000Z  #9 is assigned to jules/1 …`, one for each event. */
export function renderReplayLine({ version, at, events }: ReplayLine): readonly string[] {
  return events.map(({ line }) => `${version}  ${at}  ${line}`);
}

/** Lines without a break at their end. */
export function renderReplayEnd(
  end: ReplayEnd,
  sound: { readonly isSameAsSnapshot: boolean; readonly broken: readonly string[] },
): string {
  const { repository, head, from, version, at } = end;
  const folded = version - from;
  const begun = from === 0 ? "from the beginning" : `on top of the snapshot of version ${from}`;
  return [
    `${repository} at commit ${toShortSha(head)}, version ${version}${at === null ? "" : ` of ${at}`}:`,
    `- Tasks: ${describeCounts(end.counts)}`,
    `- Mode: ${end.mode}${end.modeBy === null ? "" : `, set by ${toPlainLine(end.modeBy)}`}${end.isPaused ? "; paused" : ""}`,
    `- Sessions: ${describeSessions(end.sessions)}; the last fence is ${end.fence}`,
    `- ${count(folded, "entry").replace("entrys", "entries")} folded, ${begun}`,
    sound.isSameAsSnapshot
      ? "- A snapshot of this state gives the same state back, byte by byte"
      : "- A snapshot of this state gives ANOTHER state back",
    ...(sound.broken.length === 0
      ? ["- All invariants hold"]
      : sound.broken.map((sentence) => `- Broken: ${toPlainLine(sentence)}`)),
  ].join("\n");
}

function describeCounts(counts: ReplayEnd["counts"]): string {
  const parts = taskStatuses.flatMap((status) => {
    const amount = counts[status] ?? 0;
    return amount === 0 ? [] : [`${amount} ${status.replaceAll("_", " ")}`];
  });
  return parts.length === 0 ? "none" : parts.join(", ");
}

function describeSessions(sessions: ReplayEnd["sessions"]): string {
  return sessions.length === 0 ? "none" : sessions.map(({ task, worker }) => `${task} with ${worker}`).join(", ");
}
