/** Who may use the routes: whoever has the token. Nobody where none is set. */
import { createHash, timingSafeEqual } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { unauthorised } from "./problem.ts";

/** The name of the variable is in every message: it is what the operator can change. */
const variable = "ORCHESTRATE_HTTP_TOKEN";
const secretVariable = "ORCHESTRATE_WORKER_SECRET";
const tokenMin = 32;

/** What is wrong with a token, as a sentence without it; null when it may be used. */
export function findTokenProblem(token: string): string | null {
  return findSecretProblem(token, { variable, purpose: "the HTTP routes" });
}

/** The same of the secret that worker tokens are signed with. */
export function findWorkerSecretProblem(secret: string): string | null {
  return findSecretProblem(secret, { variable: secretVariable, purpose: "worker tokens" });
}

function findSecretProblem(
  secret: string,
  { variable: name, purpose }: { readonly variable: string; readonly purpose: string },
): string | null {
  if (secret.length >= tokenMin && /^[\x21-\x7e]+$/.test(secret)) return null;
  return `${name} must have at least ${tokenMin} characters, without spaces. Set it to what \`openssl rand -hex 32\` prints, or remove it to switch ${purpose} off, and start again.`;
}

/** Throws a 401 unless `request` brings `token`; always where it is null. */
export function authenticate(request: IncomingMessage, token: string | null): void {
  if (token === null) throw unauthorised(`These routes are switched off. Set ${variable} where the App runs.`);
  const sent = tokenOf(request);
  if (sent === null) throw unauthorised("Send the token of the App in a header: `Authorization: Bearer <token>`.");
  if (!isSame(sent, token)) throw unauthorised(`This is not the token of the App. Send what ${variable} holds there.`);
}

/** What the request brings as its token; null where there is none, or more than one. */
export function tokenOf(request: IncomingMessage): string | null {
  // Not from `headers`: see hideTokensFromLogs.
  const [value, ...others] = request.headersDistinct["authorization"] ?? [];
  if (value === undefined || others.length > 0) return null;
  return /^Bearer +(?<token>\S+)$/i.exec(value)?.groups?.["token"] ?? null;
}

/** Compares in a time that tells nothing of `right`, its length included. */
export function isSame(sent: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(sent), digest(right));
}

/**
 * Keeps tokens out of what Probot's server logs of each request: all of its `headers`, before any handler sees it. For the whole
 * process, from now on.
 */
export function hideTokensFromLogs(): void {
  subscribe("http.server.request.start", (message) => {
    delete (message as { readonly request: IncomingMessage }).request.headers.authorization;
  });
}
