/**
 * The embedded Jules: sources, sessions, messages and activities over the paths of `v1alpha`. As the real one it takes no
 * id of the client's, has no way to end a session, and shows the former end for a moment after a message.
 */
import {
  answer,
  toBody,
  toIso,
  toObject,
  toPage,
  toText,
  type Door,
  type DoorOptions,
  type DoorRequest,
} from "./vendor-reply.ts";
import { isEnded, type VendorLogEntry, type VendorSession, type VendorState } from "./vendor-store.ts";

const states: Readonly<Record<VendorState, string>> = {
  queued: "QUEUED",
  running: "IN_PROGRESS",
  waiting: "AWAITING_USER_FEEDBACK",
  succeeded: "COMPLETED",
  failed: "FAILED",
  cancelled: "FAILED",
};

/** Google's names of the statuses that are used here. */
const statusNames: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  500: "INTERNAL",
  503: "UNAVAILABLE",
};

function problem(status: number, message: string): Response {
  return answer(status, { error: { code: status, message, status: statusNames[status] ?? "UNKNOWN" } });
}

/** The door of Jules. */
export function createJulesDoor(options: DoorOptions): Door {
  return (incoming) => {
    if (incoming.request.headers.get("x-goog-api-key") !== options.key) {
      return problem(401, "API key not valid. Please pass a valid API key.");
    }
    const route = `${incoming.request.method} ${incoming.path}`;
    if (route === "GET /sources") return listSources(options, incoming);
    if (route === "GET /sessions") return listSessions(options, incoming);
    if (route === "POST /sessions") return createSession(options, incoming);
    return answerSession(options, incoming);
  };
}

/** The routes of one session. */
function answerSession(options: DoorOptions, incoming: DoorRequest): Response {
  const match = /^\/(?<name>sessions\/\w+)(?<rest>\/activities|:\w+)?$/.exec(incoming.path)?.groups;
  const records = options.store.records("jules", match?.["name"] ?? "");
  const verb = `${incoming.request.method} ${match?.["rest"] ?? ""}`;
  if (records.length === 0) return problem(404, "Requested entity was not found.");
  if (verb === "GET ") return answer(200, toResource(options, records));
  if (verb === "GET /activities") return listActivities(records, incoming);
  if (verb === "POST :sendMessage") return sendMessage(options, records, incoming);
  return problem(404, "Requested entity was not found.");
}

function toSourceName(repository: string): string {
  return `sources/github/${repository}`;
}

function listSources({ repository }: DoorOptions, { url }: DoorRequest): Response {
  const [owner = "", repo = ""] = repository.split("/");
  const others = ["another", "third"].map((name) => ({ owner, repo: name }));
  const all = [...others, { owner, repo }].map((githubRepo) => ({
    name: toSourceName(`${githubRepo.owner}/${githubRepo.repo}`),
    id: `github/${githubRepo.owner}/${githubRepo.repo}`,
    githubRepo: { ...githubRepo, isPrivate: false },
  }));
  const page = toPage(all, { ...toWish(url), sizeDefault: 30 });
  return answer(200, { sources: page.items, ...toNext(page.next) });
}

function toWish(url: URL): { readonly size: string | null; readonly token: string | null } {
  return { size: url.searchParams.get("pageSize"), token: url.searchParams.get("pageToken") };
}

function toNext(next: string | null): { readonly nextPageToken?: string } {
  return next === null ? {} : { nextPageToken: next };
}

function listSessions(options: DoorOptions, { url }: DoorRequest): Response {
  const newestFirst = options.store
    .sessions()
    .filter((session) => session.vendor === "jules" && !session.isFollowUp)
    .toReversed();
  const page = toPage(newestFirst, { ...toWish(url), sizeDefault: 30 });
  const sessions = page.items.map(({ id }) => toResource(options, options.store.records("jules", id)));
  // Protocol buffers leave an empty list out.
  return answer(200, { ...(sessions.length === 0 ? {} : { sessions }), ...toNext(page.next) });
}

function createSession(options: DoorOptions, incoming: DoorRequest): Response {
  const { store, script, repository } = options;
  const body = toBody(incoming.body);
  const context = toObject(body["sourceContext"]);
  const prompt = toText(body["prompt"]);
  const startingBranch = toText(toObject(context["githubRepoContext"])["startingBranch"]);
  if (prompt === null) return problem(400, "Request contains an invalid argument: prompt.");
  if (context["source"] !== toSourceName(repository)) return problem(404, "The source was not found.");
  if (startingBranch === null) return problem(400, "Request contains an invalid argument: starting_branch.");
  const start = { vendor: "jules", prompt, startingBranch, isFollowUp: false } as const;
  const admission = script.admit(start);
  if (admission !== "accepted") return problem(admission.refused.status, admission.refused.message);
  const session = store.begin({
    ...start,
    id: `sessions/${1_000_001 + store.sessions().length}`,
    title: toText(body["title"]) ?? prompt.slice(0, 60),
  });
  script.started(session);
  return answer(200, toResource(options, [session]));
}

function sendMessage(
  { store, script }: DoorOptions,
  records: readonly VendorSession[],
  incoming: DoorRequest,
): Response {
  const prompt = toText(toBody(incoming.body)["prompt"]);
  const last = records.at(-1);
  if (prompt === null || last === undefined) return problem(400, "Request contains an invalid argument: prompt.");
  if (!isEnded(last.state)) {
    store.note(last, "message", prompt);
    script.message(last, prompt);
    return answer(200, {});
  }
  const start = { vendor: "jules", prompt, startingBranch: last.startingBranch, isFollowUp: true } as const;
  const admission = script.admit(start);
  if (admission !== "accepted") return problem(admission.refused.status, admission.refused.message);
  script.started(store.begin({ ...start, id: last.id, title: last.title, follows: last }));
  return answer(200, {});
}

function toResource(options: DoorOptions, records: readonly VendorSession[]): unknown {
  const [first] = records;
  const last = records.at(-1);
  if (first === undefined || last === undefined) return {};
  // A follow-up that nobody has begun with: the session looks as it did at its end.
  const shown = last.isFollowUp && last.state === "queued" ? (records.at(-2) ?? last) : last;
  const number = first.id.slice("sessions/".length);
  return {
    name: first.id,
    id: number,
    title: first.title,
    prompt: first.prompt,
    state: states[shown.state],
    url: `${options.pageUrl}/session/${number}`,
    createTime: toIso(first.startedAt),
    updateTime: toIso(shown.updatedAt),
    sourceContext: {
      source: toSourceName(options.repository),
      githubRepoContext: { startingBranch: first.startingBranch },
    },
    automationMode: "AUTO_CREATE_PR",
    ...(last.pullUrl === null ? {} : { outputs: [toOutput(last)] }),
  };
}

function toOutput(session: VendorSession): unknown {
  return {
    pullRequest: {
      url: session.pullUrl,
      title: session.title,
      description: "",
      baseRef: session.startingBranch,
      headRef: session.branch,
    },
  };
}

function listActivities(records: readonly VendorSession[], { url }: DoorRequest): Response {
  const after = /^create_time>"(?<time>[^"]+)"$/.exec(url.searchParams.get("filter") ?? "")?.groups?.["time"];
  const since = after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(after);
  const all = records.flatMap((session) => session.log.map((entry) => ({ entry, id: session.id })));
  const shown = all.filter(({ entry }) => entry.kind !== "prompt" && entry.at > since);
  const page = toPage(shown, { ...toWish(url), sizeDefault: 50 });
  const activities = page.items.map(({ entry, id }) => ({
    name: `${id}/activities/${entry.index}`,
    id: String(entry.index),
    createTime: toIso(entry.at),
    originator: entry.kind === "message" ? "user" : "agent",
    ...toActivity(entry),
  }));
  return answer(200, { ...(activities.length === 0 ? {} : { activities }), ...toNext(page.next) });
}

function toActivity(entry: VendorLogEntry): Readonly<Record<string, unknown>> {
  switch (entry.kind) {
    case "prompt":
    case "message":
      return { userMessaged: { userMessage: entry.text } };
    case "question":
      return { agentMessaged: { agentMessage: entry.text } };
    case "running":
      return { progressUpdated: { title: "Working", description: entry.text } };
    case "succeeded":
      return { sessionCompleted: {} };
    case "failed":
    case "cancelled":
      return { sessionFailed: { reason: entry.text } };
  }
}
