/** `orchestrate start`: the App on Probot's own server. Refuses to start without what keeps it safe. */
import { readFile } from "node:fs/promises";
import pino from "pino";
import { ProbotOctokit, run, type Options } from "probot";
import { createApplication } from "./app.ts";
import type { Fetch } from "./ports/fetch.ts";
import { createLogJournal, createSystemChance, createSystemClock } from "./system-ports.ts";
import type { Surroundings } from "./wire.ts";

/** Runs until the process is asked to stop. Returns 1 at once when the environment is not fit. */
export async function runServer(options: { readonly json?: boolean }): Promise<number> {
  const { env } = process;
  const isSetUp = await hasCredentials(env);
  if (isSetUp && !env["WEBHOOK_SECRET"]) {
    process.stderr.write(
      "orchestrate: WEBHOOK_SECRET is not set, so anybody could send webhooks. Set it to the secret of the GitHub App's webhook and start again.\n",
    );
    return 1;
  }
  if (options.json) env["LOG_FORMAT"] = "json";
  const log = pino({ level: env["LOG_LEVEL"] ?? "info" });
  const application = createApplication(systemSurroundings((fields) => createLogJournal(log, fields)));
  const server = await run(
    async (app, appOptions) => {
      await application.load(app, appOptions);
      // Without credentials this is Probot's setup page, which has no installations to find.
      if (isSetUp) void application.start();
    },
    { env, Octokit: unthrottled } as Parameters<typeof run>[1],
  );
  await stopSignal();
  application.stop();
  await server.stop();
  return 0;
}

/** Pace and repetition are the program's own. */
const unthrottled = ProbotOctokit.defaults({ throttle: { enabled: false }, retry: { enabled: false } }) as NonNullable<
  Options["Octokit"]
>;

async function hasCredentials(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (env["APP_ID"] && (env["PRIVATE_KEY"] || env["PRIVATE_KEY_PATH"])) return true;
  const file = await readFile(".env", "utf8").catch(() => "");
  return /^APP_ID=./m.test(file);
}

/** A request that never ends would hold its effect under way for ever. */
const requestTimeoutMs = 30_000;

export const boundedFetch: Fetch = (input, init) =>
  globalThis.fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(requestTimeoutMs) });

/** The real machine as surroundings; vendor keys only where this process is to call vendors itself. */
export function systemSurroundings(journalFor: Surroundings["journalFor"]): Surroundings {
  const { env } = process;
  const chance = createSystemChance();
  return {
    owner: `${env["HOSTNAME"] ?? "app"}-${chance.id()}`,
    clock: createSystemClock(),
    chance,
    fetch: boundedFetch,
    vendorKeys: { jules: env["JULES_API_KEY"], cursor: env["CURSOR_API_KEY"], bifrost: env["SPRITES_TOKEN"] },
    vendorBaseUrls: { jules: env["JULES_BASE_URL"], cursor: env["CURSOR_BASE_URL"], bifrost: env["SPRITES_BASE_URL"] },
    journalFor,
  };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
