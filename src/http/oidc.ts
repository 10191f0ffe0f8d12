/** Tokens that GitHub Actions makes for a job: checked against the issuer's public keys, and read as what they say of the job. */
import { createRemoteJWKSet, customFetch, decodeJwt, errors, jwtVerify, type JWTPayload } from "jose";
import { z } from "zod";
import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { JobClaims } from "./caller.ts";
import { Problem, unauthorised } from "./problem.ts";

export interface OidcOptions {
  /** `https://token.actions.githubusercontent.com`; at an Enterprise Server `https://HOST/_services/token`. */
  readonly issuer: string;
  readonly audience: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** Reads a token. Rejects with a 401 that says what is wrong with it, and with a 503 where the keys cannot be had. */
export type VerifyJob = (token: string) => Promise<JobClaims>;

/** Clocks of servers differ by a little. */
const toleranceSeconds = 30;

/** Ids are numbers in text, so that none is rounded. */
const digits = z.string().regex(/^\d{1,20}$/);

const Claims = z.object({
  jti: z.string().min(1).max(200),
  exp: z.number(),
  repository_id: digits,
  repository: z.string().max(300),
  run_id: digits,
  event_name: z.string().max(100),
  workflow_ref: z.string().max(1_000),
});

/** A reader of tokens that fetches the issuer's keys when it needs them, and keeps them for some minutes. */
export function createOidcVerifier({ issuer, audience, fetch, clock }: OidcOptions): VerifyJob {
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`), {
    [customFetch]: (url, init) => fetch(url, init),
  });
  return async (token) => {
    // Before the keys are asked for: a token of anybody else costs no request.
    if (issuerOf(token) !== issuer) throw refused(`it is not made by ${issuer}.`);
    const currentDate = new Date(clock.now());
    const checks = { issuer, audience, algorithms: ["RS256"], currentDate, clockTolerance: toleranceSeconds };
    try {
      const { payload } = await jwtVerify(token, keys, { ...checks, requiredClaims: ["exp", "nbf"] });
      return toClaims(payload);
    } catch (error) {
      throw explain(error, audience);
    }
  };
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw refused("it is not a JSON Web Token.");
  }
}

function toClaims(payload: JWTPayload): JobClaims {
  const read = Claims.safeParse(payload);
  if (!read.success) throw refused(`it does not say ${String(read.error.issues[0]?.path[0] ?? "what it must")}.`);
  const { data } = read;
  return {
    id: data.jti,
    expiresAt: (data.exp + toleranceSeconds) * 1_000,
    repositoryId: data.repository_id,
    repository: data.repository,
    run: data.run_id,
    event: data.event_name,
    workflow: data.workflow_ref,
  };
}

function refused(why: string): Problem {
  return unauthorised(`The job's token is refused: ${why}`);
}

function explain(error: unknown, audience: string): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof errors.JWTExpired) return refused("it has expired. Ask for a new one with each report.");
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return refused(`it is not for the audience "${audience}".`);
    return refused(error.claim === "nbf" ? "it is not valid yet." : `its claim ${error.claim} is wrong.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return refused("its signature is not GitHub's.");
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return refused("it is not signed with RS256.");
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return refused("it is malformed.");
  if (error instanceof errors.JOSENotSupported) return refused("it asks for what is not supported.");
  const detail = "GitHub's public keys could not be read, so the token could not be checked. Send the report again.";
  const problem = new Problem(503, detail, { "retry-after": "10" });
  problem.cause = error;
  return problem;
}
