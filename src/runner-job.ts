/** `orchestrate job`: one job of the agent workflow on a runner. Its inputs come from the environment, never from a shell. */
import pino from "pino";
import { z } from "zod";
import { runAgentJob } from "./play-job.ts";
import { createLogJournal, type Logger } from "./system-ports.ts";
import { systemSurroundings } from "./system-surroundings.ts";
import { UsageError } from "./usage-error.ts";

const Inputs = z.object({
  mode: z.enum(["start-agent", "watch"]),
  task: z.string().regex(/^gh:\d+:\d+$/),
  agent: z.string(),
  attempt: z.string(),
  fence: z.string().regex(/^\d+$/),
});

/** Returns 0 when the job did what it should, also when that was nothing because another run has the claim; rejects otherwise. */
export async function runRunnerJob(options: { readonly json?: boolean }): Promise<number> {
  const { env } = process;
  const log = options.json === true ? pino({ level: env["LOG_LEVEL"] ?? "info" }) : readableLog;
  const surroundings = systemSurroundings((fields) => createLogJournal(log, fields));
  const inputs = readInputs(required(env, "ORCHESTRATE_INPUTS"));
  await runAgentJob({
    assertsEverything: false,
    ...surroundings,
    journal: surroundings.journalFor({ run: env["GITHUB_RUN_ID"] }),
    credentials: { kind: "token", token: required(env, "GITHUB_TOKEN") },
    baseUrl: env["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: required(env, "GITHUB_REPOSITORY"),
    inputs,
    runId: required(env, "GITHUB_RUN_ID"),
  });
  return 0;
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
      `${name} is not set: this command runs in a job of the agent workflow (.github/workflows/orchestrate-agent.yml).`,
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
