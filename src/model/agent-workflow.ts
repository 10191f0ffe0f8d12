/** Which workflow file of a repository runs an agent: ours for vendors, the user's own for an agent of the type `workflow`. */
import type { AgentConfig } from "./config-agent.ts";

export const agentWorkflow = "orchestrate-agent.yml";
export const agentWorkflowPath = toWorkflowPath(agentWorkflow);

/** `.github/workflows/<file>`. */
export function toWorkflowPath(file: string): string {
  return `.github/workflows/${file}`;
}

/** The path of the workflow that runs `agent`; ours where the agent is not known. */
export function workflowPathOf(agent: Pick<AgentConfig, "workflow"> | undefined): string {
  return toWorkflowPath(agent?.workflow ?? agentWorkflow);
}
