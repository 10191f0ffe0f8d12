/**
 * Bifrost: our own agents, each in a Sprite of its own. The Sprite's name comes from task and fence, so a repeated start
 * finds it; every step of a start may be done twice. A program in the Sprite leaves its outcome in a file, and the Sprite
 * is destroyed when that is seen.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Agent, Assignable, CancelOutcome, StartOutcome } from "../ports/agent.ts";
import type { Journal } from "../ports/journal.ts";
import type { SessionReport } from "../model/observation.ts";
import type { Session } from "../model/task.ts";
import { renderPrompt } from "./prompt.ts";
import {
  isEnded,
  isKeyRefused,
  report,
  toDoubt,
  toDoubtfulOutcome,
  toSettledCancel,
  toStartOutcome,
  toWatchReport,
} from "./report.ts";
import { networkRules, renderRunner, spriteFiles, spriteFolder } from "./sprite-program.ts";
import { createVendorHttp, type Answer, type Refused, type VendorHttp, type VendorOptions } from "./vendor-http.ts";

export const spritesBaseUrl = "https://api.sprites.dev";

export interface BifrostOptions extends VendorOptions {
  /** `agents[].command`: the shell command that the Sprite runs; null is Bifrost itself. */
  readonly command: string | null;
}

const namePattern = /^orchestrate-[a-z0-9-]{1,60}$/;
const service = "agent";
const defaultCommand = 'bifrost run --prompt "$ORCHESTRATE_PROMPT" --outcome "$ORCHESTRATE_OUTCOME"';
/** A Sprite may have to be built first; its own SDK waits as long. */
const createTimeoutMs = 120_000;

const Sprite = z.object({ name: z.string(), url: z.string().nullish().catch(null) });
const Service = z.object({
  state: z
    .object({ status: z.string().catch("unknown"), error: z.string().nullish().catch(null) })
    .nullish()
    .catch(null),
});
const Room = z.object({ running_limit: z.number().int().min(0).nullable().catch(null) });
const text = z.string().nullish().catch(null);
const Outcome = z.object({
  state: z.enum(["succeeded", "failed", "waiting"]),
  pullUrl: text,
  branch: text,
  reason: text,
  question: text,
});

/** The Bifrost agent system. */
export function createBifrost(options: BifrostOptions): Agent {
  const http = createVendorHttp(options, {
    vendor: "Sprites",
    keyVariable: "SPRITES_TOKEN",
    authorization: { authorization: `Bearer ${options.key}` },
  });
  return {
    start: (assignable) => startSprite(http, assignable, options.command ?? defaultCommand),
    async watch(session) {
      const seen = await watchSprite(http, session);
      if (isEnded(seen.state) && seen.state !== "not_found") await destroy(http, session.id, options.journal);
      return seen;
    },
    cancel: (session) => cancelSprite(http, session, options.journal),
    runningLimit: () => readRunningLimit(http),
  };
}

/** The organisation's limit of Sprites that run at once, which the list of Sprites tells beside them. Rejects without an answer. */
async function readRunningLimit(http: VendorHttp): Promise<number | null> {
  const seen = await http.call({ method: "GET", path: "/v1/sprites?max_results=1", schema: Room });
  if (seen.kind !== "ok") throw new Error(seen.reason);
  return seen.body.running_limit;
}

/** Unique for (task, fence), readable for people, and short enough for a host name. */
function toSpriteName(assignable: Assignable): string {
  const digest = createHash("sha256").update(assignable.task).digest("hex").slice(0, 10);
  return `orchestrate-${assignable.number}-${digest}-${assignable.fence}`;
}

async function startSprite(http: VendorHttp, assignable: Assignable, command: string): Promise<StartOutcome> {
  const name = toSpriteName(assignable);
  const sprite = await createOrAdopt(http, name);
  if (sprite.kind !== "ok") return toStartOutcome(sprite);
  const started: StartOutcome = { kind: "started", session: { id: name, url: sprite.body.url ?? null } };
  const running = await readService(http, name);
  if (running.kind === "ok") return started;
  if (running.kind === "unknown" || running.status !== 404) return toDoubtfulOutcome(running);
  const failure = await equip(http, name, { assignable, command });
  if (failure === null) return started;
  // A Sprite that nothing runs in would wait for ever; when nobody knows, the next start goes on with it.
  if (failure.kind === "refused") await http.call({ method: "DELETE", path: `/v1/sprites/${name}`, schema: null });
  return toStartOutcome(failure);
}

async function createOrAdopt(http: VendorHttp, name: string): Promise<Answer<z.output<typeof Sprite>>> {
  const created = await http.call({
    method: "POST",
    path: "/v1/sprites",
    body: { name, labels: ["orchestrate"] },
    timeoutMs: createTimeoutMs,
    schema: Sprite,
  });
  // Whatever the no says, an earlier call may have made it and lost its answer.
  if (created.kind !== "refused" || isKeyRefused(created)) return created;
  const existing = await http.call({ method: "GET", path: `/v1/sprites/${name}`, schema: Sprite });
  if (existing.kind !== "refused") return existing;
  return existing.status === 404 ? created : toDoubt(existing);
}

function readService(http: VendorHttp, name: string): Promise<Answer<z.output<typeof Service>>> {
  return http.call({ method: "GET", path: `/v1/sprites/${name}/services/${service}`, schema: Service });
}

interface Equipment {
  readonly assignable: Assignable;
  readonly command: string;
}

/** Policy first, then the files, the program last: it must never run without its fence. Null: all is in place. */
async function equip(
  http: VendorHttp,
  name: string,
  { assignable, command }: Equipment,
): Promise<Exclude<Answer<unknown>, { kind: "ok" }> | null> {
  const path = `/v1/sprites/${name}`;
  const job = {
    repository: assignable.repository,
    number: assignable.number,
    startingBranch: assignable.continues?.branch ?? assignable.defaultBranch,
    continues: assignable.continues?.isBegun === true ? null : (assignable.continues?.branch ?? null),
    task: assignable.task,
    attempt: assignable.attempt,
    fence: assignable.fence,
  };
  const steps: readonly Parameters<VendorHttp["call"]>[0][] = [
    { method: "POST", path: `${path}/policy/network`, body: { rules: networkRules }, schema: null },
    writeStep(path, spriteFiles.prompt, renderPrompt(assignable)),
    writeStep(path, spriteFiles.job, JSON.stringify(job)),
    writeStep(path, spriteFiles.runner, renderRunner(command)),
    {
      method: "PUT",
      path: `${path}/services/${service}`,
      // The answer streams the log of the service; one second of it is enough.
      query: { duration: "1s" },
      body: { cmd: "/bin/sh", args: [spriteFiles.runner], dir: spriteFolder },
      schema: null,
    },
  ];
  for (const step of steps) {
    const answer = await http.call(step);
    if (answer.kind !== "ok" && !isServiceThere(answer, step.path)) return answer;
  }
  return null;
}

function writeStep(path: string, file: string, content: string): Parameters<VendorHttp["call"]>[0] {
  const query = { path: file, workingDir: "/", mkdirParents: "true" };
  return { method: "PUT", path: `${path}/fs/write`, query, body: content, schema: null };
}

/** An earlier call whose answer was lost made the service. */
function isServiceThere(answer: Refused | { readonly kind: "unknown" }, path: string): boolean {
  return answer.kind === "refused" && answer.status === 409 && path.endsWith(`/services/${service}`);
}

async function watchSprite(http: VendorHttp, session: Session): Promise<SessionReport> {
  if (!namePattern.test(session.id)) {
    return report("not_found", session, { reason: "This is not the name of a Sprite of ours." });
  }
  const left = await http.call({
    method: "GET",
    path: `/v1/sprites/${session.id}/fs/read`,
    query: { path: spriteFiles.outcome, workingDir: "/" },
    schema: Outcome,
  });
  if (left.kind === "ok") return toReport(session, left.body);
  if (left.kind === "unknown" || left.status !== 404) return toWatchReport(left, session);
  // No outcome yet, or no Sprite: the file and the Sprite are both a 404.
  const running = await readService(http, session.id);
  if (running.kind === "ok") return toLiveReport(session, running.body);
  if (running.kind === "unknown" || running.status !== 404) return toWatchReport(running, session);
  const sprite = await http.call({ method: "GET", path: `/v1/sprites/${session.id}`, schema: Sprite });
  return sprite.kind === "ok" ? report("queued", session) : toWatchReport(sprite, session);
}

function toReport(session: Session, outcome: z.output<typeof Outcome>): SessionReport {
  const reason = outcome.reason ?? "The program gave no reason.";
  const question = outcome.question ?? "The program waits for an answer.";
  return report(outcome.state, session, {
    pullUrl: outcome.pullUrl ?? null,
    branch: outcome.branch ?? null,
    question: outcome.state === "waiting" ? question.slice(0, 2_000) : null,
    reason: outcome.state === "failed" ? reason.slice(0, 500) : null,
  });
}

function toLiveReport(session: Session, { state }: z.output<typeof Service>): SessionReport {
  if (state?.status === "failed") {
    return report("failed", session, { reason: `The program could not run: ${state.error ?? "no reason given"}` });
  }
  return report(state?.status === "starting" ? "queued" : "running", session);
}

/** Gone is gone: a Sprite that is not there runs nothing. */
async function cancelSprite(http: VendorHttp, session: Session, journal: Journal): Promise<CancelOutcome> {
  const seen = await watchSprite(http, session);
  const settled = toSettledCancel(seen);
  if (settled?.kind === "ended" && seen.state !== "not_found") await destroy(http, session.id, journal);
  if (settled !== null) return settled;
  const removed = await http.call({ method: "DELETE", path: `/v1/sprites/${session.id}`, schema: null });
  const isRemoved = removed.kind === "ok" || (removed.kind === "refused" && removed.status === 404);
  if (isRemoved) {
    return { kind: "ended", report: report("cancelled", session, { reason: "The Sprite was destroyed." }) };
  }
  return { kind: "unknown", reason: removed.reason };
}

/** A Sprite that stays costs storage but harms nothing, so the outcome is reported all the same. */
async function destroy(http: VendorHttp, name: string, journal: Journal): Promise<void> {
  const removed = await http.call({ method: "DELETE", path: `/v1/sprites/${name}`, schema: null });
  if (removed.kind === "ok" || (removed.kind === "refused" && removed.status === 404)) return;
  journal.warn("a Sprite could not be destroyed and is left behind", { sprite: name, reason: removed.reason });
}
