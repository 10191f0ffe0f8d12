/** A state branch as it was saved or as it is: its files, read into a state, with what hinders that told in one sentence. */
import { readFile } from "node:fs/promises";
import { BackupInvalid, parseBackup, textsOf, type Backup } from "../branch/backup-file.ts";
import { StoreCorrupt } from "../branch/faults.ts";
import { openLog, type StoredLog } from "../branch/stored-log.ts";
import type { State } from "../core/state.ts";
import { foldHistory, HistoryBroken } from "../engine/replay.ts";
import type { Lines } from "../engine/restored.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";

const reasonMax = 300;

/** Reads FILE, or standard input for `-`. Throws a UsageError that says what is wrong with it. */
export async function readBackup(file: string): Promise<Backup> {
  const name = toPlainLine(file === "-" ? "Standard input" : file);
  const text = await readText(file, name);
  try {
    return parseBackup(text);
  } catch (error) {
    if (error instanceof BackupInvalid) throw new UsageError(`${name} ${error.message}`, { cause: error });
    throw error;
  }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    const bytes = file === "-" ? await readStandardInput() : await readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${name} is no backup: it is not text.`, { cause: error });
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") throw new UsageError(`${name} is not there: name the file of a backup.`, { cause: error });
    if (code === "EISDIR")
      throw new UsageError(`${name} is a folder: name the file of a backup in it.`, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${name} cannot be read: ${toPlainLine(reason, reasonMax)}`, { cause: error });
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
