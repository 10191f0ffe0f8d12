/**
 * Cursor cloud agents. The agent's id is ours and comes from task and fence, so a repeated start meets its own conflict
 * and adopts; a retry on an open pull request is a further run of the same agent.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Agent, Assignable, CancelOutcome, StartOutcome } from "../ports/agent.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Session } from "../model/task.ts";
import { renderPrompt, renderTitle } from "./prompt.ts";
import { isEnded, isKeyRefused, report, toDoubtfulOutcome, toStartOutcome, toWatchReport } from "./report.ts";
import { createVendorHttp, type Answer, type VendorHttp, type VendorOptions } from "./vendor-http.ts";

export const cursorBaseUrl = "https://api.cursor.com";

/** `<agent>/<run>`; both go into a path. */
const sessionPattern = /^(?<agent>bc-[\w-]{1,100})\/(?<run>[\w-]{1,100})$/;

const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);
const CursorAgent = z.object({ id: z.string(), url: text, status: text, latestRunId: text });
const CursorRun = z.object({
  id: z.string(),
  status: z.string(),
  result: text,
  git: z
    .object({ branches: z.array(z.object({ branch: text, prUrl: text })) })
    .nullish()
    .catch(null)
    .transform((git) => git?.branches ?? []),
});
const Created = z.object({ agent: CursorAgent, run: z.object({ id: z.string() }) });
const CreatedRun = z.object({ run: z.object({ id: z.string() }) });

/** The Cursor agent system; `model` is the configured one, null leaves the choice to Cursor. */
export function createCursor(options: VendorOptions & { readonly model?: string | null }): Agent {
  const http = createVendorHttp(options, {
    vendor: "Cursor",
    keyVariable: "CURSOR_API_KEY",
    authorization: { authorization: `Bearer ${options.key}` },
  });
  return {
    async start(assignable) {
      const followUp = await continueAgent(http, assignable);
      return followUp ?? startAgent(http, assignable, options.model ?? null);
    },
    watch: (session) => watchRun(http, session),
    cancel: (session) => cancelRun(http, session),
  };
}

/** `bc-<uuid>` as Cursor's own ids look, from what makes this assignment unique. */
function toAgentId(assignable: Assignable): string {
  const hex = createHash("sha256").update(`${assignable.task}\n${assignable.fence}`).digest("hex");
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `bc-${groups.join("-")}-${hex.slice(20, 32)}`;
}

async function startAgent(http: VendorHttp, assignable: Assignable, model: string | null): Promise<StartOutcome> {
  const agentId = toAgentId(assignable);
  const { continues } = assignable;
  const created = await http.call({
    method: "POST",
    path: "/v1/agents",
    headers: { "idempotency-key": agentId },
    body: {
      agentId,
      name: renderTitle(assignable),
      prompt: { text: renderPrompt(assignable) },
      ...(model === null ? {} : { model: { id: model } }),
      repos: [
        {
          url: toRepositoryUrl(assignable),
          startingRef: continues?.branch ?? assignable.defaultBranch,
        },
      ],
      workOnCurrentBranch: continues !== null,
      // The pull request of a branch that is gone on with is open already, unless the work was only begun.
      autoCreatePR: continues === null || continues.isBegun === true,
      // With a user's key the pull request would be the user's own, who then could not approve it.
      openAsCursorGithubApp: true,
    },
    schema: Created,
  });
  if (created.kind === "ok") {
    const { agent, run } = created.body;
    return { kind: "started", session: { id: `${agent.id}/${run.id}`, url: agent.url } };
  }
  // The id may be taken, by us: 409; 422 after an edit; or any other no, while an earlier call landed without an answer.
  const mayExist = created.kind === "refused" && !isKeyRefused(created);
  return mayExist ? adoptAgent(http, agentId, created) : toStartOutcome(created);
}

/** Where the issue is, the repository is too, also on a GitHub of one's own. */
function toRepositoryUrl({ url, repository }: Assignable): string {
  return /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/issues\/\d+$/.exec(url)?.[1] ?? `https://github.com/${repository}`;
}

async function adoptAgent(
  http: VendorHttp,
  agentId: string,
  refusal: Parameters<typeof toStartOutcome>[0],
): Promise<StartOutcome> {
  const seen = await readAgent(http, agentId);
  if (seen.kind === "unknown") return toStartOutcome(seen);
  if (seen.kind === "refused") return seen.status === 404 ? toStartOutcome(refusal) : toDoubtfulOutcome(seen);
  const { latestRunId, url } = seen.body;
  if (latestRunId === null) return { kind: "unknown", reason: "Cursor has the agent, but not its first run yet." };
  return { kind: "started", session: { id: `${agentId}/${latestRunId}`, url } };
}

function readAgent(http: VendorHttp, agentId: string): Promise<Answer<z.output<typeof CursorAgent>>> {
  return http.call({ method: "GET", path: `/v1/agents/${agentId}`, schema: CursorAgent });
}

/**
 * Gives the agent that made the pull request a further run. A run that is newer than the one we go on from is what an
 * earlier call of this start made, whose answer was lost. Null: the agent is gone, so a fresh one is due.
 */
async function continueAgent(http: VendorHttp, assignable: Assignable): Promise<StartOutcome | null> {
  const before = parseSession(assignable.continues?.session ?? null);
  if (before === null) return null;
  const seen = await readAgent(http, before.agent);
  if (seen.kind === "unknown") return toStartOutcome(seen);
  if (seen.kind === "refused") return seen.status === 404 ? null : toDoubtfulOutcome(seen);
  if (seen.body.status === "ARCHIVED") return null;
  const { url } = seen.body;
  const latest = seen.body.latestRunId ?? before.run;
  if (latest !== before.run) return { kind: "started", session: { id: `${before.agent}/${latest}`, url } };
  const created = await http.call({
    method: "POST",
    path: `/v1/agents/${before.agent}/runs`,
    headers: { "idempotency-key": toAgentId(assignable) },
    body: { prompt: { text: renderPrompt(assignable) } },
    schema: CreatedRun,
  });
  if (created.kind !== "ok") return toStartOutcome(created);
  return { kind: "started", session: { id: `${before.agent}/${created.body.run.id}`, url } };
}

function parseSession(session: Session | null): { readonly agent: string; readonly run: string } | null {
  const groups = sessionPattern.exec(session?.id ?? "")?.groups;
  const { agent, run } = groups ?? {};
  return agent === undefined || run === undefined ? null : { agent, run };
}

const states: ReadonlyMap<string, SessionReport["state"]> = new Map([
  ["CREATING", "queued"],
  ["RUNNING", "running"],
  ["FINISHED", "succeeded"],
  ["ERROR", "failed"],
  ["CANCELLED", "cancelled"],
  ["EXPIRED", "failed"],
]);

async function watchRun(http: VendorHttp, session: Session): Promise<SessionReport> {
  const name = parseSession(session);
  if (name === null) return report("not_found", session, { reason: "This is not the name of a run at Cursor." });
  const seen = await http.call({
    method: "GET",
    path: `/v1/agents/${name.agent}/runs/${name.run}`,
    schema: CursorRun,
  });
  if (seen.kind !== "ok") return toWatchReport(seen, session);
  const { status, result, git } = seen.body;
  const pushed = git.find(({ prUrl }) => prUrl !== null) ?? git.find(({ branch }) => branch !== null);
  const state = states.get(status) ?? "unknown";
  return report(state, session, {
    pullUrl: pushed?.prUrl ?? null,
    branch: pushed?.branch ?? null,
    reason: toReason(state, status, result ?? ""),
  });
}

function toReason(state: SessionReport["state"], status: string, result: string): string | null {
  if (state === "unknown") return "Cursor names a state of the run that is not known.";
  if (state === "cancelled") return "The run was cancelled at Cursor.";
  if (state !== "failed") return null;
  if (status === "EXPIRED") return "The run reached the time limit of Cursor.";
  return result === "" ? "Cursor gave no reason." : result.slice(0, 500);
}

async function cancelRun(http: VendorHttp, session: Session): Promise<CancelOutcome> {
  const name = parseSession(session);
  if (name === null) return { kind: "ended", report: await watchRun(http, session) };
  const path = `/v1/agents/${name.agent}/runs/${name.run}/cancel`;
  const asked = await http.call({ method: "POST", path, schema: null });
  if (asked.kind === "unknown") return { kind: "unknown", reason: asked.reason };
  // 409: it is not to be cancelled, most likely because it has ended. 404: there is none. A look tells.
  const seen = await watchRun(http, session);
  if (isEnded(seen.state)) return { kind: "ended", report: seen };
  if (asked.kind === "ok") return { kind: "requested" };
  if (asked.status === 409) return { kind: "cannot", reason: asked.reason };
  return { kind: "unknown", reason: asked.reason };
}
