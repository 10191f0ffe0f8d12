/**
 * A job of the agent workflow: it claims (assignment, fence) for its run, starts the session with the repository's own
 * secrets, then watches it for a bounded time and adds what it sees to the state. It schedules nothing. Claim and start are written by
 * the job itself, because the append is what makes a claim the only one; the end it may leave to the App.
 */
import { isRunOf } from "../core/decide-session.ts";
import type { State } from "../state/state.ts";
import type { Command, EffectOutcome } from "../model/command.ts";
import type { Entry } from "../model/event.ts";
import type { TaskId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { agentBehind } from "../model/registry.ts";
import type { Session, Task } from "../model/task.ts";
import type { Agent, Agents, Assignable } from "../ports/agent.ts";
import type { AppLine, AssignmentName } from "../ports/app-line.ts";
import type { Conflicts } from "../ports/conflicts.ts";
import type { Tracker } from "../ports/tracker.ts";
import { renderHeadline } from "../views/commit-summary.ts";
import { startSession } from "./brief.ts";
import { handOut } from "./claim-run.ts";
import { Lane, type LaneHooks } from "./lane.ts";
import { logEvents } from "./log-events.ts";
import { namesOf } from "./names.ts";
import type { EngineParts } from "./parts.ts";
import { cancelAt } from "./perform-session.ts";
import { createProjection } from "./project.ts";

export interface JobRequest {
  readonly mode: "start-agent" | "watch";
  readonly task: TaskId;
  readonly fence: number;
  /** Id of the workflow run. */
  readonly run: string;
}

interface JobWorld {
  readonly tracker: Pick<Tracker, "brief">;
  readonly agents: Agents;
  readonly conflicts?: Conflicts;
}

export interface JobOptions {
  readonly world: JobWorld;
  readonly request: JobRequest;
  /** Told where the state will be, for whoever must know the configuration in force. */
  readonly onState: (state: () => State | null) => void;
  /** Told what a workflow of the repository's own is to do, when its run has the claim. */
  readonly onClaim?: (assignable: Assignable) => void;
  /** The App, where it is to be told of the session's end and that it goes on; left out, the state branch alone says so. */
  readonly app?: AppLine;
}

/** How a job ended, in a word for its log. `claimed`: the rest of the run does the work. */
export type JobResult = "ended" | "handed_over" | "not_ours" | "refused" | "claimed";

/** Vendors are asked this often at first, and less and less, while a session runs. */
const watchInitialMs = 20_000;
const watchMaxMs = 60_000;

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

/** Runs one job to its end. Rejects only when the state cannot be read or written at all. */
export async function runJob(parts: EngineParts, options: JobOptions): Promise<JobResult> {
  const { world, request, onState, onClaim = () => undefined } = options;
  const lane = createReportingLane(parts);
  onState(() => lane.stream.peek());
  const job = { parts, world, request, lane, onClaim, app: options.app ?? null };
  await lane.refresh();
  if (request.mode === "start-agent") {
    const started = await claimAndStart(job);
    if (started !== null) return started;
  }
  return watch(job);
}

interface Job {
  readonly parts: EngineParts;
  readonly world: JobWorld;
  readonly request: JobRequest;
  readonly lane: Lane;
  readonly onClaim: (assignable: Assignable) => void;
  readonly app: AppLine | null;
}

interface Reporting extends Pick<LaneHooks, "isImpatient"> {
  /** Told what is in the log now. */
  readonly onEntries?: (entries: readonly Entry[]) => void;
}

/** A lane that only adds what is told to it: it schedules nothing, and answers nobody. */
export function createReportingLane(parts: EngineParts, { onEntries, ...how }: Reporting = {}): Lane {
  const projection = createProjection();
  const lane: Lane = new Lane(parts, {
    ...how,
    before: () => [],
    after: () => [],
    project: (pass) => projection.files(pass, lane.contextOf(pass.state)),
    summarise: (entries, state) =>
      renderHeadline(
        entries.flatMap((entry) => entry.events),
        namesOf(state),
      ),
    appended: (entries, state) => {
      projection.landed();
      logEvents(parts.journal, entries, state);
      onEntries?.(entries);
    },
    settled: () => undefined,
    halted: () => undefined,
  });
  return lane;
}

async function liveTask({ lane, request }: Job): Promise<Assigned | null> {
  const task = (await lane.stream.current()).tasks.get(request.task);
  return task?.assignment?.fence === request.fence ? (task as Assigned) : null;
}

/** The claim comes before any call to the vendor. Null: go on watching. */
async function claimAndStart(job: Job): Promise<JobResult | null> {
  const { lane, request } = job;
  const { task, fence, run } = request;
  await lane.submit([{ type: "ClaimAssignment", id: lane.nextId("claim"), task, fence, run }]);
  const claimed = await liveTask(job);
  if (claimed === null || claimed.assignment.claimedBy !== run) return "not_ours";
  if (isRunOf(claimed.assignment)) {
    const { parts, onClaim } = job;
    const { tracker, conflicts } = job.world;
    const dossier = (await lane.stream.current()).dossiers.get(claimed.id);
    return handOut({ parts, tracker, conflicts, lane, task: claimed, dossier, onClaim });
  }
  if (claimed.assignment.session !== null) return null;
  if (claimed.assignment.phase === "ending") {
    await report(job, endedBeforeStart());
    return "ended";
  }
  const agent = job.world.agents.find(claimed.assignment.agent, claimed.assignment.fence);
  const outcome = agent === null ? withoutKey(claimed) : await startUntilKnown(job, claimed, agent);
  await lane.submit([outcomeCommand(job, outcome)]);
  return outcome.kind === "started" ? null : "refused";
}

function withoutKey(task: Assigned): EffectOutcome {
  return {
    kind: "refused",
    reason: `The agent workflow has no key for ${task.assignment.agent}: add the vendor's key to the secrets of the repository.`,
    retryAfterMs: 5 * 60_000,
  };
}

/** A lost answer is asked again: the start finds what it started. */
async function startUntilKnown(job: Job, task: Assigned, agent: Agent): Promise<EffectOutcome> {
  for (;;) {
    const { tracker, conflicts } = job.world;
    const dossier = (await job.lane.stream.current()).dossiers.get(task.id);
    const outcome = await startSession(job.parts, { tracker, conflicts, agent, task, dossier });
    if (outcome.kind !== "delayed") return outcome;
    job.parts.journal.warn("The start is not known to have happened; asking again.", { reason: outcome.reason });
    await job.parts.clock.sleep(outcome.retryAfterMs, "start");
  }
}

function outcomeCommand({ lane, request }: Job, outcome: EffectOutcome): Command {
  return { type: "ReportOutcome", id: lane.nextId("outcome"), task: request.task, fence: request.fence, outcome };
}

function endedBeforeStart(): SessionReport {
  return {
    state: "cancelled",
    session: null,
    pullUrl: null,
    branch: null,
    question: null,
    reason: "It was cancelled before the session started.",
    costUsd: 0,
  };
}

async function report({ lane, request }: Job, sessionReport: SessionReport): Promise<void> {
  await lane.submit([
    {
      type: "ReportSession",
      id: lane.nextId("report"),
      task: request.task,
      fence: request.fence,
      report: sessionReport,
    },
  ]);
}

/**
 * Watches until the session is seen ended, the assignment is no longer this one, or the time is up. What others write is
 * not read while nothing is to be said: a cancel is brought by a run of its own, and shows here as the session's end.
 */
async function watch(job: Job): Promise<JobResult> {
  const { clock } = job.parts;
  const until = clock.now() + watchMs(await job.lane.stream.current(), job);
  let pauseMs = watchInitialMs;
  let hasAskedToEnd = false;
  for (;;) {
    const task = await liveTask(job);
    if (task === null) return "ended";
    const { session } = task.assignment;
    const agent = job.world.agents.find(task.assignment.agent, task.assignment.fence);
    if (session === null || agent === null) return "handed_over";
    hasAskedToEnd = await endWhenAsked(job, { task, agent, session, hasAskedToEnd });
    const seen = await agent.watch(session);
    if (await isToldToApp(job, task, seen)) return "ended";
    await report(job, seen);
    if (clock.now() >= until) return (await liveTask(job)) === null ? "ended" : "handed_over";
    if ((await liveTask(job)) === null) return "ended";
    await job.app?.beat(nameOf(task));
    await clock.sleep(pauseMs, "watch");
    pauseMs = Math.min(watchMaxMs, pauseMs * 1.5);
  }
}

const endStates: ReadonlySet<SessionReport["state"]> = new Set(["succeeded", "failed", "cancelled", "not_found"]);

/** True when nothing is left to write: the App has the end in its log, or says that the assignment is no longer in force. */
async function isToldToApp({ app, parts }: Job, task: Assigned, seen: SessionReport): Promise<boolean> {
  if (app === null || !endStates.has(seen.state)) return false;
  const { startedAt, assignedAt } = task.assignment;
  return (await app.tellEnd(nameOf(task), seen, parts.clock.now() - (startedAt ?? assignedAt))) !== "not_taken";
}

function nameOf({ id, assignment: { worker, fence, attempt } }: Assigned): AssignmentName {
  return { task: id, worker, fence, attempt };
}

function watchMs(state: State, { request, lane }: Job): number {
  const assignment = state.tasks.get(request.task)?.assignment;
  return agentBehind(lane.contextOf(state).config, assignment)?.watch ?? 0;
}

interface Ending {
  readonly task: Assigned;
  readonly agent: Agent;
  readonly session: Session;
  readonly hasAskedToEnd: boolean;
}

/** Returns whether the vendor has been asked for the end; an unknown answer is asked again next time. */
async function endWhenAsked(job: Job, { task, agent, session, hasAskedToEnd }: Ending): Promise<boolean> {
  if (task.assignment.phase !== "ending" || hasAskedToEnd) return hasAskedToEnd;
  const outcome = await cancelAt(agent, session);
  if (outcome.kind === "delayed") return false;
  await job.lane.submit([outcomeCommand(job, outcome)]);
  return true;
}
