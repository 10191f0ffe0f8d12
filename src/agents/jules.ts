/**
 * Jules. It takes no id of ours, so a session is found again by its title; a retry on an open pull request is a message
 * to the same session, found again by our mark in its activities. There is no way to end a session from outside.
 */
import { renderMark } from "../model/mark.ts";
import type { Agent, Assignable, CancelOutcome, StartOutcome } from "../ports/agent.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Session } from "../model/task.ts";
import {
  findByTitle,
  findSource,
  JulesSession,
  readActivities,
  sessionNamePattern,
  type JulesActivity,
} from "./jules-api.ts";
import { renderPrompt, renderTitle } from "./prompt.ts";
import { report, toDoubt, toDoubtfulOutcome, toSettledCancel, toStartOutcome, toWatchReport } from "./report.ts";
import { createVendorHttp, type Answer, type Refused, type VendorHttp, type VendorOptions } from "./vendor-http.ts";

export const julesBaseUrl = "https://jules.googleapis.com/v1alpha";

/** A message that nothing was done about for this long counts as ignored, and the old end of the session as true. */
const silenceMs = 15 * 60_000;
const questionMax = 2_000;
const reasonMax = 500;

/** The Jules agent system. */
export function createJules(options: VendorOptions): Agent {
  const http = createVendorHttp(options, {
    vendor: "Jules",
    keyVariable: "JULES_API_KEY",
    authorization: { "x-goog-api-key": options.key },
  });
  const sources = new Map<string, string>();

  function watch(session: Session): Promise<SessionReport> {
    return watchJules(http, session, options.clock.now());
  }

  return {
    async start(assignable) {
      const followUp = await continueSession(http, assignable);
      return followUp ?? startSession(http, assignable, sources);
    },
    watch,
    async cancel(session): Promise<CancelOutcome> {
      const settled = toSettledCancel(await watch(session));
      if (settled !== null) return settled;
      const where = session.url === null ? "on its page" : `at ${session.url}`;
      return { kind: "cannot", reason: `Jules has no way to end a session from outside; end it ${where}.` };
    },
  };
}

/** Writes to the session that made the pull request. Null: there is none that would listen, so a fresh one is due. */
async function continueSession(http: VendorHttp, assignable: Assignable): Promise<StartOutcome | null> {
  const before = assignable.continues?.session ?? null;
  if (before === null || !sessionNamePattern.test(before.id)) return null;
  const seen = await http.call({ method: "GET", path: `/${before.id}`, schema: JulesSession });
  if (seen.kind !== "ok") return isGone(seen) ? null : toDoubtfulOutcome(seen);
  if (seen.body.state === "FAILED") return null;
  const sent = await sendOnce(http, before.id, assignable);
  if (sent.kind === "ok") return { kind: "started", session: toSession(seen.body) };
  return isGone(sent) ? null : toStartOutcome(sent);
}

/** Sends the prompt, unless an earlier call whose answer was lost did. */
async function sendOnce(http: VendorHttp, name: string, assignable: Assignable): Promise<Answer<unknown>> {
  const activities = await readActivities(http, name);
  if (activities.kind !== "ok") return isGone(activities) ? activities : toDoubt(activities);
  const mark = renderMark(assignable);
  if (activities.body.some(({ userMessaged }) => hasMark(userMessaged?.userMessage ?? "", mark))) return activities;
  const body = { prompt: renderPrompt(assignable) };
  return http.call({ method: "POST", path: `/${name}:sendMessage`, body, schema: null });
}

/** The mark as a whole: `fence=1` is not in `fence=12`. */
function hasMark(message: string, mark: string): boolean {
  return message.includes(`${mark} -->`) || message.includes(`\`${mark}\``);
}

/** The session is no more, or takes no messages. */
function isGone(answer: Refused | { readonly kind: "unknown" }): boolean {
  return answer.kind === "refused" && [400, 404, 409].includes(answer.status) && answer.retryAfterMs === null;
}

async function startSession(
  http: VendorHttp,
  assignable: Assignable,
  sources: Map<string, string>,
): Promise<StartOutcome> {
  const title = renderTitle(assignable);
  const earlier = await findByTitle(http, title);
  if (earlier.kind !== "ok") return toDoubtfulOutcome(earlier);
  if (earlier.body !== null) return { kind: "started", session: toSession(earlier.body) };
  const source = await resolveSource(http, assignable.repository, sources);
  if (typeof source !== "string") return source;
  const created = await http.call({
    method: "POST",
    path: "/sessions",
    body: {
      prompt: renderPrompt(assignable),
      title,
      sourceContext: {
        source,
        githubRepoContext: { startingBranch: assignable.continues?.branch ?? assignable.defaultBranch },
      },
      requirePlanApproval: false,
      // Without it Jules ends with a patch and no pull request.
      automationMode: "AUTO_CREATE_PR",
    },
    schema: JulesSession,
  });
  if (created.kind === "ok") return { kind: "started", session: toSession(created.body) };
  if (created.kind === "refused" && created.status === 404) sources.delete(assignable.repository);
  return toStartOutcome(created);
}

async function resolveSource(
  http: VendorHttp,
  repository: string,
  sources: Map<string, string>,
): Promise<string | StartOutcome> {
  const known = sources.get(repository);
  if (known !== undefined) return known;
  const found = await findSource(http, repository);
  if (found.kind !== "ok") return toStartOutcome(found);
  if (found.body === null) {
    const reason = `Jules does not see ${repository}; install the Jules GitHub App on it.`;
    return { kind: "refused", reason, retryAfterMs: null };
  }
  sources.set(repository, found.body);
  return found.body;
}

function toSession(session: JulesSession): Session {
  return { id: session.name, url: session.url };
}

const states: ReadonlyMap<string, SessionReport["state"]> = new Map([
  ["QUEUED", "queued"],
  ["PLANNING", "running"],
  ["IN_PROGRESS", "running"],
  ["AWAITING_PLAN_APPROVAL", "waiting"],
  ["AWAITING_USER_FEEDBACK", "waiting"],
  ["PAUSED", "waiting"],
  ["COMPLETED", "succeeded"],
  ["FAILED", "failed"],
]);

async function watchJules(http: VendorHttp, session: Session, now: number): Promise<SessionReport> {
  if (!sessionNamePattern.test(session.id)) {
    return report("not_found", session, { reason: "This is not the name of a Jules session." });
  }
  const seen = await http.call({ method: "GET", path: `/${session.id}`, schema: JulesSession });
  if (seen.kind !== "ok") return toWatchReport(seen, session);
  const current = toSession(seen.body);
  const found = toFound(seen.body);
  const state = states.get(seen.body.state) ?? "unknown";
  if (state === "unknown") {
    return report(state, current, { ...found, reason: "Jules names a state of the session that is not known." });
  }
  if (state === "queued" || state === "running") return report(state, current, found);
  const activities = await readActivities(http, session.id);
  // Without them an end could be that of an earlier attempt on the same session.
  if (activities.kind !== "ok") return report("unknown", current, { ...found, reason: activities.reason });
  if (state === "waiting") {
    return report(state, current, { ...found, question: toQuestion(seen.body.state, activities.body) });
  }
  if (hasOpenMessage(activities.body, now)) return report("running", current, found);
  return report(state, current, { ...found, reason: state === "failed" ? toReason(activities.body) : null });
}

/** The last pull request that the session shows; follow-ups go on with the same. */
function toFound({ outputs }: JulesSession): { readonly pullUrl: string | null; readonly branch: string | null } {
  const pull = outputs.findLast(({ pullRequest }) => pullRequest !== null)?.pullRequest ?? null;
  return { pullUrl: pull?.url ?? null, branch: pull?.headRef ?? null };
}

function toReason(activities: readonly JulesActivity[]): string {
  const said = activities.findLast(({ sessionFailed }) => sessionFailed !== null)?.sessionFailed?.reason ?? "";
  return said === "" ? "Jules gave no reason." : said.slice(0, reasonMax);
}

function toQuestion(state: string, activities: readonly JulesActivity[]): string {
  if (state === "PAUSED") return "The session is paused; resume it at Jules.";
  const asked = activities.findLast(({ agentMessaged }) => agentMessaged !== null)?.agentMessaged?.agentMessage ?? "";
  if (asked !== "" && state === "AWAITING_USER_FEEDBACK") return asked.slice(0, questionMax);
  return state === "AWAITING_PLAN_APPROVAL"
    ? "Jules waits for the approval of its plan."
    : "Jules waits for an answer.";
}

/**
 * Right after a message the session still shows its former end. The end counts only when Jules did something after the
 * last message, or let it lie for a quarter of an hour.
 */
function hasOpenMessage(activities: readonly JulesActivity[], now: number): boolean {
  const last = activities.at(-1);
  if (last === undefined || last.userMessaged === null) return false;
  const at = Date.parse(last.createTime);
  return Number.isNaN(at) || now - at < silenceMs;
}
