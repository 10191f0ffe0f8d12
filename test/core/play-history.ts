/** Plays a planned history pass by pass and judges every pass by rules of its own, written apart from the core's. */
import { configOf } from "../../src/state/config-in-force.ts";
import { evolve, evolveEntry, sealEntry } from "../../src/core/evolve.ts";
import { foldRecordedEffect } from "../../src/fold/whole.ts";
import { allBrokenInvariants } from "../../src/core/invariants.ts";
import { fromSnapshot, toSnapshot } from "../../src/fold/snapshot.ts";
import { createState, type State } from "../../src/state/state.ts";
import { runPass, type Pass } from "../../src/engine/pass.ts";
import type { Command } from "../../src/model/command.ts";
import type { Config } from "../../src/model/config.ts";
import type { Entry, Event, EventOf } from "../../src/model/event.ts";
import { toAgentId } from "../../src/model/ids.ts";
import type { PullFacts } from "../../src/model/observation.ts";
import type { Task } from "../../src/model/task.ts";
import { warningKey } from "../../src/model/warning.ts";
import { commandsOf, contextOf, firstConfig, type PlannedPass } from "./histories.ts";
import { wrongDepth } from "./depth-rules.ts";
import { stagesOf, wrongInGraph } from "./graph-rules.ts";
import { MergeLedger } from "./merge-ledger.ts";

export interface Played {
  readonly state: State;
  /** As they stand in the log. */
  readonly lines: readonly string[];
  /** What should not have happened, each with its pass. */
  readonly problems: readonly string[];
}

/**
 * Plays `history` as its writer, and folds what it writes, as JSON gives it back, as every other replica does. From the pass `reloadAt` on,
 * the writer's state is one that was written as a snapshot and read again.
 */
export function playHistory(history: readonly PlannedPass[], reloadAt: number | null = null): Played {
  const lines: string[] = [];
  const problems: string[] = [];
  const told: Command[] = [];
  let state = createState();
  /** What every process has that did not write: the log, folded. */
  const replica = createState();
  const merges = new MergeLedger();
  let now = 1_000_000_000;
  let text = textOf(state);
  for (const [index, planned] of history.entries()) {
    if (index === reloadAt) state = fromSnapshot(toSnapshot(state));
    now += planned.waitMs;
    const repeated = planned.repeats === 0 ? [] : told.slice(-planned.repeats);
    const commands = [...repeated, ...commandsOf(planned, { state, now, index })];
    const seen = new Set(state.seen.keys());
    const pulls = commands.flatMap((command) => (command.type === "Observe" ? command.observation.pulls : []));
    const pass = runPass(state, commands, contextOf(state, now));
    problems.push(...settle(state, pass, text).map((each) => `pass ${index}: ${each}`));
    for (const { command, error } of pass.aside) problems.push(`pass ${index}: ${command.type}: ${String(error)}`);
    for (const entry of pass.entries) {
      if (seen.has(entry.id)) problems.push(`pass ${index}: ${entry.id} was decided a second time`);
      if (!entry.id.startsWith("~")) seen.add(entry.id);
      const line = JSON.stringify(entry);
      lines.push(line);
      problems.push(
        ...foldJudged(replica, JSON.parse(line) as Entry, { merges, seen: pulls }).map(
          (each) => `pass ${index}: ${each}`,
        ),
      );
    }
    if (pass.entries.length > 0) {
      text = textOf(state);
      if (text !== textOf(replica)) problems.push(`pass ${index}: what the writer has is not what the log gives`);
    }
    const silent = planned.isFull ? untold(state) : [];
    problems.push(
      ...[
        ...allBrokenInvariants(state),
        ...twice(state),
        ...wrongInGraph(state),
        ...wrongDepth(state, configNow(state), now),
        ...silent,
      ].map((each) => `pass ${index}: ${each}`),
    );
    told.push(...commands);
  }
  return { state, lines, problems };
}

/** Takes the pass back, and brings it in force where it is to be written, as the lane does. */
function settle(state: State, pass: Pass, before: string): readonly string[] {
  const problems: string[] = [];
  const decided = textOf(state);
  if (pass.before(textOf) !== before) problems.push("what was before cannot be seen");
  const bringInForce = pass.takeBack();
  if (textOf(state) !== before) problems.push("deciding changed its input");
  if (pass.entries.length === 0) return problems;
  bringInForce();
  if (textOf(state) !== decided) problems.push("what was taken back does not come back");
  return problems;
}

function textOf(state: State): string {
  return toSnapshot(state).join("\n");
}

/** Folds the log from its beginning. */
export function replay(lines: readonly string[]): State {
  const state = createState();
  for (const line of lines) evolveEntry(state, JSON.parse(line) as Entry);
  return state;
}

/** What is known beside the log of what it should hold. */
interface Judged {
  readonly merges: MergeLedger;
  /** Pull requests as they were observed in the pass. */
  readonly seen: readonly PullFacts[];
}

/** Folds an entry event by event, so that each assignment is judged on what was true when it was made. */
function foldJudged(state: State, entry: Entry, judged: Judged): readonly string[] {
  const problems: string[] = [];
  state.at = entry.at;
  for (const event of entry.events) {
    if (event.type === "TaskAssigned") problems.push(...wrongAbout(state, event));
    if (event.type === "TaskPreempted") problems.push(...wrongAboutGivingWay(state, event));
    problems.push(...wrongInSplit(state, event));
    const { merges, seen } = judged;
    problems.push(...merges.judge(event, { state, config: configNow(state), seen }, endOf));
    problems.push(...toldTwice(state, event));
    merges.note(event, new Map([...state.outbox.entries()].map(([id, { effect }]) => [id, effect])), state.at);
    evolve(state, event);
  }
  for (const effect of entry.effects) foldRecordedEffect(state, effect);
  sealEntry(state, entry);
  return problems;
}

/** A piece is opened once and after its approval, and a parent is not done while one of them is missing. */
function wrongInSplit(state: State, event: Event): readonly string[] {
  if (event.type === "PieceOpened") {
    const record = state.splits.get(event.task);
    if (record === undefined || record.approvedBy === null) return ["a piece was opened that nobody approved"];
    return record.opened[event.piece] === null ? [] : ["a piece was opened twice"];
  }
  if (event.type === "SplitApproved" && state.tasks.get(event.task)?.assignment !== null)
    return ["a task was split while somebody is at it"];
  const isByChildren = event.type === "TaskCompleted" && event.receipt.kind === "children";
  const isOpening = isByChildren && state.tasks.get(event.task)?.split === "opening";
  return isOpening ? ["a parent was done before its pieces were there"] : [];
}

/** Warnings begin and pass in turn; one that is open is told again only with another severity. */
function toldTwice(state: State, event: Event): readonly string[] {
  if (event.type === "WarningRaised") {
    const key = warningKey(event.warning);
    const isOpen = state.warnings.get(key)?.severity === event.warning.severity;
    return isOpen ? [`the warning ${key} was raised twice`] : [];
  }
  if (event.type !== "WarningCleared" || state.warnings.has(warningKey(event))) return [];
  return [`the warning ${warningKey(event)} passed and was not open`];
}

function wrongAbout(state: State, event: EventOf<"TaskAssigned">): readonly string[] {
  const task = state.tasks.get(event.task);
  if (task === undefined) return [`${event.task} was assigned and is not known`];
  const isTaken = [...state.tasks.entries()].some(([, other]) => other.assignment?.worker === event.worker);
  const rules: readonly (readonly [boolean, string])[] = [
    [task.assignment === null, "while an assignment was live"],
    [!isTaken, "to a worker that has another task"],
    [event.fence > state.fence, "with a fence that is not new"],
    [task.trust !== null && task.pendingReason === null, "without trust"],
    [!task.isHeld && !task.definition.heldByLabel, "although it is held"],
    [!state.isPaused, "although everything is paused"],
    [task.receipt === null && task.outcome === null, "although it has ended"],
    [task.manualReview === null, "although a person must look first"],
    [!["proposed", "opening"].includes(task.split ?? ""), "although its pieces are the work, or may become it"],
    [!task.definition.isContainer, "although its sub-issues are the work"],
    [(task.retryAt ?? 0) <= state.at, "before its backoff was over"],
    [!state.disabledWorkers.has(event.worker), "to a worker that is disabled"],
    [(state.workers.get(event.worker)?.restsUntil ?? null) === null, "to a worker that rests"],
    [isOpenToWork(state, event.agent), "to an agent that is paused, or is being tried out"],
    [task.blockedBy.every((edge) => isMet(state, task, edge)), "although a blocker is open"],
    [event.attempt === countedAttempts(task) + 1, "with an attempt lost, or given twice"],
    [isWithinCapacity(state, event.worker), "to a slot beyond the capacity"],
    [isOfOpenStage(state, task), "although an earlier stage is not over"],
    [isOwedToWait(state, task, event), "for its wait, which was too short, or too soon after another was"],
  ];
  return rules.filter(([holds]) => !holds).map(([, wrong]) => `${event.task} was assigned ${wrong}`);
}

/** A start for a wait is given to who has waited for so long, and one in so many. */
function isOwedToWait(state: State, { readySince }: Task, { fence, reasons }: EventOf<"TaskAssigned">): boolean {
  const { starvingAfter, everyNthStart } = configNow(state).ageing;
  if (reasons.starvedMs === undefined) return true;
  const waitedMs = state.at - (readySince ?? state.at);
  return waitedMs === reasons.starvedMs && waitedMs > starvingAfter && fence - state.starvingFence >= everyNthStart;
}

function isOfOpenStage(state: State, { id }: Task): boolean {
  if (!configNow(state).strictStages) return true;
  const { barrier, stages } = stagesOf(state, [id]);
  return (stages[0] ?? 0) <= (barrier?.stage ?? 0);
}

/** A paused agent gets nothing; after the pause one start goes before the others. */
function isOpenToWork(state: State, agent: string): boolean {
  const pausedUntil = state.agents.get(toAgentId(agent))?.pausedUntil ?? null;
  if (pausedUntil === null) return true;
  const isTried = [...state.tasks.entries()].some(
    ([, { assignment }]) => assignment?.agent === agent && assignment.startedAt === null,
  );
  return pausedUntil <= state.at && !isTried;
}

/** After a schedule a person knows of every ready task that asks for an agent which the configuration does not name. */
function untold(state: State): readonly string[] {
  const { agents } = configNow(state);
  if (state.isPaused || agents.length === 0) return [];
  const isNamed = (agent: string): boolean => agents.some(({ id }) => id === agent);
  return [...state.tasks.entries()].flatMap(([id, task]) => {
    const pinned = task.assignTo?.agent ?? task.definition.pinnedAgent;
    const isLost = state.ready.has(id) && pinned !== null && !isNamed(pinned);
    return isLost && task.escalated === null ? [`nobody can take ${id}, and nobody was told`] : [];
  });
}

/** The configuration's slots, or what attack mode has made of them, which is never more than it may. */
function isWithinCapacity(state: State, worker: string): boolean {
  const [id = "", slot] = worker.split("/");
  const agent = configNow(state).agents.find((each) => each.id === id);
  if (agent === undefined) return false;
  const capacity = state.agents.get(toAgentId(id))?.capacity ?? agent.capacity;
  return Number(slot) <= capacity && capacity <= Math.max(agent.capacity, agent.maxCapacity ?? 0);
}

function configNow(state: State): Config {
  return configOf(state, firstConfig);
}

/** What gave way, was stopped or handed over has not been tried. */
function countedAttempts(task: Task): number {
  return task.attempts.filter(({ result }) => !["preempted", "stopped", "handed_over", "queued"].includes(result))
    .length;
}

function wrongAboutGivingWay(state: State, event: EventOf<"TaskPreempted">): readonly string[] {
  const task = state.tasks.get(event.task);
  const other = state.tasks.get(event.for);
  if (task === undefined || other === undefined) return [`${event.task} gives way and is not known`];
  const isPromisedAlready = [...state.tasks.entries()].some(([, each]) => each.assignment?.preemptedFor === other.id);
  const rules: readonly (readonly [boolean, string])[] = [
    [task.assignment?.phase === "running", "although it does not run"],
    [task.pull?.state !== "open", "although it has a pull request"],
    [task.preemptions < configNow(state).preemption.perTask, "too often"],
    [urgencyOf(state, task) > urgencyOf(state, other), "to what is no more urgent"],
    [!isPromisedAlready, "to what somebody gives way to already"],
    [state.ready.has(other.id), "to what could not be started"],
  ];
  return rules.filter(([holds]) => !holds).map(([, wrong]) => `${event.task} gave way ${wrong}`);
}

/** The most urgent priority of the task and of all open tasks that wait for it over hard edges, however far behind. */
function urgencyOf(state: State, start: Task): number {
  const behind = new Set([start.id]);
  for (const id of behind) {
    for (const [waiter, task] of state.tasks.entries()) {
      const isBehind = task.blockedBy.some(
        (each) => each.on === id && each.kind === "hard" && !task.unblocked.includes(id),
      );
      if (isBehind && endOf(task) === "open") behind.add(waiter);
    }
  }
  const priorities = [...behind].flatMap((id) => state.tasks.get(id) ?? []);
  return Math.min(...priorities.map((task) => task.priorityOverride ?? task.definition.priority));
}

/**
 * The rule of the documentation: a hard edge wants a receipt, a soft one an end or, where that is enough, a pull request, a waived
 * one nothing.
 */
function isMet(state: State, task: Task, edge: Task["blockedBy"][number]): boolean {
  if (task.unblocked.includes(edge.on)) return true;
  const blocker = state.tasks.get(edge.on);
  const end = blocker === undefined ? (state.externals.get(edge.on)?.state ?? "open") : endOf(blocker);
  if (edge.kind === "hard") return end === "completed";
  const isShown = blocker !== undefined && blocker.pull !== null && blocker.pull.state !== "closed";
  return end !== "open" || (edge.partial === true && isShown);
}

function endOf(task: Task): string {
  return task.receipt === null ? (task.outcome ?? "open") : "completed";
}

function twice(state: State): readonly string[] {
  const workers = [...state.tasks.entries()].flatMap(([, task]) => (task.assignment === null ? [] : [task.assignment]));
  const problems: string[] = [];
  if (new Set(workers.map((each) => each.worker)).size < workers.length) problems.push("a worker has two tasks");
  if (new Set(workers.map((each) => each.fence)).size < workers.length) problems.push("two assignments have one fence");
  if (state.occupied.size !== workers.length) problems.push("the taken workers are not those of the assignments");
  return problems;
}
