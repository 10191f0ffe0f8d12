/** `orchestrate hook install` and `uninstall`: puts a hook into a git clone, and takes it out. A hook that is there is somebody's, and stays. */
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { findClone, settingOf, type Clone } from "./clone.ts";
import { CommandFailed } from "./failure.ts";
import { hookKinds, isHookKind, settingsOf, type HookKind } from "./hook-kind.ts";
import { print, printJson } from "../print.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";

export interface InstallOptions {
  readonly kind?: string;
  readonly command?: string;
  /** Whose heartbeats go with it. */
  readonly agent?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export interface UninstallOptions {
  readonly kind?: string;
  readonly json?: boolean;
}

/** By which a hook is known to be ours. */
const mark = "# orchestrate-hook: `orchestrate hook uninstall` takes it out.";
const setAside = "before-orchestrate";
const shownMax = 1_000;

/** Prints where it is, and returns 0. Rejects with one sentence where another hook is there. */
export async function runHookInstall(options: InstallOptions): Promise<number> {
  const kind = readKind(options.kind ?? "pre-commit");
  const agent = options.agent === undefined ? null : readAgent(options.agent);
  const clone = await findClone(process.cwd());
  const runs = await readCommand(clone, kind, options.command);
  const installed = await putIn(clone, kind, options.force === true);
  if (runs !== null) await clone.git("config", "--local", settingsOf(kind).command, runs);
  if (agent !== null) await clone.git("config", "--local", "orchestrate.agent", agent);
  const { path, kept } = installed;
  if (options.json === true) await printJson({ kind, path, command: runs, agent, kept });
  else await print(renderInstalled({ kind, path, runs, kept }));
  return 0;
}

/** What is said now, else what was said before; null: nothing, which is enough before a push. */
async function readCommand(clone: Clone, kind: HookKind, said: string | undefined): Promise<string | null> {
  const command = said?.trim() ?? (await settingOf(clone, settingsOf(kind).command));
  if (command !== "") return command;
  if (said !== undefined) throw new UsageError("Write with --command what the hook is to run.");
  if (kind === "pre-push") return null;
  throw new UsageError('Say with --command what has to go well before a commit, such as --command "npm test".');
}

/** Where it is then, and where what was there before is kept. */
async function putIn(
  clone: Clone,
  kind: HookKind,
  isForced: boolean,
): Promise<{ readonly path: string; readonly kept: string | null }> {
  const folder = await hooksOf(clone);
  const path = join(folder.path, kind);
  const there = await lookAt(path);
  if (!isForced) {
    if (folder.isShared) throw new CommandFailed(describeShared(folder.path, kind));
    if (there === "other") throw new CommandFailed(describeOther(path, kind));
  }
  await mkdir(folder.path, { recursive: true });
  const kept = there === "other" ? await keepOther(path) : null;
  // Whatever is there is ours, or aside: a link is replaced, never written through.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, scriptOf(kind));
  await chmod(draft, 0o755);
  await rename(draft, path);
  return { path, kept };
}

/** Takes it out, and puts back what was there before; prints that, and returns 0. What is not ours stays. */
export async function runHookUninstall(options: UninstallOptions): Promise<number> {
  const kinds = options.kind === undefined ? hookKinds : [readKind(options.kind)];
  const clone = await findClone(process.cwd());
  const { path: folder } = await hooksOf(clone);
  const removed: string[] = [];
  for (const kind of kinds) {
    const path = join(folder, kind);
    if ((await lookAt(path)) !== "ours") continue;
    await clone.ask("config", "--local", "--remove-section", settingsOf(kind).section);
    await rm(path);
    if ((await lookAt(`${path}.${setAside}`)) !== "nothing") await rename(`${path}.${setAside}`, path);
    removed.push(path);
  }
  if (options.kind === undefined) await clone.ask("config", "--local", "--unset", "orchestrate.agent");
  if (options.json === true) await printJson({ removed });
  else if (removed.length === 0) await print("There is no hook of Orchestrate here: nothing was taken out.");
  else await print(`Taken out: ${removed.map((path) => toPlainLine(path, shownMax)).join(", ")}`);
  return 0;
}

function readKind(text: string): HookKind {
  if (isHookKind(text)) return text;
  throw new UsageError(`--kind is ${hookKinds.join(" or ")}.`);
}

function readAgent(text: string): string {
  const agent = text.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9-]{0,39}(?:\/[1-9]\d{0,3})?$/.test(agent)) return agent;
  throw new UsageError("--agent is the id of an agent, such as desk, or one of its workers, such as desk/1.");
}

/** Where git looks for hooks, `core.hooksPath` included; shared: hooks of other clones as well. */
async function hooksOf(clone: Clone): Promise<{ readonly path: string; readonly isShared: boolean }> {
  const path = resolve(clone.root, (await clone.git("rev-parse", "--git-path", "hooks")).replace(/\n$/, ""));
  return { path, isShared: ![clone.root, clone.shared].some((folder) => isWithin(path, folder)) };
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== "..");
}

async function lookAt(path: string): Promise<"nothing" | "ours" | "other"> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return "nothing";
  if (!found.isFile()) return "other";
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n", 3).includes(mark) ? "ours" : "other";
}

/** Where it is then. What was kept there before is never lost. */
async function keepOther(path: string): Promise<string> {
  const aside = `${path}.${setAside}`;
  if ((await lookAt(aside)) !== "nothing")
    throw new CommandFailed(
      `${toPlainLine(aside, shownMax)} is there already: move it away, so that the hook that is there now can be kept.`,
    );
  await rename(path, aside);
  return aside;
}

function describeOther(path: string, kind: HookKind): string {
  return `There is another hook at ${toPlainLine(path, shownMax)}: it stays as it is. ${howByHand(kind)} Or say --force, which keeps it beside as ${kind}.${setAside}, where git does not run it.`;
}

function describeShared(path: string, kind: HookKind): string {
  return `Hooks of this clone come from ${toPlainLine(path, shownMax)} (core.hooksPath), which other clones may share: nothing was written. ${howByHand(kind)} Or say --force to install it there for all of them.`;
}

/** Without `exec`: other lines may follow. */
function howByHand(kind: HookKind): string {
  const line = `${ownCommand()} hook run ${kind} "$@" || exit 1`;
  return `Write this line into the ${kind} there: ${line} and say with \`git config ${settingsOf(kind).command}\` what it runs.`;
}

/** This very program, wherever git starts it. */
function ownCommand(): string {
  return [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? "")].map(quote).join(" ");
}

/** For sh, in which nothing between these means anything. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function scriptOf(kind: HookKind): string {
  const program = quote(resolve(process.argv[1] ?? ""));
  return `#!/bin/sh
${mark}
if [ ! -f ${program} ]; then
  echo "orchestrate: it is not where it was when this hook was installed. Install it again, or delete $0" >&2
  exit 1
fi
exec ${ownCommand()} hook run ${kind} "$@"
`;
}

interface Installed {
  readonly kind: HookKind;
  readonly path: string;
  readonly runs: string | null;
  readonly kept: string | null;
}

function renderInstalled({ kind, path, runs, kept }: Installed): string {
  const act = kind === "pre-commit" ? "commit" : "push";
  const gate = kind === "pre-push" ? ["A branch that conflicts with its base is not pushed."] : [];
  return [
    `Installed: ${toPlainLine(path, shownMax)}`,
    ...gate,
    ...(runs === null ? [] : [`Before each ${act} this has to go well: ${toPlainLine(runs, 300)}`]),
    ...(kept === null ? [] : [`What was there is kept as ${toPlainLine(kept, shownMax)}, and not run.`]),
  ].join("\n");
}
