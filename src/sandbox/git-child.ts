/** Children of git: each runs once, for what only git itself can answer. */
import { execFile } from "node:child_process";

export interface GitChildOptions {
  readonly directory: string;
  readonly gitDirectory: string;
}

/** Runs git once. Exit codes in `accept` are answers; with any other it rejects, with what git said. */
export function runGit(
  args: readonly string[],
  options: GitChildOptions & { readonly accept?: readonly number[] },
): Promise<{ readonly code: number; readonly output: Buffer }> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      args,
      {
        cwd: options.directory,
        env: gitEnvironment(options.gitDirectory),
        encoding: "buffer",
        maxBuffer: 256 * 1024 * 1024,
      },
      (error, output, complaint) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === "number" && (options.accept ?? [0]).includes(code)) resolve({ code, output });
        else
          reject(new Error(`"git ${args.join(" ")}" failed: ${complaint.toString("utf8").trim()}`, { cause: error }));
      },
    );
  });
}

/** Nothing of the machine's or the user's configuration reaches git, so that the same run gives the same objects. */
function gitEnvironment(gitDirectory: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: gitDirectory,
    GIT_DIR: gitDirectory,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_COUNT: "4",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    // The repository lives as long as a run; syncing every object to disk would only cost time.
    GIT_CONFIG_KEY_1: "core.fsync",
    GIT_CONFIG_VALUE_1: "none",
    GIT_CONFIG_KEY_2: "gc.auto",
    GIT_CONFIG_VALUE_2: "0",
    GIT_CONFIG_KEY_3: "core.looseCompression",
    GIT_CONFIG_VALUE_3: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
    TZ: "UTC",
  };
}
