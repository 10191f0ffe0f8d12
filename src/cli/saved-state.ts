/** A state branch as it was saved or as it is: its files, read into a state, with what hinders that told in one sentence. */
import { nameOfFile, readText } from "./read-text.ts";
import { BackupInvalid, parseBackup, textsOf, type Backup } from "../branch/backup-file.ts";
import { StoreCorrupt } from "../branch/faults.ts";
import { openLog, type StoredLog } from "../branch/stored-log.ts";
import type { State } from "../state/state.ts";
import { foldHistory, HistoryBroken } from "../engine/replay.ts";
import type { Lines } from "../engine/restored.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";

const reasonMax = 300;

/** Reads FILE, or standard input for `-`. Throws a UsageError that says what is wrong with it. */
export async function readBackup(file: string): Promise<Backup> {
  const name = nameOfFile(file);
  const text = await readText(file, "backup");
  try {
    return parseBackup(text);
  } catch (error) {
    if (error instanceof BackupInvalid) throw new UsageError(`${name} ${error.message}`, { cause: error });
    throw error;
  }
}

export interface ReadState {
  readonly log: StoredLog;
  readonly state: State;
  /** What is kept of the log entry by entry. */
  readonly lines: Lines;
}

/** The state that the files hold. Throws `StoreTooNew`; `StoreCorrupt` or `HistoryBroken` where they do not fold. */
export function readFiles(files: ReadonlyMap<string, Buffer>, repository: string): ReadState {
  const log = openLog(textsOf(files), repository);
  const lines: string[] = [];
  const watched = {
    snapshot: log.snapshot,
    *entries() {
      for (const entry of log.entries()) {
        lines.push(entry.line);
        yield entry;
      }
    },
  };
  const state = foldHistory(watched);
  return { log, state, lines: { from: log.snapshot?.version ?? 0, lines } };
}

/** Why files do not fold, as a clause; null for anything else that was thrown. */
export function whyNotFolded(error: unknown): string | null {
  if (error instanceof StoreCorrupt) return toPlainLine(`${error.path} ${error.problem}`, reasonMax);
  return error instanceof HistoryBroken ? toPlainLine(error.message, reasonMax).replace(/\.$/, "") : null;
}
