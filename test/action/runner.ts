/** A runner for the tests: the bundled Action as a process of its own, with the files and variables that GitHub gives it. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "../..");
export const bundle = join(root, "action", "dist", "index.js");

export interface Step {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface StepOptions {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The payload of the event, as a file. */
  readonly payload?: unknown;
}

interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

export async function readManifest(): Promise<Manifest> {
  return parse(await readFile(join(root, "action", "action.yml"), "utf8")) as Manifest;
}

/** Runs one step to its end. Inputs that are left out have the values of action.yml, but for the token. */
export async function runStep({ inputs, env = {}, payload }: StepOptions): Promise<Step> {
  const folder = await mkdtemp(join(tmpdir(), "orchestrate-step-"));
  try {
    const files = {
      output: join(folder, "output"),
      summary: join(folder, "summary"),
      event: join(folder, "event.json"),
    };
    for (const file of [files.output, files.summary]) await writeFile(file, "");
    await writeFile(files.event, JSON.stringify(payload ?? {}));
    const given = { ...(await defaults()), ...inputs };
    const { code, log } = await runProcess(folder, {
      PATH: process.env["PATH"] ?? "",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      GITHUB_EVENT_PATH: files.event,
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...env,
    });
    const outputs = parseOutputs(await readFile(files.output, "utf8"));
    return { code, log, outputs, summary: await readFile(files.summary, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function defaults(): Promise<Record<string, string>> {
  const { inputs } = await readManifest();
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]) =>
      input.default === undefined || input.default.includes("${{") ? [] : [[name, input.default]],
    ),
  );
}

function runProcess(
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly log: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [bundle], { cwd, env });
    let log = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    child.on("error", fail).on("close", (code) => done({ code, log }));
  });
}

/** `name<<delimiter`, the value, and the delimiter on lines of their own, as the runner reads them. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const match of text.matchAll(/^(?<name>[\w-]+)<<(?<end>\S+)\n(?<value>[\s\S]*?)\n\k<end>$/gm)) {
    const { name = "", value = "" } = match.groups ?? {};
    outputs[name] = value;
  }
  return outputs;
}
