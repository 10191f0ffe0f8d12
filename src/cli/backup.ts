/** `orchestrate backup`: everything that is on the state branch, in one file that `restore` and `replay` read. Writes nothing to GitHub. */
import { access, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { renderBackup, type Backup } from "../branch/backup-file.ts";
import { readImage } from "../branch/image.ts";
import { branchName } from "../branch/layout.ts";
import { backupName, demandFolder, pruneBackups } from "./backup-folder.ts";
import { CommandFailed } from "./failure.ts";
import { neverRun, withRepository, type Target } from "./reach.ts";
import { readFiles, whyNotFolded } from "./saved-state.ts";
import { print, printJson } from "../print.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { count, toShortSha } from "../views/words.ts";
import { wireBranch } from "../wire.ts";

export interface BackupOptions {
  /** `-` is standard output; with `keep` a folder. */
  readonly out: string;
  /** How many backups of the repository stay in the folder, this one included. */
  readonly keep?: string;
  /** Replaces a file that is there. */
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Only for whoever takes it: titles and what reviewers wrote are in it. */
const privateMode = 0o600;

/** Writes it and returns 0. Rejects with one sentence; then no file was begun or replaced. */
export async function runBackup(name: string | undefined, options: BackupOptions): Promise<number> {
  const { out, force = false, json = false } = options;
  const keep = readKeep(options);
  if (out === "") throw new UsageError("--out is empty: name a file, or - for standard output.");
  if (out === "-" && json) throw new UsageError("Say --out FILE with --json: standard output is one or the other.");
  if (keep !== null) await demandFolder(out);
  else if (out !== "-" && !force) await demandFree(out);
  return withRepository(name, async (target) => {
    const backup = await takeBackup(target);
    const text = renderBackup(backup);
    const { repository, takenAt } = backup;
    const file = keep === null ? out : join(out, backupName(repository.name, takenAt));
    if (file === "-") await print(text.trimEnd());
    else await write(file, text, force);
    // Only now: where the new one could not be written, the old ones are needed.
    const removed = keep === null ? null : await pruneBackups(out, repository.name, keep);
    const told = { ...toDocument(backup), file, bytes: Buffer.byteLength(text), ...(removed && { removed }) };
    if (json) await printJson(told);
    else if (file !== "-") await print(describe(told));
    return 0;
  });
}

/** Null where none are to go. */
function readKeep({ keep, out }: BackupOptions): number | null {
  if (keep === undefined) return null;
  if (out === "-") throw new UsageError("Say --out FOLDER with --keep: there are no older backups on standard output.");
  if (!/^[1-9]\d{0,3}$/.test(keep)) {
    throw new UsageError(
      `--keep ${JSON.stringify(toPlainLine(keep, 40))} is no number of backups: write one from 1 to 9999.`,
    );
  }
  return Number(keep);
}

/** The branch as it is now. Rejects with a sentence where it could not be restored: a backup that cannot is none. */
export async function takeBackup(target: Target): Promise<Backup> {
  const { repository, place, surroundings } = target;
  const takenAt = surroundings.clock.now();
  const image = (await readImage(wireBranch(target), takenAt)) ?? neverRun(target);
  const { log, state } = fold(image.files, repository);
  if (state.version === 0) neverRun(target);
  const { schema } = log;
  const name = `${place.owner}/${place.name}`;
  const { head, files } = image;
  return {
    repository: { name, id: place.id },
    branch: branchName,
    head,
    takenAt,
    schema,
    version: state.version,
    files,
  };
}

function fold(files: ReadonlyMap<string, Buffer>, repository: string): ReturnType<typeof readFiles> {
  try {
    return readFiles(files, repository);
  } catch (error) {
    const why = whyNotFolded(error);
    if (why === null) throw error;
    throw new CommandFailed(
      `The log of ${repository} does not fold, and a backup of it could not be restored: ${why}. Nothing was written. \`orchestrate replay ${repository}\` shows how far it goes.`,
      { cause: error },
    );
  }
}

function toDocument({ repository, head, takenAt, schema, version, files }: Backup) {
  const takenAtText = new Date(takenAt).toISOString();
  return { repository: repository.name, head, takenAt: takenAtText, schema, version, files: files.size };
}

type Told = ReturnType<typeof toDocument> & {
  readonly file: string;
  readonly bytes: number;
  /** The names of older backups that had to go. */
  readonly removed?: readonly string[];
};

function describe({ repository, head, version, files, file, bytes, removed = [] }: Told): string {
  return [
    `${repository}: version ${version} of the log, ${count(files, "file")} at commit ${toShortSha(head)}, is in ${toPlainLine(file)} (${bytes} bytes).`,
    `Only you can read it. \`orchestrate restore ${toPlainLine(file)} ${repository}\` puts it back.`,
    ...(removed.length === 0 ? [] : [`${count(removed.length, "older backup")} removed.`]),
  ].join("\n");
}

async function demandFree(out: string): Promise<void> {
  try {
    await access(out);
  } catch {
    // Also where its folder is missing: that is told when it is written.
    return;
  }
  throw new UsageError(`${toPlainLine(out)} is there already: name another file, or say --force to replace it.`);
}

/** A file that is there is replaced once the new one is whole. */
async function write(out: string, text: string, isForced: boolean): Promise<void> {
  const place = isForced ? `${out}.${process.pid}.part` : out;
  let isOurs = false;
  try {
    const file = await open(place, "wx", privateMode);
    isOurs = true;
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    if (isForced) await rename(place, out);
  } catch (error) {
    if (isOurs) await rm(place, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`The backup cannot be written: ${toPlainLine(reason)}. Nothing was kept.`, {
      cause: error,
    });
  }
}
