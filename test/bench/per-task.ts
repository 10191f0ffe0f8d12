/** What a task costs from label to merge: a backlog of some stories, played to its end in virtual time. */
import { readFile } from "node:fs/promises";
import { auditFinal, playJob, startReplica } from "../../src/embed.ts";
import { agentWorkflowPath } from "../../src/model/agent-workflow.ts";
import type { Fetch } from "../../src/ports/fetch.ts";
import { runHeadless } from "../../src/sandbox/headless.ts";
import { parseScenario } from "../../src/sandbox/scenario.ts";
import type { Dispatch } from "./field.ts";

export interface PerTask {
  readonly dispatch: Dispatch;
  readonly tasks: number;
  readonly outcome: string;
  readonly violations: number;
  readonly wallMs: number;
  /** All below: a task. */
  readonly restRequests: number;
  readonly restPoints: number;
  readonly graphqlPoints: number;
  readonly mutations: number;
  readonly contentCreations: number;
  readonly stateCommits: number;
}

const chains = 5;
const chainLength = 4;

/** Five stories of four steps each, with three agents. */
function writeScenario(dispatch: Dispatch): string {
  const issues = Array.from({ length: chains * chainLength }, (_, index) => {
    const [chain, step] = [Math.floor(index / chainLength), index % chainLength];
    const blockedBy = step === 0 ? [] : [`c${chain}s${step - 1}`];
    return { key: `c${chain}s${step}`, title: `Story ${chain + 1}: step ${step + 1}`, blockedBy };
  });
  const agents = ["jules", "cursor", "bifrost"].map((type) => ({ id: type, type, capacity: 3, dispatch }));
  return JSON.stringify({ repository: "acme/bench", config: { agents }, issues });
}

/** Plays the stories. */
export async function measurePerTask(dispatch: Dispatch): Promise<PerTask> {
  const scenario = parseScenario(writeScenario(dispatch), "The benchmark's scenario");
  let notModified = 0;
  const counted =
    (inner: Fetch): Fetch =>
    async (input, init) => {
      const response = await inner(input, init);
      if (response.status === 304) notModified += 1;
      return response;
    };
  const report = await runHeadless({
    scenario,
    startReplica: (parts) => startReplica({ ...parts, fetch: counted(parts.fetch) }),
    playJob: (parts) => playJob({ ...parts, fetch: counted(parts.fetch) }),
    auditFinal,
    files: { [agentWorkflowPath]: await readFile(new URL(`../../${agentWorkflowPath}`, import.meta.url), "utf8") },
  });
  const tasks = Object.keys(report.tasks).length;
  const { rest, graphqlPoints, mutations, contentCreations, stateCommits } = report.api;
  return {
    dispatch,
    tasks,
    outcome: report.outcome,
    violations: report.violations.length,
    wallMs: report.wallMs,
    restRequests: rest / tasks,
    restPoints: (rest - notModified) / tasks,
    graphqlPoints: graphqlPoints / tasks,
    mutations: mutations / tasks,
    contentCreations: contentCreations / tasks,
    stateCommits: stateCommits / tasks,
  };
}
