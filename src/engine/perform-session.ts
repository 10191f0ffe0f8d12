/** Performs the effects that concern a vendor or a run: start, cancel, watch; and those that are one request of their own. */
import type { Dossier } from "../state/records.ts";
import type { State } from "../state/state.ts";
import type { EffectOutcome } from "../model/command.ts";
import { takesItself, type AgentConfig } from "../model/config-agent.ts";
import type { Effect, RecordedEffect } from "../model/effect.ts";
import type { SessionReport } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { Task } from "../model/task.ts";
import type { Agent } from "../ports/agent.ts";
import type { AgentRunInputs } from "../ports/tracker.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import { startSession, withBrief } from "./brief.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";
import { collectFeedback } from "./perform-feedback.ts";
import { performMerge, performUpdate } from "./perform-merge.ts";

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };
type SessionEffect = Extract<Effect, { readonly fence: number }>;

interface Act {
  readonly parts: EngineParts;
  readonly world: World;
  readonly task: Assigned;
  readonly agent: AgentConfig;
  readonly isRepeat: boolean;
  readonly dossier: Dossier | undefined;
}

/** Performs one effect. Rejects only when the state cannot be read. An effect of an old fence, or of a task that moved on, is done without an act. */
export async function performSession(
  { parts, world, lane }: { readonly parts: EngineParts; readonly world: World; readonly lane: Lane },
  recorded: RecordedEffect,
): Promise<EffectOutcome> {
  const { effect } = recorded;
  if (effect.type === "ReportConfiguration") {
    return fromWrite(await world.tracker.reportConfiguration(effect.sha, effect.problems));
  }
  if (effect.type === "MergePull") return performMerge({ tracker: world.tracker, lane }, effect);
  if (effect.type === "UpdateBranch") return performUpdate({ tracker: world.tracker, lane }, effect);
  if (effect.type === "CollectFeedback") {
    return collectFeedback({ parts, world, state: await lane.stream.current() }, effect);
  }
  if (!("fence" in effect)) return { kind: "dropped", reason: "It is not an effect of a session." };
  const state = await lane.stream.current();
  const task = liveTask(state, effect);
  if (task === null) return { kind: "done" };
  const agent = agentBehind(lane.contextOf(state).config, task.assignment);
  if (agent === undefined) {
    return {
      kind: "delayed",
      reason: `The configuration no longer names the agent ${task.assignment.agent}.`,
      retryAfterMs: 60_000,
    };
  }
  const dossier = state.dossiers.get(task.id);
  const act: Act = { parts, world, task, agent, dossier, isRepeat: recorded.attempts > 1 };
  if (effect.type === "StartSession") return start(act);
  return effect.type === "CancelSession" ? cancel(act) : watch(act);
}

function liveTask(state: State, effect: SessionEffect): Assigned | null {
  const task = state.tasks.get(effect.task);
  return task?.assignment?.fence === effect.fence ? (task as Assigned) : null;
}

const endedBeforeStart: SessionReport = {
  state: "cancelled",
  session: null,
  pullUrl: null,
  branch: null,
  question: null,
  reason: "It was cancelled before the session started.",
  costUsd: 0,
};

async function start(act: Act): Promise<EffectOutcome> {
  const { task, agent, world } = act;
  if (task.assignment.session !== null) return { kind: "done" };
  // Nobody was asked yet, and its end is wanted already: there is nothing to start and nothing to cancel.
  if (task.assignment.phase === "ending" && !act.isRepeat) return { kind: "ended", report: endedBeforeStart };
  if (agent.type === "workflow") return startRun(act);
  if (agent.dispatch === "workflow") return dispatch(act, "start-agent");
  if (agent.dispatch === "label") return startByLabel(act);
  const system = world.agents.find(task.assignment.agent, task.assignment.fence);
  if (system === null) return withoutKey(agent);
  const { tracker, conflicts } = world;
  return startSession(act.parts, { tracker, conflicts, agent: system, task, dossier: act.dossier });
}

function withoutKey(agent: AgentConfig): EffectOutcome {
  return {
    kind: "refused",
    reason: `No key for ${agent.type} is set where Orchestrate runs: set it, or use dispatch: workflow for the agent ${agent.id}.`,
    retryAfterMs: 5 * 60_000,
  };
}

/** Some vendors listen to a label. Nobody can be asked for the session, so the label stands for it. */
async function startByLabel({ task, agent, world }: Act): Promise<EffectOutcome> {
  const label = agent.label ?? agent.type;
  // The end of the attempt before: the label that started it may still stand, and nobody would hear it again.
  const outcome = await world.tracker.label(task.definition.number, label, task.attempts.at(-1)?.endedAt ?? null);
  if (outcome.kind === "delayed") return outcome;
  if (outcome.kind === "dropped") return { kind: "refused", reason: outcome.reason, retryAfterMs: null };
  return { kind: "started", session: { id: `label:${label}:${task.assignment.fence}`, url: null } };
}

async function dispatch(act: Act, mode: "start-agent" | "watch"): Promise<EffectOutcome> {
  return act.world.runs.dispatch(inputsOf(act.task, mode), act.isRepeat);
}

function inputsOf({ id, assignment }: Assigned, mode: "start-agent" | "watch"): AgentRunInputs {
  return { mode, task: id, agent: assignment.agent, attempt: assignment.attempt, fence: assignment.fence };
}

/** A workflow of the repository's own: the run is the session. It is dispatched only for the text that was approved. */
async function startRun({ parts, world, task, agent, isRepeat }: Act): Promise<EffectOutcome> {
  const { workflow: file } = agent;
  if (file === undefined) {
    return { kind: "refused", reason: `The agent ${agent.id} names no workflow.`, retryAfterMs: null };
  }
  const custom = { file, worker: task.assignment.worker, issue: task.definition.number };
  return withBrief(parts, { tracker: world.tracker, conflicts: undefined, task, dossier: undefined }, async () => {
    const outcome = await world.runs.dispatch({ ...inputsOf(task, "start-agent"), custom }, isRepeat);
    if (outcome.kind !== "dispatched") return outcome;
    return { kind: "dispatched", run: outcome.run, session: { id: outcome.run, url: outcome.url ?? null } };
  });
}

/** The end is seen when GitHub shows the run as ended. */
async function cancelRun({ world, task }: Act): Promise<EffectOutcome> {
  const { run } = task.assignment;
  if (run === null) return { kind: "delayed", reason: "The run is not known yet.", retryAfterMs: 5_000 };
  const outcome = await world.runs.cancel(run);
  if (outcome.kind === "refused") return { kind: "cannot_cancel", reason: outcome.reason };
  return outcome.kind === "delayed" ? outcome : { kind: "done" };
}

/** Before the session is known nothing can be cancelled: its start settles first, then the end is asked for. */
async function cancel(act: Act): Promise<EffectOutcome> {
  const { task, agent, world } = act;
  const { session } = task.assignment;
  if (agent.type === "workflow") return cancelRun(act);
  if (takesItself(agent)) return cannotReach(task);
  if (agent.dispatch === "workflow") return dispatch(act, "watch");
  if (session === null) return { kind: "delayed", reason: "The session is not known yet.", retryAfterMs: 5_000 };
  if (agent.dispatch === "label")
    return { kind: "cannot_cancel", reason: `A session started by a label cannot be cancelled from here.` };
  const system = world.agents.find(task.assignment.agent, task.assignment.fence);
  if (system === null) return { kind: "delayed", reason: `No key for ${agent.type} is set.`, retryAfterMs: 60_000 };
  return cancelAt(system, session);
}

/** It is at somebody's desk: its next heartbeat is answered with the wish. */
function cannotReach({ assignment, definition: { number } }: Assigned): EffectOutcome {
  const { worker, agent } = assignment;
  const reason = `${worker} works at somebody's desk, where nobody can end it from here: its next heartbeat tells it to stop. End it there; orchestrate heartbeat ${number} --agent ${agent} --stopped says that it has ended.`;
  return { kind: "cannot_cancel", reason };
}

/** Asks the vendor for the end of a session. */
export async function cancelAt(
  system: Agent,
  session: NonNullable<Assigned["assignment"]["session"]>,
): Promise<EffectOutcome> {
  const outcome = await system.cancel(session);
  switch (outcome.kind) {
    case "ended":
      return { kind: "ended", report: outcome.report };
    case "requested":
      return { kind: "done" };
    case "cannot":
      return { kind: "cannot_cancel", reason: outcome.reason };
    case "unknown":
      return { kind: "delayed", reason: outcome.reason, retryAfterMs: 10_000 };
  }
}

async function watch(act: Act): Promise<EffectOutcome> {
  const { dispatch: way, type } = act.agent;
  return way === "workflow" && type !== "workflow" ? dispatch(act, "watch") : { kind: "done" };
}

function fromWrite(outcome: WriteOutcome): EffectOutcome {
  return outcome.kind === "written" ? { kind: "done" } : outcome;
}
