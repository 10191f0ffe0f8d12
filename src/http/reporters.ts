/**
 * Who may report what: tells callers by their credential, holds each to the assignment that is its own, and remembers the tokens of
 * jobs, so that one that was overheard says nothing else.
 */
import type { IncomingMessage } from "node:http";
import type { Repository } from "../engine/repository.ts";
import { workflowPathOf } from "../model/agent-workflow.ts";
import type { AgentConfig } from "../model/config-agent.ts";
import type { WorkerId } from "../model/ids.ts";
import { agentBehind } from "../model/registry.ts";
import type { Assignment } from "../model/task.ts";
import { isSame, tokenOf } from "./authenticate.ts";
import { BoundedMap } from "./bounded-map.ts";
import { subjectOf, type Caller, type JobClaims } from "./caller.ts";
import { createOidcVerifier, type VerifyJob } from "./oidc.ts";
import { Problem, unauthorised } from "./problem.ts";
import type { Ground } from "./route.ts";
import { readWorkerToken, workerTokenPrefix } from "./worker-token.ts";

/** Tokens and callers remembered: far more than jobs run within the life of a token. */
const rememberedMax = 10_000;
/** Requests of one caller a minute; an agent needs a handful. */
const requestsPerMinute = 60;
const minuteMs = 60_000;

export interface Reporters {
  /** Who sends the request. Rejects with a 401, and with a 429 where the caller has sent too many. */
  identify(request: IncomingMessage): Promise<Caller>;
  /** Throws a 401 where the token of a job has been used for something else than `digest` before; from now on it is for that. */
  bindToken(caller: Caller, digest: string): void;
}

export function createReporters(ground: Ground): Reporters {
  const { clock, token: operator, reports } = ground;
  const verifyJob = reports.oidc === null ? null : createOidcVerifier({ ...reports.oidc, clock });
  const used = new BoundedMap<string>(rememberedMax);
  const windows = new BoundedMap<{ count: number }>(rememberedMax);

  function limit(caller: Caller): void {
    const now = clock.now();
    const subject = subjectOf(caller);
    const window = windows.get(subject, now);
    if (window === undefined) return windows.set(subject, { count: 1 }, { until: now + minuteMs, now });
    window.count += 1;
    if (window.count <= requestsPerMinute) return;
    const detail = `More than ${requestsPerMinute} requests within a minute. Wait a minute, and send fewer.`;
    throw new Problem(429, detail, { "retry-after": "60" });
  }

  return {
    async identify(request) {
      const sent = tokenOf(request);
      if (sent === null) throw unauthorised("Send a token in a header: `Authorization: Bearer <token>`.");
      if (operator !== null && isSame(sent, operator)) return { kind: "operator" };
      const caller = await tell(sent, { verifyJob, secret: reports.workerSecret, now: clock.now() });
      limit(caller);
      return caller;
    },
    bindToken(caller, digest) {
      if (caller.kind !== "job") return;
      const now = clock.now();
      const before = used.get(caller.id, now);
      if (before !== undefined && before !== digest) {
        throw unauthorised("This token was used for another report before. Ask GitHub for a new one with each report.");
      }
      used.set(caller.id, digest, { until: caller.expiresAt, now });
    },
  };
}

async function tell(
  sent: string,
  known: { readonly verifyJob: VerifyJob | null; readonly secret: string | null; readonly now: number },
): Promise<Caller> {
  if (sent.startsWith(workerTokenPrefix)) {
    if (known.secret === null) {
      throw unauthorised("Worker tokens are switched off. Set ORCHESTRATE_WORKER_SECRET where the App runs.");
    }
    return { kind: "worker", ...readWorkerToken(known.secret, sent, known.now) };
  }
  if (known.verifyJob !== null && sent.split(".").length === 3)
    return { kind: "job", ...(await known.verifyJob(sent)) };
  throw unauthorised("This token is neither the App's, nor a worker's, nor one that GitHub made for a job.");
}

/** What a report is about. */
export interface Place {
  readonly repository: Repository;
  readonly worker: WorkerId;
}

/** Throws a 403 unless the caller belongs to the repository, and a worker's token to this worker. */
export function demandPlace(caller: Caller, { repository, worker }: Place): void {
  if (caller.kind === "job" && `gh:${caller.repositoryId}` !== repository.stream) {
    throw new Problem(403, `This token is of a job of ${caller.repository}, and the task is of another repository.`);
  }
  if (caller.kind !== "worker") return;
  if (caller.repository.toLowerCase() !== repository.name.toLowerCase()) {
    throw new Problem(403, `This token is for ${caller.repository}, and the task is of another repository.`);
  }
  if (caller.worker !== worker)
    throw new Problem(403, `This token is for ${caller.worker}, and the report for ${worker}.`);
}

/** Throws a 403 unless the caller is the one that works on `assignment`. */
export function demandAssignment(
  caller: Caller,
  { repository, assignment }: { readonly repository: Repository; readonly assignment: Assignment },
): void {
  if (caller.kind === "worker" && caller.fence !== null && caller.fence !== assignment.fence) {
    throw new Problem(403, `This token is for fence ${caller.fence}, and the live assignment has ${assignment.fence}.`);
  }
  if (caller.kind !== "job") return;
  demandWorkflow(caller, { repository, agent: agentOf(repository, assignment) });
  const run = assignment.claimedBy ?? assignment.run;
  if (run === null) {
    const detail = "Which run works on this task is not known here yet. Send it again in some seconds.";
    throw new Problem(503, detail, { "retry-after": "5" });
  }
  if (run === caller.run) return;
  throw new Problem(403, `This token is of run ${caller.run}, and run ${run} works on the task.`);
}

function agentOf({ lane }: Repository, assignment: Assignment): AgentConfig | undefined {
  const state = lane.stream.peek();
  return state === null ? undefined : agentBehind(lane.contextOf(state).config, assignment);
}

/** Only what the default branch says may speak for the App's runs; a branch of somebody's own can say anything. */
function demandWorkflow(
  { repository: name, workflow, event }: JobClaims,
  { repository, agent }: { readonly repository: Repository; readonly agent: AgentConfig | undefined },
): void {
  const wanted = `${workflowPathOf(agent)}@refs/heads/${repository.defaultBranch}`;
  if (workflow !== `${name}/${wanted}`) {
    throw new Problem(403, `This token is of the workflow ${workflow}. Only ${wanted} reports for this agent.`);
  }
  if (event !== "workflow_dispatch") {
    throw new Problem(403, `This token is of a run that "${event}" has started, and not of one that was dispatched.`);
  }
}
