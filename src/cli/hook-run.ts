/**
 * `orchestrate hook run`: what a hook of git does. It holds a push against its base, runs the command that the user has configured for this
 * clone, and leaves what went wrong where whoever works there finds it. The command is the user's own; nothing else reaches a shell.
 */
import { spawn } from "node:child_process";
import { branchOf, findClone, issueOf, settingOf, type Clone } from "./clone.ts";
import { CommandFailed } from "./failure.ts";
import { feedbackPath, lastLines, removeFeedback, renderFinding, toSafeLine, writeFeedback } from "./hook-feedback.ts";
import { isHookKind, settingsOf, type HookKind } from "./hook-kind.ts";
import { holdAgainstBase, readPushed, type Clash } from "./merge-gate.ts";
import { readText } from "./read-text.ts";
import { createSystemClock } from "../system-ports.ts";
import { UsageError } from "../usage-error.ts";
import { toCode, toPlainLine } from "../views/markdown.ts";

/** Of a longer output the end is kept. */
const outputMax = 256 * 1024;
/** A commit does not wait longer for a report of it. */
const reportMs = 20_000;
const filesMax = 20;

interface Refusal {
  readonly facts: readonly string[];
  readonly output: string;
  /** What the user reads. */
  readonly sentence: string;
  /** What Orchestrate is told, in a line. */
  readonly note: string;
}

/** Returns 0 where git may go on. Rejects with a sentence where it may not. `args` are those that git gives its hook. */
export async function runHook(kind: string, args: readonly string[]): Promise<number> {
  if (!isHookKind(kind)) throw new UsageError("The hook is pre-commit or pre-push.");
  const clone = await findClone(process.cwd());
  const pushed = kind === "pre-push" ? readPushed(await readText("-", "list of what is pushed")) : [];
  if (kind === "pre-push" && pushed.length === 0) return 0;
  const branch = await branchOf(clone);
  const path = feedbackPath(clone, branch);
  const refusal = (await refuseClash(clone, args[0] ?? "origin", pushed)) ?? (await refuseFailure(clone, kind));
  if (refusal === null) {
    if (await removeFeedback(path)) await report(clone, branch, `${kind}: passes again`);
    return 0;
  }
  const head = (await clone.ask("rev-parse", "--short", "HEAD")) ?? "nothing yet";
  const at = new Date(createSystemClock().now()).toISOString();
  const { facts, output } = refusal;
  await writeFeedback(path, renderFinding({ hook: kind, branch, head, at, facts, output }));
  await report(clone, branch, `${kind}: ${refusal.note}`);
  throw new CommandFailed(`${refusal.sentence} What went wrong is in ${toPlainLine(path, 1_000)}`);
}

async function refuseClash(
  clone: Clone,
  remote: string,
  pushed: Parameters<typeof holdAgainstBase>[2],
): Promise<Refusal | null> {
  const { clashes, unknown } = await holdAgainstBase(clone, remote, pushed);
  if (unknown !== null) tell(`${unknown} So the push was not held against it.`);
  const [first] = clashes;
  if (first === undefined) return null;
  // A remote may be an address, with a password in it.
  const base = toSafeLine(`${remote}/${first.base}`, 200);
  return {
    facts: clashes.map(describeClash),
    output: "",
    sentence: `Nothing was pushed: ${clashes.map(describeBriefly).join("; ")}. Merge ${base} and push again; \`git push --no-verify\` pushes all the same.`,
    note: `conflicts with ${base} in ${filesIn(first)}`,
  };
}

function describeClash({ branch, base, files }: Clash): string {
  const shown = files.slice(0, filesMax).map((file) => toCode(file));
  return `${toCode(branch)} conflicts with ${toCode(base)} in ${shown.join(", ")}${restOf(files)}`;
}

function describeBriefly(clash: Clash): string {
  return `${toPlainLine(clash.branch)} conflicts with ${toPlainLine(clash.base)} in ${filesIn(clash)}`;
}

function filesIn({ files }: Clash): string {
  return (
    files
      .slice(0, filesMax)
      .map((file) => toPlainLine(file))
      .join(", ") + restOf(files)
  );
}

function restOf(files: readonly string[]): string {
  return files.length > filesMax ? ` and ${files.length - filesMax} more` : "";
}

async function refuseFailure(clone: Clone, kind: HookKind): Promise<Refusal | null> {
  const command = await settingOf(clone, settingsOf(kind).command);
  if (command === "") return null;
  const { code, output } = await runCommand(clone, command);
  if (code === 0) return null;
  const what = toSafeLine(command, 200);
  const last = toSafeLine(lastLines(output).at(-1) ?? "", 200);
  const act = kind === "pre-commit" ? "commit" : "push";
  return {
    facts: [`Command: ${toCode(what)}`, `Exit code: ${code}`],
    output,
    sentence: `Nothing was ${act === "commit" ? "committed" : "pushed"}: ${what} ended with ${code}. Put it right and ${act} again; \`git ${act} --no-verify\` does it all the same.`,
    note: `${what} ended with ${code}${last === "" ? "" : `: ${last}`}`,
  };
}

interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly output: string;
}

/** Shown while it runs, as git would show it; its end is kept. */
function runCommand({ root }: Clone, command: string): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(command, { cwd: root, shell: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        // Whatever a hook says belongs there: standard output of git push is read by programs.
        process.stderr.write(text);
        output = (output + text).slice(-outputMax);
      });
    }
    child.on("error", fail).on("close", (code, signal) => done({ code: code ?? signal ?? "nothing", output }));
  });
}

/** Where an agent at a desk works on a task, Orchestrate hears of it. That it cannot be told changes nothing. */
async function report(clone: Clone, branch: string | null, note: string): Promise<void> {
  const issue = issueOf(branch);
  const agent = await settingOf(clone, "orchestrate.agent");
  const { env } = process;
  const hasCredentials = Boolean(env["GITHUB_TOKEN"]) || Boolean(env["APP_ID"] && env["PRIVATE_KEY"]);
  if (issue === null || agent === "" || !hasCredentials) return;
  const words = ["heartbeat", String(issue), `--agent=${agent}`, `--note=${toPlainLine(note, 400)}`];
  const why = await runOwn(clone, words);
  if (why !== null) tell(`Orchestrate was not told: ${why}`);
}

/** Runs this program once more; null: it went well, else what it said. */
function runOwn({ root }: Clone, words: readonly string[]): Promise<string | null> {
  return new Promise((done) => {
    const own = [...process.execArgv, process.argv[1] ?? "", ...words];
    const child = spawn(process.execPath, own, { cwd: root, stdio: ["ignore", "ignore", "pipe"], timeout: reportMs });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(0, 1_000)));
    child.on("error", (error) => done(toPlainLine(error.message)));
    child.on("close", (code) =>
      done(code === 0 ? null : toPlainLine(said.replace(/^orchestrate: /, "") || "no answer in time.", 500)),
    );
  });
}

function tell(sentence: string): void {
  process.stderr.write(`orchestrate: ${sentence}\n`);
}
