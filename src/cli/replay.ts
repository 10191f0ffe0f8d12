/** `orchestrate replay`: folds the log entry by entry, prints each event with its version and instant, and says whether it is sound. Reads only. */
import { textsOf } from "../branch/backup-file.ts";
import { readImage } from "../branch/image.ts";
import { openLog, type StoredLog } from "../branch/stored-log.ts";
import { CommandFailed } from "./failure.ts";
import { neverRun, withRepository } from "./reach.ts";
import { readBackup, whyNotFolded } from "./saved-state.ts";
import { print, printJson } from "../print.ts";
import type { State } from "../state/state.ts";
import { findTask, howTasksAreNamed, readTaskName, toTaskName, type TaskName } from "../engine/find-task.ts";
import { namesOf } from "../engine/names.ts";
import { examineState, foldHistory, type Soundness } from "../engine/replay.ts";
import type { Entry, Event } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import { UsageError } from "../usage-error.ts";
import { renderEventLine } from "../views/log-line.ts";
import { renderReplayEnd, renderReplayLine, type ReplayEnd, type ReplayLine } from "../views/replay-page.ts";
import { toReplayEnd } from "../engine/replay-end.ts";
import { wireBranch } from "../wire.ts";

export interface ReplayOptions {
  /** A backup, instead of the branch. */
  readonly file?: string;
  /** The last version to fold. */
  readonly until?: number;
  readonly task?: string;
  readonly json?: boolean;
}

interface Source {
  /** `owner/name`. */
  readonly repository: string;
  /** The commit. */
  readonly head: string;
  readonly log: StoredLog;
}

/** Prints it and returns 0. Rejects with one sentence, also where the log does not fold; what does is printed before. */
export async function runReplay(name: string | undefined, options: ReplayOptions): Promise<number> {
  const wanted = options.task === undefined ? null : readTaskName(options.task);
  if (wanted === null && options.task !== undefined) throw new UsageError(`Name the task by ${howTasksAreNamed}.`);
  if (options.file !== undefined) {
    const { repository, head, files } = await readBackup(options.file);
    if (name !== undefined && name.toLowerCase() !== repository.name.toLowerCase())
      throw new UsageError(`The backup is one of ${repository.name}: leave the repository out.`);
    return play({ repository: repository.name, head, log: open(files, repository.name) }, { ...options, wanted });
  }
  return withRepository(name, async (target) => {
    const { repository, surroundings } = target;
    const image = (await readImage(wireBranch(target), surroundings.clock.now())) ?? neverRun(target);
    return play({ repository, head: image.head, log: open(image.files, repository) }, { ...options, wanted });
  });
}

/** Where the schema or the snapshot cannot be read, nothing can be folded. */
function open(files: ReadonlyMap<string, Buffer>, repository: string): StoredLog {
  try {
    return openLog(textsOf(files), repository);
  } catch (error) {
    throw explain(error, repository, null);
  }
}

type Options = ReplayOptions & { readonly wanted: TaskName | null };

async function play(source: Source, options: Options): Promise<number> {
  const { log, repository, head } = source;
  const from = log.snapshot?.version ?? 0;
  const folded = fold(source, options);
  demandFound(source, options, folded);
  const { state, lines, problem } = folded;
  const sound = examineState(state);
  const end = toReplayEnd(state, { repository, head, from });
  await (options.json === true
    ? printJson({ ...end, schema: log.schema, entries: lines, sound, problem: problem?.message ?? null })
    : print(renderPage(lines, end, sound)));
  if (problem !== null) throw problem;
  return isSound(sound) ? 0 : unsound(repository, sound);
}

/** Throws a sentence where the version or the task that was asked for is not in the log. */
function demandFound({ log, repository }: Source, { until, wanted }: Options, { state, lines, problem }: Folded): void {
  const from = log.snapshot?.version ?? 0;
  if (until !== undefined && until < from)
    throw new UsageError(
      `The log begins with a snapshot of version ${from}: --until must not be before it. Older backups and the branch's git history go further back.`,
    );
  if (problem !== null) return;
  if (until !== undefined && until > state.version)
    throw new UsageError(`The log ends with version ${state.version}: --until must not be after it.`);
  if (wanted !== null && lines.length === 0 && findTask(state, wanted) === undefined)
    throw new CommandFailed(`${toTaskName(wanted)} is no task in the log of ${repository}.`);
}

function renderPage(lines: readonly ReplayLine[], end: ReplayEnd, sound: Soundness): string {
  const log = lines.flatMap((line) => renderReplayLine(line));
  return [...log, ...(log.length === 0 ? [] : [""]), renderReplayEnd(end, sound)].join("\n");
}

function isSound({ isSameAsSnapshot, broken }: Soundness): boolean {
  return isSameAsSnapshot && broken.length === 0;
}

function unsound(repository: string, { broken }: Soundness): never {
  const what = broken[0] ?? "a snapshot of it gives back another state.";
  throw new CommandFailed(
    `The log of ${repository} folds into a state that is not sound: ${what} Restore a backup taken before that with \`orchestrate restore\`.`,
  );
}

interface Folded {
  readonly state: State;
  readonly lines: readonly ReplayLine[];
  /** Why the log goes no further. */
  readonly problem: CommandFailed | null;
}

function fold({ log, repository }: Source, { wanted, until }: Options): Folded {
  const lines: ReplayLine[] = [];
  let last = log.snapshot?.version ?? 0;
  const readLine = createReader(wanted);
  try {
    const state = foldHistory(log, {
      ...(until === undefined ? {} : { until }),
      onEntry(entry, version, now) {
        last = version;
        const line = readLine(entry, version, now);
        if (line !== null) lines.push(line);
      },
    });
    return { state, lines, problem: null };
  } catch (error) {
    const problem = explain(error, repository, last);
    if (!(problem instanceof CommandFailed) || last === 0) throw problem;
    return { state: foldAgain(log, last, repository), lines, problem };
  }
}

/** A broken entry leaves half of itself behind. */
function foldAgain(log: StoredLog, until: number, repository: string): State {
  try {
    return foldHistory(log, { until });
  } catch (error) {
    throw explain(error, repository, null);
  }
}

/** What is to be shown of an entry; null: nothing. A task is known by its number from the entry on that brings it. */
function createReader(wanted: TaskName | null) {
  let id: TaskId | null = wanted !== null && "id" in wanted ? wanted.id : null;
  return (entry: Entry, version: number, state: State): ReplayLine | null => {
    if (wanted !== null) id = findTask(state, wanted)?.id ?? id;
    const events = entry.events.filter((event) => wanted === null || isAbout(event, id));
    if (wanted !== null && events.length === 0) return null;
    const names = namesOf(state);
    return {
      version,
      at: new Date(entry.at).toISOString(),
      id: entry.id,
      command: entry.command,
      events: events.map((event) => ({ type: event.type, line: renderEventLine(event, names) })),
    };
  };
}

function isAbout(event: Event, id: TaskId | null): boolean {
  if (event.type === "ExternalObserved") return event.external.id === id;
  return "task" in event && event.task !== null && event.task === id;
}

/** `last` is the version that the log still leads to; null: it leads to nothing. */
function explain(error: unknown, repository: string, last: number | null): unknown {
  const why = whyNotFolded(error);
  if (why === null) return error;
  const far = last === null || last === 0 ? "does not fold" : `folds up to version ${last} and no further`;
  return new CommandFailed(
    `The log of ${repository} ${far}: ${why}. Restore a backup with \`orchestrate restore\`, or set the branch back to a commit before that with git.`,
    { cause: error },
  );
}
