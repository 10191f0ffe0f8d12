/** `orchestrate cycle`: one run that catches up, decides, acts and says what it did; what the Action does with `mode: cycle`. */
import { findWriter } from "./actor.ts";
import { partSoon } from "./answer.ts";
import { withRepository } from "./reach.ts";
import { print, printJson } from "../print.ts";
import { cycleOnce } from "../action/cycle.ts";
import { budget } from "../action/inputs.ts";
import type { Annotation } from "../action/outcome.ts";
import type { Journal } from "../ports/journal.ts";
import { UsageError } from "../usage-error.ts";
import { toPlainLine } from "../views/markdown.ts";
import { toPlainPage } from "../views/plain-page.ts";

export interface CycleOptions {
  readonly budget?: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

const lineMax = 2_000;

/** Prints the summary, or the outputs of the Action. Returns 1 when a mistake needs a person, 0 otherwise, also when there was nothing to do. */
export async function runCycle(name: string | undefined, options: CycleOptions): Promise<number> {
  const budgetMs = readBudget(options.budget);
  const journal = createLineJournal(options.verbose === true);
  return withRepository(
    name,
    async (target) => {
      // Without the right to write it would try until its time is up.
      await findWriter(target, "run a cycle on");
      const { surroundings, place, octokit, meter } = target;
      const run = { place, octokit, hints: [], budgetMs, usage: meter.usage, isJobToken: false };
      const { outputs, annotations, summary } = await cycleOnce(surroundings, run);
      await (options.json === true ? printJson(outputs) : print(toPage(summary, target.repository)));
      return complain(annotations);
    },
    () => journal,
  ).finally(partSoon);
}

function readBudget(text: string | undefined): number {
  const parsed = budget.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError((parsed.error.issues[0]?.message ?? "").replace("`budget`", "--budget"));
}

/** The page of a run bears the name of the program, the terminal that of the repository. */
function toPage(summary: string, repository: string): string {
  return toPlainPage(summary.replace(/^## Orchestrate$/m, `**${repository}**`));
}

function complain(annotations: readonly Annotation[]): number {
  const mistakes = annotations.filter(({ level }) => level === "error");
  for (const { title = "error", message } of mistakes) say(`${title}: ${message}`);
  return mistakes.length === 0 ? 0 : 1;
}

/** Whatever hinders it, while it runs; with `isVerbose` every decision. */
function createLineJournal(isVerbose: boolean): Journal {
  return {
    debug: () => undefined,
    info: (message) => (isVerbose ? say(message) : undefined),
    warn: (message, data) => say(`${message} ${describeReason(data)}`),
    error: (message, data) => say(`${message} ${describeReason(data)}`),
  };
}

function describeReason(data: Readonly<Record<string, unknown>> | undefined): string {
  const reason = data?.["reason"] ?? data?.["error"];
  return typeof reason === "string" ? reason : "";
}

function say(text: string): void {
  process.stderr.write(`${toPlainLine(text, lineMax)}\n`);
}
