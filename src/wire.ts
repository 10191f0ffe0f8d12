/**
 * The one place where adapters meet ports: from credentials and surroundings to a repository at work, and to a job of the
 * agent workflow.
 */
import { renderPrompt } from "./agents/prompt.ts";
import { createAgents } from "./agents/registry.ts";
import { createBranchStore } from "./branch/branch-store.ts";
import type { Source } from "./branch/load.ts";
import { toRequest, type OctokitShape } from "./branch/octokit-request.ts";
import { parseConfig } from "./config/parse-config.ts";
import { readTemplateText } from "./config/parse-template.ts";
import { renderProblem } from "./config/problem.ts";
import { createTimetable } from "./config/schedule.ts";
import { isSameDefinition } from "./core/define-task.ts";
import { allBrokenInvariants } from "./core/invariants.ts";
import { mergesAtAll } from "./core/decide-merge.ts";
import { configOf } from "./state/config-in-force.ts";
import type { State } from "./state/state.ts";
import { readAtHand, tellAtHand, type AtHand, type Told } from "./engine/at-hand.ts";
import { toCommentCommand } from "./engine/instruct.ts";
import { namesOf } from "./engine/names.ts";
import type { EngineParts, World } from "./engine/parts.ts";
import { runPass } from "./engine/pass.ts";
import { createStream } from "./engine/stream.ts";
import { runOnce, type RunOptions, type RunResult } from "./engine/one-run.ts";
import { Repository } from "./engine/repository.ts";
import { runJob, type JobRequest, type JobResult } from "./engine/job.ts";
import { tellWork, type WorkResult, type WorkTold } from "./engine/tell-work.ts";
import { createGithubClient, type GithubOctokit } from "./github/client.ts";
import { createApiConflicts } from "./github/conflicts.ts";
import { createWorkflowRuns } from "./github/runs.ts";
import { createTracker } from "./github/tracker.ts";
import { createNoticeboard } from "./linear/act.ts";
import { defaultConfig, type Config } from "./model/config.ts";
import type { AgentType } from "./model/config-agent.ts";
import type { Command } from "./model/command.ts";
import type { Event } from "./model/event.ts";
import type { Cursor } from "./model/cursor.ts";
import { toCommandId, toStreamId, type CommandId } from "./model/ids.ts";
import type { ConfigInForce } from "./model/registry.ts";
import type { AlertService } from "./ports/alert-service.ts";
import type { Agents, Assignable } from "./ports/agent.ts";
import type { AppLine } from "./ports/app-line.ts";
import type { Chance } from "./ports/chance.ts";
import type { Conflicts } from "./ports/conflicts.ts";
import type { Clock } from "./ports/clock.ts";
import type { Fetch } from "./ports/fetch.ts";
import type { Journal } from "./ports/journal.ts";
import type { Noticeboard } from "./ports/noticeboard.ts";
import { renderEventLine } from "./views/log-line.ts";
import type { Receiver } from "./webhook/address.ts";
import { createWebhookAlerts } from "./webhook/send.ts";

/** What the program runs in: the machine, the sandbox, a test. */
export interface Surroundings {
  /** Names this running copy; leases are held under it. */
  readonly owner: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly fetch: Fetch;
  readonly vendorKeys: Readonly<Partial<Record<AgentType, string | undefined>>>;
  readonly vendorBaseUrls?: Readonly<Partial<Record<AgentType, string | undefined>>>;
  /** A personal API key or an OAuth token of Linear; left out, nothing is written there. */
  readonly linearKey?: string | undefined;
  /** In place of Linear's own address. */
  readonly linearUrl?: string | undefined;
  /** Where alerts are sent; left out, nowhere. */
  readonly alertReceiver?: Receiver;
  journalFor(fields: Readonly<Record<string, unknown>>): Journal;
  /** What opens the HTTP routes to whoever brings it; left out, they are closed. */
  readonly httpToken?: string;
  /** Who can say, better than GitHub's API, which files two branches both change: a checkout with history. */
  readonly conflicts?: readonly Conflicts[];
  /** Who may report over HTTP beside whoever brings that; left out, nobody. */
  readonly reports?: {
    /** What worker tokens are signed with. */
    readonly workerSecret?: string;
    /** Who makes the tokens of jobs, and for whom they must be. */
    readonly oidc?: { readonly issuer: string; readonly audience: string };
  };
  readonly assertsEverything?: boolean;
  /** The commit that runs, where that is known. */
  readonly build?: string;
  /** Resident megabytes of the process, where it has one of its own. */
  readonly memory?: () => number;
  /** Least time between two writes to GitHub; its own advice, a second, unless said otherwise. */
  readonly minGapMs?: number;
}

/** A repository as the platform names it. */
export interface RepositoryPlace {
  readonly owner: string;
  readonly name: string;
  readonly id: number;
  readonly defaultBranch: string;
}

/** An Octokit that is authenticated for the repository, without throttle and retry: pace and repetition are ours. */
export type RepositoryOctokit = GithubOctokit & OctokitShape;

/** A repository and the way to it. */
export interface RepositoryTarget {
  readonly place: RepositoryPlace;
  readonly octokit: RepositoryOctokit;
}

export interface Wired {
  readonly parts: EngineParts;
  readonly world: World;
  /** The state is known to the engine once it has loaded; the world asks through this for what it says is in force. */
  follow(state: () => State | null): void;
}

/** A repository at work, not yet started. */
export function wireRepository(
  surroundings: Surroundings,
  place: RepositoryPlace,
  octokit: RepositoryOctokit,
): Repository {
  const wired = wire(surroundings, { place, octokit });
  const repository = new Repository(wired.parts, wired.world);
  wired.follow(() => repository.lane.stream.peek());
  return repository;
}

/** One run of the whole orchestration, for a repository that nobody serves. Rejects as `runOnce` does. */
export async function wireRun(surroundings: Surroundings, run: RepositoryTarget & RunOptions): Promise<RunResult> {
  const wired = wire(surroundings, run);
  return runOnce(wired.parts, wired.world, {
    hints: run.hints,
    budgetMs: run.budgetMs,
    onState: (state) => wired.follow(state),
  });
}

/** Runs one job of the agent workflow to its end. */
export async function wireJob(
  surroundings: Surroundings,
  job: RepositoryTarget & {
    readonly request: JobRequest;
    /** Told what a workflow of the repository's own is to do, when its run has the claim. */
    readonly onClaim?: (work: ClaimedWork) => void;
    /** Where the App takes reports of this job. */
    readonly app?: AppLine;
  },
): Promise<JobResult> {
  const wired = wire(surroundings, job);
  return runJob(wired.parts, {
    world: wired.world,
    request: job.request,
    onState: (state) => wired.follow(state),
    onClaim: (assignable) => job.onClaim?.(toClaimedWork(assignable)),
    ...(job.app && { app: job.app }),
  });
}

/** What a run with the claim is told: a few words that are safe anywhere, and the prompt, which holds other people's text. */
export interface ClaimedWork {
  readonly issue: number;
  readonly worker: string;
  readonly attempt: number;
  /** The branch to go on with; how a new one has to begin, with a dash at its end, where there is none. */
  readonly branch: string;
  readonly prompt: string;
}

/** What an agent is handed of an assignment. */
export function toClaimedWork(assignable: Assignable): ClaimedWork {
  const { number: issue, worker, attempt, continues } = assignable;
  const branch = continues?.branch ?? `orchestrate/${issue}-`;
  return { issue, worker, attempt, branch, prompt: renderPrompt(assignable) };
}

/** Writes what a job says of its work onto the state branch, where there is no App to tell. */
export async function wireReport(
  surroundings: Surroundings,
  told: RepositoryTarget & { readonly work: WorkTold },
): Promise<WorkResult> {
  return tellWork(wire(surroundings, told).parts, told.work);
}

/** The state as it stands, for whoever asks once: reads only. Null where Orchestrate has never run. */
export async function wireReading(surroundings: Surroundings, target: RepositoryTarget): Promise<AtHand | null> {
  return readAtHand(wire(surroundings, target).parts);
}

/** Has one command decided without serving the repository. Null where Orchestrate has never run. */
export async function wireOrder(
  surroundings: Surroundings,
  target: RepositoryTarget & { readonly toCommand: (id: CommandId) => Command },
): Promise<Told | null> {
  return tellAtHand(wire(surroundings, target).parts, target.toCommand);
}

/** The way to the state branch as files, for whoever saves it or puts it back. */
export function wireBranch({ place, octokit }: RepositoryTarget): Source {
  return { request: toRequest(octokit), repository: `${place.owner}/${place.name}` };
}

/** The slash commands that were given since an instant, and how far the tracker is read by that. Reads only. */
export async function wireHeard(surroundings: Surroundings, target: RepositoryTarget, since: number): Promise<Heard> {
  const from = { issues: since, near: [], events: 0, comments: since };
  const { comments, cursor } = await wire(surroundings, target).world.tracker.catchUp(from, "issues");
  return { commands: comments.map(({ databaseId }) => toCommentCommand(databaseId)), cursor };
}

export interface Heard {
  readonly commands: readonly CommandId[];
  readonly cursor: Cursor;
}

/**
 * Looks at a repository and its state as a newcomer would, and writes nothing. Returns what a look would still change: `[]`
 * when the state is equal to a fresh observation.
 */
export async function auditRepository(
  surroundings: Surroundings,
  place: RepositoryPlace,
  octokit: RepositoryOctokit,
): Promise<{ readonly problems: readonly string[]; readonly events: number }> {
  const { parts, world, follow } = wire(surroundings, { place, octokit });
  const state = await createStream(parts).current();
  follow(() => state);
  const tracked = [...state.tasks.entries()].map(([id, task]) => ({
    id,
    number: task.definition.number,
    node: task.definition.node,
  }));
  const observation = await world.tracker.look({ everything: true, issues: [], pulls: [], commits: [], tracked });
  const command = { type: "Observe", id: toCommandId("~audit"), observation } as const;
  const pass = runPass(state, [command], { now: parts.clock.now(), config: configFrom(state) });
  const events = pass.entries.flatMap((entry) => entry.events);
  const told = pass.before((before) => events.filter((event) => !isOnlyLearned(event, before)));
  const names = namesOf(pass.state);
  const news = told.map((event) => `A fresh look says: ${renderEventLine(event, names)}`);
  pass.takeBack();
  const unread = observation.unreadable.map(({ number, reason }) => `#${number} could not be read: ${reason}`);
  return { problems: [...allBrokenInvariants(state), ...unread, ...news], events: state.eventCount };
}

/** What was learned since the last look moves on with the next one: no difference between the state and the tracker. */
function isOnlyLearned(event: Event, state: State): boolean {
  const before = event.type === "TaskRevised" ? state.tasks.get(event.task)?.definition : undefined;
  if (event.type !== "TaskRevised" || before === undefined) return false;
  return isSameDefinition({ ...event.definition, learnedMinutes: null }, { ...before, learnedMinutes: null });
}

function configFrom(state: State | null): ConfigInForce {
  return state === null ? defaultConfig : configOf(state, defaultConfig);
}

/** Adapters and ports of one repository, for whatever is done with them. */
export function wire(surroundings: Surroundings, target: RepositoryTarget): Wired {
  const { clock, chance } = surroundings;
  const { place, octokit } = target;
  const repository = `${place.owner}/${place.name}`;
  const journal = surroundings.journalFor({ repository });
  let known = (): State | null => null;
  const config = (): ConfigInForce => configFrom(known());
  const pace = surroundings.minGapMs === undefined ? {} : { minGapMs: surroundings.minGapMs };
  const client = createGithubClient({ octokit, clock, journal, ...pace });
  const store = createBranchStore({ request: toRequest(octokit), repository, clock, chance, journal, ...pace });
  return {
    follow: (source) => void (known = source),
    parts: {
      stream: toStreamId(place.id),
      repository,
      defaultBranch: place.defaultBranch,
      owner: surroundings.owner,
      assertsEverything: surroundings.assertsEverything ?? false,
      ...(surroundings.memory === undefined ? {} : { memory: surroundings.memory }),
      store,
      clock,
      chance,
      journal,
      timetable: createTimetable(),
    },
    world: {
      tracker: createTracker({
        client,
        repository: place,
        clock,
        journal,
        fetch: surroundings.fetch,
        selectLabels: () => config().select.labels,
        extras: () => extrasFor(known(), config()),
      }),
      conflicts: firstToSay([
        ...(surroundings.conflicts ?? []),
        createApiConflicts({ client, place: { host: "github.com", ...place } }),
      ]),
      runs: createWorkflowRuns({ client, repository: place }),
      agents: wireAgents(surroundings, journal, () => config()),
      ...wireLinear(surroundings, journal),
      ...wireAlerts(surroundings, journal),
      parseConfiguration: readConfiguration,
      parseTemplate: readTemplateText,
    },
  };
}

/** What looks at pull requests ask for beside the rest: nothing, where people merge. */
function extrasFor(state: State | null, config: Config): { readonly files: boolean; readonly queue: boolean } {
  return { files: state !== null && mergesAtAll(state, config), queue: config.merge === "queue" };
}

/** The first that can say does. */
function firstToSay(all: readonly Conflicts[]): Conflicts {
  return {
    async find(pair) {
      for (const each of all) {
        const paths = await each.find(pair);
        if (paths !== null) return paths;
      }
      return null;
    },
  };
}

function wireAgents(surroundings: Surroundings, journal: Journal, config: () => ConfigInForce): Agents {
  const { vendorKeys, vendorBaseUrls, fetch, clock } = surroundings;
  return createAgents({
    config,
    keys: vendorKeys,
    ...(vendorBaseUrls ? { baseUrls: vendorBaseUrls } : {}),
    fetch,
    clock,
    journal,
  });
}

function wireLinear(surroundings: Surroundings, journal: Journal): { readonly noticeboard?: Noticeboard } {
  const { linearKey, linearUrl, fetch, clock } = surroundings;
  if (linearKey === undefined || linearKey === "") return {};
  return {
    noticeboard: createNoticeboard({
      key: linearKey,
      ...(linearUrl ? { url: linearUrl } : {}),
      fetch,
      clock,
      journal,
      load: () => import("@linear/sdk"),
    }),
  };
}

function wireAlerts(surroundings: Surroundings, journal: Journal): { readonly alertService?: AlertService } {
  const { alertReceiver, fetch, clock } = surroundings;
  return alertReceiver === undefined
    ? {}
    : { alertService: createWebhookAlerts({ ...alertReceiver, fetch, clock, journal }) };
}

function readConfiguration(text: string): { readonly config: Config | null; readonly problems: readonly string[] } {
  const reading = parseConfig(text);
  if (reading.kind === "valid") return { config: reading.config, problems: [] };
  return { config: null, problems: reading.problems.map(renderProblem) };
}
