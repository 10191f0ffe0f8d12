/** Children of git: those that stay and answer one request after another, and those that run once. */
import { execFile, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** Looks for one whole answer at the start of the bytes; null when there is more to come. */
export type TakeAnswer<Answer> = (bytes: Buffer) => { readonly answer: Answer; readonly used: number } | null;

export interface GitChildOptions {
  readonly directory: string;
  readonly gitDirectory: string;
}

interface Waiting {
  /** Returns the bytes used, or null when the answer is not whole yet. */
  readonly offer: (bytes: Buffer) => number | null;
  readonly reject: (error: Error) => void;
}

/** A `git … --batch` or `--stdin` that stays open. Requests are answered in the order they were asked. */
export class GitChild {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Waiting[] = [];
  readonly #command: string;
  readonly #ended: Promise<void>;
  #bytes: Buffer = Buffer.alloc(0);
  #complaint = "";
  #isClosed = false;

  constructor(args: readonly string[], options: GitChildOptions) {
    this.#command = `git ${args.join(" ")}`;
    this.#child = spawn("git", args, {
      cwd: options.directory,
      env: gitEnvironment(options.gitDirectory),
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdout.on("data", (chunk: Buffer) => {
      this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
      this.#drain();
    });
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#complaint += chunk.toString("utf8");
    });
    // A write to a child that died is told by `close`, to whoever waits for an answer.
    this.#child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#fail(error);
        resolve();
      });
      this.#child.once("close", () => {
        this.#fail(null);
        resolve();
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends a request; rejects when git ends before it has answered. */
  ask<Answer>(request: string | Uint8Array, take: TakeAnswer<Answer>): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(new Error(`"${this.#command}" has ended: ${this.#complaint.trim()}`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        offer: (bytes) => {
          const taken = take(bytes);
          if (taken === null) return null;
          resolve(taken.answer);
          return taken.used;
        },
        reject,
      });
      this.#child.stdin.write(request);
    });
  }

  async close(): Promise<void> {
    if (!this.#isClosed) this.#child.stdin.end();
    await this.#ended;
  }

  #drain(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const used = first.offer(this.#bytes);
      if (used === null) return;
      this.#bytes = this.#bytes.subarray(used);
      this.#waiting.shift();
    }
  }

  #fail(cause: Error | null): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const error = new Error(`"${this.#command}" ended before it answered: ${this.#complaint.trim()}`, { cause });
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}

/** One line without its end. */
export function takeLine(bytes: Buffer): { readonly answer: string; readonly used: number } | null {
  const end = bytes.indexOf(0x0a);
  return end === -1 ? null : { answer: bytes.toString("utf8", 0, end), used: end + 1 };
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
