/** From a request of Node's server to a route and back: finds it, authenticates, reads the input, sends the answer or the problem. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { registerAgent, removeAgent, reviseAgent } from "./agents-change.ts";
import { listAgents, showAgent } from "./agents.ts";
import { authenticate } from "./authenticate.ts";
import { EventStream, eventStreamType, sendEvents } from "./event-stream.ts";
import { events } from "./events.ts";
import { listConflicts } from "./conflicts.ts";
import { resolveConflict } from "./conflicts-resolve.ts";
import { explain } from "./explain.ts";
import { findRoute, type Found } from "./find-route.ts";
import { healthz } from "./healthz.ts";
import { agentHeartbeat, heartbeat } from "./heartbeat.ts";
import { history } from "./history.ts";
import { metrics } from "./metrics.ts";
import { mode } from "./mode.ts";
import { openapi } from "./openapi.ts";
import { orchestrationReport } from "./orchestration-report.ts";
import { override } from "./override.ts";
import { Problem, toDocument } from "./problem.ts";
import { readBody } from "./read-input.ts";
import { complete, fail } from "./report.ts";
import { createReporters, type Reporters } from "./reporters.ts";
import { Answer, type Ground, type Route } from "./route.ts";
import { status } from "./status.ts";
import { submitTask } from "./tasks.ts";
import { visualization } from "./visualization.ts";

const described: readonly Route[] = [
  healthz,
  mode,
  override,
  listAgents,
  showAgent,
  registerAgent,
  reviseAgent,
  removeAgent,
  status,
  explain,
  orchestrationReport,
  visualization,
  events,
  history,
  metrics,
  complete,
  fail,
  heartbeat,
  agentHeartbeat,
  submitTask,
  listConflicts,
  resolveConflict,
];
const routes: readonly Route[] = [...described, openapi(described)];

/** Answers every request that reaches it, and says so: webhooks and Probot's own pages are asked before it. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<true>;

export function createHttpHandler(ground: Ground): HttpHandler {
  const reporters = createReporters(ground);
  return async (request, response) => {
    const [path = ""] = (request.url ?? "").split("?", 1);
    try {
      const found = findRoute(routes, path, request.method);
      const { route } = found;
      const answer = await answerWith(found, request, { ground, reporters });
      if (answer instanceof EventStream) goOn(request, response, { ground, answer, path });
      else send(response, { type: route.mediaType ?? "application/json", ...toSuccess(answer) });
    } catch (error) {
      const problem = error instanceof Problem ? error : unexpected(error, path, ground);
      const { status: code, headers } = problem;
      send(response, { status: code, type: "application/problem+json", body: toDocument(problem), headers });
    }
    return true;
  };
}

async function answerWith(
  { route, params }: Found,
  request: IncomingMessage,
  { ground, reporters }: { readonly ground: Ground; readonly reporters: Reporters },
): Promise<unknown> {
  if (route.access === "token") authenticate(request, ground.token);
  const caller = route.access === "reporter" ? await reporters.identify(request) : null;
  const key = readKey(request);
  const hasBody = route.method === "POST" || route.method === "PATCH";
  const input = hasBody ? await readBody(request) : readQuery(request);
  return route.answer({
    input,
    params,
    key,
    lastEventId: readLastEventId(request),
    caller,
    ground,
    bind: (who) => reporters.bindToken(who, digestOf(route, { params, input })),
  });
}

/** Names what a request asks for, however its JSON is spaced. */
function digestOf({ path }: Route, asked: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([path, asked]))
    .digest("hex");
}

function readQuery({ url = "" }: IncomingMessage): Readonly<Record<string, string>> {
  const start = url.indexOf("?");
  return start < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start + 1)));
}

function readKey(request: IncomingMessage): string | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key === "string" && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new Problem(400, "The header `Idempotency-Key` must be 1 to 128 visible ASCII characters, without spaces.");
}

/** A browser sends it empty before it has seen a first one. */
function readLastEventId({ headersDistinct }: IncomingMessage): string | null {
  return headersDistinct["last-event-id"]?.[0] || null;
}

/** Whoever asks only for the head hears that there is a stream, and not what is in it. */
function goOn(
  request: IncomingMessage,
  response: ServerResponse,
  { ground, answer, path }: { readonly ground: Ground; readonly answer: EventStream; readonly path: string },
): void {
  if (request.method === "HEAD") return send(response, { status: 200, type: eventStreamType, body: "" });
  const { clock } = ground;
  sendEvents(response, answer.source, { clock, failed: (error) => void unexpected(error, path, ground) });
}

function toSuccess(answer: unknown): Pick<Answer, "status" | "body"> {
  if (!(answer instanceof Answer)) return { status: 200, body: answer };
  const { status, body } = answer;
  return { status, body };
}

function unexpected(error: unknown, path: string, { journal }: Ground): Problem {
  journal.error("A request could not be answered.", { path, reason: String(error) });
  return new Problem(500, "Something went wrong in the App. Its log says what.");
}

function send(
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly type: string;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
): void {
  const text = typeof answer.body === "string" ? answer.body : `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.status, {
    "content-type": answer.type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...answer.headers,
  });
  response.end(text);
}
