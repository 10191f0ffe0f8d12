/** A text that a command is given as a file, or on standard input. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";

const reasonMax = 300;

/** As a person reads it; `-` is standard input. */
export function nameOfFile(file: string): string {
  return toPlainLine(file === "-" ? "Standard input" : file);
}

/** Reads FILE, or standard input for `-`. Throws a UsageError that says what is wrong with it; `what` is what it should be, as "backup". */
export async function readText(file: string, what: string): Promise<string> {
  const name = nameOfFile(file);
  try {
    const bytes = file === "-" ? await readStandardInput() : await readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${name} is no ${what}: it is not text.`, { cause: error });
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") throw new UsageError(`${name} is not there: name the file of a ${what}.`, { cause: error });
    if (code === "EISDIR")
      throw new UsageError(`${name} is a folder: name the file of a ${what} in it.`, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${name} cannot be read: ${toPlainLine(reason, reasonMax)}`, { cause: error });
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
