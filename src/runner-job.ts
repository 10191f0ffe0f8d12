/** `orchestrate job`: one job of the agent workflow on a runner. Its inputs come from the environment, never from a shell. */
import { appendFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { z } from "zod";
import { playJob } from "./embed.ts";
import { createLogJournal, type Logger } from "./system-ports.ts";
import { systemSurroundings } from "./server.ts";
import { UsageError } from "./usage-error.ts";
import type { ClaimedWork } from "./wire.ts";

const Inputs = z.object({
  mode: z.enum(["start-agent", "watch"]),
  task: z.string().regex(/^gh:\d+:\d+$/),
  agent: z.string(),
  attempt: z.string(),
  fence: z.string().regex(/^\d+$/),
});

/** Returns 0 when the job did what it should, also when that was nothing because another run has the claim. */
export async function runRunnerJob(options: { readonly json?: boolean }): Promise<number> {
  const { env } = process;
  const log = options.json === true ? pino({ level: env["LOG_LEVEL"] ?? "info" }) : readableLog;
  const surroundings = systemSurroundings((fields) => createLogJournal(log, fields));
  const inputs = readInputs(required(env, "ORCHESTRATE_INPUTS"));
  let isClaimed = false;
  const result = await playJob({
    assertsEverything: false,
    ...surroundings,
    journal: surroundings.journalFor({ run: env["GITHUB_RUN_ID"] }),
    token: required(env, "GITHUB_TOKEN"),
    baseUrl: env["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: required(env, "GITHUB_REPOSITORY"),
    inputs,
    runId: required(env, "GITHUB_RUN_ID"),
    claimed(work) {
      isClaimed = true;
      handToSteps(env, work);
    },
  });
  // For the steps that follow in a workflow of the repository's own; without it they have nothing to do.
  writeOutput(env, { claimed: String(isClaimed) });
  return result === "success" ? 0 : 1;
}

/** What is safe in a step goes to its outputs; what holds other people's text, to a file. */
function handToSteps(env: NodeJS.ProcessEnv, { issue, worker, attempt, branch, prompt }: ClaimedWork): void {
  const file = join(env["RUNNER_TEMP"] ?? tmpdir(), "orchestrate-prompt.md");
  writeFileSync(file, prompt);
  const isSafe = /^[\w./-]+$/.test(branch);
  writeOutput(env, {
    issue: String(issue),
    worker,
    attempt: String(attempt),
    "prompt-file": file,
    ...(isSafe && { branch }),
  });
}

function writeOutput(env: NodeJS.ProcessEnv, outputs: Readonly<Record<string, string>>): void {
  const file = env["GITHUB_OUTPUT"];
  if (file === undefined || file === "") return;
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value.replaceAll(/[\r\n]/g, " ")}\n`);
  appendFileSync(file, lines.join(""));
}

/** Lines for the log of a workflow run, which people read. */
const readableLog: Logger = {
  debug: () => undefined,
  info: (data, message) => print(message, data),
  warn: (data, message) => print(`warning: ${message}`, data),
  error: (data, message) => print(`error: ${message}`, data),
};

/** A workflow command (`::…`) counts only where a line begins: text from outside has no line ends in JSON. */
function print(message: string, data: object): void {
  const { event: _event, run: _run, ...rest } = data as Readonly<Record<string, unknown>>;
  const facts = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  process.stdout.write(`${message.replaceAll(/\s+/g, " ")}${facts}\n`);
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") {
    throw new UsageError(
      `${name} is not set: this command runs in a job of the agent workflow (.github/workflows/orchestrate-agent.yml) or of one of your own (docs/custom-agent.md).`,
    );
  }
  return value;
}

/** The inputs of the dispatch, as GitHub's `toJSON(inputs)` gives them: untrusted text like any other. */
function readInputs(text: string): z.output<typeof Inputs> {
  try {
    return Inputs.parse(JSON.parse(text));
  } catch (error) {
    throw new UsageError("ORCHESTRATE_INPUTS does not hold the inputs of the agent workflow as JSON.", {
      cause: error,
    });
  }
}
