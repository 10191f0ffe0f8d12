/** The command line in one folder of built files: a process of it begins in a third of the time that the sources take. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BundledCli {
  /** The file to run with node. */
  readonly file: string;
  /** Runs it to its end, in the folder for temporary files unless `cwd` is another, with no more environment than it is given. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, cwd?: string): Promise<Answer>;
  remove(): Promise<void>;
}

/** Builds it, without what serves and plays, which is the most of it. */
export async function makeCli(): Promise<BundledCli> {
  const directory = await mkdtemp(join(tmpdir(), "orchestrate-built-"));
  const build = await rolldown({
    cwd: resolve(import.meta.dirname, "../.."),
    input: "src/cli.ts",
    platform: "node",
    tsconfig: false,
    external: ["./demo.ts", "./server.ts"],
    onwarn: () => undefined,
  });
  await build.write({ dir: directory, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
  await build.close();
  const file = join(directory, "cli.mjs");
  return {
    file,
    run: (args, env = {}, cwd = tmpdir()) => start([file, ...args], { env, cwd }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function start(
  args: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      cwd,
      // Whatever the folder for temporary files lies in is no checkout of the test's.
      env: { PATH: process.env["PATH"], GIT_CEILING_DIRECTORIES: resolve(tmpdir(), ".."), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
  });
}
