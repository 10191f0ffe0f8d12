/**
 * Tokens of single workers: what a worker may say, signed with the App's secret. Nothing is stored; another secret revokes them all.
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { WorkerId } from "../model/ids.ts";
import { isSame } from "./authenticate.ts";
import type { WorkerClaims } from "./caller.ts";
import { unauthorised } from "./problem.ts";

export const workerTokenPrefix = "ow1.";

/** Bound into the signature, so that the secret signs nothing else by accident. */
const purpose = "orchestrate worker token 1\n";

const Payload = z.strictObject({
  repository: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  worker: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\/[1-9]\d{0,3}$/),
  fence: z.number().int().min(1).nullable(),
  expiresAt: z.number().int().nullable(),
});

/** The token of a worker. Throws a sentence where repository or worker are none. */
export function mintWorkerToken(
  secret: string,
  claims: Omit<WorkerClaims, "worker"> & { readonly worker: string },
): string {
  const parsed = Payload.safeParse(claims);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".") ?? "";
    throw new Error(
      `The ${field} is not understood: a repository is owner/name, a worker <agent>/<n> such as jules/1.`,
    );
  }
  const payload = Buffer.from(JSON.stringify(parsed.data)).toString("base64url");
  return `${workerTokenPrefix}${payload}.${sign(secret, payload)}`;
}

/** What a token says, if the App's secret has signed it. Throws a 401 otherwise, and when it has expired. */
export function readWorkerToken(secret: string, token: string, now: number): WorkerClaims {
  const [payload = "", signature = "", ...rest] = token.slice(workerTokenPrefix.length).split(".");
  if (rest.length > 0 || !isSame(signature, sign(secret, payload))) {
    throw unauthorised("This worker token is not of this App, or its secret has changed since. Make a new one.");
  }
  const claims = Payload.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  if (claims.expiresAt !== null && claims.expiresAt <= now) {
    throw unauthorised("This worker token has expired. Make a new one.");
  }
  return { ...claims, worker: claims.worker as WorkerId };
}

function sign(secret: string, payload: string): string {
  return createHmac("sha256", secret).update(purpose).update(payload).digest("base64url");
}
