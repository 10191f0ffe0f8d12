/** What is no name of a task, no length of a run, and no file of a backup, is refused before GitHub is asked for anything. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runBackup } from "../../src/cli/backup.ts";
import { runCycle } from "../../src/cli/cycle.ts";
import { explain } from "../../src/cli/explain.ts";
import { switchOrShow } from "../../src/cli/mode.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { runRestore } from "../../src/cli/restore.ts";
import { compareModes } from "../../src/cli/simulate.ts";

test.each(["0", "012", "-1", "1.5", "1e3", "##1", "gh:1", "gh:1:2:3", "acme/shop#1", "99999999999", ""])(
  "%j is no task",
  async (task) => {
    await expect(explain(task, { repository: "acme/shop" })).rejects.toMatchObject({
      name: "UsageError",
      message: "Name the task by the number of its issue, such as 12, or its id, such as gh:123:456.",
    });
  },
);

test.each([
  ["1s", "--budget must be from 10s to 6h."],
  ["7h", "--budget must be from 10s to 6h."],
  ["", '--budget is "". Write a duration such as 45s.'],
  ["-5m", '--budget is "-5m". Write a duration such as 45s.'],
])("%j is no budget of a run", async (budget, message) => {
  await expect(runCycle("acme/shop", { budget })).rejects.toMatchObject({ name: "UsageError", message });
});

test("a mode that would move the cursor is shown as harmless text", async () => {
  await expect(switchOrShow("\u001B[2Jattack\u202E", { repository: "acme/shop" })).rejects.toMatchObject({
    name: "UsageError",
    message: '"[2Jattack" is not a mode. The modes are priority, blocker, effort, balanced, critical, attack.',
  });
});

test.each([
  ["missing", null, / is not there: name the file of a backup\.$/],
  ["empty", "", / is empty\./],
  ["no text", Buffer.from([0xff, 0xfe]), / is no backup: it is not text\.$/],
  ["something else", "hello", / is no backup: it is not JSON\. `orchestrate backup` writes one\.$/],
  ["cut off", '{\n  "format": "orchestrate-backup",', / is damaged: it is cut off/],
])("a file that is %s is neither restored nor replayed", async (_what, content, message) => {
  const folder = await mkdtemp(join(tmpdir(), "orchestrate-usage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.json");
  if (content !== null) await writeFile(file, content);
  const refused = { name: "UsageError", message: expect.stringMatching(message) };
  await expect(runRestore(file, "acme/shop", {})).rejects.toMatchObject(refused);
  await expect(runReplay(undefined, { file })).rejects.toMatchObject(refused);
});

test("a folder is no backup, and nothing is written where a file is already", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orchestrate-usage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await expect(runRestore(folder, "acme/shop", {})).rejects.toThrow(/is a folder: name the file of a backup in it\.$/);
  await expect(runBackup("acme/shop", { out: folder })).rejects.toThrow(
    /is there already: name another file, or say --f/,
  );
  await expect(runBackup("acme/shop", { out: "-", keep: "2" })).rejects.toThrow(/no older backups on standard output/);
  for (const keep of ["0", "-1", "1.5", "all", ""])
    await expect(runBackup("acme/shop", { out: folder, keep })).rejects.toThrow(/is no number of backups/);
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(runBackup("acme/shop", { out: file, keep: "2" })).rejects.toThrow(
    /is a file: --keep keeps backups in a folder/,
  );
  await expect(runBackup("acme/shop", { out: "" })).rejects.toMatchObject({ name: "UsageError" });
  await expect(runBackup("acme/shop", { out: "-", json: true })).rejects.toThrow(/standard output is one or the other/);
});

test("no task and no mode are refused by the other commands alike", async () => {
  await expect(runReplay("acme/shop", { task: "twelve" })).rejects.toMatchObject({ name: "UsageError" });
  await expect(compareModes("acme/shop", { mode: "efort" })).rejects.toThrow(
    /^--mode "efort" is not a mode\. Did you mean/,
  );
});
