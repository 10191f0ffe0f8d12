/** Asks how sessions and runs are: vendors that the App talks to itself, and runs of the agent workflow that fell silent. */
import { isUnresponsive, silenceLimitMs } from "../core/decide-health.ts";
import { isRunOf } from "../core/decide-session.ts";
import { detectStaleAssignments } from "../core/decide-stale.ts";
import type { State } from "../state/state.ts";
import type { Command } from "../model/command.ts";
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import { agentBehind } from "../model/registry.ts";
import type { Task } from "../model/task.ts";
import type { Heartbeats } from "./heartbeats.ts";
import type { Lane } from "./lane.ts";
import type { EngineParts, World } from "./parts.ts";

/** A run whose session is known and that has said nothing for this long is looked up. */
const runSilenceMs = 10 * 60_000;
/**
 * A run that has not got as far as a session, or whose session takes longer than expected: runners come up within a minute or so,
 * and nothing else frees the slot.
 */
const startSilenceMs = 2 * 60_000;
/** Runs that have ended and may be somebody's: most are nobody's of ours. */
const suspectsMax = 1_000;
/** Vendor calls at once: enough for many sessions in a cycle, few for one vendor's limit. */
const askedAtOnceMax = 8;

type Assigned = Task & { readonly assignment: NonNullable<Task["assignment"]> };

export interface Asking {
  /** Asks about everything in flight. Never rejects; who cannot be asked now is asked in the next cycle. */
  ask(options: { readonly isStart: boolean }): Promise<readonly Command[]>;
  /** A webhook says that the run has ended, perhaps before it is known whose run it is: it is looked up in the next cycle. */
  suspect(run: string): void;
}

export function createAsking(
  parts: EngineParts,
  world: World,
  { lane, heartbeats }: { readonly lane: Lane; readonly heartbeats: Heartbeats },
): Asking {
  /** When a run was last looked up: a long session keeps its run silent, and one look in ten minutes is enough. */
  const askedAt = new Map<string, number>();
  const suspects = new Set<string>();

  return {
    suspect(run) {
      suspects.add(run);
      const [oldest] = suspects;
      if (suspects.size > suspectsMax && oldest !== undefined) suspects.delete(oldest);
    },
    async ask({ isStart }) {
      const state = await lane.stream.current();
      const context = lane.contextOf(state);
      const { config } = context;
      const stale = new Set(detectStaleAssignments(state, context));
      const asks = assignedTasks(state).flatMap((task) => {
        const agent = agentBehind(config, task.assignment);
        return agent === undefined
          ? []
          : [
              {
                parts,
                world,
                lane,
                heartbeats,
                task,
                agent,
                isStart,
                isStale: stale.has(task.id),
                health: config.health,
                askedAt,
                suspects,
              },
            ];
      });
      const reports: Command[] = [...(await askRuns(asks))];
      const vendors = asks.filter(({ agent }) => agent.dispatch !== "workflow");
      for (let start = 0; start < vendors.length; start += askedAtOnceMax) {
        const answers = await Promise.all(vendors.slice(start, start + askedAtOnceMax).map((each) => ask(each)));
        for (const answer of answers) if (answer !== null) reports.push(answer);
      }
      return reports;
    },
  };
}

function assignedTasks(state: State): readonly Assigned[] {
  const tasks: Assigned[] = [];
  for (const id of state.active.keys()) {
    const task = state.tasks.get(id);
    if (task !== undefined && task.assignment !== null) tasks.push(task as Assigned);
  }
  return tasks;
}

interface Ask {
  readonly parts: EngineParts;
  readonly world: World;
  readonly lane: Lane;
  readonly heartbeats: Heartbeats;
  readonly task: Assigned;
  readonly agent: AgentConfig;
  readonly isStart: boolean;
  readonly isStale: boolean;
  readonly health: Config["health"];
  readonly askedAt: Map<string, number>;
  readonly suspects: Set<string>;
}

async function ask(question: Ask): Promise<Command | null> {
  try {
    return await askVendor(question);
  } catch (error) {
    question.parts.journal.warn("A session could not be asked for; the next cycle asks again.", {
      task: question.task.definition.number,
      reason: error instanceof Error ? error.message : String(error),
    });
    return null;
  }
}

async function askVendor({ world, lane, task, agent }: Ask): Promise<Command | null> {
  const { session, fence } = task.assignment;
  const system = agent.dispatch === "api" ? world.agents.find(task.assignment.agent, task.assignment.fence) : null;
  if (session === null || system === null) return null;
  const report = await system.watch(session);
  return { type: "ReportSession", id: lane.nextId("report"), task: task.id, fence, report };
}

/** All runs that are to be looked up, together: a list tells of many in one request. */
async function askRuns(asks: readonly Ask[]): Promise<readonly Command[]> {
  const due = asks.filter(isRunDue);
  const [first] = due;
  if (first === undefined) return [];
  const runs = due.flatMap(({ task }) => (task.assignment.run === null ? [] : [task.assignment.run]));
  const facts = await first.world.runs.inspectAll(runs);
  return due.flatMap(({ lane, parts, task, askedAt }): readonly Command[] => {
    const { run, fence } = task.assignment;
    const found = run === null ? undefined : facts.get(run);
    if (run === null || found === undefined) {
      parts.journal.warn("A run could not be asked for; the next cycle asks again.", { task: task.definition.number });
      return [];
    }
    askedAt.set(run, parts.clock.now());
    // How it ended is told only where its end is that of the session.
    const told = isRunOf(task.assignment) ? found : { state: found.state };
    return [{ type: "ReportRun", id: lane.nextId("run"), task: task.id, fence, run, ...told }];
  });
}

function isRunDue({ task, agent, isStart, suspects, ...ask }: Ask): boolean {
  const { run } = task.assignment;
  if (agent.dispatch !== "workflow" || run === null) return false;
  return isStart || isSilent({ ...ask, task, agent, isStart, suspects }, run) || suspects.delete(run);
}

function isSilent({ parts, task, agent, isStale, health, askedAt, heartbeats }: Ask, run: string): boolean {
  const { session, heardAt, phase } = task.assignment;
  const now = parts.clock.now();
  const beatAt = heartbeats.lastOf(task);
  const lastAskedAt = askedAt.get(run) ?? 0;
  const limitMs = silenceLimitMs(agent, beatAt, health) ?? 0;
  if (isUnresponsive(task, agent, { now, beatAt, health }) && now - lastAskedAt > limitMs) return true;
  const isEnding = phase === "ending" && isRunOf(task.assignment);
  const silenceMs = session === null || isStale || isEnding ? startSilenceMs : runSilenceMs;
  return now - Math.max(heardAt, beatAt ?? 0, lastAskedAt) >= silenceMs;
}
