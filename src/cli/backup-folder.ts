/** A folder of backups: what the program calls a backup in it, and which of them are old enough to go. Nothing else in it is touched. */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommandFailed } from "./failure.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";

/** Backups hold what only whoever takes them may read. */
const privateMode = 0o700;

/** The name of the backup of `owner/name` that was taken at an instant: names of one repository sort by time. */
export function backupName(repository: string, takenAt: number): string {
  return `${prefixOf(repository)}${new Date(takenAt).toISOString().replaceAll(/[-:.]/g, "")}.backup.json`;
}

/** Makes the folder where there is none. Rejects where it is a file. */
export async function demandFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  if (found !== null)
    throw new UsageError(
      `${toPlainLine(folder)} is a file: --keep keeps backups in a folder. Name one, or leave out --keep.`,
    );
  try {
    await mkdir(folder, { recursive: true, mode: privateMode });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailed(`The folder cannot be made: ${toPlainLine(reason)}. Nothing was saved.`, { cause: error });
  }
}

/** Removes all but the newest `keep` backups of the repository. Returns the names of those that are gone, the oldest first. */
export async function pruneBackups(folder: string, repository: string, keep: number): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && isBackup(entry.name, repository)).map(({ name }) => name);
  const old = names.toSorted().slice(0, -keep);
  for (const name of old) await rm(join(folder, name), { force: true });
  return old;
}

function isBackup(name: string, repository: string): boolean {
  const prefix = prefixOf(repository);
  return name.startsWith(prefix) && /^\d{8}T\d{9}Z\.backup\.json$/.test(name.slice(prefix.length));
}

/** No login and no name of a repository has a plus in it, so no two of them are alike. */
function prefixOf(repository: string): string {
  return `${repository.replace("/", "+")}+`;
}
