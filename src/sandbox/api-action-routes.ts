/** REST routes of GitHub Actions: workflows, dispatches, runs. */
import { createHash } from "node:crypto";
import { neededText, numberParam, param } from "./api-call.ts";
import type { ApiCall } from "./api-call.ts";
import { anonymous } from "./api-credentials.ts";
import { ApiProblem, countedPage, noContent, notFound, ok, unprocessable } from "./api-reply.ts";
import type { Reply } from "./api-reply.ts";
import type { Method, Route } from "./api-router.ts";
import type { CheckRunRecord, WorkflowRecord, WorkflowRunRecord } from "./records.ts";
import { actionsApp } from "./repository-state.ts";
import { workflowJson, workflowRunJson } from "./rest-json-code.ts";

const actions = "/repos/:owner/:repo/actions";
const inputsMost = 25;

function route(method: Method, path: string, handle: Route["handle"]): Route {
  const level = method === "GET" ? "read" : "write";
  return { method, path: actions + path, auth: "token", needs: ["actions"], level, handle };
}

function workflowOf(call: ApiCall): WorkflowRecord {
  const wanted = param(call, "workflow");
  for (const workflow of call.state.workflows.values()) {
    const names = [String(workflow.id), workflow.path.split("/").at(-1), workflow.path];
    if (workflow.state === "active" && names.includes(wanted)) return workflow;
  }
  throw notFound();
}

function inputsOf(call: ApiCall): Readonly<Record<string, string>> {
  const { inputs } = call.body;
  if (inputs === undefined || inputs === null) return {};
  if (typeof inputs !== "object" || Array.isArray(inputs))
    throw unprocessable("Invalid request.\n\nInputs must be an object.");
  const entries = Object.entries(inputs);
  if (entries.length > inputsMost) {
    throw unprocessable(
      `Invalid request.\n\nNo more than ${inputsMost} properties are allowed; ${entries.length} were supplied.`,
    );
  }
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? value : String(value)]));
}

function dispatch(call: ApiCall): Reply {
  const workflow = workflowOf(call);
  const run = call.acts.dispatch(call.actor, {
    workflow: String(workflow.id),
    ref: neededText(call, "ref", "Workflow"),
    inputs: inputsOf(call),
  });
  if (call.body["return_run_details"] !== true) return noContent();
  const { url, html_url: page } = workflowRunJson(call.state, run) as { url: string; html_url: string };
  return ok({ workflow_run_id: run.id, run_url: url, html_url: page });
}

/** `>=T`, `<=T`, `>T`, `<T`, `A..B` or a day, as search takes dates. */
function isCreated(at: number, filter: string): boolean {
  const second = Math.floor(at / 1_000) * 1_000;
  const [from, to] = filter.split("..");
  if (from !== undefined && to !== undefined) {
    return (from === "*" || second >= Date.parse(from)) && (to === "*" || second <= Date.parse(to));
  }
  const [, sign = "", text = ""] = /^(>=|<=|>|<)?(.*)$/.exec(filter) ?? [];
  const bound = Date.parse(text);
  if (Number.isNaN(bound)) return true;
  const compare: Readonly<Record<string, boolean>> = {
    ">=": second >= bound,
    "<=": second <= bound,
    ">": second > bound,
    "<": second < bound,
  };
  return compare[sign] ?? new Date(second).toISOString().startsWith(text.slice(0, 10));
}

function listRuns(call: ApiCall, workflow: WorkflowRecord | null): Reply {
  const query = call.url.searchParams;
  const is = (name: string, values: readonly (string | null)[]): boolean =>
    !query.has(name) || values.includes(query.get(name));
  const found = [...call.state.workflowRuns.values()].filter(
    (run) =>
      (workflow === null || run.workflow.id === workflow.id) &&
      is("event", [run.event]) &&
      is("branch", [run.headBranch]) &&
      is("actor", [run.actor.login]) &&
      is("head_sha", [run.headSha]) &&
      // The same parameter asks for a status or a conclusion.
      is("status", [run.status, run.conclusion]) &&
      isCreated(run.createdAt, query.get("created") ?? ""),
  );
  return countedPage(found.toReversed(), call.url, {
    name: "workflow_runs",
    render: (run) => workflowRunJson(call.state, run),
  });
}

function runOf(call: ApiCall): WorkflowRunRecord {
  const run = call.state.workflowRuns.get(numberParam(call, "run"));
  if (run === undefined) throw notFound();
  return run;
}

/** The address of a job's log, good for a minute. Job and check run share one id. */
function jobLog(call: ApiCall): Reply {
  const run = call.state.checkRuns.get(numberParam(call, "job"));
  if (run === undefined || run.app.id !== actionsApp.id || run.log === null) throw notFound();
  const location = `${call.state.htmlUrl}/_job-logs/${run.id}.txt?sig=${signatureOf(run)}`;
  return { status: 302, headers: { location } };
}

/** The store of files knows signatures and no tokens: a request that brings one is refused, as the real one does. */
function storedLog(call: ApiCall): Reply {
  const run = call.state.checkRuns.get(Number(param(call, "file").replace(/\.txt$/, "")));
  const isSigned = run !== undefined && call.url.searchParams.get("sig") === signatureOf(run);
  if (!isSigned || run.log === null) throw new ApiProblem(403, "Server failed to authenticate the request.");
  if (call.credential !== anonymous)
    throw new ApiProblem(400, "Authentication information is not given in the correct format.");
  return { status: 200, body: run.log, headers: { "content-type": "text/plain; charset=utf-8" } };
}

function signatureOf(run: CheckRunRecord): string {
  return createHash("sha256").update(run.node).digest("hex").slice(0, 32);
}

function cancel(call: ApiCall): Reply {
  call.acts.cancelRun(runOf(call).id);
  return { status: 202, body: {} };
}

export const actionRoutes: readonly Route[] = [
  // There are none that could be listed; neither a job nor the App has the permission to try.
  {
    ...route("GET", "/secrets", (call) => countedPage([], call.url, { name: "secrets", render: (one) => one })),
    needs: ["secrets"],
  },
  route("GET", "/workflows", (call) =>
    countedPage([...call.state.workflows.values()], call.url, {
      name: "workflows",
      render: (workflow) => workflowJson(call.state, workflow),
    }),
  ),
  route("GET", "/workflows/:workflow", (call) => ok(workflowJson(call.state, workflowOf(call)))),
  route("POST", "/workflows/:workflow/dispatches", dispatch),
  route("GET", "/workflows/:workflow/runs", (call) => listRuns(call, workflowOf(call))),
  route("GET", "/runs", (call) => listRuns(call, null)),
  route("GET", "/runs/:run", (call) => ok(workflowRunJson(call.state, runOf(call)))),
  route("POST", "/runs/:run/cancel", cancel),
  route("GET", "/jobs/:job/logs", jobLog),
  { method: "GET", path: "/_job-logs/:file", auth: "anyone", isFree: true, handle: storedLog },
];
