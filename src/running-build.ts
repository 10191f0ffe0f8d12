/** Which commit of the program runs, for whoever asks the server. */
import { spawnSync } from "node:child_process";

const lengthMax = 100;

/** What `ORCHESTRATE_BUILD` says, for a machine without git; else the commit of the checkout. Undefined where neither tells. */
export function findBuild(env: NodeJS.ProcessEnv): string | undefined {
  const said = env["ORCHESTRATE_BUILD"]?.trim();
  if (said) return said.slice(0, lengthMax);
  const { status, stdout } = spawnSync("git", ["-C", import.meta.dirname, "rev-parse", "HEAD"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
