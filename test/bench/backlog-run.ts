/** A backlog in layers, played through the pure core: every event decided and folded, as fast as it goes. */
import { advance, decide } from "../../src/core/decide.ts";
import type { Context } from "../../src/model/context.ts";
import { evolveEntry } from "../../src/core/evolve.ts";
import { createState, type State } from "../../src/state/state.ts";
import type { Command } from "../../src/model/command.ts";
import { Config } from "../../src/model/config.ts";
import type { Entry, Event } from "../../src/model/event.ts";
import { toCommandId, toTaskId, type CommandId, type TaskId } from "../../src/model/ids.ts";
import type { SessionReport } from "../../src/model/observation.ts";
import type { Dependency, Priority, TaskDefinition } from "../../src/model/task.ts";
import { givenDefinition } from "../views/given.ts";

const agentsCount = 10;
const slotsEach = 1_000;

export const config: Config = Config.parse({
  mode: "balanced",
  done: "reported",
  agents: Array.from({ length: agentsCount }, (_, index) => ({
    id: `agent-${index}`,
    type: "bifrost",
    capacity: slotsEach,
    dispatch: "api",
  })),
  limits: { batch: 1_000, queue: 100_000, sessionsPerDay: 100_000_000, costPerDay: 1_000_000 },
});

/** Mulberry32: enough for shapes, the same on every machine. */
export function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function taskOf(index: number): TaskId {
  return toTaskId(7, 1_000_000 + index);
}

function definitionOf(index: number, chance: () => number): TaskDefinition {
  return givenDefinition({
    node: `I_${index}`,
    number: index + 1,
    title: `Task ${index}: what an issue is called`,
    url: `https://github.test/o/r/issues/${index + 1}`,
    createdAt: 1_700_000_000_000 + index * 1_000,
    updatedAt: 1_700_000_000_000 + index * 1_000,
    hash: index.toString(16).padStart(64, "0"),
    priority: (1 + Math.floor(chance() * 5)) as Priority,
    estimateMinutes: 5 + Math.floor(chance() * 120),
  });
}

/** Layers of a tenth of the tasks; each task waits for up to three of the layer before. */
function blockersOf(index: number, tasks: number, chance: () => number): readonly Dependency[] {
  const width = Math.max(1, Math.floor(tasks / 10));
  const layer = Math.floor(index / width);
  if (layer === 0) return [];
  const found = new Set<number>();
  for (let count = Math.floor(chance() * 4); count > 0; count -= 1) {
    found.add((layer - 1) * width + Math.floor(chance() * width));
  }
  return [...found].toSorted((a, b) => a - b).map((on) => ({ on: taskOf(on), kind: "hard", source: "native" }));
}

/** The log that such a backlog begins with, forty issues an entry. */
export function* firstEntries(tasks: number): IterableIterator<Entry> {
  const chance = chanceOf(tasks);
  for (let start = 0; start < tasks; start += 40) {
    const events: Event[] = [];
    for (let index = start; index < Math.min(tasks, start + 40); index += 1) {
      const task = taskOf(index);
      events.push({ type: "TaskTracked", task, definition: definitionOf(index, chance) });
      events.push({ type: "TaskTrusted", task, by: "wanda", hash: "h" });
      const blockedBy = blockersOf(index, tasks, chance);
      if (blockedBy.length > 0) events.push({ type: "DependenciesChanged", task, blockedBy });
    }
    yield { id: toCommandId(`~first:${start}`), command: "Observe", at: 1_700_100_000_000, events, effects: [] };
  }
}

/** Read from text, as every log is: what a program puts together takes other memory than what JSON gives. */
export function loadBacklog(tasks: number): State {
  const state = createState();
  for (const entry of firstEntries(tasks)) evolveEntry(state, JSON.parse(JSON.stringify(entry)) as Entry);
  return state;
}

export interface Played {
  readonly tasks: number;
  readonly eventsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxMs: number;
  readonly completionUs: number;
  readonly loadingMs: number;
  readonly entries: readonly Entry[];
}

/** Plays until every task is completed (at most 100,000 completions), deciding and folding each command. */
export function playBacklog(tasks: number, keepsEntries = false): Played {
  const loadingFrom = performance.now();
  const state = loadBacklog(tasks);
  const clock = { now: 1_700_200_000_000 };
  const samples: number[] = [];
  const completions: number[] = [];
  const entries: Entry[] = [];
  let events = 0;
  let busyMs = 0;
  let count = 0;

  const nextId = (): CommandId => toCommandId(`~bench:${(count += 1)}`);

  function tell(command: Command): readonly Event[] {
    const context: Context = { now: clock.now, config };
    const from = performance.now();
    const decided = advance(state, { command, context });
    const ms = performance.now() - from;
    busyMs += ms;
    samples.push(ms);
    if (command.type === "ReportSession") completions.push(ms);
    events += decided.length;
    if (keepsEntries && decided.length > 0)
      entries.push({ id: command.id, command: command.type, at: clock.now, events: decided, effects: [] });
    return decided;
  }

  // The first decision finds what waits behind everything; that is loading, not deciding.
  decide(state, { type: "Schedule", id: toCommandId("~warm") }, { now: clock.now, config });
  const loadingMs = performance.now() - loadingFrom;
  const running: { readonly task: TaskId; readonly fence: number }[] = [];
  let head = 0;
  for (;;) {
    for (const event of tell({ type: "Schedule", id: nextId() })) {
      if (event.type !== "TaskAssigned") continue;
      const { task, fence } = event;
      tell({
        type: "ReportOutcome",
        id: nextId(),
        task,
        fence,
        outcome: { kind: "started", session: { id: `s${fence}`, url: null } },
      });
      running.push({ task, fence });
    }
    if (head >= running.length) break;
    const batch = Math.min(running.length, head + 1_000);
    clock.now += 1_000;
    for (; head < batch; head += 1) {
      const { task, fence } = running[head] as (typeof running)[number];
      const report: SessionReport = {
        state: "succeeded",
        session: null,
        pullUrl: null,
        branch: null,
        question: null,
        reason: null,
        costUsd: 0.1,
      };
      tell({ type: "ReportSession", id: nextId(), task, fence, report });
    }
  }
  const left = state.openCount;
  if (left !== 0) throw new Error(`${left} of ${tasks} tasks were not completed.`);
  samples.sort((a, b) => a - b);
  completions.sort((a, b) => a - b);
  const at = (share: number): number => samples[Math.floor(samples.length * share)] ?? 0;
  return {
    tasks,
    eventsPerSecond: (events / busyMs) * 1_000,
    p50Us: at(0.5) * 1_000,
    p99Us: at(0.99) * 1_000,
    maxMs: samples.at(-1) ?? 0,
    completionUs: (completions[Math.floor(completions.length / 2)] ?? 0) * 1_000,
    loadingMs,
    entries,
  };
}
