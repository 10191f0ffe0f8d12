/** `orchestrate doctor`: whether a repository has all that Orchestrate needs. Reads only. */
import pino from "pino";
import { examine } from "./doctor.ts";
import type { Credentials } from "../connect.ts";
import { createLogJournal } from "../system-ports.ts";
import { systemSurroundings } from "../system-surroundings.ts";
import { UsageError } from "../usage-error.ts";
import { renderDoctorPage } from "../views/doctor-page.ts";

/** Prints what it finds. Returns 1 when something is broken, 0 when it works, also with warnings. */
export async function runDoctor(name: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  const { env } = process;
  const repository = name ?? env["GITHUB_REPOSITORY"] ?? "";
  if (!/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(repository))
    throw new UsageError("Say which repository, as owner/name, or set GITHUB_REPOSITORY.");
  const surroundings = systemSurroundings((fields) => createLogJournal(pino({ level: "silent" }), fields));
  const findings = await examine({
    connection: {
      credentials: readCredentials(env),
      baseUrl: env["GITHUB_API_URL"] ?? "https://api.github.com",
      fetch: surroundings.fetch,
    },
    repository,
    env,
    clock: surroundings.clock,
    journal: surroundings.journalFor({}),
  });
  process.stdout.write(`${options.json === true ? JSON.stringify({ findings }) : renderDoctorPage(findings)}\n`);
  return findings.some(({ level }) => level === "error") ? 1 : 0;
}

function readCredentials(env: NodeJS.ProcessEnv): Credentials {
  const [appId = "", privateKey = "", token = ""] = [env["APP_ID"], env["PRIVATE_KEY"], env["GITHUB_TOKEN"]];
  if (appId !== "" && privateKey !== "") return { kind: "app", appId, privateKey };
  if (token !== "") return { kind: "token", token };
  throw new UsageError("Set GITHUB_TOKEN, or APP_ID and PRIVATE_KEY of the GitHub App.");
}
