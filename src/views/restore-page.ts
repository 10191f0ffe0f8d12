/** What `orchestrate restore` prints: what was put back, where the rest is, and what a person has to do before anything starts. */
import { toPlainLine } from "./markdown.ts";
import { toShortSha } from "./words.ts";

/** The keys are a contract. */
export interface RestoreView {
  readonly repository: string;
  /** False: the branch held it already. */
  readonly isChanged: boolean;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly backupVersion: number;
  /** The commit that the backup is of. */
  readonly backupHead: string;
  /** The commit before; null: there was no branch. */
  readonly previousHead: string | null;
  readonly head: string | null;
  /** The version of the log now. */
  readonly version: number;
  /** Entries that the backup does not have; null where nobody can tell. */
  readonly lost: number | null;
  /** More are summed up in a snapshot. */
  readonly isLostAtLeast: boolean;
  readonly isPaused: boolean;
  /** Those that the backup knows, which may have ended since. */
  readonly sessions: readonly SessionView[];
  /** What was about to start. */
  readonly givenBack: readonly SessionView[];
}

interface SessionView {
  readonly task: string;
  readonly worker: string;
  /** Where to see it at its vendor. */
  readonly session: string | null;
}

/** Lines without a break at their end. */
export function renderRestorePage(view: RestoreView): string {
  const { repository, takenAt, backupVersion, head } = view;
  if (!view.isChanged)
    return `${repository}: the branch holds this backup already (version ${backupVersion}); nothing was changed.`;
  return [
    `${repository}: the backup of ${takenAt} (version ${backupVersion}) is back, in commit ${toShortSha(head ?? "")}, as version ${view.version}.`,
    describeBefore(view),
    "",
    "Orchestration is paused: nothing is started until somebody says so.",
    `- ${describeKnown(view.sessions)}`,
    ...(view.givenBack.length === 0
      ? []
      : [
          `- It cannot tell whether these were started, and they wait for their turn again: ${namesOf(view.givenBack)}`,
        ]),
    "- What was commanded since the backup is not obeyed again: say it once more where it still counts",
    "- Then comment `/orchestrate resume` on an issue; nothing is started before everything was looked at anew, which the next cycle or run does",
  ].join("\n");
}

function describeBefore({ previousHead, lost, isLostAtLeast }: RestoreView): string {
  if (previousHead === null) return "There was no state branch before.";
  return `What was there before ${describeLoss(lost, isLostAtLeast)}; it is commit ${previousHead} in the branch's history.`;
}

function describeLoss(lost: number | null, isAtLeast: boolean): string {
  if (lost === null) return "could not be read any more";
  if (isAtLeast) return lost === 0 ? "was newer" : `had more than ${describeEntries(lost)}`;
  return lost === 0 ? "had nothing that the backup has not" : `had ${describeEntries(lost)}`;
}

function describeEntries(amount: number): string {
  return amount === 1 ? "1 newer entry" : `${amount} newer entries`;
}

function describeKnown(sessions: readonly SessionView[]): string {
  return sessions.length === 0
    ? "See that no session runs at your vendors: the backup knows of none, and what was started after it is not in it"
    : `See that no session runs at your vendors beside these: ${namesOf(sessions)}; what was started after the backup is not in it`;
}

function namesOf(sessions: readonly SessionView[]): string {
  return sessions
    .map(({ task, worker, session }) => toPlainLine(`${task} with ${worker}${session === null ? "" : ` (${session})`}`))
    .join(", ");
}
