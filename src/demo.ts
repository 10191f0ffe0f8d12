/** `orchestrate demo`: the real App on the embedded GitHub, live with a page, or headless in virtual time. */
import { readFile, writeFile } from "node:fs/promises";
import { auditFinal, playJob, playRun, startListeningApp, startReplica } from "./embed.ts";
import { agentWorkflowPath, toWorkflowPath } from "./model/agent-workflow.ts";
import type { Journal } from "./ports/journal.ts";
import { orchestrateWorkflowPath } from "./sandbox/actions.ts";
import { allFaults, noFaults, type Faults } from "./sandbox/faults.ts";
import { runHeadless, silentJournal, type HeadlessOptions } from "./sandbox/headless.ts";
import { runLive } from "./sandbox/live.ts";
import type { Report } from "./sandbox/report.ts";
import { parseScenario, ScenarioInvalid, type Scenario } from "./sandbox/scenario.ts";
import { renderSummary } from "./sandbox/summary.ts";
import { UsageError } from "./usage-error.ts";

export interface DemoOptions {
  readonly scenario?: string;
  readonly headless?: boolean;
  readonly report?: string;
  readonly seed?: string;
  readonly faults: string;
  readonly port?: number;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** The story that is played when none is named. */
const defaultScenario = new URL("../docs/scenarios/first-ten-minutes.yml", import.meta.url);

/** The workflows that people copy are on the embedded repository's default branch. */
const workflows = {
  [agentWorkflowPath]: new URL(`../${agentWorkflowPath}`, import.meta.url),
  [orchestrateWorkflowPath]: new URL(`../${orchestrateWorkflowPath}`, import.meta.url),
  [toWorkflowPath("custom-agent.yml")]: new URL("../docs/examples/custom-agent.yml", import.meta.url),
};

async function readWorkflows(): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(workflows).map(async ([path, file]) => [path, await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Plays a scenario. Returns 0 only when every task was completed or cancelled and nothing was violated. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const scenario = await readScenario(options.scenario);
  const faults = readFaults(options.faults);
  const play = {
    scenario,
    playJob,
    playRun,
    files: await readWorkflows(),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(faults === null ? {} : { faultsOverride: faults }),
  };
  return options.headless === true ? playHeadless(play, options) : playLive(play, options);
}

type Play = Pick<HeadlessOptions, "scenario" | "playJob" | "playRun" | "files" | "seed" | "faultsOverride">;

async function playHeadless(play: Play, options: DemoOptions): Promise<number> {
  const journal = options.verbose === true ? createPrintingJournal(printError) : silentJournal;
  const report = await runHeadless({ ...play, startReplica, auditFinal, journal });
  await publish(report, options);
  return exitCodeOf(report);
}

/** Live: what happens is printed as it happens; at the end the page stays up for whoever sits at a terminal. */
async function playLive(play: Play, options: DemoOptions): Promise<number> {
  const print = options.json === true ? printError : (line: string): void => void process.stdout.write(`${line}\n`);
  const run = await runLive({
    ...play,
    ...(options.port === undefined ? {} : { port: options.port }),
    fetch: globalThis.fetch,
    startApp: startListeningApp,
    journal: options.verbose === true ? createPrintingJournal(printError) : createDecisionJournal(print),
    onReady: (url) => print(`Watch it at ${url}`),
    onLine: print,
  });
  const report = await run.finished;
  await publish(report, options);
  if (process.stdout.isTTY && process.stdin.isTTY) {
    print(`The page stays up at ${run.url}; Ctrl+C ends it.`);
    await new Promise<void>((resolve) => void process.once("SIGINT", () => resolve()));
  }
  await run.close();
  return exitCodeOf(report);
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One line a decision, and what went wrong with its reason. */
function createPrintingJournal(print: (line: string) => void): Journal {
  const toLine = (message: string, data?: Readonly<Record<string, unknown>>): string => {
    const { event, ...rest } = data ?? {};
    return event === undefined && Object.keys(rest).length > 0 ? `${message} ${JSON.stringify(rest)}` : message;
  };
  return {
    debug: () => undefined,
    info: (message, data) => print(toLine(message, data)),
    warn: (message, data) => print(`warning: ${toLine(message, data)}`),
    error: (message, data) => print(`error: ${toLine(message, data)}`),
  };
}

/** Bookkeeping that decides nothing a spectator would want to know. */
const bookkeeping: ReadonlySet<unknown> = new Set([
  "EffectsLeased",
  "EffectSettled",
  "EffectDelayed",
  "EffectDropped",
  "TaskRevised",
]);

/** Only the decisions, one line each, set off from what the world did. */
function createDecisionJournal(print: (line: string) => void): Journal {
  return {
    ...silentJournal,
    info: (message, data) => {
      if (data?.["event"] !== undefined && !bookkeeping.has(data["event"])) print(`      -> ${message}`);
    },
  };
}

async function readScenario(file: string | undefined): Promise<Scenario> {
  const source = file ?? defaultScenario;
  try {
    return parseScenario(
      await readFile(source === "-" ? "/dev/stdin" : source, "utf8"),
      String(file ?? "The default scenario"),
    );
  } catch (error) {
    if (error instanceof ScenarioInvalid) throw new UsageError(error.message, { cause: error });
    throw new UsageError(
      `The scenario ${String(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Null: the scenario's own. */
function readFaults(which: string): Faults | null {
  if (which === "scenario") return null;
  if (which === "none") return noFaults;
  if (which === "all") return allFaults;
  throw new UsageError(`--faults ${which}: write scenario, none or all.`);
}

async function publish(report: Report, options: DemoOptions): Promise<void> {
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (options.report !== undefined) await writeFile(options.report, json);
  process.stdout.write(options.json === true ? json : `${renderSummary(report)}\n`);
}

function exitCodeOf(report: Report): number {
  return report.outcome === "done" && report.violations.length === 0 ? 0 : 1;
}
