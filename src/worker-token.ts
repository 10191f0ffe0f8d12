/** `orchestrate token`: the token of one worker, to report with. Needs the App's secret, and asks nobody. */
import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import { findWorkerSecretProblem } from "./http/authenticate.ts";
import { mintWorkerToken } from "./http/worker-token.ts";
import { createSystemClock } from "./system-ports.ts";
import { UsageError } from "./usage-error.ts";

export interface TokenOptions {
  readonly repository: string;
  readonly worker: string;
  readonly fence?: number;
  readonly days?: number;
  readonly json?: boolean;
}

const dayMs = 86_400_000;

/** Prints the token on a line of its own, or with what it is for as JSON, and returns 0. Rejects with what is wrong with the options or the secret. */
export async function runToken({ repository, worker, days, json, ...options }: TokenOptions): Promise<number> {
  const env = { ...process.env, ...parseEnv(await readFile(".env", "utf8").catch(() => "")) };
  const secret = env["ORCHESTRATE_WORKER_SECRET"] ?? "";
  if (secret === "") {
    throw new UsageError(
      "ORCHESTRATE_WORKER_SECRET is not set. Set it, or put it into .env, as it is where the App runs.",
    );
  }
  const problem = findWorkerSecretProblem(secret);
  if (problem !== null) throw new UsageError(problem);
  const expiresAt = days === undefined ? null : createSystemClock().now() + days * dayMs;
  const fence = options.fence ?? null;
  try {
    const token = mintWorkerToken(secret, { repository, worker, fence, expiresAt });
    const expires = expiresAt === null ? null : new Date(expiresAt).toISOString();
    const answer = { token, repository, worker, fence, expiresAt: expires };
    process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : `${token}\n`);
    return 0;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
