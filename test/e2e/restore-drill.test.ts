/** The drill: the state is saved, lost and put back while agents are at work, and the backlog is finished without doing anything twice. */
import { expect, test } from "vitest";
import { restoreBackup } from "../../src/cli/restore.ts";
import { takeBackup } from "../../src/cli/backup.ts";
import { parseBackup, renderBackup } from "../../src/branch/backup-file.ts";
import { connect, findPlace } from "../../src/connect.ts";
import type { Target } from "../../src/cli/reach.ts";
import { meterFetch } from "../../src/action/metered-fetch.ts";
import { toSurroundings } from "../../src/play-job.ts";
import { givenE2e, minute, type E2e } from "../support/e2e-world.ts";

async function given(): Promise<E2e> {
  return givenE2e(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 2, dispatch: api }] }
issues:
  - { key: a, title: First, priority: urgent }
  - { key: b, title: Second, blockedBy: [a] }
  - { key: c, title: Third }
  - { key: d, title: Fourth }
  - { key: e, title: Fifth, blockedBy: [c, d] }
agents: { jules: { duration: 30m } }
people: { merge: 5s }
`);
}

/** What maria has at her terminal. */
async function terminal(e2e: E2e): Promise<Target> {
  const parts = e2e.partsFor("terminal");
  const { baseUrl, fetch } = parts;
  const connection = { credentials: { kind: "token", token: "ghu_maria" }, baseUrl, fetch } as const;
  const octokit = await connect(connection, "acme/shop");
  const place = await findPlace(octokit, "acme/shop");
  const surroundings = toSurroundings(parts);
  return { repository: "acme/shop", connection, surroundings, meter: meterFetch(fetch), octokit, place };
}

async function save(e2e: E2e): Promise<string> {
  return e2e.drive(terminal(e2e).then(async (target) => renderBackup(await takeBackup(target))));
}

function restore(e2e: E2e, saved: string, isForced = false): ReturnType<typeof restoreBackup> {
  const how = { by: "maria", isForced };
  return e2e.drive(terminal(e2e).then((target) => restoreBackup(target, parseBackup(saved), how)));
}

async function deleteBranch(e2e: E2e): Promise<void> {
  const { baseUrl, fetch } = e2e.partsFor("mistake");
  const headers = { authorization: "Bearer ghu_maria" };
  await e2e.drive(fetch(`${baseUrl}/repos/acme/shop/git/refs/heads/orchestrate/state`, { method: "DELETE", headers }));
}

/** Somebody edits the newest segment by hand. */
async function breakLog(e2e: E2e): Promise<void> {
  const { files } = parseBackup(await save(e2e));
  const path = [...files.keys()].findLast((each) => each.startsWith("state/log/")) ?? "";
  const broken = { [path]: "This is no log.\n" };
  await e2e.world.push({ by: "maria", branch: "orchestrate/state", files: broken, message: "Tidy up" });
}

/** As the page of the restore asks: nothing that the backup does not know may be at work. */
async function untilQuiet(e2e: E2e): Promise<void> {
  await e2e.until("no session runs any more", () => e2e.simulation.inFlightCount === 0);
}

/** `resume` on an issue, then all of it to its end, and what the world has to say against it. */
async function finish(e2e: E2e): Promise<void> {
  expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
  await e2e.untilDone([1, 2, 3, 4, 5]);
  await e2e.pass(2 * minute);
  expect(e2e.simulation.judge.finish("done", [])).toEqual([]);
}

/** Two sessions that the backup knows, half done. */
async function atWork(): Promise<{ readonly e2e: E2e; readonly saved: string }> {
  const e2e = await given();
  await e2e.startApp();
  await e2e.until("two sessions run", () => e2e.sessions(1).length + e2e.sessions(3).length === 2);
  await e2e.pass(10 * minute);
  return { e2e, saved: await save(e2e) };
}

test("a log that was edited by hand under a running App is put back, and the App goes on from there", async () => {
  const { e2e, saved } = await atWork();
  // The next two start, of which the backup knows nothing.
  await e2e.until("the next sessions run", () => e2e.sessions(2).length + e2e.sessions(4).length === 2);
  await breakLog(e2e);
  await e2e.pass(5 * minute);
  const view = await restore(e2e, saved);
  expect(view).toMatchObject({ isChanged: true, lost: null, isPaused: true });
  expect(view.sessions.map(({ task }) => task)).toEqual(["#1", "#3"]);
  const started = e2e.simulation.sessions().length;
  await untilQuiet(e2e);
  await e2e.pass(5 * minute);
  // Paused: nothing was started a second time.
  expect(e2e.simulation.sessions()).toHaveLength(started);
  await finish(e2e);
  // Each of the five was worked on once.
  expect(e2e.simulation.sessions()).toHaveLength(5);
});

test("a branch that was deleted while the App was down is begun anew, and an App that starts goes on from there", async () => {
  const e2e = await given();
  const app = await e2e.startApp();
  await e2e.until("two sessions run", () => e2e.sessions(1).length + e2e.sessions(3).length === 2);
  await e2e.pass(10 * minute);
  const saved = await save(e2e);
  await e2e.until("the next sessions run", () => e2e.sessions(2).length + e2e.sessions(4).length === 2);
  // Both are younger than the backup, and an App that starts looks back for a day.
  expect(await e2e.command(1, "/orchestrate pause")).toBe("+1");
  expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
  await app.stop();
  await deleteBranch(e2e);
  expect(await restore(e2e, saved)).toMatchObject({ isChanged: true, previousHead: null });
  await untilQuiet(e2e);
  const started = e2e.simulation.sessions().length;
  await e2e.startApp();
  await e2e.pass(15 * minute);
  // Paused: the `resume` of before is not obeyed again.
  expect(e2e.simulation.sessions()).toHaveLength(started);
  await finish(e2e);
  expect(e2e.simulation.sessions()).toHaveLength(5);
});

test("while sessions run that the backup does not know, it is refused; when they have ended it is done", async () => {
  const { e2e, saved } = await atWork();
  await e2e.until("the next sessions run", () => e2e.sessions(2).length + e2e.sessions(4).length === 2);
  await e2e.pass(2 * minute);
  await expect(restore(e2e, saved)).rejects.toThrow(
    /entries would be lost; nothing was changed\. It does not know of 2 sessions/,
  );
  await expect(restore(e2e, saved, true)).rejects.toThrow(
    /does not know of 2 sessions \(#2 with \S+, #4 with \S+\) in acme\/shop/,
  );
  expect(await e2e.command(1, "/orchestrate pause")).toBe("+1");
  await untilQuiet(e2e);
  await e2e.pass(2 * minute);
  const view = await restore(e2e, saved, true);
  expect(view.lost).toBeGreaterThan(0);
  const started = e2e.simulation.sessions().length;
  await e2e.pass(90 * minute);
  expect(e2e.simulation.sessions()).toHaveLength(started);
  await finish(e2e);
});

test("a branch that was deleted under a running App is begun anew, and that App goes on from there", async () => {
  const { e2e, saved } = await atWork();
  await deleteBranch(e2e);
  await e2e.pass(3 * minute);
  expect(await restore(e2e, saved)).toMatchObject({ isChanged: true, previousHead: null });
  await e2e.pass(2 * minute);
  await finish(e2e);
  expect(e2e.simulation.sessions()).toHaveLength(5);
});

test("a backup of another repository, of a newer version, or that was not taken whole, changes nothing", async () => {
  const { e2e, saved } = await atWork();
  const backup = parseBackup(saved);
  const { id } = backup.repository;
  const { stateCommits } = e2e.world.counters;
  const spoiled = (change: Partial<typeof backup>): string => renderBackup({ ...backup, ...change });
  const schema = (version: number) => Buffer.from(JSON.stringify({ version }));
  const other = spoiled({ repository: { name: "acme/shop", id: id + 1 } });
  await expect(restore(e2e, other, true)).rejects.toThrow(/one of another repository, acme\/shop \(id \d+\)/);
  const newer = spoiled({ files: new Map([...backup.files, ["state/schema.json", schema(99)]]) });
  await expect(restore(e2e, newer, true)).rejects.toThrow(/schema version 99.*Update Orchestrate/);
  await expect(restore(e2e, spoiled({ version: 1 }), true)).rejects.toThrow(
    /says that it holds version 1, and its log ends/,
  );
  const [segment = ""] = [...backup.files.keys()].filter((path) => path.startsWith("state/log/"));
  const cut = spoiled({ files: new Map([...backup.files, [segment, Buffer.from("{}")]]) });
  await expect(restore(e2e, cut, true)).rejects.toThrow(
    /The log of the backup does not fold: state\/log\/\S+ is cut off/,
  );
  await deleteBranch(e2e);
  const moved = spoiled({ repository: { name: "acme/store", id } });
  await expect(restore(e2e, moved)).rejects.toThrow(/renamed or transferred since, and restoring is safe: say --force/);
  expect(e2e.world.counters.stateCommits).toBe(stateCommits);
  expect(await restore(e2e, moved, true)).toMatchObject({ isChanged: true });
});

test("what was closed after the backup is not worked on: a running App reads everything anew before it would", async () => {
  const e2e = await givenE2e(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 1, dispatch: api }] }
issues: [{ key: a, title: First, priority: urgent }, { key: b, title: Second }]
agents: { jules: { duration: 20m } }
people: { merge: 5s }
`);
  await e2e.startApp();
  await e2e.until("a session runs", () => e2e.sessions(1).length === 1);
  await e2e.pass(minute);
  const saved = await save(e2e);
  await e2e.world.closeIssue({ by: "maria", number: 2, reason: "not_planned" });
  await e2e.pass(2 * minute);
  const view = await restore(e2e, saved, true);
  expect(view.lost).toBeGreaterThan(0);
  await e2e.pass(2 * minute);
  expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
  await e2e.untilDone([1]);
  await e2e.pass(10 * minute);
  expect(e2e.sessions(2)).toEqual([]);
});

test("a `resume` right after the restore starts nothing before everything was looked at, and then it goes on by itself", async () => {
  const e2e = await givenE2e(`
repository: acme/shop
config: { mode: priority, agents: [{ id: jules, type: jules, capacity: 3, dispatch: api }] }
issues: [{ key: a, title: First, priority: urgent }, { key: b, title: Second, labels: [hold] }, { key: c, title: Third, labels: [hold] }]
agents: { jules: { duration: 20m } }
people: { merge: 5s }
`);
  await e2e.startApp();
  await e2e.until("a session runs", () => e2e.sessions(1).length === 1);
  await e2e.world.removeLabel({ by: "maria", number: 2, label: "hold" });
  await e2e.world.removeLabel({ by: "maria", number: 3, label: "hold" });
  expect(await e2e.command(1, "/orchestrate pause")).toBe("+1");
  const saved = await save(e2e);
  // The backup has both as work that is ready.
  await e2e.world.closeIssue({ by: "maria", number: 2, reason: "not_planned" });
  await e2e.pass(2 * minute);
  await restore(e2e, saved, true);
  const before = e2e.journal.length;
  expect(await e2e.command(1, "/orchestrate resume")).toBe("+1");
  await e2e.until("the third is worked on", () => e2e.sessions(3).length === 1, 5 * minute);
  expect(e2e.sessions(2)).toEqual([]);
  const told = e2e.journal.slice(before).map(({ text }) => text);
  const [resumed, looked, started] = [/^resumed by/, /^everything was looked at/, /^#3 is assigned/].map((line) =>
    told.findIndex((text) => line.test(text)),
  );
  expect(resumed).toBeGreaterThan(-1);
  expect(looked).toBeGreaterThan(resumed ?? 0);
  expect(started).toBeGreaterThan(looked ?? 0);
});
