/** A restored state gives out nothing that a session may have already, starts nothing by itself, and obeys nothing twice. */
import { describe, expect, test } from "vitest";
import { decide } from "../../src/core/decide.ts";
import { evolve, evolveEntry } from "../../src/core/evolve.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import type { State } from "../../src/state/state.ts";
import { isStockDue } from "../../src/core/stock.ts";
import { waitingReasons } from "../../src/core/waiting.ts";
import { examineState, foldHistory, HistoryBroken } from "../../src/engine/replay.ts";
import { lostEntries, toRestored, unknownSessions, unreachedAt, type RestoreFacts } from "../../src/engine/restored.ts";
import type { Command } from "../../src/model/command.ts";
import type { Entry, Event } from "../../src/model/event.ts";
import { toCommandId } from "../../src/model/ids.ts";
import { issue, observation, taskId } from "../support/build.ts";
import { story, type Story } from "../support/given.ts";

/** 2026. */
const now = 1_792_000_000_000;
const facts: RestoreFacts = {
  by: "ann",
  now,
  operation: "op",
  known: { version: 0, fence: 0, effectCount: 0 },
  heard: [],
  cursor: null,
};

/** Two tasks with a worker each; of the first the session is known. */
function atWork(): Story {
  const told = story();
  told.now = now - 60_000;
  told.tell({ type: "Observe", observation: observation({ issues: [issue(1), issue(2)] }) });
  told.tell({ type: "Schedule" });
  const task = taskId(1);
  const fence = told.state.tasks.get(task)?.assignment?.fence ?? 0;
  const outcome = { kind: "started", session: { id: "s1", url: null } } as const;
  told.tell({ type: "ReportOutcome", task, fence, outcome });
  return told;
}

function restored(
  saved: State,
  more: Partial<RestoreFacts> = {},
): { readonly state: State; readonly entry: Entry | null } {
  const { version, snapshot, entries } = toRestored(saved, { ...facts, ...more });
  const state = fromSnapshot(snapshot);
  expect(state.version).toBe(version);
  const [line] = entries;
  const entry = line === undefined ? null : (JSON.parse(line) as Entry);
  if (entry !== null) evolveEntry(state, entry);
  expect(examineState(state)).toEqual({ isSameAsSnapshot: true, broken: [] });
  return { state, entry };
}

describe("a restored state", () => {
  test("counts on where nobody can have come, and further where the branch has been further", () => {
    const { state: saved } = atWork();
    const { state } = restored(saved);
    const unreached = unreachedAt(now);
    expect(unreached).toBeGreaterThan(1_000_000_000);
    expect({ fence: state.fence, effects: state.effectCount >= unreached, version: state.version > unreached }).toEqual(
      {
        fence: unreached,
        effects: true,
        version: true,
      },
    );
    const far = unreached + 1_000;
    const further = restored(saved, { known: { version: far, fence: far, effectCount: far } }).state;
    expect({ fence: further.fence, isAfter: further.version > far && further.effectCount >= far }).toEqual({
      fence: far,
      isAfter: true,
    });
  });

  test("goes on behind an earlier restore, also of the same backup, however much was started in between", () => {
    const { state: saved } = atWork();
    const first = restored(saved).state;
    const second = restored(saved, { now: now + 60_000 }).state;
    expect(second.fence - first.fence).toBe(600);
    expect(second.version).toBeGreaterThan(first.version);
  });

  test("is paused, keeps the session that it knows, and gives back what may or may not have started", () => {
    const { state: saved } = atWork();
    const before = toSnapshot(saved);
    const { state, entry } = restored(saved);
    expect(entry?.events).toEqual([
      {
        type: "SessionRefused",
        task: taskId(2),
        fence: saved.tasks.get(taskId(2))?.assignment?.fence,
        reason: expect.stringContaining("restored from a backup"),
        retryAt: now,
        cause: "text",
      },
      { type: "OrchestrationPaused", by: "ann" },
    ]);
    expect(state.isPaused).toBe(true);
    expect(state.tasks.get(taskId(1))?.assignment?.session?.id).toBe("s1");
    expect(state.tasks.get(taskId(2))?.assignment).toBeNull();
    expect(toSnapshot(saved)).toEqual(before);
  });

  test("says nothing anew where it was paused with nothing about to start", () => {
    const told = story();
    told.tell({ type: "Observe", observation: observation({ issues: [issue(1)] }) });
    const paused = restored(told.state).state;
    expect(restored(paused).entry).toBeNull();
  });

  test("has heard what was commanded since, and is to be read anew as a whole", () => {
    const { state: saved } = atWork();
    const heard = [toCommandId("comment:7")];
    const cursor = { issues: now, near: [], events: 9, comments: now };
    const { state } = restored(saved, { heard, cursor });
    expect(state.seen.has(toCommandId("comment:7"))).toBe(true);
    expect(state.watch).toMatchObject({ restoredAt: now, isStockDue: true, readUpTo: { cursor, wholeAt: 0 } });
  });
});

describe("after a restore nothing begins", () => {
  const resume = { type: "OrchestrationResumed", by: "ann" } as const;

  /** Resumed at once, with the second task ready. */
  function resumed(): Story {
    const { state } = restored(atWork().state);
    evolve(state, resume);
    const told = { ...story(), state, now: now + 1_000 };
    return told;
  }

  function ask(told: Story, command: object): readonly Event[] {
    return decide(told.state, { id: toCommandId("~ask"), ...command } as Command, {
      now: told.now,
      config: told.config,
    });
  }

  test("although somebody says `resume`, before everything was looked at for this very restore", () => {
    const told = resumed();
    expect(ask(told, { type: "Schedule" })).toEqual([]);
    const task = told.state.tasks.get(taskId(2));
    const reasons = task === undefined ? [] : waitingReasons(told.state, task, { now: told.now, config: told.config });
    expect(reasons.map(({ code }) => code)).toContain("restored");
    expect(ask(told, { type: "TakeStock", restoredAt: now - 1 })).toEqual([]);
    expect(ask(told, { type: "TakeStock", restoredAt: now })).toEqual([{ type: "StockTaken" }]);
    evolve(told.state, { type: "StockTaken" });
    expect(ask(told, { type: "TakeStock", restoredAt: now })).toEqual([]);
    expect(ask(told, { type: "Schedule" })).toMatchObject([{ type: "TaskAssigned", task: taskId(2) }]);
  });

  test("also where a process begins from a snapshot meanwhile; one of an earlier version is held up by nothing", () => {
    const told = resumed();
    expect(isStockDue(fromSnapshot(toSnapshot(told.state)))).toBe(true);
    const lines = toSnapshot(told.state).map((line) => line.replace(`,"isStockDue":true`, ""));
    expect(isStockDue(fromSnapshot(lines))).toBe(false);
  });
});

describe("what a restore would cost", () => {
  const lines = (from: number, ...ids: readonly string[]) => ({ from, lines: ids });
  test.each([
    [
      "nothing, of the same log",
      { current: lines(0, "a", "b"), saved: lines(0, "a", "b") },
      { count: 0, isAtLeast: false },
    ],
    [
      "nothing, of one that is shorter",
      { current: lines(0, "a"), saved: lines(0, "a", "b") },
      { count: 0, isAtLeast: false },
    ],
    [
      "what came after",
      { current: lines(0, "a", "b", "c", "d"), saved: lines(0, "a", "b") },
      { count: 2, isAtLeast: false },
    ],
    [
      "what came after, where both are summed up alike",
      { current: lines(5, "f"), saved: lines(5) },
      { count: 1, isAtLeast: false },
    ],
    [
      "what came after, where the older part was summed up since",
      { current: lines(1, "b", "c"), saved: lines(0, "a", "b") },
      { count: 1, isAtLeast: false },
    ],
    [
      "more than what is left, where the snapshot is newer",
      { current: lines(3, "d"), saved: lines(0, "a", "b") },
      { count: 1, isAtLeast: true },
    ],
    [
      "all of another log",
      { current: lines(0, "x", "y"), saved: lines(0, "a", "b", "c") },
      { count: 2, isAtLeast: false },
    ],
    [
      "all of a log that was begun anew",
      { current: lines(0, "x"), saved: lines(9, "j") },
      { count: 1, isAtLeast: false },
    ],
  ])("is %s", (_what, { current, saved }, lost) => {
    expect(lostEntries(current, saved)).toEqual(lost);
  });

  test("is a session that the backup does not know, also one with a fence that it has given out itself", () => {
    const one = atWork();
    const other = atWork();
    // Of the second task the backup cannot tell whether it was started, and gives it back.
    expect(unknownSessions(one.state, other.state).map(({ id }) => id)).toEqual([taskId(2)]);
    const empty = story().state;
    expect(unknownSessions(one.state, empty).map(({ id }) => id)).toEqual([taskId(1), taskId(2)]);
    const later = story();
    later.now = now;
    later.tell({ type: "Observe", observation: observation({ issues: [issue(1), issue(2)] }) });
    later.tell({ type: "Schedule" });
    expect(unknownSessions(later.state, one.state)).toHaveLength(2);
  });
});

describe("a history", () => {
  const numbered = ({ entries }: Story) =>
    entries.map((entry, index) => ({ version: index + 1, path: "log", line: JSON.stringify(entry) }));

  test("folds into the state that the program has, entry by entry, up to any of them", () => {
    const told = atWork();
    const history = { snapshot: null, entries: () => numbered(told) };
    const seen: number[] = [];
    const state = foldHistory(history, { onEntry: (_entry, version) => seen.push(version) });
    expect(toSnapshot(state)).toEqual(toSnapshot(told.state));
    expect(seen).toEqual(numbered(told).map(({ version }) => version));
    expect(foldHistory(history, { until: 1 }).version).toBe(1);
    const snapshot = { version: 1, lines: toSnapshot(foldHistory(history, { until: 1 })), path: "snapshot" };
    const rest = { snapshot, entries: () => numbered(told).slice(1) };
    expect(toSnapshot(foldHistory(rest))).toEqual(toSnapshot(told.state));
  });

  test("that is broken names the entry and its file, and is good up to there", () => {
    const told = atWork();
    const bad = {
      version: 2,
      path: "log",
      line: '{"id":"x","command":"X","at":1,"events":[{"type":"Nonsense"}],"effects":[]}',
    };
    const history = { snapshot: null, entries: () => [...numbered(told).slice(0, 1), bad] };
    expect(() => foldHistory(history)).toThrow(HistoryBroken);
    expect(() => foldHistory(history)).toThrow(/^Entry 2 in log does not follow .*event Nonsense/);
    expect(foldHistory(history, { until: 1 }).version).toBe(1);
    const snapshot = { version: 5, lines: toSnapshot(told.state), path: "snapshot" };
    expect(() => foldHistory({ snapshot, entries: () => [] })).toThrow(/The snapshot of version 5 in snapshot/);
  });
});
