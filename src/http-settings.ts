/** What the environment says of who may use the HTTP routes, and what is wrong with it. */
import { findTokenProblem, findWorkerSecretProblem } from "./http/authenticate.ts";
import type { Surroundings } from "./wire.ts";

const githubIssuer = "https://token.actions.githubusercontent.com";
const defaultAudience = "orchestrate";

/** What keeps the routes from being opened safely, as a sentence; null when nothing does. */
export function findHttpProblem(env: NodeJS.ProcessEnv): string | null {
  const { ORCHESTRATE_HTTP_TOKEN: token, ORCHESTRATE_WORKER_SECRET: secret, ORCHESTRATE_OIDC_ISSUER: issuer } = env;
  const problem = (token ? findTokenProblem(token) : null) ?? (secret ? findWorkerSecretProblem(secret) : null);
  if (problem !== null) return problem;
  if (!issuer || URL.canParse(issuer)) return null;
  return "ORCHESTRATE_OIDC_ISSUER is not an address. Set it to the issuer of your server's job tokens, or remove it.";
}

/** The part of the surroundings that the HTTP routes stand on. */
export function readHttpSettings(env: NodeJS.ProcessEnv): Pick<Surroundings, "httpToken" | "reports"> {
  const { ORCHESTRATE_HTTP_TOKEN: httpToken, ORCHESTRATE_WORKER_SECRET: workerSecret } = env;
  const oidc = { issuer: issuerOf(env), audience: env["ORCHESTRATE_OIDC_AUDIENCE"] || defaultAudience };
  return { ...(httpToken ? { httpToken } : {}), reports: { ...(workerSecret ? { workerSecret } : {}), oidc } };
}

/** Who makes the tokens of jobs: GitHub, or the Enterprise Server that the App is on. */
function issuerOf(env: NodeJS.ProcessEnv): string {
  const { ORCHESTRATE_OIDC_ISSUER: own, GHE_HOST: host, GHE_PROTOCOL: protocol } = env;
  if (own) return own.replace(/\/+$/, "");
  return host ? `${protocol || "https"}://${host}/_services/token` : githubIssuer;
}
