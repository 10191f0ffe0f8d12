/** What the environment says of where alerts are sent, and what is wrong with it. */
import { findAddressProblem, findSecretProblem, type Receiver } from "./webhook/address.ts";

/** What keeps alerts from being sent, as a sentence that repeats no secret; null when nothing does. */
export function findAlertProblem(env: NodeJS.ProcessEnv): string | null {
  const { ORCHESTRATE_ALERT_WEBHOOK: url, ORCHESTRATE_ALERT_SECRET: secret } = env;
  const address = url ? findAddressProblem(url) : null;
  if (address !== null) return `ORCHESTRATE_ALERT_WEBHOOK ${address}`;
  const problem = secret ? findSecretProblem(secret) : null;
  return problem === null ? null : `ORCHESTRATE_ALERT_SECRET ${problem}`;
}

/** Nothing where no address is set, or none that may be used. */
export function readAlertSettings(env: NodeJS.ProcessEnv): { readonly alertReceiver?: Receiver } {
  const { ORCHESTRATE_ALERT_WEBHOOK: url, ORCHESTRATE_ALERT_SECRET: secret } = env;
  if (!url || findAlertProblem(env) !== null) return {};
  return { alertReceiver: { url, ...(secret ? { secret } : {}) } };
}
