/** `mode: report`: a job says how its work went, to the App by OIDC, or onto the state branch where there is no App. */
import * as core from "@actions/core";
import type { ActionInputs, WorkReport } from "./inputs.ts";
import type { ActionOutcome } from "./outcome.ts";
import { connectionOf, type Runner } from "./runner.ts";
import { connect, findPlace } from "../connect.ts";
import { toTaskId } from "../model/ids.ts";
import type { SessionReport } from "../model/observation.ts";
import { patientTries, sendReport } from "./send-report.ts";
import { wireReport } from "../wire.ts";

type ReportInputs = Extract<ActionInputs, { readonly mode: "report" }>;

/** Rejects when the report did not arrive, with what the server says about it. */
export async function runReport(inputs: ReportInputs, runner: Runner): Promise<ActionOutcome> {
  if (inputs.url === null) return writeReport(inputs, runner);
  const { url, audience, report, fence } = inputs;
  const body = { ...toBody(report), ...(fence === null ? {} : { fence }) };
  const onRepeat = (message: string): void => core.info(`${message} It is sent again.`);
  await sendReport(
    { url, audience },
    { kind: report.kind, body, triesMax: patientTries, onRepeat },
    runner.surroundings,
  );
  return toOutcome(inputs.report, "recorded");
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
