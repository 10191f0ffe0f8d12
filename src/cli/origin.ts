/** Which repository the git checkout is of that one stands in, by its remote `origin`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Git answers from a file; it hangs only where something is wrong with the disk. */
const patienceMs = 5_000;
/** `https://host/owner/name.git`, `ssh://git@host/owner/name.git`, `git@host:owner/name.git`. */
const remotePattern =
  /^(?:(?:https?|ssh|git):\/\/(?:[^@/\s]+@)?(?<host>[^/@\s]+)\/|(?:[^@/\s]+@)?(?<sshHost>[^/@:\s]+):)(?<owner>[\w.-]{1,100})\/(?<name>[\w.-]{1,100}?)(?:\.git)?\/?$/;

/** `owner/name` of the remote, where it is on `host`; null where it is elsewhere, is not understood, or there is none. */
export function repositoryOf(remote: string, host: string): string | null {
  const { host: webHost, sshHost, owner, name } = remotePattern.exec(remote.trim())?.groups ?? {};
  if (owner === undefined || name === undefined) return null;
  return (webHost ?? sshHost ?? "").toLowerCase() === host.toLowerCase() ? `${owner}/${name}` : null;
}

/** The same of the checkout around the working directory. Null also where there is no git. */
export async function findOrigin(host: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)("git", ["remote", "get-url", "origin"], { timeout: patienceMs });
    return repositoryOf(stdout, host);
  } catch {
    // No checkout, no remote or no git: then the name has to be said.
    return null;
  }
}
