/** `mode: report`: a job says how its work went, to the App by OIDC, or onto the state branch where there is no App. */
import * as core from "@actions/core";
import type { ActionInputs, WorkReport } from "./action-inputs.ts";
import type { ActionOutcome } from "./action-outcome.ts";
import { connectionOf, type Runner } from "./action-runner.ts";
import { connect, findPlace } from "./connect.ts";
import { toTaskId } from "./model/ids.ts";
import type { SessionReport } from "./model/observation.ts";
import { toPlainLine } from "./views/markdown.ts";
import { wireReport } from "./wire.ts";

type ReportInputs = Extract<ActionInputs, { readonly mode: "report" }>;

/** A server that starts anew is back within this. */
const triesMax = 4;
const pauseMs = 5_000;

/** Rejects when the report did not arrive, with what the server says about it. */
export async function runReport(inputs: ReportInputs, runner: Runner): Promise<ActionOutcome> {
  if (inputs.url === null) return writeReport(inputs, runner);
  await sendReport(inputs.url, inputs, runner);
  return toOutcome(inputs.report, "recorded");
}

async function sendReport(url: string, inputs: ReportInputs, runner: Runner): Promise<void> {
  const { clock, fetch } = runner.surroundings;
  const { kind } = inputs.report;
  const address = `${url.replace(/\/+$/, "")}/orchestrator/${kind}`;
  const token = await identify(inputs.audience);
  const init = {
    method: "POST",
    // The token must not follow a redirect to somebody else.
    redirect: "error",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...toBody(inputs.report), ...(inputs.fence === null ? {} : { fence: inputs.fence }) }),
  } as const;
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(address, init).catch((error: unknown) => toError(address, error));
    if (response instanceof Response && response.ok) return;
    const isPassing = response instanceof Error || response.status >= 500 || response.status === 429;
    const failure = response instanceof Error ? response : await toRefusal(address, response);
    if (!isPassing || tries >= triesMax) throw failure;
    core.info(`${failure.message} It is sent again.`);
    await clock.sleep(tries * pauseMs, "report");
  }
}

/** Who the job is, signed by GitHub. */
async function identify(audience: string): Promise<string> {
  try {
    return await core.getIDToken(audience);
  } catch (error) {
    const message = "GitHub gives this job no identity token: add `id-token: write` to the permissions of the job.";
    throw new Error(message, { cause: error });
  }
}

/** As the App's routes take it; durations in seconds. */
function toBody(report: WorkReport): Readonly<Record<string, unknown>> {
  const { task: taskId, worker: workerId } = report;
  switch (report.kind) {
    case "complete":
      return {
        taskId,
        workerId,
        ...(report.durationMs === null ? {} : { duration: `${Math.round(report.durationMs / 1_000)}s` }),
        ...(report.costUsd === null ? {} : { cost: report.costUsd }),
        success: report.isSuccess,
      };
    case "fail":
      return { taskId, workerId, failureReason: report.reason, retriable: report.isRetriable };
    case "heartbeat":
      return { taskId, workerId };
  }
}

function toError(address: string, cause: unknown): Error {
  return new Error(`${address} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    cause,
  });
}

/** The server's own sentence, from its problem document where it sends one. */
async function toRefusal(address: string, response: Response): Promise<Error> {
  const text = await response.text().catch(() => "");
  const said = toPlainLine(readDetail(text) ?? text, 300);
  return new Error(`${address} answered ${response.status}${said === "" ? "" : `: ${said}`}.`);
}

function readDetail(text: string): string | null {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== "object" || problem === null) return null;
    const { detail, title } = problem as { readonly detail?: unknown; readonly title?: unknown };
    return typeof detail === "string" ? detail : typeof title === "string" ? title : null;
  } catch {
    return null;
  }
}

async function writeReport(inputs: ReportInputs, runner: Runner): Promise<ActionOutcome> {
  const octokit = await connect(connectionOf(runner, inputs), runner.repository);
  const place = await findPlace(octokit, runner.repository);
  const [, repository = "", issue = ""] = inputs.report.task.split(":");
  const work = {
    task: toTaskId(repository, issue),
    worker: inputs.report.worker,
    fence: inputs.fence,
    run: runner.runId,
    report: toSessionReport(inputs.report, runner.runUrl),
  };
  return toOutcome(inputs.report, await wireReport(runner.surroundings, { place, octokit, work }));
}

function toSessionReport(report: WorkReport, runUrl: string): SessionReport {
  const nothing = { session: null, pullUrl: null, branch: null, question: null };
  if (report.kind === "fail") {
    const { reason, isRetriable } = report;
    const hopeless = isRetriable ? {} : { isHopeless: true as const };
    return { ...nothing, state: "failed", reason, costUsd: null, ...hopeless };
  }
  const { isSuccess, costUsd, durationMs } =
    report.kind === "complete" ? report : { isSuccess: true, costUsd: null, durationMs: null };
  const duration = durationMs === null ? {} : { durationMs };
  if (isSuccess) return { ...nothing, state: "succeeded", reason: null, costUsd, ...duration };
  return {
    ...nothing,
    state: "failed",
    reason: `The job says that it did not succeed: ${runUrl}`,
    costUsd,
    ...duration,
  };
}

function toOutcome({ kind, task, worker }: WorkReport, result: "recorded" | "not_ours"): ActionOutcome {
  if (result === "recorded") return { outputs: { outcome: "recorded" }, annotations: [], summary: "" };
  const message = `The report (${kind}) changed nothing: ${task} is not, or no longer, the work of ${worker} in this run.`;
  return { outputs: { outcome: "not-ours" }, annotations: [{ level: "warning", message }], summary: "" };
}
