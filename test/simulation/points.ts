/** Measures what runs of the workflow, and the jobs that they dispatch, cost of the thousand points an hour that their token has. */
import { playJob, playRun, startReplica } from "../../src/embed.ts";
import { runHeadless } from "../../src/sandbox/headless.ts";
import type { JobParts, RunParts } from "../../src/sandbox/replica.ts";
import { parseScenario, type Scenario } from "../../src/sandbox/scenario.ts";
import { workflowFiles } from "./play.ts";

export const hourMs = 3_600_000;

export interface Call {
  readonly at: number;
  readonly run: string;
  readonly isRun: boolean;
  readonly points: number;
}

/** Plays the scenario, and notes every request with what the embedded GitHub took for it. */
export async function measure(scenario: Scenario): Promise<readonly Call[]> {
  const start = Date.parse(scenario.start);
  const calls: Call[] = [];
  const used = new Map<string, number>();
  function metered<Parts extends JobParts | RunParts>(parts: Parts): Parts {
    const fetch: Parts["fetch"] = async (input, init) => {
      const response = await parts.fetch(input, init);
      const resource = response.headers.get("x-ratelimit-resource");
      if (resource === null) return response;
      const now = Number(response.headers.get("x-ratelimit-used"));
      const before = used.get(resource) ?? 0;
      used.set(resource, now);
      const points = now >= before ? now - before : now;
      calls.push({ at: parts.clock.now() - start, run: parts.runId, isRun: "event" in parts, points });
      return response;
    };
    return { ...parts, fetch };
  }
  await runHeadless({
    scenario,
    startReplica,
    playJob: (parts) => playJob(metered(parts)),
    playRun: (parts) => playRun(metered(parts)),
    files: workflowFiles,
  });
  return calls;
}

/** 500 open issues, half of them waiting for others, and agents that are at it for hours. */
export function busyScenario(dispatch: "workflow" | "api"): Scenario {
  const issues = Array.from({ length: 500 }, (_, index) => ({
    key: `t${index}`,
    title: `Task ${index}`,
    blockedBy: index > 60 && index % 2 === 1 ? [`t${index - 60}`] : [],
  }));
  return parseScenario(
    JSON.stringify({
      runs: { app: false, action: true },
      config: {
        agents: [{ id: "jules", type: "jules", capacity: 50, dispatch, timeout: "10h" }],
        limits: { sessionsPerDay: 1_000, batch: 50 },
        stale: { min: "10h", person: "20h" },
      },
      issues,
      agents: { jules: { duration: ["5h", "6h"] } },
      people: { merge: "never" },
      until: "2h",
    }),
  );
}

/** Points of the second hour, when everything is on its way. */
export function pointsOfSecondHour(calls: readonly Call[]): number {
  return calls.filter(({ at }) => at >= hourMs).reduce((sum, { points }) => sum + points, 0);
}
