/** `orchestrate start`: the App on Probot's own server. Refuses to start without what keeps it safe. */
import { createPrivateKey } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { parseEnv } from "node:util";
import { ProbotOctokit, run, type Options } from "probot";
import { findAlertProblem } from "./alert-settings.ts";
import { createApplication, type Application } from "./app.ts";
import { findHttpProblem } from "./http-settings.ts";
import { hideTokensFromLogs } from "./http/authenticate.ts";
import { createJsonLog } from "./json-log.ts";
import { findBuild } from "./running-build.ts";
import { createLogJournal } from "./system-ports.ts";
import { systemSurroundings } from "./system-surroundings.ts";

/** Runs until the process is asked to stop. Returns 1 at once when the environment is not fit. */
export async function runServer(options: { readonly json?: boolean }): Promise<number> {
  const { env } = process;
  // Probot reads the file too, but only after the checks; like Probot, the file wins over the environment.
  Object.assign(env, parseEnv(await readFile(".env", "utf8").catch(() => "")));
  const problem = await findProblem(env);
  if (problem !== null) {
    process.stderr.write(`orchestrate: ${problem}\n`);
    return 1;
  }
  if (options.json) env["LOG_FORMAT"] = "json";
  hideTokensFromLogs();
  const running: Application[] = [];
  const build = findBuild(env);
  const server = await run(
    // Not called without credentials: then Probot serves its setup page, and there are no installations to find.
    async (app, appOptions) => {
      const surroundings = systemSurroundings((fields) => createLogJournal(app.log, fields));
      const application = createApplication({ ...surroundings, ...(build !== undefined && { build }) });
      running.push(application);
      await application.load(app, appOptions);
    },
    { env, Octokit: unthrottled, ...logOf(env) } as Parameters<typeof run>[1],
  );
  // Only now: where the port cannot be had, nothing has begun, and the process ends.
  for (const application of running) void application.start();
  await stopSignal();
  await Promise.race([Promise.all(running.map((application) => application.part())), setTimeout(partingMs)]);
  for (const application of running) application.stop();
  await server.stop();
  globalThis.setTimeout(() => process.exit(0), partingMs).unref();
  return 0;
}

/** Probot makes the log, but for one in JSON; a log that goes to Sentry too only Probot can make. */
function logOf(env: NodeJS.ProcessEnv): { readonly log?: ReturnType<typeof createJsonLog> } {
  return env["LOG_FORMAT"] === "json" && !env["SENTRY_DSN"] ? { log: createJsonLog(env) } : {};
}

/**
 * What was done may be written down, and then requests under way may end, each for so long; whatever takes longer (the next try after an
 * outage) must not hold up the process.
 */
const partingMs = 3_000;

/** What keeps the App from being started safely, as a sentence; null when it may start, or be set up. */
async function findProblem(env: NodeJS.ProcessEnv): Promise<string | null> {
  const settingsProblem = findHttpProblem(env) ?? findAlertProblem(env);
  if (settingsProblem !== null) return settingsProblem;
  const id = env["APP_ID"] ?? "";
  if (id === "") {
    if (!env["PRIVATE_KEY"] && !env["PRIVATE_KEY_PATH"]) return null;
    return "A private key is set and APP_ID is not. Set APP_ID to the number that the GitHub App's settings show, and start again.";
  }
  if (!/^\d+$/.test(id))
    return "APP_ID is not a number. Copy the App ID (not the client ID) from the GitHub App's settings.";
  if (!env["WEBHOOK_SECRET"]) {
    return "WEBHOOK_SECRET is not set, so anybody could send webhooks. Set it to the secret of the GitHub App's webhook and start again.";
  }
  return findKeyProblem(env);
}

const wholeKeyAdvice = "Use the whole file that GitHub gave you, from -----BEGIN to -----END.";

/** The private key where Probot looks for it: the variable, the file it names, or the only *.pem here. */
async function findKeyProblem(env: NodeJS.ProcessEnv): Promise<string | null> {
  const inline = env["PRIVATE_KEY"];
  if (inline) return isKey(decodeKey(inline)) ? null : `PRIVATE_KEY is not a private key. ${wholeKeyAdvice}`;
  const files = env["PRIVATE_KEY_PATH"]
    ? [env["PRIVATE_KEY_PATH"]]
    : (await readdir(".")).filter((name) => name.endsWith(".pem"));
  const [file] = files;
  if (file === undefined) return "APP_ID is set and there is no private key. Set PRIVATE_KEY or PRIVATE_KEY_PATH.";
  if (files.length > 1)
    return `There are several keys here (${files.join(", ")}). Set PRIVATE_KEY_PATH to the right one.`;
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return `The private key ${file} cannot be read. Check PRIVATE_KEY_PATH.`;
  return isKey(text) ? null : `The file ${file} is not a private key. ${wholeKeyAdvice}`;
}

/** The key may be in base64, or have its line ends written out. */
function decodeKey(text: string): string {
  const plain = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("utf8");
  return plain.replaceAll("\\n", "\n").trim();
}

function isKey(text: string): boolean {
  // Probot puts the line ends back where an environment has made spaces of them.
  if (!text.trim().includes("\n"))
    return /^-----BEGIN [A-Z ]*PRIVATE KEY-----\s.+\s-----END [A-Z ]*PRIVATE KEY-----$/.test(text);
  try {
    return createPrivateKey(text).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

/** Pace and repetition are the program's own. */
const unthrottled = ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }) as NonNullable<
  Options["Octokit"]
>;

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
