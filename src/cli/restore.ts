/**
 * `orchestrate restore`: puts a backup onto the state branch, in one commit on top of what is there. Nobody knows what was started after
 * the backup was taken, so orchestration is paused by it, and it is refused where sessions run that the backup does not know.
 */
import { textsOf, type Backup } from "../branch/backup-file.ts";
import { readImage, type BranchImage } from "../branch/image.ts";
import { renderWholeState, replaceBranch } from "../branch/replace.ts";
import { lastNamedVersion } from "../branch/stored-log.ts";
import { demandWriter } from "./actor.ts";
import { CommandFailed } from "./failure.ts";
import { partSoon } from "./answer.ts";
import { withRepository, type Target } from "./reach.ts";
import { readBackup, readFiles, whyNotFolded, type ReadState } from "./saved-state.ts";
import { print, printJson } from "../print.ts";
import { examineState } from "../engine/replay.ts";
import { lostEntries, toRestored, unknownSessions, type Lost, type RestoredState } from "../engine/restored.ts";
import type { Task } from "../model/task.ts";
import { toPlainLine } from "../views/markdown.ts";
import { renderRestorePage, type RestoreView } from "../views/restore-page.ts";
import { count, describeInstant } from "../views/words.ts";
import { wireBranch, wireHeard } from "../wire.ts";

export interface RestoreOptions {
  /** Newer entries may be lost, and the repository may have another name now. */
  readonly force?: boolean;
  readonly json?: boolean;
}

const hourMs = 60 * 60_000;
const namedMax = 10;

/** Prints what was done and returns 0. Rejects with one sentence; then nothing was changed, unless GitHub's answer was lost. */
export async function runRestore(file: string, name: string | undefined, options: RestoreOptions): Promise<number> {
  const backup = await readBackup(file);
  return withRepository(name, async (target) => {
    const { login: by } = await demandWriter(target, "restore the state of");
    const view = await restoreBackup(target, backup, { by, isForced: options.force === true });
    await (options.json === true ? printJson(view) : print(renderRestorePage(view)));
    return 0;
  }).finally(partSoon);
}

export interface Restoring {
  /** A login, or a word with a colon. */
  readonly by: string;
  readonly isForced: boolean;
}

/** Rejects with a sentence where it is not safe, or somebody wrote meanwhile. */
export async function restoreBackup(target: Target, backup: Backup, how: Restoring): Promise<RestoreView> {
  const { clock, chance } = target.surroundings;
  demandSame(target, backup, how.isForced);
  const saved = readSaved(backup);
  const source = wireBranch(target);
  const image = await readImage(source, clock.now());
  if (image !== null && isAlready(image, backup)) return toView(backup, { target, saved, before: image.head });
  const current = image === null ? null : readCurrent(image, target.repository);
  const lost = current === null ? null : judgeLoss(current, { saved, target, isForced: how.isForced });
  const operation = chance.id();
  const restored = await prepare(target, { saved, current, image, operation, by: how.by });
  const written = await replaceBranch(source, {
    head: image?.head ?? null,
    files: renderWholeState({ ...restored, beside: textsOf(backup.files) }, operation),
    headline: `Restore the backup of ${describeInstant(backup.takenAt)} (version ${backup.version})`,
    operation,
    now: clock.now(),
  });
  if (written === "moved")
    throw new CommandFailed(
      `Somebody wrote to the state of ${target.repository} meanwhile, and nothing was changed: run this again to look at what they wrote.`,
    );
  return toView(backup, { target, saved, before: image?.head ?? null, lost, after: { head: written.head, restored } });
}

/** By the id that GitHub gave it: a name may have moved on to another repository, and issues are known by ids of their own. */
function demandSame({ place, repository }: Target, backup: Backup, isForced: boolean): void {
  const { id, name } = backup.repository;
  if (id !== place.id)
    throw new CommandFailed(
      `The backup is one of another repository, ${name} (id ${id}); ${repository} has the id ${place.id}. Its issues are others, so the log would mean nothing there, and nothing was changed.`,
    );
  if (isForced || name.toLowerCase() === `${place.owner}/${place.name}`.toLowerCase()) return;
  throw new CommandFailed(
    `The backup is one of ${name}, and this is ${repository}, with the same id ${id}. On one GitHub that is the same repository, renamed or transferred since, and restoring is safe: say --force. On another server it is not.`,
  );
}

function readSaved(backup: Backup): ReadState {
  const read = readSound(backup);
  if (read.state.version === backup.version) return read;
  throw new CommandFailed(
    `The backup says that it holds version ${backup.version}, and its log ends with version ${read.state.version}: it was not taken whole. Nothing was changed.`,
  );
}

function readSound({ files, repository }: Backup): ReadState {
  try {
    const read = readFiles(files, repository.name);
    const { isSameAsSnapshot, broken } = examineState(read.state);
    if (isSameAsSnapshot && broken.length === 0) return read;
    throw new CommandFailed(
      `The log of the backup folds into a state that is not sound: ${broken[0] ?? "a snapshot of it gives back another one."} Nothing was changed; use an older backup.`,
    );
  } catch (error) {
    const why = whyNotFolded(error);
    if (why === null) throw error;
    throw new CommandFailed(`The log of the backup does not fold: ${why}. Nothing was changed; use an older backup.`, {
      cause: error,
    });
  }
}

/** Null: what is on the branch cannot be read, and nothing more can be lost. Throws `StoreTooNew`: a newer program's state is no damage. */
function readCurrent({ files }: BranchImage, repository: string): ReadState | null {
  try {
    return readFiles(files, repository);
  } catch (error) {
    if (whyNotFolded(error) !== null) return null;
    throw error;
  }
}

function isAlready(image: BranchImage, backup: Backup): boolean {
  if (image.head === backup.head) return true;
  const [own, others] = [image.files, backup.files].map((files) => ofState(files));
  return own !== undefined && own === others;
}

function ofState(files: ReadonlyMap<string, Buffer>): string {
  const own = [...files].filter(([path]) => path.startsWith("state/")).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(own.map(([path, content]) => [path, content.toString("base64")]));
}

/** Throws a sentence where sessions run that the backup does not know, or entries would be lost that nobody has given up. */
function judgeLoss(
  current: ReadState,
  { saved, target, isForced }: { readonly saved: ReadState; readonly target: Target; readonly isForced: boolean },
): Lost {
  const { repository } = target;
  const lost = lostEntries(current.lines, saved.lines);
  const unknown = unknownSessions(current.state, saved.state);
  if ((lost.count > 0 || lost.isAtLeast) && !isForced) {
    const sessions =
      unknown.length === 0
        ? "No session runs now that it does not know."
        : `It does not know of ${describeSessions(unknown)}: see these ended first.`;
    throw new CommandFailed(
      `The log of ${repository} goes on after the backup, and ${describeLost(lost)} would be lost; nothing was changed. ${sessions} Say --force to lose them; they stay in the branch's git history.`,
    );
  }
  if (unknown.length === 0) return lost;
  throw new CommandFailed(
    `The backup does not know of ${describeSessions(unknown)} in ${repository}, and the program would start the same work a second time; nothing was changed. Let them end, or end them with \`/orchestrate stop\`, and run this again.`,
  );
}

function describeLost({ count: amount, isAtLeast }: Lost): string {
  const entries = amount === 1 ? "1 entry" : `${amount} entries`;
  if (!isAtLeast) return entries;
  return amount === 0
    ? "entries that a snapshot has summed up"
    : `more than ${entries} (a snapshot has summed up others)`;
}

function describeSessions(tasks: readonly Task[]): string {
  const named = tasks
    .slice(0, namedMax)
    .map(({ definition, assignment }) => `#${definition.number} with ${assignment?.worker ?? ""}`);
  const rest = tasks.length > named.length ? ` and ${tasks.length - named.length} more` : "";
  return toPlainLine(`${count(tasks.length, "session")} (${named.join(", ")}${rest})`);
}

interface Preparing {
  readonly saved: ReadState;
  readonly current: ReadState | null;
  readonly image: BranchImage | null;
  readonly operation: string;
  readonly by: string;
}

/** What was commanded since is found first: after the restore it would be heard as if it were new. */
async function prepare(target: Target, { saved, current, image, operation, by }: Preparing): Promise<RestoredState> {
  const { surroundings } = target;
  const heard = await wireHeard(surroundings, target, saved.state.at - hourMs);
  const { version = 0, fence = 0, effectCount = 0 } = current?.state ?? {};
  const known = { version: Math.max(version, lastNamedVersion(image?.files.keys() ?? [])), fence, effectCount };
  const decided = current === null ? [] : [...current.state.seen.keys()];
  return toRestored(saved.state, {
    by,
    now: surroundings.clock.now(),
    operation,
    known,
    heard: [...decided, ...heard.commands],
    cursor: heard.cursor,
  });
}

interface Done {
  readonly target: Target;
  readonly saved: ReadState;
  readonly before: string | null;
  readonly lost?: Lost | null;
  /** Left out: nothing was to be done. */
  readonly after?: { readonly head: string; readonly restored: RestoredState };
}

function toView(backup: Backup, { target, saved, before, lost = null, after }: Done): RestoreView {
  const live = [...saved.state.tasks.entries()]
    .map(([, task]) => task)
    .filter(({ assignment }) => assignment !== null)
    .toSorted((one, other) => one.definition.number - other.definition.number);
  const named = (hasSession: boolean) =>
    live.flatMap(({ definition, assignment }) =>
      assignment === null || (assignment.session !== null) !== hasSession
        ? []
        : [{ task: `#${definition.number}`, worker: assignment.worker, session: assignment.session?.url ?? null }],
    );
  return {
    repository: target.repository,
    isChanged: after !== undefined,
    takenAt: new Date(backup.takenAt).toISOString(),
    backupVersion: backup.version,
    backupHead: backup.head,
    previousHead: before,
    head: after?.head ?? before,
    version: after === undefined ? saved.state.version : after.restored.version + after.restored.entries.length,
    lost: lost?.count ?? null,
    isLostAtLeast: lost?.isAtLeast ?? false,
    isPaused: after !== undefined || saved.state.isPaused,
    sessions: named(true),
    givenBack: named(false),
  };
}
