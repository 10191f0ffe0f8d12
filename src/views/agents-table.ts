/** The answer to `/orchestrate agents`: every agent, its workers, and what each is doing. */
import { describeAway } from "../model/operator.ts";
import { escapeText, renderTable, toCode, toReference } from "./markdown.ts";
import type { AgentView, WorkerView } from "./task-view.ts";
import { describeInstant } from "./words.ts";

/** Fifty workers an agent are listed one by one; a fleet of a thousand is counted. */
const workersMax = 50;
/** Why somebody rests or is paused, in a cell; the log has all of it. */
const reasonMax = 120;
/** So many who are away are named. */
const awayMax = 5;

/** Markdown. Without agents it says what to add, since nothing will ever start. Of each agent so many workers are listed. */
export function renderAgents(agents: readonly AgentView[], listed = workersMax): string {
  if (agents.length === 0) {
    return [
      "No agent is configured, so nothing is started. Add one to `.github/orchestrate.yml`:",
      "```yaml\nagents:\n  - { id: jules, type: jules, capacity: 5 }\n```",
    ].join("\n\n");
  }
  const head = ["Agent", "Type", "Dispatch", "Workers", "Sessions today", "Capabilities"];
  return renderTable(
    head,
    agents.map((agent) => toRow(agent, listed)),
  );
}

function toRow(agent: AgentView, listed: number): readonly string[] {
  const capabilities = Object.entries(agent.capabilities).map(([name, level]) => `${toCode(name)} ${level}`);
  return [
    toCode(agent.id),
    toCode(agent.type),
    toCode(agent.dispatch),
    [
      ...describeSource(agent),
      ...describePause(agent),
      ...describeOperators(agent),
      describeWorkers(agent.workers, listed),
    ].join("; "),
    agent.quota === null ? String(agent.sessionsToday) : `${agent.sessionsToday} of ${agent.quota}`,
    capabilities.length === 0 ? "any" : capabilities.join(", "),
  ];
}

function describeSource({ isRegistered }: AgentView): readonly string[] {
  return isRegistered === true ? ["registered over HTTP"] : [];
}

/** That its vendor has an outage, or several others have, as Markdown; `[]` while it is given work. */
export function describePause({ pause }: AgentView): readonly string[] {
  if (pause === undefined || pause === null) return [];
  const paused = pause.until === null ? "paused" : `paused until ${describeInstant(pause.until)}`;
  return [`${paused}: ${escapeText(pause.reason, reasonMax)}`];
}

/** How many are available, and why the others are not. */
function describeOperators({ operators }: AgentView): readonly string[] {
  if (operators === undefined || operators === null) return [];
  const { count, away } = operators;
  const there = `${count - away.length} of ${count} ${count === 1 ? "operator" : "operators"} available`;
  const named = away.slice(0, awayMax).map((each) => escapeText(describeAway(each)));
  const more = away.length > awayMax ? [`${away.length - awayMax} more are away`] : [];
  return [away.length === 0 ? there : `${there}: ${[...named, ...more].join(", ")}`];
}

function describeWorkers(workers: readonly WorkerView[], listed: number): string {
  const busy = workers.filter((worker) => worker.task !== null).length;
  const shown = workers.slice(0, listed).map(describeWorker);
  const rest = workers.length > listed ? [`and ${workers.length - listed} more`] : [];
  return [`${busy} of ${workers.length} busy`, ...shown, ...rest].join("; ");
}

function describeWorker(worker: WorkerView): string {
  const task = worker.task === null ? "free" : toReference(worker.task.reference, worker.task.url);
  return `${toCode(worker.id)} ${worker.isEnabled ? describeUse(worker, task) : `disabled, ${task}`}`;
}

/** What an enabled worker does, as Markdown: `task` says what it has. */
export function describeUse({ health, task: held }: WorkerView, task: string): string {
  if (health === undefined) return task;
  const [failures, attempts] = health.failuresOfLast;
  if (health.until !== null && held === null)
    return `rests until ${describeInstant(health.until)}: ${escapeText(health.reason ?? "", reasonMax)}`;
  if (health.isOnTrial) return `${task}, tried out after a rest`;
  return failures === 0 ? task : `${task}, failed ${failures} of its last ${attempts}`;
}
