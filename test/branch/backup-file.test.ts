/** A backup is what it says it is, or is refused in one sentence. */
import { describe, expect, test } from "vitest";
import { BackupInvalid, parseBackup, renderBackup, type Backup } from "../../src/branch/backup-file.ts";
import { StoreCorrupt } from "../../src/branch/faults.ts";
import { renderSchema, renderSegments, renderSnapshot } from "../../src/branch/layout.ts";
import { renderWholeState, replaceBranch } from "../../src/branch/replace.ts";
import { lastNamedVersion, openLog } from "../../src/branch/stored-log.ts";
import { StoreTooNew } from "../../src/ports/store.ts";
import { RestFailure } from "./branch-double.ts";

const backup: Backup = {
  repository: { name: "octo/shop", id: 42 },
  branch: "orchestrate/state",
  head: "a".repeat(40),
  takenAt: Date.UTC(2026, 10, 21),
  schema: 3,
  version: 2,
  files: new Map([
    ["README.md", Buffer.from("zwölf 文字 \u2028 \u0000 \u009B2J \u202E \u{E0001} 🎉\n")],
    ["state/schema.json", Buffer.from('{"version":3}\n')],
    ["tasks/ready/1.bin", Buffer.from([0xff, 0xfe, 0x00])],
  ]),
};

test("what was saved is read again byte by byte, and the same backup gives the same text", () => {
  const text = renderBackup(backup);
  expect(parseBackup(text)).toEqual(backup);
  expect(renderBackup({ ...backup, files: new Map([...backup.files].toReversed()) })).toBe(text);
  expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(text)).toMatchObject({ format: "orchestrate-backup", formatVersion: 1 });
});

describe("refused, with what is wrong, is a file that", () => {
  test.each<readonly [string, (text: string) => string, RegExp]>([
    ["is cut off", (text) => text.slice(0, -100), /^is damaged: it is cut off, or no whole JSON any more/],
    ["is empty", () => " \n", /^is empty/],
    ["is not JSON", () => "hello", /^is no backup: it is not JSON/],
    ["is other JSON", () => "[]", /^is no backup: `orchestrate backup` writes one/],
    ["was changed in a file", (text) => text.replace("zwölf", "elf"), /the digest of README\.md does not fit/],
    [
      "was changed in its head",
      (text) => text.replace('"id":42', '"id":43'),
      /its list of files or its head was changed/,
    ],
    ["lacks a field", (text) => text.replace('"takenAt"', '"takenat"'), /^is damaged: takenAt is missing/],
    ["lacks a file", (text) => text.replace(/[^\n]*README[^\n]*\n/, ""), /its list of files or its head was changed/],
    [
      "has a newer format",
      (text) => text.replace('"formatVersion": 1', '"formatVersion": 9'),
      /^has version 9 of the format/,
    ],
  ])("%s", (_what, spoil, said) => {
    const read = (): Backup => parseBackup(spoil(renderBackup(backup)));
    expect(read).toThrow(BackupInvalid);
    expect(read).toThrow(said);
  });
});

describe("the log in the files", () => {
  const entries = ["a", "b", "c", "d"].map((id) => JSON.stringify({ id }));
  const schema = renderSchema();
  const files = (...more: readonly { readonly path: string; readonly text: string }[]) =>
    new Map([schema, ...more].map(({ path, text }) => [path, text]));

  test("is told entry by entry with the file that each is in, from the newest snapshot on", () => {
    const log = openLog(
      files(
        ...renderSnapshot(2, ['{"whole":{}}']),
        ...renderSegments(1, "op1", entries.slice(0, 2)),
        ...renderSegments(3, "op2", entries.slice(2)),
      ),
      "octo/shop",
    );
    expect(log.snapshot).toEqual({ version: 2, lines: ['{"whole":{}}'], path: "state/snapshot/0000000002-001.ndjson" });
    expect([...log.entries()]).toEqual([
      { version: 3, path: "state/log/0000000003-0000000004.ndjson", line: entries[2] },
      { version: 4, path: "state/log/0000000003-0000000004.ndjson", line: entries[3] },
    ]);
  });

  test("goes as far as the first segment that is missing, cut or not JSON, and names it", () => {
    const first = renderSegments(1, "op1", entries.slice(0, 1));
    const gap = openLog(files(...first, ...renderSegments(3, "op2", entries.slice(2))), "octo/shop").entries();
    expect(gap.next().value).toMatchObject({ version: 1 });
    expect(() => gap.next()).toThrow(/0000000003-0000000004\.ndjson .*starts at entry 3, but entry 2 is due/);
    const [cut = schema] = renderSegments(2, "op2", entries.slice(1));
    const log = openLog(files(...first, { ...cut, text: cut.text.slice(0, -5) }), "octo/shop").entries();
    expect(log.next().value).toMatchObject({ version: 1 });
    expect(() => log.next()).toThrow(StoreCorrupt);
  });

  test("of a newer schema is left alone, of an older one is brought up to date, and without one is none", () => {
    const newer = new Map([["state/schema.json", '{"version":9}']]);
    expect(() => openLog(newer, "octo/shop")).toThrow(StoreTooNew);
    const older = new Map([
      ["state/schema.json", '{"version":1}'],
      ["state/log.ndjson", `${JSON.stringify({ id: "a", command: "Tick", at: 1, events: [], effects: [] })}\n`],
    ]);
    const log = openLog(older, "octo/shop");
    expect(log.schema).toBe(1);
    expect([...log.entries()]).toMatchObject([{ version: 1 }]);
    expect(() => openLog(new Map(), "octo/shop")).toThrow(/state\/schema\.json on the state branch is missing/);
  });

  test("is as long as the names of its files say, whatever is in them", () => {
    expect(lastNamedVersion(["state/log/0000000003-0000000120.ndjson", "state/log/x", "tasks/a-999.ndjson"])).toBe(120);
  });
});

describe("putting a whole state onto the branch", () => {
  const whole = { version: 7, snapshot: ['{"whole":{}}'], entries: ['{"id":"a"}'] };

  test("takes the files for people along, and lets nothing through that means something to GitHub", () => {
    const beside = new Map([
      ["tasks/ready/1.md", "One"],
      ["state/log/old.ndjson", "x"],
    ]);
    const paths = renderWholeState({ ...whole, beside }, "op").map(({ path }) => path);
    expect(paths).toEqual([
      "state/schema.json",
      "state/snapshot/0000000007-001.ndjson",
      "state/log/0000000008-0000000008.ndjson",
      "README.md",
      "tasks/ready/1.md",
    ]);
    const foreign = [".github/workflows/a.yml", "tasks/../x", "a/b/c/d", "/x", ".gitmodules"].map(
      (path) => [path, ""] as const,
    );
    const all = renderWholeState({ ...whole, beside: new Map([...beside, ...foreign]) }, "op");
    expect(all.map(({ path }) => path)).toEqual(paths);
  });

  const files = renderWholeState({ ...whole, beside: new Map() }, "op");
  /** A branch that answers the last step with `failure`, and is at `head` then. */
  function put(failure: Error, head: string) {
    const asked: string[] = [];
    const request = {
      graphql: () => Promise.reject(new Error("Nobody asks this way.")),
      rest: ({ method, path }: { readonly method: string; readonly path: string }) => {
        asked.push(`${method} ${path}`);
        if (method === "PATCH") return Promise.reject(failure);
        const data = method === "GET" ? { object: { sha: head } } : { sha: "new" };
        return Promise.resolve({ status: 200, etag: null, data });
      },
    };
    const replacement = { head: "old", files, headline: "Restore", operation: "op", now: 0 };
    return replaceBranch({ request, repository: "octo/shop" }, replacement);
  }

  test("ends without a change when somebody wrote meanwhile, and as done when only the answer was lost", async () => {
    expect(await put(new RestFailure(422, "Update is not a fast forward"), "theirs")).toBe("moved");
    expect(await put(new RestFailure(502, "Bad gateway"), "new")).toEqual({ head: "new" });
    await expect(put(new RestFailure(502, "Bad gateway"), "old")).rejects.toThrow("Bad gateway");
    await expect(put(new RestFailure(422, "Repository rule violations found"), "old")).rejects.toThrow(
      "rule violations",
    );
    await expect(put(new RestFailure(403, "Forbidden"), "old")).rejects.toThrow("Forbidden");
  });
});
