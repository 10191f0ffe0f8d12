/** Who may use the routes: whoever has the token. Nobody where none is set. */
import { createHash, timingSafeEqual } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

/** The name of the variable is in every message: it is what the operator can change. */
const variable = "ORCHESTRATE_HTTP_TOKEN";
const tokenMin = 32;

/** What is wrong with a token, as a sentence without it; null when it may be used. */
export function findTokenProblem(token: string): string | null {
  if (token.length >= tokenMin && /^[\x21-\x7e]+$/.test(token)) return null;
  return `${variable} must have at least ${tokenMin} characters, without spaces. Set it to what \`openssl rand -hex 32\` prints, or remove it to switch the HTTP routes off, and start again.`;
}

/** Throws a 401 unless `request` brings `token`; always where it is null. */
export function authenticate(request: IncomingMessage, token: string | null): void {
  if (token === null) throw unauthorised(`These routes are switched off. Set ${variable} where the App runs.`);
  const sent = tokenOf(request);
  if (sent === null) throw unauthorised("Send the token of the App in a header: `Authorization: Bearer <token>`.");
  if (!isSame(sent, token)) throw unauthorised(`This is not the token of the App. Send what ${variable} holds there.`);
}

function unauthorised(detail: string): Problem {
  return new Problem(401, detail, { "www-authenticate": 'Bearer realm="orchestrate"' });
}

/** Null where there is none, or more than one. */
function tokenOf(request: IncomingMessage): string | null {
  // Not from `headers`: see hideTokensFromLogs.
  const [value, ...others] = request.headersDistinct["authorization"] ?? [];
  if (value === undefined || others.length > 0) return null;
  return /^Bearer +(?<token>\S+)$/i.exec(value)?.groups?.["token"] ?? null;
}

/** In a time that tells nothing of `right`, its length included. */
function isSame(sent: string, right: string): boolean {
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
