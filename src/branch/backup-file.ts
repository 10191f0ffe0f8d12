/**
 * A backup: everything on the state branch in one JSON document that says what it is. Each file has its digest, and the whole has one, so
 * that what was cut off, damaged or changed by hand is noticed before anything is made of it.
 */
import { createHash } from "node:crypto";
import { z } from "zod";

const format = "orchestrate-backup";
const formatVersion = 1;

export interface Backup {
  readonly repository: { readonly name: string; readonly id: number };
  readonly branch: string;
  /** The commit that it was taken of. */
  readonly head: string;
  /** Epoch milliseconds. */
  readonly takenAt: number;
  /** The version of the layout of the files. */
  readonly schema: number;
  /** How many entries the log has had by then. */
  readonly version: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** A text is no backup, or one that cannot be trusted. The message goes on from the name of the file. */
export class BackupInvalid extends Error {
  override readonly name = "BackupInvalid";
}

const Marked = z.object({ format: z.literal(format), formatVersion: z.number() });
const StoredFile = z.object({
  path: z.string().min(1),
  bytes: z.number().int().min(0),
  sha256: z.string(),
  text: z.string().optional(),
  base64: z.string().optional(),
});
type StoredFile = z.output<typeof StoredFile>;
const Stored = z.object({
  repository: z.object({ name: z.string(), id: z.number().int() }),
  branch: z.string(),
  head: z.string(),
  takenAt: z.iso.datetime(),
  schema: z.number().int().min(1),
  version: z.number().int().min(0),
  files: z.array(StoredFile),
  sha256: z.string(),
});
type Stored = z.output<typeof Stored>;

/** The document, a line a file, with a line break at its end. The same backup gives the same text. */
export function renderBackup(backup: Backup): string {
  const { repository, branch, head, takenAt, schema, version } = backup;
  const files = [...backup.files]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, content]) => toStoredFile(path, content));
  const facts = { repository, branch, head, takenAt: new Date(takenAt).toISOString(), schema, version };
  const fields = { format, formatVersion, ...facts, sha256: digestOf({ ...facts, files }) };
  const lines = Object.entries(fields).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  const list = files.map((file) => `    ${JSON.stringify(file)}`).join(",\n");
  return toHarmless(`{\n${lines.join("\n")}\n  "files": [\n${list}\n  ]\n}\n`);
}

/** What JSON leaves as it is and a terminal would obey stands as its number: it may be printed. */
function toHarmless(json: string): string {
  return json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

function toStoredFile(path: string, content: Buffer): StoredFile {
  const text = content.toString("utf8");
  const isText = Buffer.from(text).equals(content);
  return {
    path,
    bytes: content.length,
    sha256: sha256(content),
    ...(isText ? { text } : { base64: content.toString("base64") }),
  };
}

/** Over the facts and the digests of the files. */
function digestOf(stored: Omit<Stored, "sha256">): string {
  const { repository, branch, head, takenAt, schema, version, files } = stored;
  const listed = files.map(({ path, bytes, sha256: digest }) => [path, bytes, digest]);
  const facts = [format, formatVersion, repository.name, repository.id, branch, head, takenAt, schema, version];
  return sha256(Buffer.from(JSON.stringify([facts, listed])));
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Reads what `renderBackup` wrote. Throws `BackupInvalid` for anything else. */
export function parseBackup(text: string): Backup {
  const document = parseJson(text);
  const marked = Marked.safeParse(document);
  if (!marked.success) throw new BackupInvalid("is no backup: `orchestrate backup` writes one.");
  if (marked.data.formatVersion !== formatVersion)
    throw new BackupInvalid(
      `has version ${marked.data.formatVersion} of the format, and this version of Orchestrate knows version ${formatVersion}: use the version that wrote it.`,
    );
  const parsed = Stored.safeParse(document);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new BackupInvalid(`is damaged: ${place} is missing or not what it should be. Take another backup.`);
  }
  const { sha256: digest, ...stored } = parsed.data;
  const files = new Map(stored.files.map((file) => [file.path, readStoredFile(file)]));
  if (digestOf(stored) !== digest || files.size !== stored.files.length)
    throw new BackupInvalid(
      "is damaged: its list of files or its head was changed since it was taken. Take another backup.",
    );
  return { ...stored, takenAt: Date.parse(stored.takenAt), files };
}

function parseJson(text: string): unknown {
  if (text.trim() === "") throw new BackupInvalid("is empty. Take another backup.");
  try {
    return JSON.parse(text);
  } catch (error) {
    const isOne = text.slice(0, 200).includes(`"${format}"`);
    throw new BackupInvalid(
      isOne
        ? "is damaged: it is cut off, or no whole JSON any more. Take another backup."
        : "is no backup: it is not JSON. `orchestrate backup` writes one.",
      { cause: error },
    );
  }
}

function readStoredFile({ path, bytes, sha256: digest, text, base64 }: StoredFile): Buffer {
  const content = text === undefined ? Buffer.from(base64 ?? "", "base64") : Buffer.from(text);
  if (content.length === bytes && sha256(content) === digest) return content;
  throw new BackupInvalid(`is damaged: the digest of ${path} does not fit its content. Take another backup.`);
}

/** The files as texts, as the log is read from them. */
export function textsOf(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  return new Map([...files].map(([path, content]) => [path, content.toString("utf8")]));
}
