/** The command line as a person or a program runs it: what is no command is refused, and what is one answers for programs too. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const cli = resolve(import.meta.dirname, "../../src/cli.ts");

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** In a folder of its own, where no `.env` lies about. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const cwd = await mkdtemp(join(tmpdir(), "orchestrate-cli-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), cli, ...args], {
      cwd,
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", fail).on("close", (code) => done({ code, stdout, stderr }));
  });
}

test.each(["nothing", "nothing --help", "nothing -h", "help nothing"])(
  "`orchestrate %s` is bad usage that names the command, so that a script does not take it for done",
  async (words) => {
    const { code, stdout, stderr } = await run(words.split(" "));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("unknown command 'nothing'");
  },
);

test.each([
  ["--help", /Usage: orchestrate \[options\] \[command\]/],
  ["help plan", /Usage: orchestrate plan/],
  ["token --help", /--json/],
])("`orchestrate %s` is still answered", async (words, text) => {
  const { code, stdout } = await run(words.split(" "));
  expect(code).toBe(0);
  expect(stdout).toMatch(text);
});

test("a token as JSON says what it is for, and is the token that is printed alone without", async () => {
  const env = { ORCHESTRATE_WORKER_SECRET: "0123456789abcdef0123456789abcdef" };
  const args = ["token", "--repository", "acme/shop", "--worker", "jules/1", "--fence", "12"];
  const [plain, json] = await Promise.all([run(args, env), run([...args, "--json"], env)]);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toEqual({
    token: plain.stdout.trim(),
    repository: "acme/shop",
    worker: "jules/1",
    fence: 12,
    expiresAt: null,
  });
});
