/** The doctor on what the repository says: the configuration, the agents' workflow and keys, and the labels. */
import { parse } from "yaml";
import { z } from "zod";
import { parseConfig } from "../config/parse-config.ts";
import { renderProblem } from "../config/problem.ts";
import { broken, ok, readText, warning, type Ask } from "./ask.ts";
import { configurationPath } from "../github/configuration.ts";
import { agentWorkflow, agentWorkflowPath } from "../model/agent-workflow.ts";
import type { Config } from "../model/config.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import type { Finding } from "../views/doctor-page.ts";

/** `config` is null where the file is wrong or cannot be read. */
export async function checkConfiguration(
  ask: Ask,
): Promise<{ readonly findings: readonly Finding[]; readonly config: Config | null }> {
  const subject = "Configuration";
  const file = await readText(ask, configurationPath);
  if (file.kind === "forbidden") {
    const message = `${configurationPath} cannot be read: ${file.reason}`;
    return { findings: [broken(subject, message, "Give the token `contents: read`.")], config: null };
  }
  if (file.kind === "missing") {
    const advice = `Add ${configurationPath} to the default branch, with an agent under \`agents\`.`;
    return { findings: [broken(subject, "There is no configuration, so no agent is known.", advice)], config: null };
  }
  const reading = parseConfig(file.data);
  if (reading.kind === "invalid") {
    const findings = reading.problems.map((problem): Finding => ({
      ...broken(subject, `${configurationPath}, ${renderProblem(problem)}`, ""),
      line: problem.line,
    }));
    return { findings, config: null };
  }
  return { findings: [ok(subject, `${configurationPath} is right.`)], config: reading.config };
}

/** The variables that the agent workflow hands to its jobs, by type of agent. */
const keyOf: Readonly<Record<string, string>> = {
  jules: "JULES_API_KEY",
  cursor: "CURSOR_API_KEY",
  bifrost: "SPRITES_TOKEN",
};

export async function checkAgents(
  ask: Ask,
  { agents }: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  if (agents.length === 0) {
    const advice = `Add one under \`agents\` in ${configurationPath}, such as { id: jules, type: jules, capacity: 5 }.`;
    return [broken("Agents", "No agent is configured, so nothing is ever started.", advice)];
  }
  const names = agents.map(({ id, type, capacity }) => `${id} (${type}, ${capacity})`).join(", ");
  const dispatched = agents.filter(({ dispatch }) => dispatch === "workflow");
  return [
    ok("Agents", `${names}.`),
    ...(dispatched.some(isOfOurWorkflow) ? await checkAgentWorkflow(ask) : []),
    ...(await checkKeys(ask, dispatched, env)),
  ];
}

/** An agent may be a workflow of the user's own; then its file is not ours to judge. */
function isOfOurWorkflow(agent: AgentConfig): boolean {
  return Object.hasOwn(keyOf, agent.type);
}

const Workflow = z.object({ state: z.string() });
const WorkflowFile = z.object({
  "run-name": z.string().optional(),
  on: z.object({ workflow_dispatch: z.object({ inputs: z.record(z.string(), z.unknown()) }) }),
});
const inputs = ["mode", "task", "agent", "attempt", "fence", "name"] as const;

async function checkAgentWorkflow(ask: Ask): Promise<readonly Finding[]> {
  const subject = "Agent workflow";
  const text = await readText(ask, agentWorkflowPath);
  if (text.kind === "missing") {
    const advice = "Copy the file from Orchestrate's repository to the default branch, or set `dispatch: api`.";
    return [broken(subject, `${agentWorkflowPath} is not on the default branch, so no agent can be started.`, advice)];
  }
  if (text.kind === "forbidden")
    return [warning(subject, `It cannot be read: ${text.reason}`, "Give the token `contents: read`.")];
  const outdated = describeOutdated(text.data);
  if (outdated !== null) return [broken(subject, outdated, "Copy the current file from Orchestrate's repository.")];
  const workflow = await ask("/actions/workflows/{file}", Workflow, { file: agentWorkflow });
  if (workflow.kind === "data" && workflow.data.state !== "active") {
    const message = `${agentWorkflowPath} is switched off (${workflow.data.state}).`;
    return [broken(subject, message, "Switch it on under Actions.")];
  }
  return [ok(subject, `${agentWorkflowPath} is there and takes our dispatch.`)];
}

/** What is wrong with the file as a whole, in a sentence; null where it takes our dispatch and can be found again. */
function describeOutdated(text: string): string | null {
  const file = WorkflowFile.safeParse(parseYaml(text));
  if (!file.success) return `${agentWorkflowPath} is no workflow that can be dispatched.`;
  const given = file.data.on.workflow_dispatch.inputs;
  const missing = inputs.filter((name) => !Object.hasOwn(given, name));
  if (missing.length > 0)
    return `${agentWorkflowPath} is older than this version: it lacks the input ${missing.join(", ")}.`;
  if (!/\$\{\{\s*inputs\.name\s*\}\}/.test(file.data["run-name"] ?? ""))
    return `${agentWorkflowPath} has another \`run-name\` than \${{ inputs.name }}, so its runs are not found again.`;
  return null;
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // The schema refuses it, and the finding says so.
    return null;
  }
}

const Secrets = z.object({ secrets: z.array(z.object({ name: z.string() })) });

/** Names only: nobody can read the value of a secret. */
async function checkKeys(
  ask: Ask,
  agents: readonly AgentConfig[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const keys = [...new Set(agents.flatMap(({ type }) => (Object.hasOwn(keyOf, type) ? [keyOf[type] ?? ""] : [])))];
  const unseen = keys.filter((key) => (env[key] ?? "") === "");
  const listed = unseen.length === 0 ? null : await ask("/actions/secrets", Secrets, { per_page: 100 });
  const names = listed?.kind === "data" ? new Set(listed.data.secrets.map(({ name }) => name)) : null;
  return keys.map((key) => {
    if (!unseen.includes(key)) return ok("Secrets", `${key} is given to this job.`);
    if (names?.has(key) === true) return ok("Secrets", `${key} is among the repository's secrets.`);
    const advice = `Check Settings, Secrets and variables, Actions${names === null ? `, or give ${key} to this step as \`env\`` : ""}.`;
    if (names === null) return warning("Secrets", `Whether there is a secret ${key} cannot be seen from here.`, advice);
    return warning(
      "Secrets",
      `${key} is not among the repository's own secrets; it may be one of the organization.`,
      advice,
    );
  });
}

export async function checkLabels(ask: Ask, { select }: Config): Promise<readonly Finding[]> {
  const missing: string[] = [];
  for (const name of select.labels) {
    const answer = await ask("/labels/{name}", z.unknown(), { name });
    if (answer.kind === "missing") missing.push(name);
  }
  const subject = "Labels";
  if (missing.length === 0) return [ok(subject, `What selects work exists: ${select.labels.join(", ")}.`)];
  const advice = "Create it in the repository: an issue is work once somebody with write permission puts it on.";
  return [warning(subject, `There is no label ${missing.join(", ")}, so no issue can be selected with it.`, advice)];
}
