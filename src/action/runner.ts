/** What a runner tells a job about itself, and the surroundings that the modes of the Action work in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as core from "@actions/core";
import type { ActionInputs } from "./inputs.ts";
import type { Connection } from "../connect.ts";
import { createGitConflicts } from "./git-merge-tree.ts";
import { meterFetch, type MeteredFetch } from "./metered-fetch.ts";
import { createLogJournal, type Logger } from "../system-ports.ts";
import type { Conflicts } from "../ports/conflicts.ts";
import { systemSurroundings } from "../system-surroundings.ts";
import { toPlainLine } from "../views/markdown.ts";
import type { Surroundings } from "../wire.ts";

export interface Runner {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly apiUrl: string;
  readonly eventName: string;
  /** Path of the file that holds the event's payload; empty where there is none. */
  readonly eventPath: string;
  /** The page of this run. */
  readonly runUrl: string;
  readonly env: NodeJS.ProcessEnv;
  readonly surroundings: Surroundings;
  readonly meter: MeteredFetch;
}

/** Keys of vendors that the workflow may hand over as environment; masked in the log whatever prints them. */
const secretNames = [
  "JULES_API_KEY",
  "CURSOR_API_KEY",
  "SPRITES_TOKEN",
  "ORCHESTRATE_HTTP_TOKEN",
  "ORCHESTRATE_ALERT_WEBHOOK",
  "ORCHESTRATE_ALERT_SECRET",
] as const;

/** Reads GitHub's own variables. Throws where one is missing: then this is no runner. */
export function readRunner(env: NodeJS.ProcessEnv, inputs: ActionInputs): Runner {
  maskSecrets(env, inputs);
  const repository = inputs.mode === "plan" ? "" : required(env, "GITHUB_REPOSITORY");
  const runId = env["GITHUB_RUN_ID"] ?? "0";
  const system = systemSurroundings((fields) => createLogJournal(readableLog, fields));
  const meter = meterFetch(system.fetch);
  return {
    repository,
    runId,
    apiUrl: env["GITHUB_API_URL"] ?? "https://api.github.com",
    eventName: env["GITHUB_EVENT_NAME"] ?? "",
    eventPath: env["GITHUB_EVENT_PATH"] ?? "",
    runUrl: `${env["GITHUB_SERVER_URL"] ?? "https://github.com"}/${repository}/actions/runs/${runId}`,
    env,
    surroundings: {
      ...system,
      owner: `run-${runId}-${env["GITHUB_RUN_ATTEMPT"] ?? "1"}-${env["GITHUB_JOB"] ?? "job"}`,
      fetch: meter.fetch,
      ...receiverOf(inputs),
      conflicts: inputs.mode === "cycle" || inputs.mode === "event" ? conflictsIn(env["GITHUB_WORKSPACE"] ?? "") : [],
    },
    meter,
  };
}

/**
 * A workflow that checks its repository out lets git say where a pull request conflicts; in any other GitHub's API is asked. Only for modes
 * that run before anything else has touched the checkout: an agent may have written to it.
 */
function conflictsIn(workspace: string): readonly Conflicts[] {
  return workspace !== "" && existsSync(join(workspace, ".git")) ? [createGitConflicts(workspace)] : [];
}

/** How a mode reaches GitHub from this runner. */
export function connectionOf(runner: Runner, inputs: Exclude<ActionInputs, { readonly mode: "plan" }>): Connection {
  return { credentials: inputs.credentials, baseUrl: runner.apiUrl, fetch: runner.surroundings.fetch };
}

/** Where an input says it, the environment does not count. */
function receiverOf(inputs: ActionInputs): Pick<Surroundings, "alertReceiver"> {
  return "alertReceiver" in inputs && inputs.alertReceiver ? { alertReceiver: inputs.alertReceiver } : {};
}

function maskSecrets(env: NodeJS.ProcessEnv, inputs: ActionInputs): void {
  const ours = secretNames.map((name) => env[name] ?? "");
  const { credentials } = inputs.mode === "plan" ? { credentials: null } : inputs;
  if (credentials?.kind === "token") ours.push(credentials.token);
  if (credentials?.kind === "app")
    ours.push(...credentials.privateKey.split("\n").filter((line) => !line.startsWith("-----")));
  ours.push(...Object.values(receiverOf(inputs).alertReceiver ?? {}));
  for (const secret of ours) if (secret.trim() !== "") core.setSecret(secret.trim());
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name] ?? "";
  if (value === "") throw new Error(`${name} is not set: this program runs as a step of a GitHub Actions job.`);
  return value;
}

/** Lines for the log of a run. A workflow command (`::…`) counts only where a line begins, and text from outside has no line ends here. */
const readableLog: Logger = {
  debug: (data, message) => core.debug(toLine(message, data)),
  info: (data, message) => core.info(toLine(message, data)),
  warn: (data, message) => core.info(`warning: ${toLine(message, data)}`),
  error: (data, message) => core.info(`error: ${toLine(message, data)}`),
};

function toLine(message: string, data: object): string {
  const { event: _event, repository: _repository, ...rest } = data as Readonly<Record<string, unknown>>;
  const facts = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  // A line that began with `::` would be a command to the runner.
  return toPlainLine(`${message}${facts}`, 4_000).replace(/^(?=::|##\[)/, " ");
}
