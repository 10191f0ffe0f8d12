/** What `orchestrate agents` prints: each agent in a line, its workers below it. */
import { describeLeaving, type LeavingView } from "./agents-leaving.ts";
import { loadOf, untried, type AgentLoad } from "./agents-document.ts";
import { describePause, describeUse, renderAgents } from "./agents-table.ts";
import { toCode, toReference } from "./markdown.ts";
import { toPlainPage, toPlainWords } from "./plain-page.ts";
import type { AgentView, WorkerView } from "./task-view.ts";

/** A screenful; the others are counted, and in `--json`. */
const workersMax = 50;

/** Lines of plain text; ends without a line break. */
export function renderAgentsPage(
  agents: readonly AgentView[],
  { loads, leaving }: { readonly loads: readonly AgentLoad[]; readonly leaving: readonly LeavingView[] },
): string {
  const shown =
    agents.length === 0
      ? [toPlainPage(renderAgents(agents))]
      : agents.map((agent) => renderAgent(agent, loadOf(agent, loads)));
  return [...shown, ...leaving.map((each) => toPlainWords(describeLeaving(each)))].join("\n\n");
}

function renderAgent(agent: AgentView, load: AgentLoad): string {
  const { busy, capacity, off, utilisation } = load;
  const { sessionsToday, quota } = agent;
  const facts = [
    ...(agent.isRegistered === true ? ["registered over HTTP"] : []),
    `${busy} of ${capacity} busy`,
    ...(off === 0 ? [] : [`${off} off`]),
    `${Math.round(utilisation * 100)} % used in the last hour`,
    `${quota === null ? sessionsToday : `${sessionsToday} of ${quota}`} sessions today`,
  ];
  const skills = Object.entries(agent.capabilities).map(([name, level]) => `${toCode(name)} ${level}`);
  const lines = [
    `${toCode(agent.id)} (${toCode(agent.type)}, ${agent.dispatch === "none" ? "takes its work itself" : `dispatch ${toCode(agent.dispatch)}`}): ${facts.join(", ")}`,
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
