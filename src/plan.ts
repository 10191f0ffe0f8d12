/** `orchestrate plan`: a backlog in, what to do next out. Pure but for reading the input and printing the answer. */
import { readFile } from "node:fs/promises";
import { JsonInvalid, parseJson } from "./plan/json.ts";
import { planBacklog } from "./plan/backlog.ts";
import { BacklogInvalid } from "./plan/fields.ts";
import { type Backlog, readBacklog } from "./plan/input.ts";
import type { Mode } from "./model/mode.ts";
import type { Plan } from "./model/plan.ts";
import { print } from "./print.ts";
import { readMode } from "./read-mode.ts";
import { UsageError } from "./usage-error.ts";
import { renderComparisonJson, renderPlanJson } from "./views/plan-json.ts";

export interface PlanOptions {
  readonly mode?: string;
  readonly json?: boolean;
  readonly compare?: boolean;
}

/** Plans the backlog in FILE and prints it. Returns 0; throws UsageError when there is nothing that could be planned. */
export async function runPlan(file: string, options: PlanOptions): Promise<number> {
  const backlog = await loadBacklog(file, options.mode === undefined ? null : readMode(options.mode, "--mode "));
  await print(options.compare === true ? await compare(backlog, options) : await plan(backlog, options));
  return 0;
}

/** Plans the backlog in FILE, ranked by `mode` where one is given. Throws UsageError when there is nothing that could be planned. */
export async function loadPlan(
  file: string,
  mode: Mode | null,
): Promise<{ readonly backlog: Backlog; readonly plan: Plan }> {
  const backlog = await loadBacklog(file, mode);
  return { backlog, plan: planBacklog(backlog) };
}

async function loadBacklog(file: string, mode: Mode | null): Promise<Backlog> {
  const given = toBacklog(await readText(file), nameOf(file));
  return mode === null ? given : { ...given, mode };
}

/** What a program does not ask for is not loaded for it: reading modules is a good part of the time that a plan takes. */
async function plan(backlog: Backlog, { json }: PlanOptions): Promise<string> {
  const answer = planBacklog(backlog);
  if (json === true) return renderPlanJson(answer);
  const { renderPlan } = await import("./views/plan-page.ts");
  return renderPlan(answer, new Map(backlog.tasks.map((task) => [task.id, task])));
}

async function compare(backlog: Backlog, { json }: PlanOptions): Promise<string> {
  const { compareModes } = await import("./plan/compare.ts");
  const answer = compareModes(backlog);
  if (json === true) return renderComparisonJson(answer);
  const { renderComparison } = await import("./views/plan-comparison.ts");
  return renderComparison(answer);
}

function isStandardInput(file: string): boolean {
  return file === "-" || file === "/dev/stdin";
}

function nameOf(file: string): string {
  return isStandardInput(file) ? "standard input" : file;
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = isStandardInput(file) ? await readStandardInput() : await readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UsageError(`${nameOf(file)} cannot be read: ${describe(error)}`, { cause: error });
  }
}

/** From the stream: where a program started this one, `/dev/stdin` may be a socket, which cannot be opened as a file. */
async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function describe(error: unknown): string {
  if (error instanceof TypeError) return "it is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}

function toBacklog(text: string, name: string): Backlog {
  if (text.trim() === "") throw new UsageError(`${name} is empty: a backlog is {"tasks": [{"id": "a"}, ...]}`);
  try {
    return readBacklog(parseJson(text));
  } catch (error) {
    if (error instanceof JsonInvalid || error instanceof BacklogInvalid)
      throw new UsageError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
