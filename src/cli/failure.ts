/** Everything that can go wrong on the way to a repository, as one sentence that says what to do. Never a stack, never a secret. */
import { StoreCorrupt } from "../branch/faults.ts";
import { CredentialsRefused, type Connection } from "../connect.ts";
import { classifyError, GithubFault } from "../github/classify-error.ts";
import { StoreTooNew, StoreUnavailable } from "../ports/store.ts";
import { TrackerUnavailable } from "../ports/tracker.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { describeInstant } from "../views/words.ts";

const sentenceMax = 600;
const reasonMax = 200;

/** What has failed for a reason that is already told as it should be. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}

export interface Failing {
  /** `owner/name`. */
  readonly repository: string;
  readonly connection: Connection;
  readonly now: number;
}

/** The error that the command line ends with. */
export function explainFailure(error: unknown, failing: Failing): Error {
  if (error instanceof UsageError || error instanceof CommandFailed) return error;
  return new CommandFailed(toPlainLine(describe(error, failing), sentenceMax), { cause: error });
}

function describe(error: unknown, failing: Failing): string {
  if (error instanceof CredentialsRefused) return describeRefusal(error, failing);
  if (error instanceof StoreTooNew || error instanceof StoreCorrupt) return error.message;
  const source = sourceOf(error);
  if (source === null) return error instanceof Error ? error.message : String(error);
  return describeFault(classifyError(source, failing.now), failing);
}

/** What GitHub, or the way to it, has thrown; null where it was something else. */
function sourceOf(error: unknown): unknown {
  if (error instanceof GithubFault) return error;
  if (error instanceof StoreUnavailable || error instanceof TrackerUnavailable)
    return error.cause === undefined ? null : error.cause;
  if (!(error instanceof Error)) return null;
  const isAnswer = "status" in error || "errors" in error || error.message.startsWith("fetch failed");
  return isAnswer || /^(?:TimeoutError|AbortError)$/.test(error.name) ? error : null;
}

function describeRefusal({ status }: CredentialsRefused, { connection, repository }: Failing): string {
  const app = connection.credentials.kind === "app" ? connection.credentials.appId : "";
  return status === 404
    ? `The App ${app} is not installed on ${repository}: install it there, or set GITHUB_TOKEN instead of APP_ID and PRIVATE_KEY.`
    : `GitHub does not accept the key of the App ${app}: set PRIVATE_KEY to the whole PEM file that belongs to this APP_ID.`;
}

function describeFault(fault: GithubFault, { repository, connection, now }: Failing): string {
  const said = toPlainLine(reasonOf(fault), reasonMax);
  switch (fault.kind) {
    case "gone":
      return `There is no repository ${repository}, or these credentials may not see it: check its name, and that the token may read it or the App is installed on it.`;
    case "forbidden":
      return fault.status === 401
        ? "GitHub refuses the credentials: they have expired, were revoked, or are not whole. Set a current GITHUB_TOKEN, or APP_ID and PRIVATE_KEY."
        : `GitHub does not allow this with these credentials (${said}): \`orchestrate doctor ${repository}\` names the permissions that are needed.`;
    case "limited":
      return `GitHub's rate limit for these credentials is spent: run this again after ${describeInstant(now + fault.retryAfterMs + 60_000)}.`;
    case "retry":
      return `GitHub does not answer at ${new URL(connection.baseUrl).origin} (${said}): check the network and GITHUB_API_URL, then run this again.`;
    case "invalid":
      return `GitHub refuses the request (${said}): run \`orchestrate doctor ${repository}\` to see what is not in place.`;
  }
}

/** GitHub's own words, or those of the network, without ours around them. */
function reasonOf({ cause, message }: GithubFault): string {
  return cause instanceof Error ? cause.message : message;
}
