/** What `orchestrate agents` prints: each agent in a line, its workers below it; and the same as data. */
import { describePause, describeUse, renderAgents } from "./agents-table.ts";
import { toCode, toReference } from "./markdown.ts";
import { toPlainPage, toPlainWords } from "./plain-page.ts";
import type { AgentView, WorkerView } from "./task-view.ts";
import { toIso } from "./words.ts";

/** The slots of an agent now, and the share of their time that was taken lately, 0 to 1. */
export interface AgentLoad {
  readonly agent: string;
  readonly capacity: number;
  readonly busy: number;
  /** Disabled, or resting after failures. */
  readonly off: number;
  readonly free: number;
  readonly utilisation: number;
}

/** Of a worker of which nothing is known. */
const untried: NonNullable<WorkerView["health"]> = {
  until: null,
  reason: null,
  isOnTrial: false,
  failuresOfLast: [0, 0],
};

/** A screenful; the others are counted, and in `--json`. */
const workersMax = 50;

/** Lines of plain text; ends without a line break. */
export function renderAgentsPage(agents: readonly AgentView[], loads: readonly AgentLoad[]): string {
  if (agents.length === 0) return toPlainPage(renderAgents(agents));
  return agents.map((agent) => renderAgent(agent, loadOf(agent, loads))).join("\n\n");
}

function renderAgent(agent: AgentView, load: AgentLoad): string {
  const { busy, capacity, off, utilisation } = load;
  const { sessionsToday, quota } = agent;
  const facts = [
    `${busy} of ${capacity} busy`,
    ...(off === 0 ? [] : [`${off} off`]),
    `${Math.round(utilisation * 100)} % used in the last hour`,
    `${quota === null ? sessionsToday : `${sessionsToday} of ${quota}`} sessions today`,
  ];
  const skills = Object.entries(agent.capabilities).map(([name, level]) => `${toCode(name)} ${level}`);
  const lines = [
    `${toCode(agent.id)} (${toCode(agent.type)}, dispatch ${toCode(agent.dispatch)}): ${facts.join(", ")}`,
    `  capabilities: ${skills.length === 0 ? "any" : skills.join(", ")}`,
    ...describePause(agent).map((pause) => `  ${pause}`),
    ...agent.workers.slice(0, workersMax).map((worker) => `  ${toCode(worker.id)}  ${describeWorker(worker)}`),
    ...(agent.workers.length > workersMax ? [`  and ${agent.workers.length - workersMax} more`] : []),
  ];
  return lines.map(toPlainWords).join("\n");
}

function describeWorker(worker: WorkerView): string {
  const { task, health, isEnabled } = worker;
  const held = task === null ? "free" : toReference(task.reference, task.url);
  if (!isEnabled) return `disabled, ${held}`;
  const [failures, attempts] = (health ?? untried).failuresOfLast;
  const record = attempts === 0 || failures > 0 ? "" : `, all of its last ${attempts} went well`;
  return `${describeUse(worker, held)}${record}`;
}

/** The same as data, for programs: instants in ISO 8601, null where there is nothing. */
export function toAgentsDocument(
  agents: readonly AgentView[],
  loads: readonly AgentLoad[],
): readonly Readonly<Record<string, unknown>>[] {
  return agents.map((agent) => {
    const { id, type, dispatch, capabilities, sessionsToday, quota, workers } = agent;
    const { capacity, busy, off, free, utilisation } = loadOf(agent, loads);
    const pause = agent.pause ?? null;
    return {
      id,
      type,
      dispatch,
      capabilities,
      capacity,
      busy,
      off,
      free,
      utilisation,
      sessionsToday,
      quota,
      pause: pause === null ? null : { until: toIso(pause.until), reason: pause.reason },
      workers: workers.map(toWorkerDocument),
    };
  });
}

function toWorkerDocument({ id, isEnabled, task, health }: WorkerView): Readonly<Record<string, unknown>> {
  const { until, reason, isOnTrial, failuresOfLast } = health ?? untried;
  const [failures, attempts] = failuresOfLast;
  return {
    id,
    isEnabled,
    task: task?.reference ?? null,
    url: task?.url ?? null,
    rest: until === null ? null : { until: toIso(until), reason: reason ?? "" },
    isOnTrial,
    attempts,
    failures,
    success: attempts === 0 ? null : (attempts - failures) / attempts,
  };
}

/** Every agent that is configured has its load; the zeros are for one that is not known by it. */
function loadOf({ id }: AgentView, loads: readonly AgentLoad[]): AgentLoad {
  return (
    loads.find(({ agent }) => agent === id) ?? { agent: id, capacity: 0, busy: 0, off: 0, free: 0, utilisation: 0 }
  );
}
