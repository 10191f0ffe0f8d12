/**
 * Sends messages to a webhook: one request each, signed as GitHub signs its own, with a bound on time and no redirect followed. Nothing
 * of the address or of what the receiver answers comes back in words.
 */
import { createHmac } from "node:crypto";
import type { Message } from "../model/alert.ts";
import type { AlertService } from "../ports/alert-service.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Journal } from "../ports/journal.ts";
import type { WriteOutcome } from "../ports/write-outcome.ts";
import type { Receiver } from "./address.ts";
import { toBody } from "./body.ts";

export interface WebhookOptions extends Receiver {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Receivers are to take a message at once and to work on it later. */
const timeoutMs = 10_000;
/** After an answer that names no time. */
const laterMs = 10_000;
const longestMs = 60 * 60_000;

class TimedOut extends Error {}

/** Makes the service of one process. */
export function createWebhookAlerts(options: WebhookOptions): AlertService {
  return {
    async notify(message) {
      const outcome = await send(options, message).catch(toFault);
      if (outcome.kind !== "written")
        options.journal.debug("The webhook did not take a message.", { id: message.id, reason: outcome.reason });
      return outcome;
    },
  };
}

async function send(options: WebhookOptions, message: Message): Promise<WriteOutcome> {
  const { url, secret, fetch, clock } = options;
  const body = toBody(message, url);
  const response = await withTimeout(clock, (signal) =>
    fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "orchestrate",
        "x-orchestrate-event": message.kind,
        "x-orchestrate-delivery": message.id,
        ...(secret !== undefined && { "x-hub-signature-256": signatureOf(body, secret) }),
      },
      body,
      // A followed redirect would carry the alert to a host that nobody has named.
      redirect: "manual",
      signal,
    }),
  );
  // The connection is free again only then; what it says is the receiver's own.
  await response.body?.cancel().catch(() => undefined);
  return toOutcome(response, clock.now());
}

/** As in GitHub's `X-Hub-Signature-256`, so that what checks theirs checks ours. */
function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

function toOutcome({ status, headers }: Response, now: number): WriteOutcome {
  if (status >= 200 && status < 300) return { kind: "written", commentNode: null };
  if (status >= 500 || status === 429 || status === 408 || status === 425) {
    const reason = status === 429 ? "it takes no more for now (429)." : `it answered with ${status}.`;
    return { kind: "delayed", reason, retryAfterMs: waitOf(headers.get("retry-after"), now) };
  }
  return { kind: "dropped", reason: refusalOf(status) };
}

function refusalOf(status: number): string {
  // A redirect that is not followed may come without its status.
  if (status < 400)
    return "it answered with a redirect, which is not followed. Set ORCHESTRATE_ALERT_WEBHOOK to the address that it leads to.";
  if (status === 404 || status === 410)
    return `nothing is there any more (${status}). Make a new webhook, and set ORCHESTRATE_ALERT_WEBHOOK to its address.`;
  if (status === 401 || status === 403)
    return `it does not let us in (${status}). Check ORCHESTRATE_ALERT_WEBHOOK and ORCHESTRATE_ALERT_SECRET.`;
  return `it refused the message (${status}). Check that it takes messages of this form.`;
}

/** Seconds, or an instant. */
function waitOf(text: string | null, now: number): number {
  if (text === null) return laterMs;
  const wish = /^\d{1,9}(?:\.\d+)?$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(wish) ? Math.min(Math.max(wish, 1_000), longestMs) : laterMs;
}

/** Errors of the network name the host, and those of an address all of it: only words of our own are told. */
function toFault(error: unknown): WriteOutcome {
  return { kind: "delayed", reason: `${describe(error)}.`, retryAfterMs: laterMs };
}

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: "its host refused the connection",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "its host has no address",
  EAI_AGAIN: "its host could not be looked up",
  ETIMEDOUT: "no connection came in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection came in time",
  UND_ERR_SOCKET: "the connection was cut",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is not trusted",
};

function describe(error: unknown): string {
  if (error instanceof TimedOut) return "no answer came in time";
  const { cause, code } = error as { readonly cause?: { readonly code?: unknown }; readonly code?: unknown };
  return codes[String(cause?.code ?? code)] ?? "the request failed";
}

async function withTimeout<Value>(clock: Clock, run: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController();
  const timeout = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(new TimedOut()), { once: true });
  });
  const timer = clock.after(timeoutMs, "webhook timeout", () => controller.abort());
  try {
    return await Promise.race([run(controller.signal), timeout]);
  } finally {
    timer.cancel();
  }
}
